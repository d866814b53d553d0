//! Sets the quantities of lines that are in a cart.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::add_lines::check_size;
use super::model::{CartContents, CartLine};
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use super::{MAX_QUANTITY, lock, queries, store};
use crate::error::{ActionError, Outcome};
use crate::ids::CartLineId;

/// How many pieces a line shall have.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineUpdate {
    /// The line.
    pub line: CartLineId,
    /// The new number of pieces; 0 takes the line out.
    pub quantity: i32,
}

/// Sets the quantities, all of them or none. The shopper counts as having seen the price of now. Taking less than before
/// is always possible, even when there is not enough for the rest.
pub async fn update_lines(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    updates: &[LineUpdate],
) -> Outcome<CartContents, CartRefusal> {
    if updates.is_empty() {
        return Err(CartRefusal::NoLines.into());
    }
    check_size(updates.len())?;
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let cart = lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?;
        let mut lines = queries::checkout_lines(conn, cart.id).await?;
        let Plan { changed, removed } = plan(&lines, updates).map_err(ActionError::Refused)?;
        store::save(conn, cart.id, &changed.iter().collect::<Vec<_>>(), &removed).await?;
        lines.retain(|line| !removed.contains(&line.id));
        Ok(CartContents { cart, lines: store::replace(lines, changed) })
    })
    .await
}

/// What is to be written.
#[derive(Default)]
struct Plan {
    changed: Vec<CartLine>,
    removed: Vec<CartLineId>,
}

fn plan(before: &[CartLine], updates: &[LineUpdate]) -> Result<Plan, Vec<CartRefusal>> {
    let (mut plan, mut refusals) = (Plan::default(), Vec::new());
    for (line, update) in updates.iter().enumerate() {
        let repeated = updates[..line].iter().any(|earlier| earlier.line == update.line);
        match before.iter().find(|existing| existing.id == update.line) {
            None => refusals.push(CartRefusal::LineNotFound { line }),
            Some(_) if repeated => refusals.push(CartRefusal::LineRepeated { line }),
            Some(existing) if update.quantity == 0 => plan.removed.push(existing.id),
            Some(existing) => match set(existing, line, update.quantity) {
                Ok(changed) => plan.changed.push(changed),
                Err(refusal) => refusals.push(refusal),
            },
        }
    }
    if refusals.is_empty() { Ok(plan) } else { Err(refusals) }
}

/// The line with this quantity, which is not 0.
fn set(existing: &CartLine, line: usize, quantity: i32) -> Result<CartLine, CartRefusal> {
    let offer = &existing.offer;
    let available = offer.variant.available();
    if quantity < 0 {
        return Err(CartRefusal::QuantityInvalid { line, given: quantity });
    }
    if quantity > MAX_QUANTITY {
        return Err(CartRefusal::QuantityLimit { line, total: i64::from(quantity) });
    }
    if !offer.on_sale() {
        return Err(CartRefusal::NotAvailable { line, name: offer.name() });
    }
    if quantity > available && quantity > existing.quantity {
        let in_cart = existing.quantity;
        return Err(CartRefusal::InsufficientStock { line, name: offer.name(), available, in_cart });
    }
    Ok(CartLine { quantity, price_seen: existing.unit_price().minor, ..existing.clone() })
}
