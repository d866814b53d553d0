//! Paying for orders, against a stand-in for Stripe.

mod attempts;
mod held;
mod late;
mod paying;
mod refunding;
mod slow;
mod twice;
mod unknown;
mod webhooks;

use std::time::Duration;

use axum::http::{Method, StatusCode};
use cartograph::config::CaptureMode;
use cartograph::ids::JobId;
use chrono::TimeDelta;
use ring::hmac;
use serde_json::{Value, json};

use crate::orders::{fill, input, place};
use crate::pricing::set_codes;
use crate::support::builders::Product;
use crate::support::client::Http;
use crate::support::faults::FaultProxy;
use crate::support::stripe::Stripe;
use crate::support::{Client, TestApp};

const CREATE: &str = "mutation($input: PaymentCreateInput!) { paymentCreate(input: $input) {
    payment { id status provider amount { amount } } clientSecret publishableKey order { status }
    userErrors { code field message } } }";
const ORDER: &str = "query($id: ID, $token: String) { order(id: $id, token: $token) {
    status cancelReason expiresAt paid { amount } refunded { amount } due { amount }
    payments { id status captured { amount } refunded { amount } failure { code } }
    refunds { id status reason amount { amount } }
    events(first: 50) { nodes { sequence type to } } } }";

/// How long an order waits for an invoice to be paid.
const INVOICE_HOLD: TimeDelta = TimeDelta::days(14);

/// A shop that takes cards.
struct Shop {
    app: TestApp,
    stripe: Stripe,
    proxy: FaultProxy,
}

/// An order of a guest's.
struct Order {
    guest: Client,
    id: String,
    token: String,
}

impl Shop {
    /// A shop that hears of payments by asking alone.
    async fn open() -> Self {
        Self::open_with(CaptureMode::Automatic).await
    }

    async fn open_with(capture: CaptureMode) -> Self {
        let stripe = Stripe::account();
        let proxy = FaultProxy::before(stripe.address()).await;
        let (setting, address) = (stripe.clone(), proxy.address());
        let app = TestApp::start_with(move |config| {
            config.payments.stripe = Some(setting.setting(address));
            config.payments.timeout = Duration::from_secs(3);
            config.payments.capture = capture;
            if capture == CaptureMode::Manual {
                config.orders.invoice_hold = Some(INVOICE_HOLD);
            }
        })
        .await;
        Self { app, stripe, proxy }
    }

    /// The same with webhooks.
    async fn with_webhooks() -> Self {
        Self::open().await.hearing().await
    }

    async fn hearing(self) -> Self {
        let url = format!("http://{}/webhooks/stripe", self.app.address);
        self.stripe.send_webhooks_to(&url).await;
        self
    }

    /// Tells the shop what Stripe would: that this has happened, and what it happened to.
    async fn tell(&self, kind: &str, object: Value) {
        let event = JobId::new().0.simple().to_string();
        let body =
            json!({ "id": event, "type": kind, "created": 1, "data": { "object": object } }).to_string();
        let at = self.app.app.clock.now().timestamp();
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.stripe.webhook_secret().as_bytes());
        let signed = hmac::sign(&key, format!("{at}.{body}").as_bytes());
        let signed: String = signed.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
        let headers = [("stripe-signature", format!("t={at},v1={signed}"))];
        let headers = headers.each_ref().map(|(name, value)| (*name, value.as_str()));
        let answer = Http::new(self.app.address).send(Method::POST, "/webhooks/stripe", &headers, body).await;
        assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
        for _ in 0..1200 {
            let tried = format!(
                "jobs WHERE payload ->> 'event' = '{event}' AND attempts > 0 AND leased_until IS NULL"
            );
            let handled = format!("gateway_events WHERE id = '{event}' AND handled_at IS NOT NULL");
            if self.app.count(&tried).await + self.app.count(&handled).await > 0 {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("the event is not worked off: {kind}");
    }

    /// What a mutation of staff's answers, without refusals.
    async fn does(&self, staff: &Client, field: &str, input: Value) -> Value {
        let answer = self.asks(staff, field, input).await;
        assert_eq!(answer["userErrors"], json!([]), "{field}");
        answer
    }

    /// The same, whatever it answers.
    async fn asks(&self, staff: &Client, field: &str, input: Value) -> Value {
        let kind = format!("{}{}Input", field[..1].to_ascii_uppercase(), &field[1..]);
        let document =
            format!("mutation($input: {kind}!) {{ {field}(input: $input) {{ userErrors {{ code }} }} }}");
        staff.query_with(&document, json!({ "input": input })).await.at(&format!("/{field}")).clone()
    }

    async fn buy(&self, product: &Product, quantity: i32) -> Order {
        self.buy_with(product, quantity, &[]).await
    }

    /// The same with these codes.
    async fn buy_with(&self, product: &Product, quantity: i32, codes: &[&str]) -> Order {
        let guest = self.app.guest();
        let token = fill(&guest, product.variant, quantity).await;
        if !codes.is_empty() {
            set_codes(&guest, token.as_deref(), codes).await;
        }
        let placed = place(&guest, input(token.as_deref())).await;
        assert!(placed.user_errors("orderPlace").is_empty(), "{:#}", placed.body);
        let text = |path| placed.text(path).to_owned();
        Order { id: text("/orderPlace/order/id"), token: text("/orderPlace/token"), guest }
    }

    /// What `paymentCreate` answers.
    async fn begin(&self, order: &Order) -> Value {
        let input = json!({ "orderId": order.id, "token": order.token });
        order.guest.query_with(CREATE, json!({ "input": input })).await.at("/paymentCreate").clone()
    }

    /// The secret of a payment that was begun.
    async fn secret(&self, order: &Order) -> String {
        let begun = self.begin(order).await;
        begun["clientSecret"].as_str().unwrap_or_else(|| panic!("{begun:#}")).to_owned()
    }

    async fn look(&self, order: &Order) -> Value {
        let variables = json!({ "id": order.id, "token": order.token });
        order.guest.query_with(ORDER, variables).await.at("/order").clone()
    }

    /// Waits until the order is as wanted.
    async fn until(&self, order: &Order, wanted: impl Fn(&Value) -> bool) -> Value {
        let mut seen = Value::Null;
        for _ in 0..1200 {
            seen = self.look(order).await;
            if wanted(&seen) {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        panic!("the order does not get there: {seen:#}");
    }

    /// Waits until Stripe was asked so often for what has this in its path.
    async fn until_called(&self, path: &str, times: usize) {
        for _ in 0..1200 {
            if self.proxy.calls(path).len() >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(25)).await;
        }
        panic!("Stripe is not asked: {:?}", self.proxy.calls(path));
    }

    async fn until_status(&self, order: &Order, status: &str) -> Value {
        self.until(order, |seen| seen["status"] == status).await
    }
}

/// Whether every refund of the order is done.
fn is_paid_back(order: &Value) -> bool {
    let refunds = order["refunds"].as_array().expect("a list");
    !refunds.is_empty() && refunds.iter().all(|refund| refund["status"] == "SUCCEEDED")
}
