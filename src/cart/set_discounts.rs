//! Sets the discount codes of a cart.

use diesel::sql_types::{Array, Text, Uuid};
use diesel::{QueryResult, sql_query};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::CartContents;
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use super::{MAX_CODES, lock, queries};
use crate::db::Prepare;
use crate::error::{ActionError, Outcome};
use crate::ids::CartId;
use crate::pricing::Discount;
use crate::pricing::discount::{self, normalised};

/// Sets the codes, all of them or none; an empty list takes all of them out. A code that does not apply yet, or no longer,
/// is taken all the same: the cart says why it takes nothing off, and it may once there is more in the cart.
pub async fn set_discounts(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    codes: &[String],
) -> Outcome<CartContents, CartRefusal> {
    if codes.len() > MAX_CODES {
        return Err(CartRefusal::TooManyCodes { given: codes.len() }.into());
    }
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let cart = lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?;
        let known: Vec<String> = codes.iter().filter_map(|code| normalised(code)).collect();
        let offered = discount::queries::offered_by_codes(conn, &known).await?;
        let chosen = choose(codes, &offered).map_err(ActionError::Refused)?;
        write(conn, cart.id, &chosen).await?;
        let mut contents = queries::contents_by_ids(conn, &[cart.id]).await?;
        // It is locked.
        contents.pop().ok_or_else(|| CartRefusal::CartNotFound.into())
    })
    .await
}

/// The discounts of the codes; or everything that speaks against one of them.
fn choose<'a>(codes: &[String], offered: &'a [Discount]) -> Result<Vec<&'a Discount>, Vec<CartRefusal>> {
    let (mut chosen, mut refusals) = (Vec::<&Discount>::new(), Vec::new());
    for (place, code) in codes.iter().enumerate() {
        let found = normalised(code).and_then(|code| offered.iter().find(|discount| discount.code == code));
        match found {
            None => refusals.push(CartRefusal::DiscountNotFound { code: place }),
            Some(found) if chosen.iter().any(|other| other.kind().scope() == found.kind().scope()) => {
                refusals.push(CartRefusal::DiscountsClash { code: place });
            }
            Some(found) => chosen.push(found),
        }
    }
    if refusals.is_empty() { Ok(chosen) } else { Err(refusals) }
}

/// Replaces the codes of a locked cart. One statement.
async fn write(mut conn: &AsyncPgConnection, cart: CartId, chosen: &[&Discount]) -> QueryResult<()> {
    let scopes: Vec<&str> = chosen.iter().map(|discount| discount.kind().scope()).collect();
    let ids: Vec<_> = chosen.iter().map(|discount| discount.id).collect();
    sql_query(
        "WITH removed AS (DELETE FROM cart_discounts WHERE cart_id = $1 AND scope <> ALL ($2)) \
         INSERT INTO cart_discounts (cart_id, scope, discount_id) \
         SELECT $1, scope, discount_id FROM unnest($2, $3) AS chosen (scope, discount_id) \
         ON CONFLICT (cart_id, scope) DO UPDATE SET discount_id = excluded.discount_id",
    )
    .bind::<Uuid, _>(cart)
    .bind::<Array<Text>, _>(scopes)
    .bind::<Array<Uuid>, _>(ids)
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
