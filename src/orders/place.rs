//! Placing an order: what was in the cart becomes an order, and its stock is reserved.
//!
//! One transaction of a fixed number of statements, whatever the number of lines: lock the cart, read its lines and the shop's
//! terms for where they go, reserve the stock, write the order with all that belongs to it and empty the cart, append the
//! event. The amounts come from the same function as those that the cart shows
//! ([`pricing::quote`](crate::pricing::quote())). The database has the last word on stock (see [`crate::inventory`]) and on
//! how often a code is used; two checkouts of one cart meet at the cart's lock, and the second finds it empty. Payment is no
//! part of this.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel_async::AsyncPgConnection;

use super::events::{self, Actor, Change, NewEvent};
use super::insert::{self, Bought};
use super::state::OrderStatus;
use crate::address::Address;
use crate::cart::{self, CartLine, CartSelector};
use crate::db;
use crate::error::{ActionError, Outcome, Refusal, violated_constraint};
use crate::ids::{OrderId, ShippingMethodId, UserId, VariantId};
use crate::inventory;
use crate::money::{Currency, Money, MoneyError};
use crate::pricing::discount::Customer;
use crate::pricing::terms::{self, Destination};
use crate::pricing::{self, Delivery, DiscountProblem, Quote, Terms};
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
    /// How it is sent, if not by the cart's method, or else the cheapest.
    pub shipping_method: Option<ShippingMethodId>,
    /// The total the buyer saw, if the client wants to be sure that no price has changed since.
    pub expected_total: Option<i64>,
    /// How the shop sells.
    pub shop: pricing::Shop,
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
    /// No shipping method goes where the order does, or none with so much weight.
    ShippingUnavailable { country: String },
    /// The shipping method that was chosen does not.
    ShippingMethodUnavailable,
    /// A code of the cart takes nothing off this order.
    Discount { code: String, problem: DiscountProblem },
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
        let cart = cart::lock::lock_for_order(conn, &order.cart).await?.ok_or(PlaceRefusal::CartNotFound)?;
        let lines = cart::queries::checkout_lines(conn, cart).await?;
        fit(order, &lines)?;
        let Address { country, region, .. } = &order.shipping_address;
        let customer = Customer::new(order.customer, &order.email);
        let terms = terms::of_order(conn, cart, &Destination { country, region }, &customer).await?;
        let quote = price(order, &lines, &terms)?;
        reserve(conn, &lines).await?;
        let bought =
            Bought { order, placed: &placed, cart, lines: &lines, quote: &quote, customer: &customer };
        insert::insert(conn, &bought).await.map_err(|error| overtaken(error, &terms))?;
        let actor = order.customer.map_or(Actor::Guest, Actor::Customer);
        events::append(conn, NewEvent::new(placed.order_id, Change::Placed, actor)).await?;
        if quote.totals.total == 0 {
            // There is nothing to wait for.
            let paid = Change::Status { from: OrderStatus::Pending, to: OrderStatus::Paid };
            events::append(conn, NewEvent::new(placed.order_id, paid, Actor::System)).await?;
        }
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

/// Refuses lines that cannot be ordered, whatever there is in stock.
fn fit(order: &PlaceOrder, lines: &[CartLine]) -> Outcome<(), PlaceRefusal> {
    if lines.is_empty() {
        return Err(PlaceRefusal::CartEmpty.into());
    }
    let refused: Vec<PlaceRefusal> =
        lines.iter().filter_map(|line| unfit(line, order.shop.currency)).collect();
    if refused.is_empty() { Ok(()) } else { Err(ActionError::Refused(refused)) }
}

/// What the order costs, or everything that keeps it from having a price that the buyer can count on.
fn price(order: &PlaceOrder, lines: &[CartLine], terms: &Terms) -> Outcome<Quote, PlaceRefusal> {
    let currency = order.shop.currency;
    let priced = cart::totals::priced(lines, currency)?;
    let quote = pricing::quote(&priced, terms, order.shipping_method, order.shop)?;
    let mut refused: Vec<PlaceRefusal> = quote
        .codes
        .iter()
        .filter_map(|code| {
            let problem = code.outcome.err()?;
            Some(PlaceRefusal::Discount { code: code.code.clone(), problem })
        })
        .collect();
    match &quote.delivery {
        Delivery::NotCharged | Delivery::By(_) => {}
        Delivery::ChosenUnavailable => refused.push(PlaceRefusal::ShippingMethodUnavailable),
        Delivery::Unavailable | Delivery::NoDestination => {
            refused
                .push(PlaceRefusal::ShippingUnavailable { country: order.shipping_address.country.clone() });
        }
    }
    let actual = Money::new(quote.totals.total, currency);
    match order.expected_total.map(|expected| Money::new(expected, currency)) {
        _ if !refused.is_empty() => Err(ActionError::Refused(refused)),
        Some(expected) if expected != actual => Err(PlaceRefusal::TotalChanged { expected, actual }.into()),
        _ => Ok(quote),
    }
}

/// What a failed insert means: a code that was good a moment ago may have been used up since (the constraint does not say
/// which of two, so that all that have a limit are named), and a shipping method deleted.
fn overtaken(error: diesel::result::Error, terms: &Terms) -> ActionError<PlaceRefusal> {
    if violated_constraint(&error) == Some("orders_shipping_method_id_fkey") {
        return PlaceRefusal::ShippingMethodUnavailable.into();
    }
    let Some(limit) = pricing::discount::limit_reached(&error) else { return error.into() };
    let refusal =
        |(code, problem): (&str, DiscountProblem)| PlaceRefusal::Discount { code: code.to_owned(), problem };
    ActionError::Refused(terms.limited(limit).into_iter().map(refusal).collect())
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
