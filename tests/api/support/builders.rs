//! Rows that tests start from, written straight to the tables: what a test is about goes through the API, what it
//! merely needs does not.

use cartograph::accounts::Role;
use cartograph::db::schema::{categories, inventory, product_options, product_variants, products, users};
use cartograph::ids::{CategoryId, OptionId, ProductId, UserId, VariantId};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use serde_json::{Value, json};

use super::app::TestApp;

/// A product to be.
pub(crate) struct ProductBuilder {
    slug: String,
    name: String,
    description: String,
    vendor: String,
    status: &'static str,
    category: Option<CategoryId>,
    attributes: Value,
    option: Option<&'static str>,
    variants: Vec<VariantRow>,
}

struct VariantRow {
    choice: Option<String>,
    sku: Option<String>,
    price: i64,
    stock: i32,
}

/// A product that is there.
#[derive(Debug, Clone)]
pub(crate) struct Product {
    /// Its id.
    pub(crate) id: ProductId,
    /// The variant that stands for it.
    pub(crate) variant: VariantId,
    /// All its variants, in their order.
    pub(crate) variants: Vec<VariantId>,
}

impl ProductBuilder {
    /// An active product of this slug, named like it, for 10.00, with ten pieces in stock.
    pub(crate) fn new(slug: &str) -> Self {
        Self {
            slug: slug.to_owned(),
            name: slug.to_owned(),
            description: String::new(),
            vendor: String::new(),
            status: "active",
            category: None,
            attributes: json!({}),
            option: None,
            variants: vec![VariantRow { choice: None, sku: None, price: 1000, stock: 10 }],
        }
    }

    /// Its name.
    pub(crate) fn name(mut self, name: &str) -> Self {
        name.clone_into(&mut self.name);
        self
    }

    /// Its description.
    pub(crate) fn description(mut self, description: &str) -> Self {
        description.clone_into(&mut self.description);
        self
    }

    /// Its maker.
    pub(crate) fn vendor(mut self, vendor: &str) -> Self {
        vendor.clone_into(&mut self.vendor);
        self
    }

    /// Being prepared.
    pub(crate) fn draft(mut self) -> Self {
        self.status = "draft";
        self
    }

    /// No longer sold.
    pub(crate) fn archived(mut self) -> Self {
        self.status = "archived";
        self
    }

    /// Where it is filed.
    pub(crate) fn category(mut self, category: CategoryId) -> Self {
        self.category = Some(category);
        self
    }

    /// One of its attributes.
    pub(crate) fn attribute(mut self, name: &str, value: &str) -> Self {
        self.attributes[name] = value.into();
        self
    }

    /// The price of the variant added last, in minor units.
    pub(crate) fn price(mut self, minor: i64) -> Self {
        self.last().price = minor;
        self
    }

    /// The stock of the variant added last.
    pub(crate) fn stock(mut self, pieces: i32) -> Self {
        self.last().stock = pieces;
        self
    }

    /// The article number of the variant added last.
    pub(crate) fn sku(mut self, sku: &str) -> Self {
        self.last().sku = Some(sku.to_owned());
        self
    }

    /// Offers a choice, such as Size; the variants follow with [`Self::choice`].
    pub(crate) fn option(mut self, name: &'static str) -> Self {
        self.option = Some(name);
        self.variants.clear();
        self
    }

    /// One more variant: what is chosen, its price and stock.
    pub(crate) fn choice(mut self, choice: &str, price: i64, stock: i32) -> Self {
        self.variants.push(VariantRow { choice: Some(choice.to_owned()), sku: None, price, stock });
        self
    }

    fn last(&mut self) -> &mut VariantRow {
        self.variants.last_mut().expect("the product has a variant")
    }

    /// Writes it.
    pub(crate) async fn create(self, app: &TestApp) -> Product {
        let mut conn = app.db().await;
        let id = ProductId::new();
        diesel::insert_into(products::table)
            .values((
                products::id.eq(id),
                products::category_id.eq(self.category),
                products::slug.eq(&self.slug),
                products::name.eq(&self.name),
                products::description.eq(&self.description),
                products::description_html.eq(&self.description),
                products::vendor.eq(&self.vendor),
                products::attributes.eq(&self.attributes),
                products::status.eq(self.status),
            ))
            .execute(&mut conn)
            .await
            .expect("the product can be written");
        if let Some(name) = self.option {
            let values: Vec<&str> =
                self.variants.iter().filter_map(|variant| variant.choice.as_deref()).collect();
            diesel::insert_into(product_options::table)
                .values((
                    product_options::id.eq(OptionId::new()),
                    product_options::product_id.eq(id),
                    product_options::position.eq(1),
                    product_options::name.eq(name),
                    product_options::values.eq(values),
                ))
                .execute(&mut conn)
                .await
                .expect("the option can be written");
        }
        let mut variants = Vec::with_capacity(self.variants.len());
        for (position, variant) in (1..).zip(&self.variants) {
            let variant_id = VariantId::new();
            diesel::insert_into(product_variants::table)
                .values((
                    product_variants::id.eq(variant_id),
                    product_variants::product_id.eq(id),
                    product_variants::sku.eq(&variant.sku),
                    product_variants::option_values.eq(variant.choice.as_slice()),
                    product_variants::position.eq(position),
                    product_variants::price.eq(variant.price),
                    product_variants::currency.eq("USD"),
                ))
                .execute(&mut conn)
                .await
                .expect("the variant can be written");
            diesel::update(inventory::table.find(variant_id))
                .set(inventory::on_hand.eq(variant.stock))
                .execute(&mut conn)
                .await
                .expect("the stock can be written");
            variants.push(variant_id);
        }
        Product { id, variant: variants[0], variants }
    }
}

/// A category to be.
pub(crate) struct CategoryBuilder {
    slug: String,
    name: String,
    parent: Option<CategoryId>,
    position: i32,
}

impl CategoryBuilder {
    /// A root of this slug, named like it.
    pub(crate) fn new(slug: &str) -> Self {
        Self { slug: slug.to_owned(), name: slug.to_owned(), parent: None, position: 0 }
    }

    /// The category above it.
    pub(crate) fn parent(mut self, parent: CategoryId) -> Self {
        self.parent = Some(parent);
        self
    }

    /// Its place among its siblings.
    pub(crate) fn position(mut self, position: i32) -> Self {
        self.position = position;
        self
    }

    /// Writes it.
    pub(crate) async fn create(self, app: &TestApp) -> CategoryId {
        let id = CategoryId::new();
        diesel::insert_into(categories::table)
            .values((
                categories::id.eq(id),
                categories::parent_id.eq(self.parent),
                categories::slug.eq(&self.slug),
                categories::name.eq(&self.name),
                categories::position.eq(self.position),
                // The trigger puts the ancestors before it.
                categories::path.eq(vec![id]),
            ))
            .execute(&mut app.db().await)
            .await
            .expect("the category can be written");
        id
    }
}

/// An account to be.
pub(crate) struct UserBuilder {
    email: Option<String>,
    roles: Vec<&'static str>,
}

impl UserBuilder {
    /// A customer with an address of their own.
    pub(crate) fn new() -> Self {
        Self { email: None, roles: vec![Role::Customer.as_str()] }
    }

    /// Their address.
    pub(crate) fn email(mut self, email: &str) -> Self {
        self.email = Some(email.to_owned());
        self
    }

    /// What they are.
    pub(crate) fn roles(mut self, roles: &[Role]) -> Self {
        self.roles = roles.iter().map(|role| role.as_str()).collect();
        self
    }

    /// Writes it.
    pub(crate) async fn create(self, app: &TestApp) -> UserId {
        let id = UserId::new();
        let email = self.email.unwrap_or_else(|| format!("{id}@example.com"));
        diesel::insert_into(users::table)
            .values((
                users::id.eq(id),
                users::email.eq(email),
                users::name.eq("Ada Test"),
                users::roles.eq(self.roles),
            ))
            .execute(&mut app.db().await)
            .await
            .expect("the account can be written");
        id
    }
}
