//! Letters on their way: over a real SMTP server that fails in every way it can, and into files without one.

mod orders;
mod spool;

use cartograph::config::Config;
use serde_json::json;

use crate::accounts::register;
use crate::support::TestApp;
use crate::support::db::run;
use crate::support::smtp::SmtpServer;

const ADA: &str = "ada@example.com";
const VERIFY: &str =
    "mutation($token: String!) { emailVerify(input: { token: $token }) { email userErrors { code } } }";

/// A shop whose mail goes there.
async fn shop(url: String) -> TestApp {
    let configure = move |config: &mut Config| {
        config.mail.smtp = Some(url.into());
        config.mail.from = Some("Test Shop <shop@shop.test>".to_owned());
        config.mail.storefront_url = Some("https://front.test".to_owned());
    };
    TestApp::start_with(configure).await
}

/// Somebody registers, to whom a letter is due then.
async fn registers(app: &TestApp) {
    let input = json!({ "email": ADA, "password": "correct horse battery", "name": "Ada" });
    assert_eq!(register(&app.guest(), input).await.user_error_codes("accountRegister"), [""; 0]);
}

/// Waits until the letter's job is in this state.
async fn job(app: &TestApp, state: &str) {
    for _ in 0..1200 {
        if app.count(&format!("jobs WHERE {state}")).await == 1 {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
    }
    panic!("no job with {state}");
}

/// Has the next attempt made at once.
async fn hurry(app: &TestApp) {
    run(&mut app.database().connect().await, "UPDATE jobs SET run_at = now() WHERE finished_at IS NULL")
        .await;
    app.app.worker.wake();
}

#[tokio::test]
async fn a_letter_arrives_and_its_link_is_good() {
    let mut server = SmtpServer::start().await;
    let app = shop(server.url()).await;
    registers(&app).await;
    let (taken, letter) = server.letter().await;
    assert_eq!((&taken["from"], &taken["to"]), (&json!("shop@shop.test"), &json!([ADA])));
    assert!(letter.headers.contains("From: \"Test Shop\" <shop@shop.test>"), "{}", letter.headers);
    assert!(letter.headers.contains("Auto-Submitted: auto-generated"), "{}", letter.headers);
    assert!(letter.headers.contains("Message-ID: <"), "{}", letter.headers);
    assert_eq!(
        (letter.to.as_str(), letter.subject.as_str()),
        (ADA, "Test Shop: Confirm your e-mail address")
    );
    assert!(letter.text.contains("\nhttps://front.test/verify-email?token="), "{}", letter.text);
    assert!(!letter.text.contains("Ada"), "whoever entered the address has nothing to say to it");
    job(&app, "finished_at IS NOT NULL AND attempts = 1").await;
    // What lies in the database opens nothing.
    let token = letter.token();
    for table in ["jobs", "mailed_tokens"] {
        assert_eq!(app.count(&format!("{table} AS row WHERE row::text LIKE '%{token}%'")).await, 0);
    }
    let verified = app.guest().query_with(VERIFY, json!({ "token": token })).await;
    assert_eq!(verified.text("/emailVerify/email"), ADA);
}

#[tokio::test]
async fn a_letter_waits_for_a_server_that_is_away() {
    let mut server = SmtpServer::start().await;
    let app = shop(server.url()).await;
    server.kill().await;
    registers(&app).await;
    job(&app, "leased_until IS NULL AND last_error LIKE '%cannot be talked to%'").await;
    server.restart().await;
    hurry(&app).await;
    assert_eq!(server.letter().await.1.to, ADA);
    job(&app, "finished_at IS NOT NULL AND attempts > 1 AND last_error IS NULL").await;
}

#[tokio::test]
async fn a_letter_that_is_put_off_is_brought_again_and_its_link_is_good() {
    let mut server = SmtpServer::start().await;
    server.behave("later").await;
    let app = shop(server.url()).await;
    registers(&app).await;
    // More often than an account is written to within an hour: attempts are not letters.
    for attempt in 1..=4 {
        job(&app, &format!("attempts >= {attempt} AND leased_until IS NULL AND last_error = 'the SMTP server answered 451 4.3.0'")).await;
        hurry(&app).await;
    }
    server.behave("take").await;
    hurry(&app).await;
    let token = server.letter().await.1.token();
    let verified = app.guest().query_with(VERIFY, json!({ "token": token })).await;
    assert_eq!(verified.text("/emailVerify/email"), ADA);
}

#[tokio::test]
async fn a_letter_to_nobody_is_given_up_at_once() {
    let mut server = SmtpServer::start().await;
    server.behave("never").await;
    let app = shop(server.url()).await;
    registers(&app).await;
    // The server's text has the address in it, and stays out.
    job(&app, "died_at IS NOT NULL AND attempts = 1 AND last_error = 'the SMTP server answered 550 5.1.1'")
        .await;
}

#[tokio::test]
async fn what_the_server_has_against_the_shop_is_waited_out() {
    let mut server = SmtpServer::start().await;
    server.behave("blocked").await;
    let app = shop(server.url()).await;
    registers(&app).await;
    job(
        &app,
        "died_at IS NULL AND leased_until IS NULL AND last_error = 'the SMTP server answered 550 5.7.1'",
    )
    .await;
}

#[tokio::test]
async fn a_server_that_says_nothing_is_left_and_holds_nobody_up() {
    let mut server = SmtpServer::start().await;
    server.behave("hang").await;
    let app = shop(server.url()).await;
    registers(&app).await;
    server.refused().await;
    assert_eq!(app.guest().query("{ shop { name } }").await.text("/shop/name"), "Test Shop");
    job(&app, "leased_until IS NULL AND last_error LIKE '%did not take the letter within%'").await;
    server.behave("take").await;
    hurry(&app).await;
    assert_eq!(server.letter().await.1.to, ADA);
}

#[tokio::test]
async fn the_shop_says_who_it_is_and_keeps_it_to_itself() {
    let mut server = SmtpServer::start_with(json!({ "user": "shop", "password": "p@ss word" })).await;
    let address = server.url().replace("smtp://", "");
    let app = shop(format!("smtp://shop:p%40ss%20word@{address}")).await;
    registers(&app).await;
    assert_eq!(server.letter().await.1.to, ADA);
    let app = shop(format!("smtp://shop:wrong-password@{address}")).await;
    registers(&app).await;
    // The operator's mistake costs no letter.
    job(&app, "died_at IS NULL AND leased_until IS NULL AND last_error LIKE '%answered 535 5.7.8'").await;
}

#[tokio::test]
async fn where_encryption_is_asked_for_nothing_goes_out_without_it() {
    for options in [json!({ "tls": false }), json!({ "tls": true })] {
        // The second has a certificate that nobody trusts.
        let server = SmtpServer::start_with(options).await;
        let app = shop(format!("{}?tls=required", server.url())).await;
        registers(&app).await;
        job(&app, "died_at IS NULL AND leased_until IS NULL AND last_error LIKE '%cannot be talked to%'")
            .await;
    }
}
