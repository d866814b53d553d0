//! Queries of carts.

use async_graphql::{Context, ID, Object};

use super::super::context::ContextExt;
use super::super::error::Result;
use super::contents::Cart;
use super::inputs::selector;
use crate::cart::queries;
use crate::ids::CartId;

/// Queries of carts.
#[derive(Default)]
pub(crate) struct CartQuery;

#[Object]
impl CartQuery {
    /// Without arguments the signed-in customer's cart; a guest's by its token. Null when there is none, or none of yours.
    async fn cart(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Its id. On its own it finds only a cart of your account.")] id: Option<ID>,
        #[graphql(desc = "The token of a guest's cart.")] token: Option<String>,
    ) -> Result<Option<Cart>> {
        let selector = selector(ctx, id.as_ref(), token)?;
        let contents = queries::find(&*ctx.conn().await?, &selector).await?;
        Ok(contents.map(|contents| Cart::new(contents, selector.token)))
    }
}

/// The cart with this id, if it is the viewer's.
pub(in crate::graphql) async fn own_cart(ctx: &Context<'_>, id: CartId) -> Result<Option<Cart>> {
    let Some(viewer) = ctx.viewer().user_id() else { return Ok(None) };
    let contents = ctx.loaders().carts.load(id).await?;
    Ok(contents
        .filter(|contents| contents.cart.user_id == Some(viewer))
        .map(|contents| Cart::new(contents, None)))
}
