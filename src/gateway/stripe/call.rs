//! One request to Stripe, and its answer.

use std::error::Error as _;
use std::time::Duration;

use anyhow::Context;
use http::HeaderMap;
use reqwest::{Client, RequestBuilder, Response, redirect, retry};
use rustls_platform_verifier::ConfigVerifierExt;
use secrecy::{ExposeSecret, SecretString};
use serde::de::DeserializeOwned;
use url::Url;

use super::super::GatewayError;
use super::super::retry::Failed;
use super::refusal::{self, Head};
use crate::config::StripeAccount;

/// The version of the API that this was written for. Stripe answers in its form, whatever comes later.
const VERSION: &str = "2026-02-25.clover";
/// How long it may take to be connected, if there is so much time.
const CONNECT: Duration = Duration::from_secs(3);
/// How long a connection is kept that nobody uses.
const IDLE: Duration = Duration::from_secs(60);
/// The longest answer that is read. A hundred refunds with all their metadata are half of it.
const MAX_ANSWER: usize = 2 * 1024 * 1024;

/// The way to Stripe, with the shop's key.
pub(super) struct Connection {
    client: Client,
    api: Url,
    key: SecretString,
}

impl Connection {
    /// No connection yet: the first request makes one.
    pub(super) fn new(account: &StripeAccount, patience: Duration) -> anyhow::Result<Self> {
        let mut client = Client::builder()
            .user_agent(concat!("cartograph/", env!("CARGO_PKG_VERSION")))
            // The key goes to Stripe and nowhere else.
            .redirect(redirect::Policy::none())
            // Repetitions are ours to count.
            .retry(retry::never())
            .connect_timeout(CONNECT.min(patience))
            .pool_idle_timeout(IDLE);
        if account.api.scheme() == "https" {
            let tls = rustls::ClientConfig::with_platform_verifier().context("no certificates to trust")?;
            client = client.https_only(true).tls_backend_preconfigured(tls);
        } else {
            // A stand-in on this machine: nobody is to be trusted, and no proxy is on the way.
            let nobody = rustls::RootCertStore::empty();
            let tls = rustls::ClientConfig::builder().with_root_certificates(nobody).with_no_client_auth();
            client = client.no_proxy().tls_backend_preconfigured(tls);
        }
        let client = client.build().context("Stripe cannot be talked to")?;
        Ok(Self { client, api: account.api.clone(), key: account.secret_key.clone() })
    }

    /// Has something done.
    pub(super) async fn post<T: DeserializeOwned>(
        &self,
        path: &str,
        form: &[(&str, &str)],
        key: &str,
    ) -> Result<T, Failed> {
        let request = self.client.post(self.url(path)).header("idempotency-key", key).form(form);
        self.answer(request).await
    }

    /// Has something told.
    pub(super) async fn get<T: DeserializeOwned>(
        &self,
        path: &str,
        query: &[(&str, &str)],
    ) -> Result<T, Failed> {
        let mut url = self.url(path);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.answer(self.client.get(url)).await
    }

    fn url(&self, path: &str) -> Url {
        let mut url = self.api.clone();
        url.set_path(path);
        url
    }

    async fn answer<T: DeserializeOwned>(&self, request: RequestBuilder) -> Result<T, Failed> {
        let request = request.bearer_auth(self.key.expose_secret()).header("stripe-version", VERSION);
        let response = request.send().await.map_err(|error| Failed::away(lost(error)))?;
        let (status, head) = (response.status(), head(response.headers()));
        let body = body(response).await?;
        if !status.is_success() {
            return Err(refusal::failed(status, &head, &body));
        }
        // What serde says names fields; it may repeat a value where it expected another kind of one.
        serde_json::from_slice(&body)
            .map_err(|_| Failed::answer(GatewayError::unknown("its answer cannot be read")))
    }
}

/// The whole body, unless it is longer than any.
async fn body(mut response: Response) -> Result<Vec<u8>, Failed> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| Failed::away(lost(error)))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(Failed::answer(GatewayError::unknown("its answer is too long")));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// What an answer's head tells. Bounded by what the HTTP library takes.
fn head(headers: &HeaderMap) -> Head {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    Head {
        // Seconds; Stripe writes no dates there.
        retry_after: text("retry-after").and_then(|text| text.parse().ok()).map(Duration::from_secs),
        should_retry: text("stripe-should-retry").and_then(|text| text.parse().ok()),
        replayed: text("idempotent-replayed") == Some("true"),
        request: text("request-id").map(str::to_owned),
    }
}

/// What became of a request whose answer did not come: with no connection it was never sent.
fn lost(error: reqwest::Error) -> GatewayError {
    let never_sent = error.is_connect() || error.is_builder();
    let error = error.without_url();
    let mut why = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        why.push_str(": ");
        why.push_str(&error.to_string());
        cause = error.source();
    }
    if never_sent { GatewayError::not_asked(why) } else { GatewayError::unknown(why) }
}
