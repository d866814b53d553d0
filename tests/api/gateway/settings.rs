//! How an operator says where money goes.

use std::ffi::OsString;
use std::time::Duration;

use cartograph::config::{CaptureMode, Config, ConfigError};
use secrecy::ExposeSecret;

const KEY: (&str, &str) = ("STRIPE_SECRET_KEY", "sk_test_123");
const HOOK: &str = "whsec_0123456789abcdef";

fn read(variables: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::read(&|name| {
        let found = variables.iter().find(|(variable, _)| *variable == name);
        found.map(|(_, value)| OsString::from(value))
    })
}

#[test]
fn without_a_key_there_is_cash_alone() {
    let payments = read(&[]).unwrap().payments;
    assert!(payments.stripe.is_none());
    assert_eq!((payments.capture, payments.timeout), (CaptureMode::Automatic, Duration::from_secs(10)));
}

#[test]
fn an_account_is_a_key_and_what_webhooks_are_signed_with() {
    let secrets = format!("{HOOK}, whsec_fedcba9876543210");
    let config = read(&[
        KEY,
        ("STRIPE_WEBHOOK_SECRET", &secrets),
        ("STRIPE_PUBLISHABLE_KEY", "pk_test_123"),
        ("PAYMENT_CAPTURE", "manual"),
        ("GATEWAY_TIMEOUT", "5"),
    ]);
    let payments = config.unwrap().payments;
    assert_eq!((payments.capture, payments.timeout), (CaptureMode::Manual, Duration::from_secs(5)));
    let account = payments.stripe.unwrap();
    assert_eq!(account.secret_key.expose_secret(), "sk_test_123");
    assert_eq!(account.webhook_secrets.len(), 2);
    assert_eq!(account.api.as_str(), "https://api.stripe.com/");
    let shown = format!("{account:?}");
    assert!(!shown.contains("sk_test") && !shown.contains("whsec"), "{shown}");
}

#[test]
fn secrets_lie_in_files_as_well() {
    let folder = std::env::temp_dir().join(format!("cartograph-test-stripe-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("key");
    std::fs::write(&file, "sk_live_from_a_file\n").unwrap();
    let config = read(&[("STRIPE_SECRET_KEY_FILE", file.to_str().unwrap())]);
    std::fs::remove_dir_all(&folder).unwrap();
    let account = config.unwrap().payments.stripe.unwrap();
    assert_eq!(account.secret_key.expose_secret(), "sk_live_from_a_file");
}

#[test]
fn a_setting_that_cannot_be_used_is_named_and_no_secret_repeated() {
    for (variable, value) in [
        ("STRIPE_SECRET_KEY", "pk_test_public_one"),
        ("STRIPE_SECRET_KEY", "sk_test_with a blank"),
        ("STRIPE_WEBHOOK_SECRET", "sk_test_in_the_wrong_place"),
        ("STRIPE_WEBHOOK_SECRET", "whsec_short"),
        ("STRIPE_PUBLISHABLE_KEY", "sk_test_for_everybody_to_see"),
        ("STRIPE_API_URL", "api.stripe.com"),
        ("STRIPE_API_URL", "https://user:password@stripe.example"),
        ("STRIPE_API_URL", "https://stripe.example/v1"),
        ("PAYMENT_CAPTURE", "later"),
        ("GATEWAY_TIMEOUT", "0"),
        ("GATEWAY_TIMEOUT", "15"),
    ] {
        let error = read(&[(variable, value)]).unwrap_err();
        assert_eq!(error.variable, variable, "{value}");
        let secret = value.contains("sk_") || value.contains("whsec") || value.contains("password");
        assert!(!secret || !error.problem.contains(value), "{error}");
    }
}

#[test]
fn a_call_is_over_before_the_request_that_waits_for_it() {
    let timeout = |variables| read(variables).unwrap().payments.timeout;
    assert_eq!(timeout(&[("REQUEST_TIMEOUT", "6")]), Duration::from_secs(4));
    assert_eq!(timeout(&[("REQUEST_TIMEOUT", "60"), ("GATEWAY_TIMEOUT", "50")]), Duration::from_secs(50));
}

#[test]
fn the_key_travels_unencrypted_to_nobody_but_this_machine() {
    for url in ["http://127.0.0.1:8420", "http://localhost:8420/", "http://[::1]:1", "https://stripe.example"]
    {
        assert!(read(&[KEY, ("STRIPE_API_URL", url)]).is_ok(), "{url}");
    }
    for url in ["http://stripe.example", "http://10.0.0.7", "http://localhost.example", "http://0.0.0.0:1"] {
        let error = read(&[KEY, ("STRIPE_API_URL", url)]).unwrap_err();
        assert!(error.problem.contains("the secret key would travel for all to read"), "{url}: {error}");
    }
}
