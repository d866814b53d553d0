//! `shop`: what a client should know before it asks for anything else.

use async_graphql::{Context, Object, SimpleObject};

use super::context::ContextExt;
use super::scalars::CurrencyCode;
use crate::{cart, pagination};

/// The shop itself.
#[derive(SimpleObject)]
pub(crate) struct Shop {
    /// Its name.
    name: String,
    /// What its prices are in.
    currency: CurrencyCode,
    /// The version of the server.
    version: &'static str,
    /// How much is allowed at once.
    limits: ShopLimits,
}

/// How much is allowed at once. Beyond these a request is answered with a coded error.
#[derive(SimpleObject)]
pub(crate) struct ShopLimits {
    /// The most items a page of a list can have: the highest `first` and `last`.
    max_page_size: i32,
    /// The most lines a cart can have.
    max_cart_lines: usize,
    /// The most pieces a line of a cart can have.
    max_line_quantity: i32,
}

/// Queries of the shop itself.
#[derive(Default)]
pub(crate) struct ShopQuery;

#[Object]
impl ShopQuery {
    /// The shop itself: its name, its currency, its limits.
    async fn shop(&self, ctx: &Context<'_>) -> Shop {
        let shop = &ctx.app().config.shop;
        Shop {
            name: shop.name.clone(),
            currency: CurrencyCode(shop.currency),
            version: env!("CARGO_PKG_VERSION"),
            limits: ShopLimits {
                max_page_size: pagination::MAX_PAGE_SIZE,
                max_cart_lines: cart::MAX_LINES,
                max_line_quantity: cart::MAX_QUANTITY,
            },
        }
    }
}
