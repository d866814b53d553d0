//! How the shop takes money.

use std::str::FromStr;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use url::{Host, Url};

use super::ConfigError;
use super::vars::Vars;

/// Where Stripe is reached.
const STRIPE: &str = "https://api.stripe.com";
/// How long a call of a provider may take.
const PATIENCE: Duration = Duration::from_secs(10);
/// The part of a request's time that it may take at most.
const SHARE: f64 = 2.0 / 3.0;
/// As many secrets as may sign webhooks at a time: the one that goes and the one that comes, and some.
const MAX_WEBHOOK_SECRETS: usize = 8;

/// How the shop takes money.
#[derive(Debug, Clone)]
pub struct Payments {
    /// The shop's account with Stripe; without it, only cash and invoices.
    pub stripe: Option<StripeAccount>,
    /// `PAYMENT_CAPTURE`: whether money is taken when the customer agrees (`automatic`) or when the shop says so.
    pub capture: CaptureMode,
    /// `GATEWAY_TIMEOUT`: how long a call of a payment provider may take, with its quick repetitions.
    pub timeout: Duration,
}

/// The shop's account with Stripe.
#[derive(Debug, Clone)]
pub struct StripeAccount {
    /// `STRIPE_SECRET_KEY` or the contents of `STRIPE_SECRET_KEY_FILE`.
    pub secret_key: SecretString,
    /// `STRIPE_WEBHOOK_SECRET` or the contents of `STRIPE_WEBHOOK_SECRET_FILE`: what webhooks may be signed with. More than
    /// one while they are being changed; none has no webhook believed.
    pub webhook_secrets: Vec<SecretString>,
    /// `STRIPE_PUBLISHABLE_KEY`: with which customers' programs talk to Stripe. No secret.
    pub publishable_key: Option<String>,
    /// `STRIPE_API_URL`: where Stripe is reached, without a slash at the end.
    pub api: Url,
}

/// When money is taken that the customer has agreed to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CaptureMode {
    /// At once.
    Automatic,
    /// When the shop says so, such as when it ships; until then it is held for the shop, for some days.
    Manual,
}

impl FromStr for CaptureMode {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        match name {
            "automatic" => Ok(Self::Automatic),
            "manual" => Ok(Self::Manual),
            _ => Err(()),
        }
    }
}

impl Payments {
    /// `request` is how long a request may take, some of which wait for a provider.
    pub(super) fn read(vars: &Vars<'_>, request: Duration) -> Result<Self, ConfigError> {
        let timeout =
            vars.ranged("GATEWAY_TIMEOUT", 1, 50)?.map(|seconds| Duration::from_secs(seconds.into()));
        if timeout.is_some_and(|timeout| timeout >= request) {
            return Err(vars.wrong("GATEWAY_TIMEOUT", "must be less than REQUEST_TIMEOUT"));
        }
        let capture = vars.parsed("PAYMENT_CAPTURE", "'automatic' or 'manual'")?;
        Ok(Self {
            stripe: StripeAccount::read(vars)?,
            capture: capture.unwrap_or(CaptureMode::Automatic),
            timeout: timeout.unwrap_or(PATIENCE.min(request.mul_f64(SHARE))),
        })
    }
}

impl StripeAccount {
    fn read(vars: &Vars<'_>) -> Result<Option<Self>, ConfigError> {
        let webhook_secrets = webhook_secrets(vars)?;
        let (publishable_key, api) = (publishable_key(vars)?, api(vars)?);
        let Some(secret_key) = vars.secret("STRIPE_SECRET_KEY", "STRIPE_SECRET_KEY_FILE")? else {
            return Ok(None);
        };
        // Never repeated: it may be another secret, in the wrong place.
        let key = secret_key.expose_secret();
        if !(key.starts_with("sk_") || key.starts_with("rk_")) || !is_one_word(key) {
            return Err(
                vars.wrong("STRIPE_SECRET_KEY", "must begin with sk_ or rk_: a secret or restricted key")
            );
        }
        Ok(Some(Self { secret_key, webhook_secrets, publishable_key, api }))
    }
}

fn webhook_secrets(vars: &Vars<'_>) -> Result<Vec<SecretString>, ConfigError> {
    let Some(list) = vars.secret("STRIPE_WEBHOOK_SECRET", "STRIPE_WEBHOOK_SECRET_FILE")? else {
        return Ok(Vec::new());
    };
    let secrets: Vec<&str> =
        list.expose_secret().split(',').map(str::trim).filter(|item| !item.is_empty()).collect();
    if secrets.len() > MAX_WEBHOOK_SECRETS || !secrets.iter().all(|secret| is_a_webhook_secret(secret)) {
        let problem = format!(
            "must be like whsec_…, or up to {MAX_WEBHOOK_SECRETS} like that with commas between them"
        );
        return Err(vars.wrong("STRIPE_WEBHOOK_SECRET", problem));
    }
    Ok(secrets.into_iter().map(SecretString::from).collect())
}

/// Whether it is one that nobody guesses. Stripe's have 32 letters behind the prefix.
fn is_a_webhook_secret(secret: &str) -> bool {
    secret.strip_prefix("whsec_").is_some_and(|rest| rest.len() >= 16) && is_one_word(secret)
}

fn publishable_key(vars: &Vars<'_>) -> Result<Option<String>, ConfigError> {
    match vars.get("STRIPE_PUBLISHABLE_KEY")? {
        // What everybody is shown must not be the secret one.
        Some(key) if !key.starts_with("pk_") || !is_one_word(&key) => {
            Err(vars.wrong("STRIPE_PUBLISHABLE_KEY", "must begin with pk_"))
        }
        key => Ok(key),
    }
}

/// Where Stripe is reached: encrypted, unless it is a stand-in on this machine.
fn api(vars: &Vars<'_>) -> Result<Url, ConfigError> {
    let variable = "STRIPE_API_URL";
    let form = "must be like https://api.stripe.com, or http://127.0.0.1:8420 for a stand-in on this machine";
    let written = vars.web_address(variable)?.unwrap_or_else(|| STRIPE.to_owned());
    let url = Url::parse(&written).map_err(|_| vars.wrong(variable, form))?;
    let bare = url.path() == "/" && url.query().is_none() && url.fragment().is_none();
    if !bare || !url.username().is_empty() || url.password().is_some() {
        return Err(vars.wrong(variable, form));
    }
    if url.scheme() == "http" && !is_this_machine(&url) {
        return Err(vars.wrong(
            variable,
            "must begin with https:// where it is another machine: the secret key would travel for all to read",
        ));
    }
    Ok(url)
}

/// Whether what is sent there does not leave the machine.
fn is_this_machine(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name.eq_ignore_ascii_case("localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_one_word(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_graphic())
}
