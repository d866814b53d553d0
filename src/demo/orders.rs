//! A few orders of the demo's customer, one for each way an order can stand.

use std::fmt::Debug;

use chrono::{DateTime, TimeDelta, Utc};
use diesel_async::{AsyncConnection, AsyncPgConnection};

use super::accounts::Accounts;
use crate::address::Address;
use crate::cart::{self, CartSelector, LineRequest, VariantKey};
use crate::error::{ActionError, Outcome, Result};
use crate::orders::OrderStatus;
use crate::orders::change_status::{ChangeStatus, change_status};
use crate::orders::events::Actor;
use crate::orders::place::PlaceOrder;
use crate::pricing::Shop;

/// What was bought (articles and numbers of pieces), and how far the order has come since.
type DemoOrder = (&'static [(&'static str, i32)], &'static [OrderStatus]);

/// The orders.
const ORDERS: [DemoOrder; 5] = [
    (
        &[("CUP-ESPRESSO-4", 1), ("TEA-EARL-100", 2)],
        &[OrderStatus::Paid, OrderStatus::Processing, OrderStatus::Shipped, OrderStatus::Delivered],
    ),
    (&[("JUMPER-MER-FOR-M", 1)], &[OrderStatus::Paid, OrderStatus::Processing, OrderStatus::Shipped]),
    (&[("LAMP-DOME-FOR", 1), ("CUSHION-LIN-45-SAGE", 2)], &[OrderStatus::Cancelled]),
    (&[("KNIFE-CHEF-20", 1), ("BOARD-OAK-M", 1), ("NAPKIN-LIN-FLAX", 1)], &[OrderStatus::Paid]),
    (&[("BOTTLE-STEEL-750-MOSS", 2)], &[]),
];

/// Places the orders as a shopper would, has staff move them on, and returns how many there are. An order that the shop
/// refuses is left out: whoever changes the demo's catalogue need not know what is ordered here.
pub(super) async fn place(
    conn: &mut AsyncPgConnection,
    shop: Shop,
    accounts: &Accounts,
    now: DateTime<Utc>,
) -> Result<usize> {
    let mut placed = 0;
    for order in ORDERS {
        match conn.transaction(async |conn| place_one(conn, order, shop, accounts, now).await).await {
            Ok(()) => placed += 1,
            Err(ActionError::Refused(reasons)) => {
                tracing::warn!(reasons = reasons.join(", "), "an order of the demo was left out");
            }
            Err(ActionError::Failed(error)) => return Err(error),
        }
    }
    Ok(placed)
}

async fn place_one(
    conn: &mut AsyncPgConnection,
    (lines, steps): DemoOrder,
    shop: Shop,
    accounts: &Accounts,
    now: DateTime<Utc>,
) -> Outcome<(), String> {
    let requests: Vec<LineRequest> = lines
        .iter()
        .map(|(sku, quantity)| LineRequest {
            variant: VariantKey::Sku((*sku).to_owned()),
            quantity: *quantity,
        })
        .collect();
    let cart = CartSelector { user: Some(accounts.customer), ..CartSelector::default() };
    cart::add_lines(conn, &cart, &requests).await.map_err(in_words)?;
    let order = PlaceOrder {
        cart,
        customer: Some(accounts.customer),
        email: accounts.customer_email.clone(),
        shipping_address: address(),
        billing_address: None,
        shipping_method: None,
        expected_total: None,
        shop,
        expires_at: now + TimeDelta::days(14),
    };
    let placed = crate::orders::place::place(conn, &order).await.map_err(in_words)?;
    for to in steps {
        let actor = match to {
            OrderStatus::Cancelled => Actor::Customer(accounts.customer),
            OrderStatus::Paid => Actor::System,
            _ => Actor::Staff(accounts.staff),
        };
        let change = ChangeStatus {
            order_id: placed.order_id,
            to: *to,
            actor,
            may_pay_back: true,
            note: None,
            at: now,
        };
        change_status(conn, &change).await.map_err(in_words)?;
    }
    Ok(())
}

/// The refusals of several actions as one kind.
fn in_words<R: Debug>(error: ActionError<R>) -> ActionError<String> {
    match error {
        ActionError::Refused(reasons) => {
            ActionError::Refused(reasons.iter().map(|reason| format!("{reason:?}")).collect())
        }
        ActionError::Failed(error) => ActionError::Failed(error),
    }
}

fn address() -> Address {
    Address {
        name: "Casey Customer".to_owned(),
        line1: "1 Example Street".to_owned(),
        city: "Springfield".to_owned(),
        region: "OR".to_owned(),
        postal_code: "97477".to_owned(),
        country: "US".to_owned(),
        ..Address::default()
    }
}
