//! Rows of the catalogue as the application reads them.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::expression::SqlLiteral;
use diesel::prelude::*;
use diesel::sql_types::Bool;

use crate::db::schema::{categories, inventory, product_images, product_options, product_variants, products};
use crate::ids::{CategoryId, ImageId, OptionId, ProductId, VariantId};
use crate::money::{Currency, Money};

/// A node of the category tree.
#[derive(Debug, Clone, Queryable, Selectable, Identifiable)]
#[diesel(table_name = categories, check_for_backend(diesel::pg::Pg))]
pub struct Category {
    /// Its id.
    pub id: CategoryId,
    /// The category above, unless this is a root.
    pub parent_id: Option<CategoryId>,
    /// Its name in URLs, unique in the shop.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// What is found in it; may be empty.
    pub description: String,
    /// Its place among its siblings.
    pub position: i32,
    /// The ids from the root down to this category.
    pub path: Vec<CategoryId>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Where a product is in its life.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductStatus {
    /// Being prepared; only staff see it.
    Draft,
    /// On sale.
    Active,
    /// No longer sold; only staff see it, and old orders still name it.
    Archived,
}

impl ProductStatus {
    /// The status as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Active => "active",
            Self::Archived => "archived",
        }
    }

    /// The status that the database wrote; it knows only these three.
    #[must_use]
    pub(crate) fn stored(name: &str) -> Self {
        match name {
            "active" => Self::Active,
            "archived" => Self::Archived,
            _ => Self::Draft,
        }
    }
}

/// Some variant of the product can be bought now: the same for whoever filters by it and for whoever is shown it.
pub(super) const IN_STOCK: &str = "EXISTS (SELECT 1 FROM product_variants v JOIN inventory i ON i.variant_id = v.id \
     WHERE v.product_id = products.id AND v.archived_at IS NULL AND i.on_hand > i.reserved)";

/// A product with the variant that stands for it.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = products, check_for_backend(diesel::pg::Pg))]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// Where it is filed.
    pub category_id: Option<CategoryId>,
    /// Its name in URLs, unique in the shop.
    pub slug: String,
    /// Its name for people.
    pub name: String,
    /// Its description as sanitised HTML.
    pub description_html: String,
    /// The same as plain text.
    pub description: String,
    /// Who makes it; may be empty.
    pub vendor: String,
    /// Free words to find it by.
    pub tags: Vec<String>,
    /// Names and values such as `Material: Stoneware`: a flat JSON object of strings.
    pub attributes: serde_json::Value,
    status: String,
    /// How it is taxed: what tax rates call the same.
    pub tax_class: String,
    /// The lowest price of a living variant, in minor units; 0 without one.
    pub price_min: i64,
    /// The highest.
    pub price_max: i64,
    /// How many published reviews it has.
    pub rating_count: i32,
    /// The sum of their stars.
    pub rating_sum: i64,
    /// Their average in thousandths of a star; 0 without any.
    pub rating_millis: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// Whether some variant can be bought now.
    #[diesel(select_expression = sql(IN_STOCK), select_expression_type = SqlLiteral<Bool>)]
    pub in_stock: bool,
    /// The first living variant: what the product is for a client that does not care about variants.
    #[diesel(embed)]
    pub default_variant: Option<DefaultVariant>,
}

/// The part of a default variant that is read along with its product.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = product_variants, check_for_backend(diesel::pg::Pg))]
pub struct DefaultVariant {
    /// Its id.
    pub id: VariantId,
    /// Its article number.
    pub sku: Option<String>,
    price: i64,
    compare_at_price: Option<i64>,
    currency: Currency,
    #[diesel(embed)]
    stock: Stock,
}

/// How much of a variant there is.
#[derive(Debug, Clone, Copy, Queryable, Selectable)]
#[diesel(table_name = inventory, check_for_backend(diesel::pg::Pg))]
pub struct Stock {
    /// Pieces in the shop.
    pub on_hand: i32,
    /// Pieces of those that are promised.
    pub reserved: i32,
}

/// The buyable form of a product.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = product_variants, check_for_backend(diesel::pg::Pg))]
pub struct Variant {
    /// Its id.
    pub id: VariantId,
    /// Whose form it is.
    pub product_id: ProductId,
    /// Its article number, unique in the shop; some shops have none.
    pub sku: Option<String>,
    /// Its choice for each of the product's options, in their order.
    pub option_values: Vec<String>,
    /// Its place among the product's variants.
    pub position: i32,
    price: i64,
    compare_at_price: Option<i64>,
    currency: Currency,
    /// Its weight in grams.
    pub weight_grams: Option<i32>,
    /// Its GTIN, EAN or UPC.
    pub barcode: Option<String>,
    /// Since when it is no longer sold.
    pub archived_at: Option<DateTime<Utc>>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    #[diesel(embed)]
    stock: Stock,
}

/// A choice that a product offers, such as Size.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = product_options, check_for_backend(diesel::pg::Pg))]
pub struct ProductOption {
    /// Its id.
    pub id: OptionId,
    /// Whose option it is.
    pub product_id: ProductId,
    /// Its place among the product's options, from 1.
    pub position: i32,
    /// Its name, such as Size.
    pub name: String,
    /// What can be chosen, in the order to show it.
    pub values: Vec<String>,
}

/// A picture of a product, or of one of its variants.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = product_images, check_for_backend(diesel::pg::Pg))]
pub struct Image {
    /// Its id.
    pub id: ImageId,
    /// The product shown.
    pub product_id: ProductId,
    /// The variant shown, if it shows only one.
    pub variant_id: Option<VariantId>,
    /// Where it is: absolute, or a path on this server.
    pub url: String,
    /// What it shows, for those who cannot see it.
    pub alt_text: String,
    /// Its place among the product's images.
    pub position: i32,
}

/// Which products a listing holds. Conditions add up.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct ProductFilter {
    /// In this category or one below it.
    pub category: Option<CategoryId>,
    /// With a variant at this price or dearer, in minor units.
    pub price_min: Option<i64>,
    /// With a variant at this price or cheaper, in minor units.
    pub price_max: Option<i64>,
    /// Whether some variant can be bought now.
    pub in_stock: Option<bool>,
    /// With each of these attributes set to one of the values given for it.
    pub attributes: BTreeMap<String, Vec<String>>,
    /// In one of these states; only active ones when empty.
    pub statuses: Vec<ProductStatus>,
}

/// The orders a listing of products can have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProductSort {
    /// Latest first.
    Newest,
    /// Cheapest first.
    PriceAscending,
    /// Dearest first.
    PriceDescending,
    /// A to Z.
    Name,
    /// Best rated first.
    Rating,
    /// Best match first; the same as newest when nothing is searched for.
    Relevance,
}

impl Product {
    /// Where the product is in its life.
    #[must_use]
    pub fn status(&self) -> ProductStatus {
        ProductStatus::stored(&self.status)
    }
}

/// Prices and stock read the same on a variant and on the part of it that comes with its product.
macro_rules! priced {
    ($type:ty) => {
        impl $type {
            /// What one piece costs.
            #[must_use]
            pub fn price(&self) -> Money {
                Money::new(self.price, self.currency)
            }

            /// What it cost before, if that is to be shown.
            #[must_use]
            pub fn compare_at_price(&self) -> Option<Money> {
                self.compare_at_price.map(|minor| Money::new(minor, self.currency))
            }

            /// How many pieces can be bought now.
            #[must_use]
            pub fn available(&self) -> i32 {
                self.stock.on_hand - self.stock.reserved
            }
        }
    };
}
priced!(Variant);
priced!(DefaultVariant);

impl Variant {
    /// How many pieces are in the shop, promised ones included.
    #[must_use]
    pub fn on_hand(&self) -> i32 {
        self.stock.on_hand
    }

    /// How many of those are promised to orders not yet shipped.
    #[must_use]
    pub fn reserved(&self) -> i32 {
        self.stock.reserved
    }

    /// What tells it from its siblings, such as `M / Black`; empty for a product without choices.
    #[must_use]
    pub fn name(&self) -> String {
        self.option_values.join(" / ")
    }
}

#[cfg(test)]
impl Variant {
    /// A variant of a product of its own, for the tests of what is computed from variants.
    pub(crate) fn sample(price: Money, on_hand: i32) -> Self {
        let now = Utc::now();
        Self {
            id: VariantId::new(),
            product_id: ProductId::new(),
            sku: None,
            option_values: Vec::new(),
            position: 1,
            price: price.minor,
            compare_at_price: None,
            currency: price.currency,
            weight_grams: None,
            barcode: None,
            archived_at: None,
            created_at: now,
            updated_at: now,
            stock: Stock { on_hand, reserved: 0 },
        }
    }
}
