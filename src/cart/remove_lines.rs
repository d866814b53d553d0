//! Takes lines out of a cart.

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::add_lines::check_size;
use super::model::CartContents;
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use super::{lock, queries, store};
use crate::error::{ActionError, Outcome};
use crate::ids::CartLineId;

/// Takes the lines out, all of them or none: a line that the cart does not have is refused.
pub async fn remove_lines(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    ids: &[CartLineId],
) -> Outcome<CartContents, CartRefusal> {
    if ids.is_empty() {
        return Err(CartRefusal::NoLines.into());
    }
    check_size(ids.len())?;
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let cart = lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?;
        let mut lines = queries::checkout_lines(conn, cart.id).await?;
        let unknown = |id: &CartLineId| lines.iter().all(|line| line.id != *id);
        let refusals: Vec<CartRefusal> = (0..)
            .zip(ids)
            .filter(|(_, id)| unknown(id))
            .map(|(line, _)| CartRefusal::LineNotFound { line })
            .collect();
        if !refusals.is_empty() {
            return Err(ActionError::Refused(refusals));
        }
        store::save(conn, cart.id, &[], ids).await?;
        lines.retain(|line| !ids.contains(&line.id));
        Ok(CartContents { cart, lines })
    })
    .await
}
