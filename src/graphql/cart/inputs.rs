//! What clients say about carts.

use async_graphql::{Context, ID, InputObject, MaybeUndefined};

use super::super::context::{ContextExt, parse_id};
use super::super::error::{ApiError, Result};
use super::super::keyed::Idempotency;
use super::errors::Paths;
use crate::cart::{CartSelector, LineRequest, LineUpdate, ShippingWish, VariantKey};
use crate::ids::CartLineId;

/// Some pieces of a variant that are to go into a cart. Name the variant by exactly one of `variantId` and `sku`.
#[derive(InputObject)]
pub(crate) struct CartLineInput {
    /// The variant's id.
    variant_id: Option<ID>,
    /// The variant's article number.
    sku: Option<String>,
    /// How many pieces, 1 to 1000. They are added to those the cart holds already.
    #[graphql(default = 1)]
    quantity: i32,
}

/// How many pieces a line of a cart shall have.
#[derive(InputObject)]
pub(crate) struct CartLineUpdateInput {
    /// The line's id.
    line_id: ID,
    /// The new number of pieces, up to 1000; 0 takes the line out.
    quantity: i32,
}

/// A cart to be made.
#[derive(InputObject, Default)]
pub(crate) struct CartCreateInput {
    /// What is to be in it from the start; at most 100 lines.
    #[graphql(default)]
    lines: Vec<CartLineInput>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Lines to be added to a cart. Without `cartId` and `token` the signed-in customer's own cart is meant, which is made when
/// there is none; a guest gets a new cart and its token.
#[derive(InputObject)]
pub(crate) struct CartLinesAddInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    /// What to add; 1 to 100 lines, all of which are added or none.
    lines: Vec<CartLineInput>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Lines of a cart to be changed. Without `cartId` and `token` the signed-in customer's own cart is meant.
#[derive(InputObject)]
pub(crate) struct CartLinesUpdateInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    /// What to change; 1 to 100 lines, all of which are changed or none.
    lines: Vec<CartLineUpdateInput>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Lines to be taken out of a cart. Without `cartId` and `token` the signed-in customer's own cart is meant.
#[derive(InputObject)]
pub(crate) struct CartLinesRemoveInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    /// The lines' ids; 1 to 100, all of which are taken out or none.
    line_ids: Vec<ID>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// A cart to be emptied. Without `cartId` and `token` the signed-in customer's own cart is meant.
#[derive(InputObject, Default)]
pub(crate) struct CartClearInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Discount codes for a cart. Without `cartId` and `token` the signed-in customer's own cart is meant.
#[derive(InputObject)]
pub(crate) struct CartDiscountCodesUpdateInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    /// All its codes: at most one that takes something off the goods, and one for free shipping. None takes those out that it
    /// has. Capitals make no difference.
    codes: Vec<String>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Where a cart goes, and how. What is left out stays as it is. Without `cartId` and `token` the signed-in customer's own cart
/// is meant.
#[derive(InputObject)]
pub(crate) struct CartShippingUpdateInput {
    /// The cart's id, along with being its owner: signed in, or with its token.
    cart_id: Option<ID>,
    /// The token of a guest's cart.
    token: Option<String>,
    /// The country it goes to, in two letters of ISO 3166-1; null for not known yet. Another country forgets the region.
    country: MaybeUndefined<String>,
    /// The part of the country, as the address will write it, such as "OR"; null for none.
    region: MaybeUndefined<String>,
    /// How it is sent: one of its `availableShippingMethods`; null for the cheapest.
    shipping_method_id: MaybeUndefined<ID>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// Which cart a client means, with what it has to prove that the cart is its own.
pub(super) fn selector(
    ctx: &Context<'_>,
    cart_id: Option<&ID>,
    token: Option<String>,
) -> Result<CartSelector> {
    let cart_id = cart_id.map(parse_id).transpose()?;
    Ok(CartSelector { cart_id, token, user: ctx.viewer().user_id() })
}

impl CartCreateInput {
    pub(super) fn read(self) -> Result<(Vec<LineRequest>, Paths)> {
        requests(self.lines, &CartSelector::default())
    }
}

impl CartLinesAddInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, Vec<LineRequest>, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let (requests, paths) = requests(self.lines, &selector)?;
        Ok((selector, requests, paths))
    }
}

impl CartLinesUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, Vec<LineUpdate>, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let update = |line: &CartLineUpdateInput| -> Result<LineUpdate> {
            Ok(LineUpdate { line: parse_id(&line.line_id)?, quantity: line.quantity })
        };
        let updates = self.lines.iter().map(update).collect::<Result<Vec<_>>>()?;
        let paths = Paths::new(&selector, "lines", vec![Some("lineId"); updates.len()]);
        Ok((selector, updates, paths))
    }
}

impl CartLinesRemoveInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, Vec<CartLineId>, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let ids = self.line_ids.iter().map(parse_id).collect::<Result<Vec<_>>>()?;
        let paths = Paths::new(&selector, "lineIds", vec![None; ids.len()]);
        Ok((selector, ids, paths))
    }
}

impl CartClearInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let paths = Paths::new(&selector, "lines", Vec::new());
        Ok((selector, paths))
    }
}

impl CartDiscountCodesUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, Vec<String>, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let paths = Paths::new(&selector, "codes", vec![None; self.codes.len()]);
        Ok((selector, self.codes, paths))
    }
}

impl CartShippingUpdateInput {
    pub(super) fn read(self, ctx: &Context<'_>) -> Result<(CartSelector, ShippingWish, Paths)> {
        let selector = selector(ctx, self.cart_id.as_ref(), self.token)?;
        let method =
            self.shipping_method_id.as_opt_ref().map(|id| id.map(parse_id).transpose()).transpose()?;
        let wish = ShippingWish { country: self.country.into(), region: self.region.into(), method };
        let paths = Paths::new(&selector, "country", Vec::new());
        Ok((selector, wish, paths))
    }
}

fn requests(lines: Vec<CartLineInput>, selector: &CartSelector) -> Result<(Vec<LineRequest>, Paths)> {
    let (mut requests, mut names) = (Vec::with_capacity(lines.len()), Vec::with_capacity(lines.len()));
    for line in lines {
        let (variant, name) = match (line.variant_id, line.sku) {
            (Some(id), None) => (VariantKey::Id(parse_id(&id)?), "variantId"),
            (None, Some(sku)) => (VariantKey::Sku(sku), "sku"),
            _ => return Err(ApiError::one_of("variantId", "sku")),
        };
        requests.push(LineRequest { variant, quantity: line.quantity });
        names.push(Some(name));
    }
    Ok((requests, Paths::new(selector, "lines", names)))
}
