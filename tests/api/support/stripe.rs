//! The stand-in for Stripe (`tests/stripe`), asked as a shopper's browser, Stripe's dashboard or an auditor would.

use std::net::SocketAddr;

use axum::http::{Method, StatusCode};
use cartograph::config::{Config, StripeAccount};
use cartograph::ids::JobId;
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::{Value, json};
use url::form_urlencoded;

use super::client::{Answer, Http};

/// A card that is good.
pub(crate) const GOOD_CARD: &str = "4242424242424242";
/// One with too little money.
pub(crate) const POOR_CARD: &str = "4000000000009995";
/// One whose holder has to prove to be there.
pub(crate) const SECURE_CARD: &str = "4000000000003220";

/// An account of one test's own at the stand-in that all tests share.
#[derive(Clone)]
pub(crate) struct Stripe {
    address: SocketAddr,
    account: String,
}

impl Stripe {
    /// A new account.
    pub(crate) fn account() -> Self {
        let url = std::env::var("TEST_STRIPE_URL").expect(
            "TEST_STRIPE_URL is not set: run the tests with 'make test', or under scripts/with-stripe.sh",
        );
        let address = url.trim_start_matches("http://").parse().expect("TEST_STRIPE_URL is an address");
        // Letters and digits alone, as in Stripe's keys.
        Self { address, account: JobId::new().0.simple().to_string() }
    }

    /// Where the stand-in listens.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the account's keys have behind `sk_test_` and `pk_test_`.
    pub(crate) fn key(&self) -> &str {
        &self.account
    }

    /// What the account's webhooks are signed with.
    pub(crate) fn webhook_secret(&self) -> String {
        format!("whsec_{}", self.account)
    }

    /// The account as a shop's setting; `address` is the stand-in's, or that of what stands before it.
    pub(crate) fn setting(&self, address: SocketAddr) -> StripeAccount {
        StripeAccount {
            secret_key: SecretString::from(format!("sk_test_{}", self.account)),
            webhook_secrets: vec![SecretString::from(self.webhook_secret())],
            publishable_key: Some(format!("pk_test_{}", self.account)),
            api: format!("http://{address}").parse().expect("an address"),
        }
    }

    /// Has a shop take money with the account.
    pub(crate) fn configure(&self, config: &mut Config) {
        config.payments.stripe = Some(self.setting(self.address));
    }

    /// Has the account's webhooks sent there, such as `http://127.0.0.1:8000/webhooks/stripe`.
    pub(crate) async fn send_webhooks_to(&self, url: &str) {
        let asked = json!({ "url": url, "secret": self.webhook_secret(), "account": self.account });
        let path = format!("/_webhooks/{}", self.account);
        let headers = [("content-type", "application/json")];
        let answer = self.http().send(Method::POST, &path, &headers, asked.to_string()).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    /// Pays as a shopper's browser does, who knows the payment's client secret: the payment afterwards, or why not.
    pub(crate) async fn pay(&self, client_secret: &str, card: &str) -> Result<Value, Value> {
        let card = [
            ("payment_method_data[type]", "card"),
            ("payment_method_data[card][number]", card),
            ("payment_method_data[card][exp_month]", "12"),
            ("payment_method_data[card][exp_year]", "2034"),
            ("payment_method_data[card][cvc]", "123"),
        ];
        self.as_shopper(client_secret, "confirm", &card).await
    }

    /// Proves to be the card's holder, or fails to.
    pub(crate) async fn prove(&self, client_secret: &str, success: bool) -> Result<Value, Value> {
        let success = if success { "true" } else { "false" };
        self.as_shopper(client_secret, "_authenticate", &[("success", success)]).await
    }

    async fn as_shopper(
        &self,
        client_secret: &str,
        verb: &str,
        form: &[(&str, &str)],
    ) -> Result<Value, Value> {
        let (intent, _) = client_secret.split_once("_secret_").expect("a client secret");
        let key = format!("pk_test_{}", self.account);
        let form = form_urlencoded::Serializer::new(String::new())
            .append_pair("key", &key)
            .append_pair("client_secret", client_secret)
            .extend_pairs(form)
            .finish();
        let path = format!("/v1/payment_intents/{intent}/{verb}");
        let headers = [("content-type", "application/x-www-form-urlencoded")];
        let answer = self.http().send(Method::POST, &path, &headers, form).await;
        if answer.status.is_success() { Ok(answer.json()) } else { Err(answer.json()["error"].take()) }
    }

    /// Asks with the shop's key, as its owner does at the dashboard.
    pub(crate) async fn as_owner(&self, method: Method, path: &str, form: &[(&str, &str)]) -> Answer {
        let key = format!("Bearer sk_test_{}", self.account);
        let form = form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
        let headers =
            [("authorization", key.as_str()), ("content-type", "application/x-www-form-urlencoded")];
        self.http().send(method, path, &headers, form).await
    }

    /// Sends a refund back, as the customer's bank does when the card is gone.
    pub(crate) async fn return_refund(&self, refund: &str) {
        let answer = self.http().send(Method::POST, &format!("/_refunds/{refund}/return"), &[], "").await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
    }

    /// All that the account has.
    pub(crate) async fn journal(&self) -> Journal {
        let path = format!("/_journal?account={}", self.account);
        let journal: Journal =
            serde_json::from_value(self.http().send(Method::GET, &path, &[], "").await.json())
                .expect("a journal");
        assert!(!journal.truncated, "there is more than the journal tells");
        journal
    }

    fn http(&self) -> Http {
        Http::new(self.address)
    }
}

/// All that an account has, for an auditor.
#[derive(Debug, Deserialize)]
pub(crate) struct Journal {
    pub(crate) intents: Vec<JournalIntent>,
    pub(crate) charges: Vec<JournalCharge>,
    pub(crate) refunds: Vec<JournalRefund>,
    pub(crate) webhooks: JournalWebhooks,
    truncated: bool,
}

#[derive(Debug, Deserialize)]
pub(crate) struct JournalIntent {
    pub(crate) id: String,
    pub(crate) status: String,
    pub(crate) amount: i64,
    pub(crate) amount_received: i64,
    pub(crate) amount_capturable: i64,
    pub(crate) currency: String,
    /// `cartograph_payment` and `cartograph_order`
    pub(crate) metadata: Value,
}

#[derive(Debug, Deserialize)]
pub(crate) struct JournalCharge {
    pub(crate) id: String,
    pub(crate) payment_intent: Option<String>,
    pub(crate) amount: i64,
    pub(crate) amount_captured: i64,
    pub(crate) amount_refunded: i64,
    /// `succeeded`, `pending` or `failed`
    pub(crate) status: String,
}

#[derive(Debug, Deserialize)]
pub(crate) struct JournalRefund {
    pub(crate) id: String,
    pub(crate) payment_intent: Option<String>,
    pub(crate) amount: i64,
    pub(crate) status: String,
    /// `cartograph_refund`
    pub(crate) metadata: Value,
}

/// What became of an account's webhooks. One that was refused is sent again.
#[derive(Debug, Deserialize)]
pub(crate) struct JournalWebhooks {
    pub(crate) pending: usize,
    pub(crate) delivered: usize,
    pub(crate) refused: usize,
    pub(crate) given_up: usize,
}
