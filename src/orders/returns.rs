//! Returns: pieces of an order that came back together. The one way in which they do ([`take_back`]), their rows, and reads
//! of them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::events::Actor;
use super::pieces::{Asked, Count, count};
use super::stock;
use crate::db::schema::{return_lines, returns};
use crate::error::Result;
use crate::ids::{OrderId, OrderLineId, ReturnId, UserId};

/// Pieces of an order that came back together.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = returns, check_for_backend(diesel::pg::Pg))]
pub struct Return {
    /// Its id.
    pub id: ReturnId,
    /// The order.
    pub order_id: OrderId,
    /// A remark of staff: why, and in what state.
    pub note: Option<String>,
    actor_kind: String,
    actor_id: Option<UserId>,
    /// When it was taken in.
    pub created_at: DateTime<Utc>,
}

impl Return {
    /// Who took it in.
    #[must_use]
    pub fn actor(&self) -> Actor {
        Actor::stored(&self.actor_kind, self.actor_id)
    }
}

/// The pieces of one line in a return.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = return_lines, check_for_backend(diesel::pg::Pg))]
pub struct ReturnLine {
    /// The return.
    pub return_id: ReturnId,
    /// The line.
    pub order_line_id: OrderLineId,
    /// Whether they are on the shelf again.
    pub restocked: bool,
    /// How many pieces.
    pub quantity: i32,
}

/// Pieces that came back, which are with the customer as far as the books know.
#[derive(Debug, Clone, Copy)]
pub(super) struct CameBack<'a> {
    pub(super) pieces: Asked<'a>,
    /// Whether they can be sold once more.
    pub(super) restock: bool,
}

/// Takes them back: counts them, writes the return down, and puts those on the shelf that can be sold once more. The order is
/// locked.
pub(super) async fn take_back(
    mut conn: &AsyncPgConnection,
    order: OrderId,
    back: &[CameBack<'_>],
    (actor, note): (Actor, Option<&str>),
) -> Result<ReturnId> {
    let counts: Vec<Count> = back
        .iter()
        .map(|back| Count { returned: back.pieces.quantity, ..Count::of(back.pieces.line.id) })
        .collect();
    count(conn, &counts).await?;
    let id = ReturnId::new();
    diesel::insert_into(returns::table)
        .values((
            returns::id.eq(id),
            returns::order_id.eq(order),
            returns::note.eq(note),
            returns::actor_kind.eq(actor.as_str()),
            returns::actor_id.eq(actor.user_id()),
        ))
        .execute(&mut conn)
        .await?;
    // A variant that was deleted since has no shelf.
    let again = |back: &CameBack<'_>| back.restock && back.pieces.line.variant_id.is_some();
    let lines: Vec<_> = back
        .iter()
        .map(|back| {
            (
                return_lines::return_id.eq(id),
                return_lines::order_line_id.eq(back.pieces.line.id),
                return_lines::restocked.eq(again(back)),
                return_lines::quantity.eq(back.pieces.quantity),
            )
        })
        .collect();
    diesel::insert_into(return_lines::table).values(lines).execute(&mut conn).await?;
    let restocked: Vec<Asked<'_>> = back.iter().filter(|back| again(back)).map(|back| back.pieces).collect();
    stock::restock(conn, order, &restocked).await?;
    Ok(id)
}

/// The returns with these ids.
pub async fn returns_by_ids(mut conn: &AsyncPgConnection, ids: &[ReturnId]) -> QueryResult<Vec<Return>> {
    returns::table.filter(returns::id.eq_any(ids)).select(Return::as_select()).load(&mut conn).await
}

/// The returns of these orders, oldest first.
pub async fn returns_by_orders(mut conn: &AsyncPgConnection, ids: &[OrderId]) -> QueryResult<Vec<Return>> {
    returns::table
        .filter(returns::order_id.eq_any(ids))
        .order((returns::order_id, returns::id))
        .select(Return::as_select())
        .load(&mut conn)
        .await
}

/// Which pieces came back in these returns.
pub async fn lines_by_returns(
    mut conn: &AsyncPgConnection,
    ids: &[ReturnId],
) -> QueryResult<Vec<ReturnLine>> {
    return_lines::table
        .filter(return_lines::return_id.eq_any(ids))
        .order((return_lines::return_id, return_lines::order_line_id, return_lines::restocked))
        .select(ReturnLine::as_select())
        .load(&mut conn)
        .await
}
