//! What a delivery list says: so many pieces of each variant can be bought now.

use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::StockLevel;
use super::statement::change_stock_by_hand;
use crate::ids::{UserId, VariantId};

/// The most variants of one statement.
const CHUNK: usize = 5000;

/// What was promised to orders lies on the shelf as well, on top of what can be bought.
const SUPPLY: &str = change_stock_by_hand!(
    "on_hand = i.reserved + w.quantity",
    "i.on_hand - i.reserved <> w.quantity AND i.reserved + w.quantity <= 1000000000"
);

/// Makes what can be bought of each variant the number given, and returns for how many that was a change. Run it in a
/// transaction that takes no other locks on stock: it goes through all the variants in the order of their ids.
pub async fn supply(
    mut conn: &AsyncPgConnection,
    pieces: &mut [(VariantId, i32)],
    reason: &str,
) -> diesel::QueryResult<u64> {
    pieces.sort_unstable();
    let mut changed = 0;
    for chunk in pieces.chunks(CHUNK) {
        let (variants, quantities): (Vec<VariantId>, Vec<i32>) = chunk.iter().copied().unzip();
        let levels: Vec<StockLevel> = sql_query(SUPPLY)
            .bind::<Array<Uuid>, _>(variants)
            .bind::<Array<Integer>, _>(quantities)
            .bind::<Text, _>(reason)
            .bind::<Nullable<Uuid>, _>(None::<UserId>)
            .load(&mut conn)
            .await?;
        changed += levels.len() as u64;
    }
    Ok(changed)
}
