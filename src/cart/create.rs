//! Makes a cart, with something in it or empty.

use diesel_async::AsyncPgConnection;

use super::add_lines::{LineRequest, put_in};
use super::model::Opened;
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use crate::error::Outcome;
use crate::ids::UserId;

/// Makes a cart with these lines; nothing is made when one of them is refused. A customer has one cart, so that for them
/// it is the one they have, with the lines added.
pub async fn create(
    conn: &mut AsyncPgConnection,
    user: Option<UserId>,
    requests: &[LineRequest],
) -> Outcome<Opened, CartRefusal> {
    put_in(conn, &CartSelector { user, ..CartSelector::default() }, requests).await
}
