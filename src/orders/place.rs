//! Placing an order: what was in the cart becomes an order, and its stock is reserved.
//!
//! One transaction of a fixed number of statements, whatever the number of lines: lock the cart, read its lines, reserve
//! the stock, write order, lines, event and outbox row, empty the cart. The database has the last word on stock (see
//! [`crate::inventory`]); two checkouts of one cart meet at the cart's lock, and the second finds it empty. Payment is no
//! part of this.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::events::{self, Actor, Change, NewEvent};
use super::state::OrderStatus;
use crate::address::Address;
use crate::cart::{self, CartLine, CartSelector};
use crate::db::schema::orders;
use crate::db::{self, Prepare};
use crate::error::{ActionError, Outcome, Refusal};
use crate::ids::{OrderId, OrderLineId, UserId, VariantId};
use crate::inventory;
use crate::money::{Currency, Money, MoneyError};
use crate::secrets;

/// An order to be placed; everything in it is checked already. No `Debug`: a cart's token belongs in no log.
#[derive(Clone)]
pub struct PlaceOrder {
    /// What is bought.
    pub cart: CartSelector,
    /// Who buys; none for a guest.
    pub customer: Option<UserId>,
    /// Where to write to about it.
    pub email: String,
    /// Where it goes.
    pub shipping_address: Address,
    /// Who is billed, when that is somebody else.
    pub billing_address: Option<Address>,
    /// The total the buyer saw, if the client wants to be sure that no price has changed since.
    pub expected_total: Option<i64>,
    /// What the shop sells in.
    pub currency: Currency,
    /// Until when it holds its stock unpaid.
    pub expires_at: DateTime<Utc>,
}

/// An order that was placed. No `Debug`: its token belongs in no log.
#[derive(Clone)]
pub struct Placed {
    /// The order.
    pub order_id: OrderId,
    /// What a guest shows to see the order again. Only its digest stays with the order.
    pub token: Option<String>,
}

/// Why an order cannot be placed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PlaceRefusal {
    /// There is no such cart, or it is not the buyer's.
    CartNotFound,
    /// There is nothing in it.
    CartEmpty,
    /// A line's product is no longer sold.
    Unavailable { product: String, variant: VariantId },
    /// A line's price is in another currency than the order would be.
    OtherCurrency { product: String, variant: VariantId, price: Money },
    /// There is less of a variant than is wanted.
    InsufficientStock { product: String, variant: VariantId, wanted: i32, available: i32 },
    /// The total is not what the buyer saw.
    TotalChanged { expected: Money, actual: Money },
    /// The amounts do not fit any shop's books.
    TotalTooLarge,
}

impl Refusal for PlaceRefusal {}

impl From<MoneyError> for ActionError<PlaceRefusal> {
    fn from(_: MoneyError) -> Self {
        // The lines' currencies were looked at, and no price is negative: only their size can be wrong.
        Self::refuse(PlaceRefusal::TotalTooLarge)
    }
}

/// Places an order.
pub async fn place(conn: &mut AsyncPgConnection, order: &PlaceOrder) -> Outcome<Placed, PlaceRefusal> {
    let placed = placed(order, OrderId::new());
    db::transaction(conn, async |conn| {
        let cart = cart::lock::lock_for_edit(conn, &order.cart).await?.ok_or(PlaceRefusal::CartNotFound)?;
        let lines = cart::queries::checkout_lines(conn, cart.id).await?;
        let total = check(order, &lines)?;
        reserve(conn, &lines).await?;
        insert(conn, order, &placed, &lines, total).await?;
        let actor = order.customer.map_or(Actor::Guest, Actor::Customer);
        events::append(conn, NewEvent::new(placed.order_id, Change::Placed, actor)).await?;
        if total.minor == 0 {
            // There is nothing to wait for.
            let paid = Change::Status { from: OrderStatus::Pending, to: OrderStatus::Paid };
            events::append(conn, NewEvent::new(placed.order_id, paid, Actor::System)).await?;
        }
        cart::clear::empty(conn, cart.id).await?;
        Ok(placed)
    })
    .await
}

/// What the buyer of an order gets. A guest's token follows from the cart's, which the database never had.
fn placed(order: &PlaceOrder, order_id: OrderId) -> Placed {
    let token = match (order.customer, &order.cart.token) {
        (None, Some(cart)) => {
            Some(secrets::derived_token(cart, "cartograph order token", order_id.0.as_bytes()))
        }
        _ => None,
    };
    Placed { order_id, token }
}

/// Everything that can be wrong with the lines before stock is asked for; else their total.
fn check(order: &PlaceOrder, lines: &[CartLine]) -> Outcome<Money, PlaceRefusal> {
    if lines.is_empty() {
        return Err(PlaceRefusal::CartEmpty.into());
    }
    let refused: Vec<PlaceRefusal> = lines.iter().filter_map(|line| unfit(line, order.currency)).collect();
    if !refused.is_empty() {
        return Err(ActionError::Refused(refused));
    }
    let mut total = Money::new(0, order.currency);
    for line in lines {
        total = total.checked_add(line.unit_price().checked_mul(line.quantity)?)?;
    }
    match order.expected_total {
        Some(expected) if expected != total.minor => {
            let expected = Money::new(expected, order.currency);
            Err(PlaceRefusal::TotalChanged { expected, actual: total }.into())
        }
        _ => Ok(total),
    }
}

/// Why a line cannot be ordered, however many pieces there are.
fn unfit(line: &CartLine, currency: Currency) -> Option<PlaceRefusal> {
    let (product, variant, price) = (line.offer.name(), line.offer.variant.id, line.unit_price());
    if !line.offer.on_sale() {
        Some(PlaceRefusal::Unavailable { product, variant })
    } else if price.currency != currency {
        Some(PlaceRefusal::OtherCurrency { product, variant, price })
    } else {
        None
    }
}

/// Reserves every line's stock, or says what each line is short of.
async fn reserve(conn: &AsyncPgConnection, lines: &[CartLine]) -> Outcome<(), PlaceRefusal> {
    let wanted: Vec<(VariantId, i32)> =
        lines.iter().map(|line| (line.offer.variant.id, line.quantity)).collect();
    let reserved = inventory::reserve::reserve(conn, &wanted).await?;
    if reserved.len() == wanted.len() {
        return Ok(());
    }
    let short: Vec<&CartLine> =
        lines.iter().filter(|line| !reserved.contains(&line.offer.variant.id)).collect();
    let ids: Vec<VariantId> = short.iter().map(|line| line.offer.variant.id).collect();
    let available: BTreeMap<VariantId, i32> =
        inventory::queries::available(conn, &ids).await?.into_iter().collect();
    let shortage = |line: &&CartLine| PlaceRefusal::InsufficientStock {
        product: line.offer.name(),
        variant: line.offer.variant.id,
        wanted: line.quantity,
        available: available.get(&line.offer.variant.id).copied().unwrap_or(0),
    };
    Err(ActionError::Refused(short.iter().map(shortage).collect()))
}

async fn insert(
    mut conn: &AsyncPgConnection,
    order: &PlaceOrder,
    placed: &Placed,
    lines: &[CartLine],
    total: Money,
) -> QueryResult<()> {
    // The customer's; a guest's is that account's which has proven that the address is its own.
    let owner = sql::<Nullable<Uuid>>("coalesce(")
        .bind::<Nullable<Uuid>, _>(order.customer)
        .sql(", (SELECT users.id FROM users WHERE email_verified_at IS NOT NULL AND deleted_at IS NULL AND users.email = ")
        .bind::<Text, _>(&order.email)
        .sql("))");
    let address = |address: &Address| serde_json::to_value(address).unwrap_or_default();
    diesel::insert_into(orders::table)
        .values((
            orders::id.eq(placed.order_id),
            orders::user_id.eq(owner),
            orders::token_hash
                .eq(placed.token.as_ref().map(|token| secrets::sha256(token.as_bytes()).to_vec())),
            orders::email.eq(&order.email),
            orders::currency.eq(total.currency.code()),
            orders::subtotal.eq(total.minor),
            orders::total.eq(total.minor),
            orders::expires_at.eq(order.expires_at),
            orders::shipping_address.eq(address(&order.shipping_address)),
            orders::billing_address.eq(order.billing_address.as_ref().map(address)),
        ))
        .prepared()
        .execute(&mut conn)
        .await?;
    insert_lines(conn, placed.order_id, lines).await
}

/// One statement whatever the number of lines, and so one that can be kept.
async fn insert_lines(mut conn: &AsyncPgConnection, order: OrderId, lines: &[CartLine]) -> QueryResult<()> {
    fn column<'a, T>(lines: &'a [CartLine], field: impl Fn(&'a CartLine) -> T) -> Vec<T> {
        lines.iter().map(field).collect()
    }
    sql_query(
        "INSERT INTO order_lines (order_id, id, product_id, variant_id, product_name, variant_name, sku, unit_price, \
                                  quantity, total, position) \
         SELECT $1, line.* FROM unnest($2, $3, $4, $5, $6, $7, $8, $9, $10) WITH ORDINALITY AS line",
    )
    .bind::<Uuid, _>(order)
    .bind::<Array<Uuid>, _>(column(lines, |_| OrderLineId::new()))
    .bind::<Array<Uuid>, _>(column(lines, |line| line.offer.variant.product_id))
    .bind::<Array<Uuid>, _>(column(lines, |line| line.offer.variant.id))
    .bind::<Array<Text>, _>(column(lines, |line| &line.offer.product_name))
    .bind::<Array<Text>, _>(column(lines, |line| line.offer.variant.name()))
    .bind::<Array<Nullable<Text>>, _>(column(lines, |line| line.offer.variant.sku.as_deref()))
    .bind::<Array<BigInt>, _>(column(lines, |line| line.unit_price().minor))
    .bind::<Array<Integer>, _>(column(lines, |line| line.quantity))
    .bind::<Array<BigInt>, _>(column(lines, |line| line.unit_price().minor * i64::from(line.quantity)))
    .prepared()
    .execute(&mut conn)
    .await?;
    Ok(())
}
