//! People who buy, in all the ways they do: with the last piece in two carts, with two clicks, too late, and off again.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::keyed::{Became, Caller};
use crate::ledger::{self, Mark, Placed};
use crate::shop::Shop;
use crate::support::stripe::{GOOD_CARD, POOR_CARD, SECURE_CARD};

const ADD: &str = "mutation($input: CartLinesAddInput!) { cartLinesAdd(input: $input) {
    cart { token itemCount } userErrors { code } } }";
const CODES: &str =
    "mutation($input: CartDiscountCodesUpdateInput!) { cartDiscountCodesUpdate(input: $input) {
    cart { total { amount } } userErrors { code } } }";
const PLACE: &str = "mutation($input: OrderPlaceInput!) { orderPlace(input: $input) {
    order { id number status expiresAt total { amount } lines { id quantity } } token userErrors { code message } } }";
const PAY: &str = "mutation($input: PaymentCreateInput!) { paymentCreate(input: $input) {
    payment { id } clientSecret userErrors { code message } } }";
const CANCEL: &str = "mutation($input: OrderCancelInput!) { orderCancel(input: $input) {
    order { status } userErrors { code } } }";

/// How many of the variants, from the first on, are scarce.
const SCARCE: usize = 4;
/// How often somebody tries to begin to pay before they leave.
const TRIES: usize = 8;

/// Shops on until the storm is over.
pub(crate) async fn shop_on(shop: Arc<Shop>, actor: u64) {
    let mut caller = Caller::new(&shop, 1000 + actor, None);
    while !shop.is_calm() {
        if let Some(order) = buy(&mut caller).await {
            pay_somehow(&mut caller, &order).await;
        }
    }
}

/// Fills a cart and places an order.
async fn buy(caller: &mut Caller) -> Option<Placed> {
    let variants = caller.shop.variants.clone();
    let mut lines = Vec::new();
    for _ in 0..caller.chances.random_range(1..=3) {
        // Many want what is scarce.
        let among = if caller.by_chance(0.35) { SCARCE } else { variants.len() };
        let variant = &variants[caller.chances.random_range(0..among)];
        if lines.iter().all(|line: &Value| line["variantId"] != json!(variant)) {
            lines.push(json!({ "variantId": variant, "quantity": caller.chances.random_range(1..=3) }));
        }
    }
    let cart = caller.mutate("cartLinesAdd", ADD, json!({ "lines": lines })).await.done()?;
    let token = cart["cart"]["token"].as_str()?.to_owned();
    if caller.by_chance(0.2) {
        let codes = json!({ "token": token, "codes": ["storm"] });
        caller.mutate("cartDiscountCodesUpdate", CODES, codes).await.done()?;
    }
    let key = Uuid::now_v7().to_string();
    let address = json!({ "name": "Ada Lovelace", "line1": "12 St James's Square", "city": "London",
                          "postalCode": "SW1Y 4JH", "country": "GB" });
    let input =
        json!({ "cartToken": token, "email": format!("{key}@torture.test"), "shippingAddress": address });
    let answer = caller.mutate_as(&key, Mark::Order, "orderPlace", PLACE, input).await.done()?;
    let order = ledger::placed(&answer);
    *caller.shop.ledger.placed.lock().expect("nobody panics with it") += 1;
    caller.shop.ledger.orders.lock().expect("nobody panics with it").push(order.clone());
    Some(order)
}

async fn pay_somehow(caller: &mut Caller, order: &Placed) {
    match caller.chances.random_range(0..100) {
        // Never.
        0..8 => {}
        // When it may be too late.
        8..14 => pay_late(caller, order).await,
        // Gone again, perhaps while the money comes.
        14..20 => {
            let paid = pay(caller, order, GOOD_CARD).await;
            caller.wait(if paid { 300 } else { 0 }).await;
            let input = json!({ "orderId": order.id, "token": order.token });
            caller.mutate("orderCancel", CANCEL, input).await;
        }
        // By invoice, which staff see to, or not.
        20..24 => {
            let input = json!({ "orderId": order.id, "token": order.token, "provider": "MANUAL" });
            caller.mutate("paymentCreate", PAY, input).await;
        }
        // With the wrong card first.
        24..30 => {
            pay(caller, order, POOR_CARD).await;
            pay(caller, order, GOOD_CARD).await;
        }
        30..35 => {
            pay(caller, order, SECURE_CARD).await;
        }
        // In two tabs.
        35..40 => {
            let Some(secret) = begin(caller, order).await else { return };
            let other = begin(caller, order).await.unwrap_or_else(|| secret.clone());
            let stripe = caller.shop.stripe.clone();
            let _ = tokio::join!(stripe.pay(&secret, GOOD_CARD), stripe.pay(&other, GOOD_CARD));
        }
        _ => {
            pay(caller, order, GOOD_CARD).await;
        }
    }
}

/// Begins to pay, and does when the order may have lapsed.
async fn pay_late(caller: &mut Caller, order: &Placed) {
    let Some(secret) = begin(caller, order).await else { return };
    let now = chrono::Utc::now().timestamp_millis();
    // Beginning to pay doubles the time that is left.
    let left = order.expires.map_or(0, |at| (at - now).max(0)) * 2;
    let late = Duration::from_millis((left + caller.chances.random_range(-1500..2500)).max(0).unsigned_abs());
    let calm = caller.shop.plan.calm().saturating_duration_since(Instant::now());
    tokio::time::sleep(late.min(calm)).await;
    let _ = caller.shop.stripe.pay(&secret, GOOD_CARD).await;
}

/// Pays with this card; whether the provider took it.
async fn pay(caller: &mut Caller, order: &Placed, card: &str) -> bool {
    let Some(secret) = begin(caller, order).await else { return false };
    let stripe = caller.shop.stripe.clone();
    caller.wait(200).await;
    let Ok(intent) = stripe.pay(&secret, card).await else { return false };
    if intent["status"] != "requires_action" {
        return true;
    }
    let success = caller.by_chance(0.8);
    stripe.prove(&secret, success).await.is_ok() && success
}

/// Begins to pay: the secret with which the customer goes on.
async fn begin(caller: &mut Caller, order: &Placed) -> Option<String> {
    for _ in 0..TRIES {
        let input = json!({ "orderId": order.id, "token": order.token });
        match caller.mutate("paymentCreate", PAY, input).await {
            Became::Done(payload) => return payload["clientSecret"].as_str().map(str::to_owned),
            Became::Refused(codes) if codes == ["GATEWAY_UNAVAILABLE"] => caller.wait(1500).await,
            Became::Refused(_) | Became::Unknown => return None,
        }
    }
    None
}
