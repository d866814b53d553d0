//! The courier: brings messages to the servers of others, over HTTP.
//!
//! It goes where staff send it, and so nowhere it should not ([`crate::routable`]): addresses are looked at when the
//! connection is made, after the name was looked up, and nobody can send it on by a redirect. Bringing something takes as
//! long as another machine likes, so nothing but jobs does it.

mod guard;

use std::time::Duration;

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, USER_AGENT};
use reqwest::{Client, Response, redirect};
use rustls_platform_verifier::ConfigVerifierExt;
use url::{Host, Url};

use self::guard::{GuardedNames, OutOfBounds};
use crate::routable::is_routable;

/// How long it may take to be connected.
const CONNECT: Duration = Duration::from_secs(5);
/// How long the whole exchange may take.
pub(crate) const PATIENCE: Duration = Duration::from_secs(15);
/// How much of an answer is read, so that the connection can be used again; what it says is nobody's business.
const MAX_ANSWER_BYTES: usize = 64 * 1024;
/// The longest reason that is told.
const MAX_REASON_LENGTH: usize = 200;

/// Brings messages. Cheap to share.
pub struct Courier {
    /// None where there are no certificates to trust; then the reason.
    client: Result<Client, String>,
    allow_private: bool,
}

/// Why a message got no answer. The text names no address.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Undelivered(String);

impl Courier {
    /// A courier, for private networks as well or only for the open internet.
    #[must_use]
    pub fn new(allow_private: bool) -> Self {
        Self { client: client(allow_private).map_err(|error| format!("{error:#}")), allow_private }
    }

    /// Sends this JSON with these headers to this address, and returns the status of the answer.
    pub async fn post(
        &self,
        url: &str,
        headers: &[(&'static str, String)],
        body: String,
    ) -> Result<u16, Undelivered> {
        let client = self.client.as_ref().map_err(told)?;
        let url = Url::parse(url).map_err(|_| told("the address is none"))?;
        // A name is looked at once it was looked up; an address is never looked up.
        let literal = match url.host() {
            Some(Host::Ipv4(address)) => Some(address.into()),
            Some(Host::Ipv6(address)) => Some(address.into()),
            Some(Host::Domain(_)) | None => None,
        };
        if !self.allow_private && literal.is_some_and(|address| !is_routable(address)) {
            return Err(told(&OutOfBounds));
        }
        let mut fields = HeaderMap::new();
        for (name, value) in headers {
            let value = HeaderValue::from_str(value).map_err(|_| told("a header cannot be sent"))?;
            fields.insert(HeaderName::from_static(name), value);
        }
        let request = client.post(url).header(CONTENT_TYPE, "application/json").headers(fields).body(body);
        let answer = request.send().await.map_err(|error| reason(&error))?;
        let status = answer.status().as_u16();
        drain(answer).await;
        Ok(status)
    }
}

fn client(allow_private: bool) -> anyhow::Result<Client> {
    let tls = rustls::ClientConfig::with_platform_verifier()?;
    let agent = HeaderValue::from_static(concat!("Cartograph/", env!("CARGO_PKG_VERSION")));
    let client = Client::builder()
        .tls_backend_preconfigured(tls)
        .default_headers(HeaderMap::from_iter([(USER_AGENT, agent)]))
        .redirect(redirect::Policy::none())
        // A proxy of the environment would look names up by itself.
        .no_proxy()
        .dns_resolver(GuardedNames { allow_private })
        .connect_timeout(CONNECT)
        .timeout(PATIENCE)
        .pool_idle_timeout(Duration::from_secs(30))
        .pool_max_idle_per_host(4)
        .build()?;
    Ok(client)
}

/// Reads what is left of an answer, unless that is much.
async fn drain(mut answer: Response) {
    let mut read = 0;
    while read < MAX_ANSWER_BYTES
        && let Ok(Some(piece)) = answer.chunk().await
    {
        read += piece.len();
    }
}

/// Why there was no answer, without the address: there may be tokens in it.
fn reason(error: &reqwest::Error) -> Undelivered {
    let mut deepest: &dyn std::error::Error = error;
    while let Some(source) = deepest.source() {
        if source.is::<OutOfBounds>() {
            return told(&OutOfBounds);
        }
        deepest = source;
    }
    if error.is_timeout() {
        return told(&format!("no answer within {PATIENCE:?}"));
    }
    let about = if error.is_connect() { "no connection" } else { "no answer" };
    // What caused it: "Connection refused", "failed to lookup address information", a certificate that is not trusted.
    match std::error::Error::source(error) {
        Some(_) => told(&format!("{about}: {deepest}")),
        None => told(about),
    }
}

fn told(reason: &(impl ToString + ?Sized)) -> Undelivered {
    Undelivered(reason.to_string().chars().take(MAX_REASON_LENGTH).collect())
}
