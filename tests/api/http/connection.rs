//! The connection itself: what takes too long, what is too much, and what is no HTTP at all.

use std::time::Duration;

use axum::http::{Method, StatusCode};
use rand::rngs::StdRng;
use rand::{Rng, RngExt, SeedableRng};
use serde_json::Value;

use crate::support::TestApp;
use crate::support::client::Http;
use crate::support::raw::Raw;

const ALIVE: &str = "GET /healthz HTTP/1.1\r\nhost: x\r\n\r\n";

fn errors(answer: &str) -> Value {
    let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
    serde_json::from_str(body).unwrap_or_else(|_| panic!("no JSON: {answer}"))
}

#[tokio::test]
async fn a_head_that_does_not_come_ends_the_connection_and_a_pause_between_requests_does_not() {
    let app =
        TestApp::start_with(|config| config.http.connections.header_timeout = Duration::from_secs(1)).await;
    let mut silent = Raw::open(app.address).await;
    let mut slow = Raw::open(app.address).await;
    let mut patient = Raw::open(app.address).await;
    slow.send("GET /healthz HTTP/1.1\r\n").await;
    patient.send(ALIVE).await;
    patient.read_until("ok\n").await;
    // A byte now and then is not enough.
    for _ in 0..30 {
        tokio::time::sleep(Duration::from_millis(100)).await;
        slow.send("a").await;
    }
    assert!(slow.read_to_end().await.is_empty());
    assert!(silent.read_to_end().await.is_empty());
    patient.send(ALIVE).await;
    patient.read_until("ok\n").await;
    // The second head is awaited as the first one was.
    patient.send("GET /healthz HTTP/1.1\r\n").await;
    assert!(patient.read_to_end().await.is_empty());
}

#[tokio::test]
async fn an_idle_connection_is_closed_in_the_end() {
    let app =
        TestApp::start_with(|config| config.http.connections.idle_timeout = Duration::from_secs(1)).await;
    let mut idle = Raw::open(app.address).await;
    idle.send(ALIVE).await;
    assert!(String::from_utf8_lossy(&idle.read_to_end().await).ends_with("ok\n"));
}

#[tokio::test]
async fn a_body_that_does_not_come_is_answered_with_why() {
    let app =
        TestApp::start_with(|config| config.http.connections.body_timeout = Duration::from_secs(1)).await;
    let mut slow = Raw::open(app.address).await;
    slow.send(
        "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\n{",
    )
    .await;
    let answer = String::from_utf8(slow.read_to_end().await).expect("text");
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert_eq!(errors(&answer)["errors"][0]["extensions"]["code"], "TIMEOUT");
}

#[tokio::test]
async fn whoever_is_still_sending_when_they_are_refused_is_told_why() {
    let app = TestApp::start().await;
    let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n";
    let megabyte = " ".repeat(1 << 20);
    let chunk = format!("100000\r\n{megabyte}\r\n");
    let announced = format!("{head}content-length: 3145728\r\nexpect: 100-continue\r\n\r\n");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n{chunk}{chunk}");
    for (request, piece) in [(announced, megabyte), (chunked, chunk)] {
        let mut large = Raw::open(app.address).await;
        assert!(large.send(request).await);
        // What is on its way is taken, for a while.
        for _ in 0..3 {
            assert!(large.send(&piece).await, "the connection breaks off while the answer is on its way");
        }
        let answer = String::from_utf8(large.read_to_end().await).expect("text");
        assert!(answer.starts_with("HTTP/1.1 413 "), "{answer}");
        assert_eq!(errors(&answer)["errors"][0]["extensions"]["code"], "BAD_REQUEST");
    }
}

#[tokio::test]
async fn a_client_that_does_not_read_is_cut_off() {
    let app =
        TestApp::start_with(|config| config.http.connections.write_timeout = Duration::from_secs(1)).await;
    let assets = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("playground/dist/assets");
    let files =
        std::fs::read_dir(assets).expect("the playground is built").map(|entry| entry.expect("an entry"));
    let largest = files.max_by_key(|file| file.metadata().expect("a size").len()).expect("a file");
    let (name, size) = (largest.file_name(), largest.metadata().expect("a size").len());
    let request = format!("GET /playground/assets/{} HTTP/1.1\r\nhost: x\r\n\r\n", name.to_string_lossy());
    let requests = usize::try_from(64 * 1024 * 1024 / size).expect("a number");
    let mut stalled = Raw::open(app.address).await;
    stalled.send(request.repeat(requests)).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert!(stalled.read_to_end().await.len() < 64 * 1024 * 1024, "all of it was sent, to nobody");
}

#[tokio::test]
async fn one_address_has_so_many_connections_and_is_told_when_it_has_no_more() {
    let app = TestApp::start_with(|config| config.http.connections.max_per_address = 2).await;
    let mut first = Raw::open(app.address).await;
    let mut second = Raw::open(app.address).await;
    first.send(ALIVE).await;
    first.read_until("ok\n").await;
    second.send(ALIVE).await;
    second.read_until("ok\n").await;
    let mut third = Raw::open(app.address).await;
    third.send(ALIVE).await;
    let answer = String::from_utf8(third.read_to_end().await).expect("text");
    assert!(answer.starts_with("HTTP/1.1 429 "), "{answer}");
    assert!(errors(&answer)["errors"][0]["extensions"]["requestId"].is_string());
    drop(first);
    for _ in 0..100 {
        let mut next = Raw::open(app.address).await;
        next.send(ALIVE).await;
        if next.read_until("HTTP/1.1 ").await.contains("200 OK") {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("a place that was given back is not given away again");
}

#[tokio::test]
async fn beyond_the_most_connections_others_wait_their_turn() {
    let app = TestApp::start_with(|config| config.http.connections.max = 1).await;
    let mut first = Raw::open(app.address).await;
    first.send(ALIVE).await;
    first.read_until("ok\n").await;
    let mut second = Raw::open(app.address).await;
    second.send(ALIVE).await;
    assert!(second.is_silent_for(Duration::from_millis(300)).await);
    drop(first);
    second.read_until("ok\n").await;
}

#[tokio::test]
async fn a_head_is_bounded_and_there_is_no_http_2() {
    let app = TestApp::start().await;
    let mut large = Raw::open(app.address).await;
    large.send(format!("GET /healthz HTTP/1.1\r\nhost: x\r\nx: {}\r\n\r\n", "x".repeat(40_000))).await;
    assert!(String::from_utf8_lossy(&large.read_to_end().await).starts_with("HTTP/1.1 431 "));
    let mut long = Raw::open(app.address).await;
    long.send(format!("GET /{} HTTP/1.1\r\nhost: x\r\n\r\n", "x".repeat(40_000))).await;
    assert!(String::from_utf8_lossy(&long.read_to_end().await).starts_with("HTTP/1.1 4"));
    let mut newer = Raw::open(app.address).await;
    newer.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await;
    let answer = newer.read_to_end().await;
    assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400 "), "{answer:?}");
}

#[tokio::test]
async fn whatever_is_sent_the_server_answers_or_closes_and_serves_the_next() {
    let app = TestApp::start_with(|config| {
        config.http.connections.header_timeout = Duration::from_secs(2);
        config.http.connections.body_timeout = Duration::from_secs(2);
        config.http.connections.idle_timeout = Duration::from_secs(2);
    })
    .await;
    let seed = rand::random();
    let mut dice = StdRng::seed_from_u64(seed);
    for _ in 0..4 {
        let senders = (0..60).map(|_| {
            let bytes = nonsense(&mut dice);
            async move {
                let mut raw = Raw::open(app.address).await;
                raw.send(&bytes).await;
                raw.read_to_end().await;
            }
        });
        futures_util::future::join_all(senders.collect::<Vec<_>>()).await;
    }
    let alive = Http::new(app.address).send(Method::GET, "/healthz", &[], "").await;
    assert_eq!(alive.status, StatusCode::OK, "seed {seed}");
}

/// A request with something wrong in it, or nothing of the kind.
fn nonsense(dice: &mut StdRng) -> Vec<u8> {
    let mut random = |length: usize| {
        let mut bytes = vec![0; dice.random_range(0..length)];
        dice.fill_bytes(&mut bytes);
        bytes
    };
    let (garbage, name, body) = (random(2000), random(20), random(300));
    let printable: String = name.iter().map(|byte| char::from(b'!' + byte % 94)).collect();
    let length = body.len();
    let mut bytes = match dice.random_range(0..6) {
        0 => return garbage,
        1 => format!("{printable} /graphql HTTP/1.1\r\nhost: x\r\n\r\n").into_bytes(),
        2 => format!("GET /graphql?{printable} HTTP/1.1\r\nhost: x\r\naccept: {printable}\r\n\r\n").into_bytes(),
        3 => format!("POST /graphql HTTP/1.1\r\nhost: x\r\n{printable}: {printable}\r\n\r\n").into_bytes(),
        4 => b"POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n"
            .to_vec(),
        _ => format!(
            "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n"
        )
        .into_bytes(),
    };
    bytes.extend(body);
    bytes
}
