//! `shop`: what a client should know before it asks for anything else.

use async_graphql::{Context, Object, SimpleObject};

use super::context::ContextExt;
use super::cost::Limit;
use super::payments::PaymentProvider;
use super::scalars::CurrencyCode;
use crate::{cart, pagination};

/// The shop itself.
#[derive(SimpleObject)]
pub(crate) struct Shop {
    /// Its name.
    name: String,
    /// What its prices are in.
    currency: CurrencyCode,
    /// Whether tax is within its prices, or comes on top of them.
    prices_include_tax: bool,
    /// The version of the server.
    version: &'static str,
    /// How customers can pay by themselves; staff can mark orders paid in any case.
    payment_providers: Vec<PaymentProvider>,
    /// How much is allowed at once.
    limits: ShopLimits,
}

/// How much is allowed at once. Beyond these a request is answered with a coded error.
#[derive(SimpleObject)]
pub(crate) struct ShopLimits {
    /// The most items a page of a list can have: the highest `first` and `last`.
    max_page_size: i32,
    /// The most points of requested cost that an operation, or all operations of a batch, can come to. An answer tells its
    /// own in `extensions.cost`, and `@cost` in this schema what each field costs.
    max_cost: usize,
    /// The most values that an answer can hold.
    max_values: usize,
    /// The most fields and fragments of a document, those of fragments counted wherever they are spread.
    max_selections: usize,
    /// The most fields within fields.
    max_depth: usize,
    /// The most fields at the root of an operation.
    max_root_fields: usize,
    /// The most aliases of a document, those of fragments counted wherever they are spread.
    max_aliases: usize,
    /// The most items of a list given as an argument.
    max_list_items: usize,
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
            prices_include_tax: shop.prices_include_tax,
            version: env!("CARGO_PKG_VERSION"),
            payment_providers: crate::till::providers(ctx.app()).into_iter().map(Into::into).collect(),
            limits: ShopLimits {
                max_page_size: pagination::MAX_PAGE_SIZE,
                max_cost: Limit::Cost.most(),
                max_values: Limit::Values.most(),
                max_selections: Limit::Selections.most(),
                max_depth: Limit::Depth.most(),
                max_root_fields: Limit::RootFields.most(),
                max_aliases: Limit::Aliases.most(),
                max_list_items: Limit::ListItems.most(),
                max_cart_lines: cart::MAX_LINES,
                max_line_quantity: cart::MAX_QUANTITY,
            },
        }
    }
}
