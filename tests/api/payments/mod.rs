//! Paying for orders, against a stand-in for Stripe.

mod late;
mod paying;
mod refunding;
mod slow;
mod twice;
mod unknown;
mod webhooks;

use std::time::Duration;

use serde_json::{Value, json};

use crate::orders::{fill, input, place};
use crate::pricing::set_codes;
use crate::support::builders::Product;
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
        let stripe = Stripe::account();
        let proxy = FaultProxy::before(stripe.address()).await;
        let (setting, address) = (stripe.clone(), proxy.address());
        let app = TestApp::start_with(move |config| {
            config.payments.stripe = Some(setting.setting(address));
            config.payments.timeout = Duration::from_secs(3);
        })
        .await;
        Self { app, stripe, proxy }
    }

    /// The same with webhooks.
    async fn with_webhooks() -> Self {
        let shop = Self::open().await;
        let url = format!("http://{}/webhooks/stripe", shop.app.address);
        shop.stripe.send_webhooks_to(&url).await;
        shop
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
