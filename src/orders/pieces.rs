//! Pieces of an order's lines: those that a verb names, and how many of each line are where.

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, Integer, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde_json::{Value, json};

use super::model::OrderLine;
use crate::db::Prepare;
use crate::error::{ActionError, Outcome};
use crate::ids::{OrderLineId, VariantId};

/// So many pieces of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pieces {
    /// The line.
    pub line: OrderLineId,
    /// How many.
    pub quantity: i32,
}

/// Why pieces cannot be had; `index` is their place among those that were asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PiecesRefusal {
    /// It is no line of the order.
    LineNotFound { index: usize },
    /// There are fewer, or none was asked for.
    QuantityInvalid { index: usize, asked: i32, left: i32 },
}

/// A line of the order and how many pieces of it were asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a> {
    pub(super) line: &'a OrderLine,
    pub(super) quantity: i32,
}

/// The lines that pieces were asked of, each once; or everything that speaks against. `left` says how many pieces of a line
/// can be had. What is asked of a line twice adds up.
pub(super) fn ask<'a, R: From<PiecesRefusal>>(
    lines: &'a [OrderLine],
    asked: &[Pieces],
    left: impl Fn(&OrderLine) -> i32,
) -> Outcome<Vec<Asked<'a>>, R> {
    let mut found: Vec<Asked<'a>> = Vec::new();
    let mut refusals: Vec<R> = Vec::new();
    for (index, pieces) in asked.iter().enumerate() {
        let Some(line) = lines.iter().find(|line| line.id == pieces.line) else {
            refusals.push(PiecesRefusal::LineNotFound { index }.into());
            continue;
        };
        let before = found.iter().position(|earlier| earlier.line.id == line.id);
        let left = left(line) - before.map_or(0, |place| found[place].quantity);
        if pieces.quantity < 1 || pieces.quantity > left {
            refusals.push(PiecesRefusal::QuantityInvalid { index, asked: pieces.quantity, left }.into());
            continue;
        }
        match before {
            Some(place) => found[place].quantity += pieces.quantity,
            None => found.push(Asked { line, quantity: pieces.quantity }),
        }
    }
    if refusals.is_empty() { Ok(found) } else { Err(ActionError::Refused(refusals)) }
}

/// All that is left of these lines.
pub(super) fn all_left(lines: &[OrderLine]) -> Vec<Asked<'_>> {
    lines
        .iter()
        .map(|line| Asked { line, quantity: line.left() })
        .filter(|asked| asked.quantity > 0)
        .collect()
}

/// The variants that the pieces are of. The stock of one that was deleted is gone with it.
pub(super) fn variants(pieces: &[Asked<'_>]) -> Vec<(VariantId, i32)> {
    pieces.iter().filter_map(|asked| Some((asked.line.variant_id?, asked.quantity))).collect()
}

/// The pieces as an event tells of them.
pub(super) fn told(pieces: &[Asked<'_>]) -> Value {
    let told = |asked: &Asked<'_>| json!({ "lineId": asked.line.id.to_string(), "quantity": asked.quantity });
    pieces.iter().map(told).collect()
}

/// By how many the pieces of a line that are somewhere become more.
#[derive(Debug, Clone, Copy)]
pub(super) struct Count {
    pub(super) line: OrderLineId,
    pub(super) cancelled: i32,
    pub(super) uncharged: i32,
    pub(super) shipped: i32,
    pub(super) returned: i32,
    pub(super) refunded: i32,
}

impl Count {
    /// Nothing of this line yet.
    pub(super) const fn of(line: OrderLineId) -> Self {
        Self { line, cancelled: 0, uncharged: 0, shipped: 0, returned: 0, refunded: 0 }
    }
}

/// Counts them. The order is locked; the table refuses more than were bought.
pub(super) async fn count(mut conn: &AsyncPgConnection, counts: &[Count]) -> QueryResult<()> {
    if counts.is_empty() {
        return Ok(());
    }
    let column = |of: fn(&Count) -> i32| counts.iter().map(of).collect::<Vec<i32>>();
    sql_query(
        "UPDATE order_lines l SET cancelled = l.cancelled + more.cancelled, uncharged = l.uncharged + more.uncharged,
                shipped = l.shipped + more.shipped, returned = l.returned + more.returned,
                refunded = l.refunded + more.refunded
         FROM (SELECT id, sum(cancelled)::integer AS cancelled, sum(uncharged)::integer AS uncharged,
                      sum(shipped)::integer AS shipped, sum(returned)::integer AS returned,
                      sum(refunded)::integer AS refunded
               FROM unnest($1, $2, $3, $4, $5, $6) AS given (id, cancelled, uncharged, shipped, returned, refunded)
               GROUP BY id) AS more
         WHERE l.id = more.id",
    )
    .bind::<Array<Uuid>, _>(counts.iter().map(|count| count.line).collect::<Vec<OrderLineId>>())
    .bind::<Array<Integer>, _>(column(|count| count.cancelled))
    .bind::<Array<Integer>, _>(column(|count| count.uncharged))
    .bind::<Array<Integer>, _>(column(|count| count.shipped))
    .bind::<Array<Integer>, _>(column(|count| count.returned))
    .bind::<Array<Integer>, _>(column(|count| count.refunded))
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
