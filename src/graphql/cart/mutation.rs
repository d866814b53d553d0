//! Mutations of carts.

use async_graphql::{Context, Object, SimpleObject};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::contents::Cart;
use super::errors::{CartUserError, Paths};
use super::inputs::{
    CartClearInput, CartCreateInput, CartDiscountCodesUpdateInput, CartLinesAddInput, CartLinesRemoveInput,
    CartLinesUpdateInput, CartShippingUpdateInput,
};
use crate::cart::{self, CartContents, CartRefusal, Opened};
use crate::error::{ActionError, Outcome};

/// A cart that was changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct CartPayload {
    /// The cart as it is now; null when it did not change.
    cart: Option<Cart>,
    /// What kept the cart from changing; nothing of it happened then.
    user_errors: Vec<CartUserError>,
}

/// Mutations of carts.
#[derive(Default)]
pub(crate) struct CartMutation;

#[Object]
impl CartMutation {
    /// Makes a cart. A guest gets its `token` with it. A customer has one cart: for them it is the one they have, with the
    /// lines added.
    async fn cart_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What is to be in it.", default)] input: CartCreateInput,
    ) -> Result<CartPayload> {
        let (lines, paths) = input.read()?;
        let user = ctx.viewer().user_id();
        let opened = cart::create(&mut *ctx.conn().await?, user, &lines).await;
        opened_payload(opened, None, &paths)
    }

    /// Puts variants into a cart: all of them, or none and the reasons. Nothing is reserved by that.
    async fn cart_lines_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to add, and to which cart.")] input: CartLinesAddInput,
    ) -> Result<CartPayload> {
        let (selector, lines, paths) = input.read(ctx)?;
        let opened = cart::add_lines(&mut *ctx.conn().await?, &selector, &lines).await;
        opened_payload(opened, selector.token, &paths)
    }

    /// Sets how many pieces lines have: all of them, or none and the reasons. 0 takes a line out.
    async fn cart_lines_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change, and in which cart.")] input: CartLinesUpdateInput,
    ) -> Result<CartPayload> {
        let (selector, updates, paths) = input.read(ctx)?;
        let updated = cart::update_lines(&mut *ctx.conn().await?, &selector, &updates).await;
        payload(updated, selector.token, &paths)
    }

    /// Takes lines out of a cart: all of them, or none and the reasons.
    async fn cart_lines_remove(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to take out, and of which cart.")] input: CartLinesRemoveInput,
    ) -> Result<CartPayload> {
        let (selector, ids, paths) = input.read(ctx)?;
        let removed = cart::remove_lines(&mut *ctx.conn().await?, &selector, &ids).await;
        payload(removed, selector.token, &paths)
    }

    /// Takes everything out of a cart. The cart stays, with its id and token.
    async fn cart_clear(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cart.", default)] input: CartClearInput,
    ) -> Result<CartPayload> {
        let (selector, paths) = input.read(ctx)?;
        let cleared = cart::clear::clear(&mut *ctx.conn().await?, &selector).await;
        payload(cleared, selector.token, &paths)
    }

    /// Sets the discount codes of a cart: all of them, or none and the reasons. One that does not apply now is taken all the
    /// same: the cart's `discountCodes` say why it takes nothing off.
    async fn cart_discount_codes_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which codes, and for which cart.")] input: CartDiscountCodesUpdateInput,
    ) -> Result<CartPayload> {
        let (selector, codes, paths) = input.read(ctx)?;
        let set = cart::set_discounts(&mut *ctx.conn().await?, &selector, &codes).await;
        payload(set, selector.token, &paths)
    }

    /// Says where a cart goes and how, so that it can tell what shipping and tax will be. A method that was chosen before and
    /// does not go there is forgotten.
    async fn cart_shipping_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where and how, and which cart.")] input: CartShippingUpdateInput,
    ) -> Result<CartPayload> {
        let (selector, wish, paths) = input.read(ctx)?;
        let shop = (&ctx.app().config.shop).into();
        let set = cart::set_shipping(&mut *ctx.conn().await?, &selector, &wish, shop).await;
        payload(set, selector.token, &paths)
    }
}

fn opened_payload(
    outcome: Outcome<Opened, CartRefusal>,
    shown: Option<String>,
    paths: &Paths,
) -> Result<CartPayload> {
    match outcome {
        Ok(Opened { contents, token }) => payload(Ok(contents), token.or(shown), paths),
        Err(error) => payload(Err(error), None, paths),
    }
}

/// The answer to a change. `token` is the guest cart's, shown by the caller or made just now.
fn payload(
    outcome: Outcome<CartContents, CartRefusal>,
    token: Option<String>,
    paths: &Paths,
) -> Result<CartPayload> {
    match outcome {
        Ok(contents) => Ok(CartPayload { cart: Some(Cart::new(contents, token)), user_errors: Vec::new() }),
        Err(ActionError::Refused(reasons)) => {
            let user_errors = reasons.iter().map(|reason| paths.explain(reason)).collect();
            Ok(CartPayload { cart: None, user_errors })
        }
        Err(ActionError::Failed(error)) => Err(error.into()),
    }
}
