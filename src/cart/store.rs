//! The one write to `cart_lines`: whatever a verb planned, in one statement.

use diesel::sql_types::{Array, BigInt, Integer, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::CartLine;
use crate::db::Prepare;
use crate::ids::{CartId, CartLineId};

/// Writes the new and changed lines of a locked cart, and deletes those that are to go. No line may be in both. Each line
/// locks its variant's key, in the order in which everybody locks several.
pub(super) async fn save(
    mut conn: &AsyncPgConnection,
    cart_id: CartId,
    changed: &[&CartLine],
    removed: &[CartLineId],
) -> diesel::QueryResult<()> {
    if changed.is_empty() && removed.is_empty() {
        return Ok(());
    }
    fn column<T>(lines: &[&CartLine], field: impl Fn(&CartLine) -> T) -> Vec<T> {
        lines.iter().map(|line| field(line)).collect()
    }
    diesel::sql_query(
        "WITH removed AS (DELETE FROM cart_lines WHERE cart_id = $1 AND id = ANY ($2)) \
         INSERT INTO cart_lines (id, cart_id, variant_id, quantity, price_seen) \
         SELECT id, $1, variant_id, quantity, price_seen \
         FROM unnest($3, $4, $5, $6) AS changed (id, variant_id, quantity, price_seen) ORDER BY variant_id \
         ON CONFLICT (cart_id, variant_id) \
         DO UPDATE SET quantity = excluded.quantity, price_seen = excluded.price_seen",
    )
    .bind::<Uuid, _>(cart_id)
    .bind::<Array<Uuid>, _>(removed)
    .bind::<Array<Uuid>, _>(column(changed, |line| line.id))
    .bind::<Array<Uuid>, _>(column(changed, |line| line.offer.variant.id))
    .bind::<Array<Integer>, _>(column(changed, |line| line.quantity))
    .bind::<Array<BigInt>, _>(column(changed, |line| line.price_seen))
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// Has the codes and the destination of a guest's cart taken over by a customer's, both locked, as far as that has none of
/// its own.
pub(super) async fn carry_over(
    mut conn: &AsyncPgConnection,
    guest: CartId,
    own: CartId,
) -> diesel::QueryResult<()> {
    diesel::sql_query(
        "WITH destination AS (\
             UPDATE carts own SET country = guest.country, region = guest.region, \
                                  shipping_method_id = guest.shipping_method_id \
             FROM carts guest \
             WHERE own.id = $2 AND guest.id = $1 AND own.country IS NULL AND guest.country IS NOT NULL\
         ) \
         INSERT INTO cart_discounts (cart_id, scope, discount_id) \
         SELECT $2, scope, discount_id FROM cart_discounts WHERE cart_id = $1 \
         ON CONFLICT (cart_id, scope) DO NOTHING",
    )
    .bind::<Uuid, _>(guest)
    .bind::<Uuid, _>(own)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}

/// The lines of a cart after a change, in the order they were put in.
pub(super) fn replace(mut lines: Vec<CartLine>, changed: Vec<CartLine>) -> Vec<CartLine> {
    lines.retain(|line| changed.iter().all(|newer| newer.id != line.id));
    lines.extend(changed);
    lines.sort_unstable_by_key(|line| line.id);
    lines
}
