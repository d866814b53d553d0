//! A shop sells in one currency.

use diesel::dsl::{max, min};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::db::schema::product_variants;
use crate::money::Currency;

/// There are prices that the shop cannot charge. The text is meant for the operator.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "the catalogue has prices in {found}, but SHOP_CURRENCY is {expected:?}: set SHOP_CURRENCY={found}, or convert the \
     prices first"
)]
pub struct OtherCurrency {
    /// What the shop sells in.
    pub expected: Currency,
    /// What a variant is priced in, as it is stored.
    pub found: String,
}

/// Fails when a variant, sold or not, is priced in another currency than this. Two looks at the ends of an index, however
/// large the catalogue.
pub async fn expect_currency(mut conn: &AsyncPgConnection, expected: Currency) -> anyhow::Result<()> {
    let (first, last): (Option<String>, Option<String>) = product_variants::table
        .select((min(product_variants::currency), max(product_variants::currency)))
        .first(&mut conn)
        .await?;
    match [first, last].into_iter().flatten().find(|found| found != expected.code()) {
        Some(found) => Err(OtherCurrency { expected, found }.into()),
        None => Ok(()),
    }
}
