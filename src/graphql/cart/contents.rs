//! `Cart` and `CartLine`.

use std::sync::OnceLock;

use async_graphql::{Context, Description, ID, Object};

use super::super::catalog::{Product, ProductVariant, visible, visible_as};
use super::super::context::ContextExt;
use super::super::cost::cost;
use super::super::error::Result;
use super::super::scalars::{DateTime, Money};
use super::pricing::{CartDiscountCode, ShippingOption, describe};
use super::warning::{CartWarning, warnings};
use crate::cart::{self, CartContents, totals};
use crate::money::{self, MoneyError};
use crate::pricing::{Delivery, Quote};

/// What somebody means to buy. A cart reserves nothing: prices and stock are those of now, and `warnings` tells what
/// changed since its owner filled it.
#[derive(Description)]
pub(crate) struct Cart {
    cart: cart::Cart,
    lines: Vec<CartLine>,
    /// Set only where the caller has shown the token, or where it was made just now.
    token: Option<String>,
    /// Reckoned once, when the first field asks for it.
    quote: OnceLock<std::result::Result<Quote, MoneyError>>,
}

impl Cart {
    /// The cart for its owner. `token` is what they showed or were just given.
    pub(super) fn new(contents: CartContents, token: Option<String>) -> Self {
        let CartContents { cart, lines } = contents;
        // A customer may show a token along with their own cart's id; that is not this cart's.
        let token = token.filter(|_| cart.user_id.is_none());
        Self { cart, lines: lines.into_iter().map(CartLine).collect(), token, quote: OnceLock::new() }
    }

    /// What an order of the cart would cost, as far as its owner has said where it goes.
    fn quote(&self, ctx: &Context<'_>) -> Result<&Quote> {
        let shop = (&ctx.app().config.shop).into();
        let quote = self.quote.get_or_init(|| totals::quote(self.rows(), &self.cart.terms, shop));
        Ok(quote.as_ref().map_err(|error| *error)?)
    }

    fn amount(ctx: &Context<'_>, minor: i64) -> money::Money {
        money::Money::new(minor, ctx.app().config.shop.currency)
    }

    fn rows(&self) -> impl Iterator<Item = &cart::CartLine> {
        self.lines.iter().map(|line| &line.0)
    }
}

#[Object(use_type_description)]
impl Cart {
    /// Its id.
    pub(in crate::graphql) async fn id(&self) -> ID {
        self.cart.id.to_string().into()
    }

    /// What a guest shows to get at this cart again; keep it. Told only to who has it already or has just made the cart;
    /// a customer's cart has none.
    async fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// What is in it, in the order it was put in; at most 100 lines.
    #[graphql(directive = cost::apply(1, None, Some(25)))]
    async fn lines(&self) -> &[CartLine] {
        &self.lines
    }

    /// How many pieces are in it, over all lines.
    async fn item_count(&self) -> i32 {
        totals::item_count(self.rows())
    }

    /// What the lines cost together.
    async fn subtotal(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(totals::subtotal(self.rows(), ctx.app().config.shop.currency)?.into())
    }

    /// What codes take off the lines.
    async fn discount(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(Self::amount(ctx, self.quote(ctx)?.totals.discount).into())
    }

    /// What shipping costs, after a code for free shipping; null until it is known where to (`cartShippingUpdate`), and where
    /// nothing can be sent.
    async fn shipping(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let quote = self.quote(ctx)?;
        let known = matches!(quote.delivery, Delivery::NotCharged | Delivery::By(_));
        Ok(known.then(|| Self::amount(ctx, quote.totals.shipping).into()))
    }

    /// The tax of lines and shipping, within their prices or on top; null until it is known where the cart goes.
    async fn tax(&self, ctx: &Context<'_>) -> Result<Option<Money>> {
        let quote = self.quote(ctx)?;
        Ok(quote.tax_known.then(|| Self::amount(ctx, quote.totals.tax).into()))
    }

    /// Whether the tax is within the prices, or comes on top of them.
    async fn prices_include_tax(&self, ctx: &Context<'_>) -> bool {
        ctx.app().config.shop.prices_include_tax
    }

    /// What there is to pay: the subtotal without the discount, with shipping, and with the tax where prices do not include
    /// it. An order to where the cart goes costs just that; what is not known yet is not in it.
    async fn total(&self, ctx: &Context<'_>) -> Result<Money> {
        Ok(Self::amount(ctx, self.quote(ctx)?.totals.total).into())
    }

    /// Its discount codes; at most one that takes something off the goods, and one for free shipping.
    #[graphql(directive = cost::apply(1, None, Some(2)))]
    async fn discount_codes(&self, ctx: &Context<'_>) -> Result<Vec<CartDiscountCode>> {
        let nothing = Self::amount(ctx, 0);
        Ok(self.quote(ctx)?.codes.iter().map(|code| describe(code, nothing)).collect())
    }

    /// The country it goes to, as `cartShippingUpdate` said; null until then.
    async fn shipping_country(&self) -> Option<&str> {
        self.cart.terms.country.as_deref()
    }

    /// The part of the country, in capitals; null where none was named.
    async fn shipping_region(&self) -> Option<&str> {
        Some(self.cart.terms.region.as_str()).filter(|region| !region.is_empty())
    }

    /// How it is sent: by the method that was chosen, else the cheapest one. Null until it is known where to, where nothing
    /// can be sent, where the chosen method no longer takes it, and in a shop that charges nothing for shipping.
    async fn shipping_method(&self, ctx: &Context<'_>) -> Result<Option<ShippingOption>> {
        Ok(match &self.quote(ctx)?.delivery {
            Delivery::By(option) => Some(option.clone().into()),
            _ => None,
        })
    }

    /// How it could be sent, in the order to show it; at most 100. Before it is known where to: by what goes everywhere.
    #[graphql(directive = cost::apply(1, None, Some(5)))]
    async fn available_shipping_methods(&self, ctx: &Context<'_>) -> Result<Vec<ShippingOption>> {
        Ok(self.quote(ctx)?.options.iter().cloned().map(ShippingOption::from).collect())
    }

    /// What its owner should know before they order; in the order of the lines.
    async fn warnings(&self) -> Vec<CartWarning> {
        self.lines.iter().flat_map(warnings).collect()
    }

    /// When something was last put in, changed or taken out.
    async fn updated_at(&self) -> DateTime {
        DateTime(self.cart.updated_at)
    }

    /// When it was made.
    async fn created_at(&self) -> DateTime {
        DateTime(self.cart.created_at)
    }
}

/// The variant on offer, for those who may see its product.
pub(super) fn variant(ctx: &Context<'_>, offer: &cart::Offer) -> Option<ProductVariant> {
    visible_as(ctx, offer.product_status).then(|| ProductVariant(offer.variant.clone()))
}

/// Some pieces of a variant in a cart.
#[derive(Clone, Description)]
pub(crate) struct CartLine(pub(super) cart::CartLine);

#[Object(use_type_description)]
impl CartLine {
    /// Its id, for `cartLinesUpdate` and `cartLinesRemove`.
    async fn id(&self) -> ID {
        self.0.id.to_string().into()
    }

    /// The name of what it holds, such as "T-shirt (M / Black)"; there even when `product` no longer is.
    async fn name(&self) -> String {
        self.0.offer.name()
    }

    /// How many pieces, 1 to 1000.
    async fn quantity(&self) -> i32 {
        self.0.quantity
    }

    /// The variant; null once its product is no longer on sale.
    async fn variant(&self, ctx: &Context<'_>) -> Option<ProductVariant> {
        variant(ctx, &self.0.offer)
    }

    /// The variant's product; null once it is no longer on sale.
    async fn product(&self, ctx: &Context<'_>) -> Result<Option<Product>> {
        let product = ctx.loaders().products.load(self.0.offer.variant.product_id).await?;
        Ok(product.filter(|product| visible(ctx, product)).map(Product))
    }

    /// What one piece costs now. Of what is no longer sold (see `warnings`): what it cost when the shopper added or last
    /// changed the line.
    async fn unit_price(&self) -> Money {
        self.0.unit_price().into()
    }

    /// What the pieces cost together.
    async fn total(&self) -> Result<Money> {
        Ok(totals::line_total(&self.0)?.into())
    }
}
