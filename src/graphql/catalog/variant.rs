//! `ProductVariant`.

use async_graphql::{Context, Description, ID, Object, SimpleObject};

use super::super::auth::{Requires, auth};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::scalars::{DateTime, Money};
use super::product::{Image, Product};
use crate::accounts::Permission;
use crate::catalog;

/// The buyable form of a product, such as the black T-shirt in M.
#[derive(Description)]
pub(crate) struct ProductVariant(pub catalog::Variant);

#[Object(use_type_description)]
impl ProductVariant {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// What tells it from its siblings, such as "M / Black"; empty for a product without choices.
    async fn name(&self) -> String {
        self.0.name()
    }

    /// Its article number, unique in the shop.
    async fn sku(&self) -> Option<&str> {
        self.0.sku.as_deref()
    }

    /// What one piece costs.
    async fn price(&self) -> Money {
        self.0.price().into()
    }

    /// What it cost before, if that is to be shown beside the price.
    async fn compare_at_price(&self) -> Option<Money> {
        self.0.compare_at_price().map(Money::from)
    }

    /// How many pieces can be bought now.
    async fn stock(&self) -> i32 {
        if self.0.archived_at.is_some() { 0 } else { self.0.available() }
    }

    /// Whether it can be bought now.
    async fn in_stock(&self) -> bool {
        self.0.archived_at.is_none() && self.0.available() > 0
    }

    /// How many pieces the shop has, promised ones included.
    #[graphql(
        guard = "Requires(Permission::ManageInventory)",
        directive = auth::apply(vec![Permission::ManageInventory.into()])
    )]
    async fn on_hand(&self) -> i32 {
        self.0.on_hand()
    }

    /// How many of the pieces on hand are promised to orders that have not been shipped.
    #[graphql(
        guard = "Requires(Permission::ManageInventory)",
        directive = auth::apply(vec![Permission::ManageInventory.into()])
    )]
    async fn reserved(&self) -> i32 {
        self.0.reserved()
    }

    /// Its choice for each of the product's options; none once the product is no longer on sale.
    #[graphql(directive = cost::apply(1, None, Some(3)))]
    async fn selected_options(&self, ctx: &Context<'_>) -> Result<Vec<SelectedOption>> {
        if self.is_withdrawn(ctx).await? {
            return Ok(Vec::new());
        }
        let options = ctx.loaders().options_of.load_all(self.0.product_id).await?;
        let values = self.0.option_values.iter().cloned();
        Ok(options
            .into_iter()
            .zip(values)
            .map(|(option, value)| SelectedOption { name: option.name, value })
            .collect())
    }

    /// The pictures that show this variant; those of the product when none does, and none once the product is no longer
    /// on sale.
    #[graphql(directive = cost::apply(1, None, Some(3)))]
    async fn images(&self, ctx: &Context<'_>) -> Result<Vec<Image>> {
        if self.is_withdrawn(ctx).await? {
            return Ok(Vec::new());
        }
        let images = ctx.loaders().images_of.load_all(self.0.product_id).await?;
        let shop = &ctx.app().config.shop;
        let own = images.iter().any(|image| image.variant_id == Some(self.0.id));
        let shown = images.iter().filter(|image| !own || image.variant_id == Some(self.0.id));
        Ok(shown.map(|image| Image::new(image, shop)).collect())
    }

    /// Its weight in grams.
    async fn weight_grams(&self) -> Option<i32> {
        self.0.weight_grams
    }

    /// Its GTIN, EAN or UPC.
    async fn barcode(&self) -> Option<&str> {
        self.0.barcode.as_deref()
    }

    /// Whether it is no longer sold.
    async fn archived(&self) -> bool {
        self.0.archived_at.is_some()
    }

    /// The product it is a form of.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let product = ctx.loaders().products.load(self.0.product_id).await?;
        Ok(product.filter(|product| super::query::visible(ctx, product)).map(Product))
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

impl ProductVariant {
    /// Whether its product is hidden from the viewer. That can be of an archived variant alone: a subscription tells who
    /// watched it, as archived, that it is gone. So the product need not be read for any other.
    async fn is_withdrawn(&self, ctx: &Context<'_>) -> Result<bool> {
        if self.0.archived_at.is_none() {
            return Ok(false);
        }
        let product = ctx.loaders().products.load(self.0.product_id).await?;
        Ok(!product.is_some_and(|product| super::query::visible(ctx, &product)))
    }
}

/// What a variant is for one of its product's options.
#[derive(SimpleObject)]
pub(crate) struct SelectedOption {
    /// The option's name, such as Size.
    name: String,
    /// The variant's choice, such as M.
    value: String,
}
