//! Placing an order: what was in the cart becomes an order, and its stock is reserved.
//!
//! One transaction of a fixed number of statements, whatever the number of lines: claim the idempotency key, lock the
//! cart, read its lines and the shop's terms for where they go, reserve the stock, write the order with all that belongs to
//! it and empty the cart, append the event. The amounts come from the same function as those that the cart shows
//! ([`pricing::quote`](crate::pricing::quote())). The database has the last word on stock (see [`crate::inventory`]) and on
//! how often a code is used; two checkouts of one cart meet at the cart's lock, and the second finds it empty. Payment is no
//! part of this.

use std::collections::BTreeMap;

use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::events::{self, Actor, Change, NewEvent};
use super::insert::{self, Bought};
use crate::address::Address;
use crate::cart::{self, CartLine, CartSelector};
use crate::error::{ActionError, Outcome, Refusal, violated_constraint};
use crate::idempotency::{self, Claim, Keyed};
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
    /// The client's key for this order.
    pub idempotency_key: Option<String>,
    /// How the shop sells.
    pub shop: pricing::Shop,
}

/// An order that was placed, now or by an earlier request with the same key. No `Debug`: its token belongs in no log.
#[derive(Clone)]
pub struct Placed {
    /// The order.
    pub order_id: OrderId,
    /// What a guest shows to see the order again. Only its digest stays with the order.
    pub token: Option<String>,
    /// Whether it was placed by an earlier request, and this one changed nothing.
    pub replayed: bool,
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
    /// The key was used for another order.
    KeyReused,
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
    conn.transaction(async |conn| {
        if let Some(key) = &order.idempotency_key {
            let scope = scope(order);
            let request = Keyed { scope: &scope, key, fingerprint: fingerprint(order) };
            match idempotency::claim(conn, &request, &placed.order_id.0).await? {
                Claim::First => {}
                Claim::Replay(first) => {
                    return Ok(Placed { replayed: true, ..self::placed(order, OrderId(first)) });
                }
                Claim::Reused => return Err(PlaceRefusal::KeyReused.into()),
            }
        }
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
        let event = NewEvent { order_id: placed.order_id, change: Change::Placed, actor, note: None };
        events::append(conn, event).await?;
        Ok(placed)
    })
    .await
}

/// What the buyer of an order gets. A guest's token follows from the cart's, which the guest still has when the request is
/// repeated and the database never had: so a repetition can be answered alike, and nothing stored could see the order.
fn placed(order: &PlaceOrder, order_id: OrderId) -> Placed {
    let token = match (order.customer, &order.cart.token) {
        (None, Some(cart)) => {
            Some(secrets::derived_token(cart, "cartograph order token", order_id.0.as_bytes()))
        }
        _ => None,
    };
    Placed { order_id, token, replayed: false }
}

/// Keys are the caller's own: a customer's, or those of whoever holds a cart's token.
fn scope(order: &PlaceOrder) -> String {
    match (&order.customer, cart_digest(order)) {
        (Some(customer), _) => format!("orderPlace {customer}"),
        (None, Some(digest)) => {
            format!("orderPlace cart {}", digest.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
        }
        // Without a token there is no guest cart; nothing is stored under this scope but refusals.
        (None, None) => "orderPlace".to_owned(),
    }
}

fn fingerprint(order: &PlaceOrder) -> [u8; 32] {
    idempotency::fingerprint(&(
        order.cart.cart_id.map(|id| id.to_string()),
        // A customer's keys lie in one scope whichever cart they buy, also a guest's that they hold the token of.
        cart_digest(order),
        &order.email,
        &order.shipping_address,
        &order.billing_address,
        order.expected_total,
        order.shipping_method.map(|method| method.to_string()),
    ))
}

/// What stands for a guest cart's token wherever something is stored.
fn cart_digest(order: &PlaceOrder) -> Option<[u8; 32]> {
    order.cart.token.as_ref().map(|token| secrets::sha256(token.as_bytes()))
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
    let refusal = |(code, problem): (&str, DiscountProblem)| PlaceRefusal::Discount { code: code.to_owned(), problem };
    let refused: Vec<PlaceRefusal> = terms.limited(limit).map(refusal).collect();
    // None where the limit itself is as new: whoever tries again is told.
    if refused.is_empty() { error.into() } else { ActionError::Refused(refused) }
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
