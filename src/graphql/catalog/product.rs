//! `Product` and its parts.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::context::ContextExt;
use super::super::cost::{by, cost};
use super::super::error::Result;
use super::super::relay::Connection;
use super::super::reviews::{Review, ReviewSort, review_connection};
use super::super::scalars::{DateTime, Money};
use super::category::Category;
use super::inputs::ProductStatus;
use super::query::variant_connection;
use super::variant::ProductVariant;
use crate::catalog;
use crate::config::Shop;
use crate::money;
use crate::pagination::PageArguments;

/// Something the shop sells. A client that does not care about variants reads price, stock and sku right here: they
/// are those of the default variant, the first one on sale. Only `inStock` and `priceRange` speak of all the variants.
#[derive(Description)]
pub(crate) struct Product(pub catalog::Product);

#[Object(use_type_description)]
impl Product {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// Its name in URLs, unique in the shop.
    async fn slug(&self) -> &str {
        &self.0.slug
    }

    /// Its name for people.
    async fn name(&self) -> &str {
        &self.0.name
    }

    /// Its description as plain text; may be empty.
    async fn description(&self, ctx: &Context<'_>) -> &str {
        ctx.loaders().room.hold(&self.0.description).await
    }

    /// Its description as HTML, sanitised: safe to show as it is.
    async fn description_html(&self, ctx: &Context<'_>) -> &str {
        ctx.loaders().room.hold(&self.0.description_html).await
    }

    /// Who makes it; may be empty.
    async fn vendor(&self) -> &str {
        &self.0.vendor
    }

    /// Free words to find it by; at most 50.
    async fn tags(&self) -> &[String] {
        &self.0.tags
    }

    /// Where it is in its life. Shoppers meet only ACTIVE products.
    async fn status(&self) -> ProductStatus {
        self.0.status().into()
    }

    /// How it is taxed: what tax rates call the same, such as "standard".
    async fn tax_class(&self) -> &str {
        &self.0.tax_class
    }

    /// Where it is filed.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<Category>> {
        match self.0.category_id {
            None => Ok(None),
            Some(id) => Ok(ctx.loaders().categories.load(id).await?.map(Category)),
        }
    }

    /// The default variant's article number.
    async fn sku(&self) -> Option<&str> {
        self.0.default_variant.as_ref()?.sku.as_deref()
    }

    /// The default variant's price; zero while the product has no variant on sale (see `defaultVariant`).
    async fn price(&self, ctx: &Context<'_>) -> Money {
        match &self.0.default_variant {
            Some(variant) => variant.price().into(),
            None => free(&ctx.app().config.shop),
        }
    }

    /// What the default variant cost before, if that is to be shown beside the price.
    async fn compare_at_price(&self) -> Option<Money> {
        self.0.default_variant.as_ref()?.compare_at_price().map(Money::from)
    }

    /// How many pieces of the default variant can be bought now; see `inStock` for the others.
    async fn stock(&self) -> i32 {
        self.0.default_variant.as_ref().map_or(0, catalog::DefaultVariant::available)
    }

    /// Whether some variant can be bought now, if not the default one: what `ProductFilter.inStock` goes by.
    async fn in_stock(&self) -> bool {
        self.0.in_stock
    }

    /// The lowest and the highest price of its variants.
    async fn price_range(&self, ctx: &Context<'_>) -> PriceRange {
        let bound = |minor: i64| match &self.0.default_variant {
            Some(variant) => money::Money::new(minor, variant.price().currency).into(),
            None => free(&ctx.app().config.shop),
        };
        PriceRange { min: bound(self.0.price_min), max: bound(self.0.price_max) }
    }

    /// The choices it offers, such as Size; at most 3, and none for a product with a single variant.
    #[graphql(directive = cost::apply(1, None, Some(3)))]
    async fn options(&self, ctx: &Context<'_>) -> Result<Vec<ProductOption>> {
        let options = ctx.loaders().options_of.load_all(self.0.id).await?;
        Ok(options.into_iter().map(ProductOption::from).collect())
    }

    /// The variants on sale, in the order to show them.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), Some(5)))]
    async fn variants(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
    ) -> Result<Connection<ProductVariant>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        variant_connection(ctx, self.0.id, &page).await
    }

    /// The default variant: the first one on sale. Null when none is.
    async fn default_variant(&self, ctx: &Context<'_>) -> Result<Option<ProductVariant>> {
        match &self.0.default_variant {
            None => Ok(None),
            Some(variant) => Ok(ctx.loaders().variants.load(variant.id).await?.map(ProductVariant)),
        }
    }

    /// Its pictures, at most 50, in the order to show them.
    #[graphql(directive = cost::apply(1, None, Some(3)))]
    async fn images(&self, ctx: &Context<'_>) -> Result<Vec<Image>> {
        let images = ctx.loaders().images_of.load_all(self.0.id).await?;
        let shop = &ctx.app().config.shop;
        Ok(images.iter().map(|image| Image::new(image, shop)).collect())
    }

    /// Names and values such as Material: Stoneware, by name; at most 50.
    async fn attributes(&self) -> Vec<Attribute> {
        let attributes = self.0.attributes.as_object().into_iter().flatten();
        attributes
            .filter_map(|(name, value)| {
                Some(Attribute { name: name.clone(), value: value.as_str()?.to_owned() })
            })
            .collect()
    }

    /// The average of its reviews, 1 to 5 stars; null without any.
    async fn average_rating(&self) -> Option<f64> {
        (self.0.rating_count > 0).then(|| f64::from(self.0.rating_millis) / 1000.0)
    }

    /// How many reviews it has.
    async fn review_count(&self) -> i32 {
        self.0.rating_count
    }

    /// Its reviews.
    #[graphql(directive = cost::apply(1, by(&["first", "last"]), None))]
    async fn reviews(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many items, from the start or behind `after`; 1 to 100, or else 20.")]
        first: Option<i32>,
        #[graphql(desc = "The cursor of the item before the page.")] after: Option<String>,
        #[graphql(desc = "In which order; latest first unless said otherwise.")] sort: Option<ReviewSort>,
    ) -> Result<Connection<Review>> {
        let page = PageArguments { first, after, ..PageArguments::default() };
        review_connection(ctx, &self.0, sort, &page).await
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.0.created_at)
    }

    /// When it was last changed.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.0.updated_at)
    }
}

fn free(shop: &Shop) -> Money {
    money::Money::new(0, shop.currency).into()
}

/// The span of a product's prices.
#[derive(SimpleObject)]
pub(crate) struct PriceRange {
    /// The lowest price of a variant.
    min: Money,
    /// The highest price of a variant.
    max: Money,
}

/// A choice that a product offers.
#[derive(SimpleObject)]
pub(crate) struct ProductOption {
    /// Its id.
    id: ID,
    /// Its name, such as Size.
    name: String,
    /// What can be chosen, at most 100 values, in the order to show it.
    values: Vec<String>,
}

impl From<catalog::ProductOption> for ProductOption {
    fn from(option: catalog::ProductOption) -> Self {
        Self { id: option.id.to_string().into(), name: option.name, values: option.values }
    }
}

/// A picture.
#[derive(SimpleObject)]
pub(crate) struct Image {
    /// Its id.
    id: ID,
    /// Where to fetch it; always absolute.
    url: String,
    /// What it shows, for those who cannot see it; may be empty.
    alt_text: String,
}

impl Image {
    pub(super) fn new(image: &catalog::Image, shop: &Shop) -> Self {
        Self {
            id: image.id.to_string().into(),
            url: shop.absolute_url(&image.url),
            alt_text: image.alt_text.clone(),
        }
    }
}

/// A named property of a product.
#[derive(SimpleObject)]
pub(crate) struct Attribute {
    /// Its name, such as Material.
    name: String,
    /// Its value, such as Stoneware.
    value: String,
}
