//! Work that is no single transaction: whose turn it is.

use std::time::Duration;

use cartograph::idempotency::{Found, Keyed, find, keep, lease, release, settle};
use cartograph::seal::Sealer;
use secrecy::SecretString;

use crate::support::TestApp;

const LEASE: Duration = Duration::from_mins(1);

fn request(input: &[u8]) -> Keyed {
    let sealer = Sealer::new(&SecretString::from("secret"));
    Keyed::new(&sealer, (b"somebody", None), "key", "paymentCreate", input)
}

#[tokio::test]
async fn one_at_a_time_is_at_work_and_the_first_answer_stays() {
    let app = TestApp::start().await;
    let conn = app.db().await;
    let request = request(b"1");
    let first = lease(&conn, &request, LEASE).await.unwrap().expect("nobody is at work");
    let Err(Found::InFlight(wait)) = lease(&conn, &request, LEASE).await.unwrap() else {
        panic!("somebody is at work")
    };
    assert_eq!(wait, Duration::from_secs(1), "the first is seldom at work for as long as its lease lasts");
    let other = self::request(b"2");
    assert_eq!(lease(&conn, &other, LEASE).await.unwrap(), Err(Found::Reused));

    settle(&conn, &request, first, b"answer").await.unwrap();
    assert_eq!(lease(&conn, &request, LEASE).await.unwrap(), Err(Found::Answer(b"answer".to_vec())));
    assert_eq!(lease(&conn, &other, LEASE).await.unwrap(), Err(Found::Reused));
    // Whoever thinks that it is still theirs changes nothing.
    settle(&conn, &request, first, b"another").await.unwrap();
    release(&conn, &request, first).await.unwrap();
    assert_eq!(find(&conn, &request).await.unwrap(), Found::Answer(b"answer".to_vec()));
}

#[tokio::test]
async fn the_first_to_be_kept_is_kept() {
    let app = TestApp::start().await;
    let conn = app.db().await;
    let request = request(b"1");
    assert!(keep(&conn, &request, b"answer").await.unwrap());
    assert!(
        !keep(&conn, &request, b"another").await.unwrap(),
        "whoever was slower has to undo what they did"
    );
    assert_eq!(find(&conn, &request).await.unwrap(), Found::Answer(b"answer".to_vec()));
}

#[tokio::test]
async fn who_died_at_work_is_followed_by_the_next() {
    let app = TestApp::start().await;
    let conn = app.db().await;
    let request = request(b"1");
    let dead = lease(&conn, &request, Duration::ZERO).await.unwrap().expect("nobody is at work");
    assert_eq!(
        lease(&conn, &self::request(b"2"), LEASE).await.unwrap(),
        Err(Found::Reused),
        "the work may have happened: its key stands for it"
    );
    let next = lease(&conn, &request, LEASE).await.unwrap().expect("nobody is at work any more");
    // The dead rises.
    settle(&conn, &request, dead, b"late").await.unwrap();
    release(&conn, &request, dead).await.unwrap();
    assert!(matches!(find(&conn, &request).await.unwrap(), Found::InFlight(_)));
    settle(&conn, &request, next, b"answer").await.unwrap();
    assert_eq!(find(&conn, &request).await.unwrap(), Found::Answer(b"answer".to_vec()));
}

#[tokio::test]
async fn a_lease_that_is_given_back_leaves_the_key_free() {
    let app = TestApp::start().await;
    let conn = app.db().await;
    let request = request(b"1");
    let refused = lease(&conn, &request, LEASE).await.unwrap().expect("nobody is at work");
    release(&conn, &request, refused).await.unwrap();
    assert_eq!(app.count("idempotency_keys").await, 0);
    assert!(lease(&conn, &self::request(b"2"), LEASE).await.unwrap().is_ok(), "for something else even");
}
