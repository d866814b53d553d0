//! Staff, who send, pay back, take back, put on the shelf, and get in each other's way.

use std::sync::Arc;

use rand::RngExt;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::keyed::{Became, Caller};
use crate::ledger::{Adjustment, Mark, Placed};
use crate::shop::Shop;

const ORDER: &str = "query($id: ID!) { order(id: $id) { status
    payments { id provider status } lines { id quantity } } }";
const SHIP: &str = "mutation($input: OrderShipInput!) { orderShip(input: $input) {
    order { status } userErrors { code message } } }";
const REFUND: &str = "mutation($input: OrderRefundInput!) { orderRefund(input: $input) {
    refunds { id } order { status } userErrors { code message } } }";
const CANCEL_LINES: &str = "mutation($input: OrderLinesCancelInput!) { orderLinesCancel(input: $input) {
    order { status } userErrors { code message } } }";
const RETURN: &str = "mutation($input: OrderReturnInput!) { orderReturn(input: $input) {
    order { status } userErrors { code message } } }";
const STEP: &str = "mutation($input: OrderStatusUpdateInput!) { orderStatusUpdate(input: $input) {
    order { status } userErrors { code message } } }";
const CAPTURE: &str = "mutation($input: PaymentCaptureInput!) { paymentCapture(input: $input) {
    payment { status } userErrors { code message } } }";
const ADJUST: &str = "mutation($input: InventoryAdjustInput!) { inventoryAdjust(input: $input) {
    userErrors { code message } } }";

/// Works on until the storm is over.
pub(crate) async fn work_on(shop: Arc<Shop>, actor: u64) {
    let mut caller = Caller::new(&shop, 2000 + actor, Some(shop.admin.clone()));
    while !shop.is_calm() {
        if caller.by_chance(0.25) {
            adjust(&mut caller).await;
        } else if let Some(order) = shop.ledger.some_order(&mut caller.chances) {
            handle(&mut caller, &order).await;
        }
        caller.wait(150).await;
    }
}

/// Does something with an order.
async fn handle(caller: &mut Caller, order: &Placed) {
    let seen = caller.query(ORDER, json!({ "id": order.id })).await["order"].take();
    let lines = pieces(caller, order);
    match (seen["status"].as_str(), caller.chances.random_range(0..100)) {
        (Some("PENDING"), _) => invoice(caller, &seen).await,
        (Some("PAID" | "PROCESSING"), 0..40) => ship(caller, order, json!(null)).await,
        (Some("PAID" | "PROCESSING"), 40..55) => ship(caller, order, lines).await,
        (Some("PAID" | "PROCESSING"), 55..70) => {
            let input = json!({ "orderId": order.id, "lines": lines });
            caller.mutate("orderLinesCancel", CANCEL_LINES, input).await;
        }
        (Some("PAID" | "PROCESSING"), 70..80) => step(caller, order, "CANCELLED").await,
        (Some("PAID" | "PROCESSING" | "SHIPPED" | "DELIVERED"), 80..90) => refund(caller, order).await,
        (Some("SHIPPED" | "DELIVERED"), 0..35) => take_back(caller, order, lines).await,
        (Some("SHIPPED"), 35..60) => step(caller, order, "DELIVERED").await,
        (Some("SHIPPED" | "DELIVERED"), 60..66) => step(caller, order, "REFUNDED").await,
        _ => {}
    }
}

/// Some pieces of one of the order's lines.
fn pieces(caller: &mut Caller, order: &Placed) -> Value {
    let Some(last) = order.lines.len().checked_sub(1) else { return json!([]) };
    let (line, quantity) = &order.lines[caller.chances.random_range(0..=last)];
    json!([{ "lineId": line, "quantity": caller.chances.random_range(1..=*quantity) }])
}

/// Somebody paid at the counter, for what was to be paid by invoice.
async fn invoice(caller: &mut Caller, seen: &Value) {
    let payments = seen["payments"].as_array().into_iter().flatten();
    let open = |payment: &&Value| payment["provider"] == "MANUAL" && payment["status"] == "PENDING";
    let Some(payment) = payments.into_iter().find(open) else { return };
    let input = json!({ "paymentId": payment["id"] });
    caller.mutate("paymentCapture", CAPTURE, input).await;
}

async fn ship(caller: &mut Caller, order: &Placed, lines: Value) {
    let key = Uuid::now_v7().to_string();
    let input = json!({ "orderId": order.id, "lines": lines, "carrier": "DHL", "trackingCode": key });
    caller.mutate_as(&key, Mark::Shipment, "orderShip", SHIP, input).await;
}

async fn step(caller: &mut Caller, order: &Placed, status: &str) {
    let input = json!({ "orderId": order.id, "status": status });
    caller.mutate("orderStatusUpdate", STEP, input).await;
}

async fn refund(caller: &mut Caller, order: &Placed) {
    let key = Uuid::now_v7().to_string();
    let amount = format!("{}.{:02}", caller.chances.random_range(0..4), caller.chances.random_range(1..100));
    let input = json!({ "orderId": order.id, "amount": amount, "note": key });
    caller.mutate_as(&key, Mark::Refund, "orderRefund", REFUND, input).await;
}

async fn take_back(caller: &mut Caller, order: &Placed, mut lines: Value) {
    let key = Uuid::now_v7().to_string();
    lines[0]["restock"] = caller.by_chance(0.5).into();
    let mut input = json!({ "orderId": order.id, "lines": lines, "note": key });
    if caller.by_chance(0.7) {
        input["refund"] = json!({});
    }
    caller.mutate_as(&key, Mark::Return, "orderReturn", RETURN, input).await;
}

/// A delivery came, or something broke.
async fn adjust(caller: &mut Caller) {
    let scarce = caller.chances.random_range(0..8);
    let variant = caller.shop.variants[scarce].clone();
    let delta = if caller.by_chance(0.85) { caller.chances.random_range(1..=6) } else { -1 };
    let key = Uuid::now_v7().to_string();
    let input = json!({ "variantId": variant, "delta": delta, "reason": key });
    // Noted before it is sent: whoever is interrupted may have done it.
    let mut adjustment = Adjustment { variant, delta, done: None };
    caller.shop.ledger.adjust(&key, adjustment.clone());
    adjustment.done = match caller.mutate_as(&key, Mark::Stock, "inventoryAdjust", ADJUST, input).await {
        Became::Done(_) => Some(true),
        Became::Refused(_) => Some(false),
        Became::Unknown => None,
    };
    caller.shop.ledger.adjust(&key, adjustment);
}
