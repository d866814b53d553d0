//! Moves what a guest put into a cart over to the customer whom they turn out to be.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::{CartLine, Offer};
use super::selector::CartSelector;
use super::{MAX_LINES, MAX_QUANTITY, lock, queries, store};
use crate::db::schema::carts;
use crate::ids::{CartId, UserId};

/// What became of a guest's lines.
#[derive(Debug, Clone, Default)]
pub struct MergeReport {
    /// Lines that moved over as they were.
    pub kept: Vec<CartLine>,
    /// Lines of the customer that took up those of the guest for the same variant.
    pub merged: Vec<CartLine>,
    /// What could not move over.
    pub dropped: Vec<DroppedLine>,
}

/// Pieces that are in no cart any more.
#[derive(Debug, Clone)]
pub struct DroppedLine {
    /// What they were.
    pub offer: Offer,
    /// How many.
    pub quantity: i32,
    /// Why they had to go.
    pub reason: DropReason,
}

/// Why something of a guest's cart did not move over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DropReason {
    /// It is no longer sold.
    Unavailable,
    /// The customer's line for the same variant would hold more pieces than a line can.
    QuantityLimit,
    /// The customer's cart would hold more lines than a cart can.
    LineLimit,
}

/// Moves the lines of the guest's cart with this token into the customer's and deletes the guest's, in one transaction.
/// A token that is good for no cart gives an empty report: so does the second of two calls, and a log-in is not worth
/// failing over it. Missing stock drops nothing; the cart warns of it.
pub async fn merge(conn: &mut AsyncPgConnection, user: UserId, token: &str) -> QueryResult<MergeReport> {
    let guest = CartSelector { token: Some(token.to_owned()), ..CartSelector::default() };
    conn.transaction(async |conn| {
        let Some(guest) = lock::lock_for_removal(conn, &guest).await? else {
            return Ok(MergeReport::default());
        };
        let coming = queries::checkout_lines(conn, guest.id).await?;
        let mut report = MergeReport::default();
        if !coming.is_empty() {
            let own = lock::lock_or_create(conn, user).await?;
            let present = queries::checkout_lines(conn, own.id).await?;
            report = plan(own.id, &present, coming);
            store::carry_over(conn, guest.id, own.id).await?;
        }
        // The guest's lines go with their cart, which frees their ids for the customer's.
        diesel::delete(carts::table.filter(carts::id.eq(guest.id))).execute(conn).await?;
        let changed: Vec<&CartLine> = report.kept.iter().chain(&report.merged).collect();
        if let [first, ..] = changed.as_slice() {
            store::save(conn, first.cart_id, &changed, &[]).await?;
        }
        Ok(report)
    })
    .await
}

/// Decides line by line what becomes of the guest's.
fn plan(own: CartId, present: &[CartLine], coming: Vec<CartLine>) -> MergeReport {
    let mut report = MergeReport::default();
    for line in coming {
        let mut give_up = |quantity, reason| {
            report.dropped.push(DroppedLine { offer: line.offer.clone(), quantity, reason });
        };
        if !line.offer.on_sale() {
            give_up(line.quantity, DropReason::Unavailable);
            continue;
        }
        match present.iter().find(|other| other.offer.variant.id == line.offer.variant.id) {
            Some(existing) => {
                let sum = existing.quantity + line.quantity;
                if sum > MAX_QUANTITY {
                    give_up(sum - MAX_QUANTITY, DropReason::QuantityLimit);
                }
                if existing.quantity < MAX_QUANTITY {
                    let quantity = sum.min(MAX_QUANTITY);
                    report.merged.push(CartLine { id: existing.id, cart_id: own, quantity, ..line });
                }
            }
            None if present.len() + report.kept.len() >= MAX_LINES => {
                give_up(line.quantity, DropReason::LineLimit);
            }
            None => report.kept.push(CartLine { cart_id: own, ..line }),
        }
    }
    report
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::model::samples::{line, offer};
    use super::*;

    proptest! {
        /// A guest's and a customer's cart over few variants, so that most are in both; variant 0 is not sold.
        #[test]
        fn no_piece_appears_from_nowhere_or_gets_lost(
            own in prop::collection::btree_map(0_usize..120, 1..=MAX_QUANTITY, 0..=MAX_LINES),
            coming in prop::collection::btree_map(0_usize..120, 1..=MAX_QUANTITY, 0..=MAX_LINES),
        ) {
            let mut offers: Vec<Offer> = (0..120).map(|_| offer(100, 0)).collect();
            offers[0].product_status = crate::catalog::ProductStatus::Archived;
            let lines = |of: &std::collections::BTreeMap<usize, i32>| -> Vec<CartLine> {
                of.iter().map(|(variant, quantity)| line(offers[*variant].clone(), *quantity)).collect()
            };
            let (present, guests) = (lines(&own), lines(&coming));
            let report = plan(CartId::new(), &present, guests.clone());

            let pieces = |lines: &[CartLine]| lines.iter().map(|line| line.quantity).sum::<i32>();
            let grown: i32 = report.merged.iter().map(|merged| {
                let before = present.iter().find(|line| line.id == merged.id).expect("a line of the customer's");
                merged.quantity - before.quantity
            }).sum();
            let dropped: i32 = report.dropped.iter().map(|dropped| dropped.quantity).sum();
            prop_assert_eq!(pieces(&report.kept) + grown + dropped, pieces(&guests));
            prop_assert!(present.len() + report.kept.len() <= MAX_LINES);
            prop_assert!(report.kept.iter().chain(&report.merged).all(|line| line.quantity <= MAX_QUANTITY));
            let unsold = coming.contains_key(&0);
            let said = report.dropped.iter().any(|dropped| dropped.reason == DropReason::Unavailable);
            prop_assert_eq!(unsold, said);
        }
    }
}
