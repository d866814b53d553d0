//! Sessions in cookies: what a page of the shop can do with them, and what no other page can.

use axum::http::{Method, StatusCode, header};
use chrono::TimeDelta;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;

use super::{PASSWORD, ada};
use crate::support::TestApp;
use crate::support::client::{Answer, Http};

const OWN: (&str, &str) = ("origin", "http://shop.test");
/// A page of the shop that lies elsewhere, as its operator has said.
const STOREFRONT: (&str, &str) = ("origin", "https://www.shop.test");
const JSON: (&str, &str) = ("content-type", "application/json");

const CREATE: &str = "mutation($password: String!) { sessionCreate(input: { email: \"ada@example.com\", \
    password: $password, cookies: true }) { session { id accessToken refreshToken } userErrors { code } } }";
const REFRESH: &str =
    "mutation { sessionRefresh(input: {}) { session { id accessToken refreshToken } userErrors { code } } }";
const REVOKE: &str = "mutation { sessionRevoke(input: {}) { revoked userErrors { code } } }";
const VIEWER: &str = "{ viewer { email } }";
const RENAME: &str = "mutation { cartLinesAdd(input: { lines: [] }) { cart { id } userErrors { code } } }";

async fn post(app: &TestApp, headers: &[(&str, &str)], query: &str) -> Answer {
    let body = json!({ "query": query, "variables": { "password": PASSWORD } }).to_string();
    let headers = [&[JSON], headers].concat();
    Http::new(app.address).send(Method::POST, "/graphql", &headers, body).await
}

/// The cookies that an answer sets, with what is said of them.
fn set(answer: &Answer) -> Vec<&str> {
    let values = answer.headers.get_all(header::SET_COOKIE).iter();
    values.map(|value| value.to_str().expect("text")).collect()
}

/// What a browser sends from then on.
fn kept(answer: &Answer) -> String {
    let pairs = set(answer).into_iter().map(|cookie| cookie.split(';').next().expect("a pair"));
    pairs.collect::<Vec<_>>().join("; ")
}

fn code(answer: &Answer) -> (StatusCode, Value) {
    (answer.status, answer.json()["errors"][0]["extensions"]["code"].clone())
}

/// A shop with a customer who has signed in on a page of the shop.
async fn shop() -> (TestApp, String) {
    let app = TestApp::start_with(|config| config.cors.origins = vec![STOREFRONT.1.to_owned()]).await;
    ada(&app).await;
    let answer = post(&app, &[OWN], CREATE).await;
    let cookies = kept(&answer);
    assert_eq!(set(&answer).len(), 2, "{:?}", answer.headers);
    (app, cookies)
}

#[tokio::test]
async fn a_page_signs_in_goes_on_and_out_without_seeing_a_token() {
    let (app, cookies) = shop().await;
    let answer = post(&app, &[OWN], CREATE).await;
    let session = &answer.json()["data"]["sessionCreate"]["session"];
    assert_eq!((&session["accessToken"], &session["refreshToken"]), (&json!(null), &json!(null)));
    for cookie in set(&answer) {
        assert!(cookie.ends_with("; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict"), "{cookie}");
        let token = cookie.split(['=', ';']).nth(1).expect("a token");
        assert!(!answer.text().contains(token), "no script sees it");
    }
    for safe in [OWN, STOREFRONT, ("sec-fetch-site", "same-origin"), ("sec-fetch-site", "none")] {
        let seen = post(&app, &[safe, ("cookie", &cookies)], VIEWER).await;
        assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com", "{safe:?}");
    }

    // The access token expires; the browser goes on sending it.
    app.app.clock.advance(TimeDelta::minutes(20));
    let late = post(&app, &[OWN, ("cookie", &cookies)], VIEWER).await;
    assert_eq!(code(&late), (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")));
    let mixed =
        format!("mutation {{ a: {} b: {} }}", &REVOKE[11..REVOKE.len() - 2], &RENAME[11..RENAME.len() - 2]);
    let mixed = post(&app, &[OWN, ("cookie", &cookies)], &mixed).await;
    assert_eq!(
        code(&mixed),
        (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")),
        "nothing else slips through"
    );
    let renewed = post(&app, &[OWN, ("cookie", &cookies)], REFRESH).await;
    let session = &renewed.json()["data"]["sessionRefresh"]["session"];
    assert!(session["id"].is_string(), "{}", renewed.text());
    assert_eq!((&session["accessToken"], &session["refreshToken"]), (&json!(null), &json!(null)));
    let cookies = kept(&renewed);
    let seen = post(&app, &[OWN, ("cookie", &cookies)], VIEWER).await;
    assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com");

    // Signing out takes them away, also when the access token has expired.
    app.app.clock.advance(TimeDelta::minutes(20));
    let out = post(&app, &[OWN, ("cookie", &cookies)], REVOKE).await;
    assert_eq!(out.json()["data"]["sessionRevoke"], json!({ "revoked": true, "userErrors": [] }));
    let cleared = set(&out);
    assert!(cleared.len() == 2 && cleared.iter().all(|cookie| cookie.contains("=; Path=/; Max-Age=0;")));
    let refused = post(&app, &[OWN, ("cookie", &cookies)], REFRESH).await;
    assert_eq!(refused.json()["data"]["sessionRefresh"]["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
    assert_eq!(set(&refused).len(), 2, "what is good for nothing is taken away");
}

#[tokio::test]
async fn tabs_that_renew_at_the_same_time_do_not_sign_each_other_out() {
    let (app, cookies) = shop().await;
    let sent = [OWN, ("cookie", cookies.as_str())];
    let (one, other) = tokio::join!(post(&app, &sent, REFRESH), post(&app, &sent, REFRESH));
    let (won, lost) = if set(&one).is_empty() { (other, one) } else { (one, other) };
    assert_eq!(lost.json()["data"]["sessionRefresh"]["userErrors"][0]["code"], "REFRESH_TOKEN_JUST_SPENT");
    assert!(set(&lost).is_empty(), "the better cookies stay");
    let seen = post(&app, &[OWN, ("cookie", &kept(&won))], VIEWER).await;
    assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com");

    app.app.clock.advance(TimeDelta::seconds(11));
    let reused = post(&app, &sent, REFRESH).await;
    assert_eq!(reused.json()["data"]["sessionRefresh"]["userErrors"][0]["code"], "INVALID_REFRESH_TOKEN");
    let seen = post(&app, &[OWN, ("cookie", &kept(&won))], VIEWER).await;
    assert_eq!(code(&seen), (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")), "later it counts as theft");
}

#[tokio::test]
async fn a_page_of_another_site_can_do_nothing_with_them() {
    let (app, cookies) = shop().await;
    let cookie = ("cookie", cookies.as_str());
    let before = app.count("sessions WHERE revoked_at IS NULL").await;
    let foreign: [&[(&str, &str)]; 9] = [
        &[("origin", "https://evil.example")],
        &[("origin", "null")],
        &[("origin", "https://shop.test")],
        &[("origin", "http://shop.test.evil.example")],
        &[("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
        &[OWN, ("origin", "https://evil.example")],
        &[("sec-fetch-site", "cross-site")],
        &[("sec-fetch-site", "same-site")],
        &[],
    ];
    for from in foreign {
        let sent = [&[cookie], from].concat();
        for query in [VIEWER, REVOKE, REFRESH, CREATE] {
            let answer = post(&app, &sent, query).await;
            assert_eq!(code(&answer), (StatusCode::FORBIDDEN, json!("FORBIDDEN")), "{from:?} {query}");
            assert!(set(&answer).is_empty());
        }
        let get = Http::new(app.address);
        let answer = get.send(Method::GET, "/graphql?query=%7Bviewer%7Bemail%7D%7D", &sent, "").await;
        assert_eq!(code(&answer), (StatusCode::FORBIDDEN, json!("FORBIDDEN")), "{from:?} GET");
        // Without cookies it is a guest like others, who gets none.
        let answer = post(&app, from, CREATE).await;
        assert_eq!(answer.json()["errors"][0]["extensions"]["code"], "FORBIDDEN", "{from:?}");
        assert!(set(&answer).is_empty());
    }
    for content_type in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a"]
    {
        let body = json!({ "query": REVOKE }).to_string();
        let headers = [OWN, cookie, ("content-type", content_type)];
        let answer = Http::new(app.address).send(Method::POST, "/graphql", &headers, body).await;
        assert_eq!(answer.status, StatusCode::UNSUPPORTED_MEDIA_TYPE, "{content_type}");
    }
    let get = "/graphql?query=mutation%7BsessionRevoke(input%3A%7B%7D)%7Brevoked%7D%7D";
    let answer = Http::new(app.address).send(Method::GET, get, &[OWN, cookie], "").await;
    assert_eq!(answer.status, StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(app.count("sessions WHERE revoked_at IS NULL").await, before, "nothing came of any of it");
    let seen = post(&app, &[OWN, cookie], VIEWER).await;
    assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com");
}

#[tokio::test]
async fn a_header_comes_before_a_cookie_and_two_cookies_are_none() {
    let (app, cookies) = shop().await;
    let staff = app.staff().await;
    let authorization = ("authorization", staff.authorization().expect("signed in"));
    let answer = post(&app, &[authorization, ("cookie", &cookies)], VIEWER).await;
    assert_ne!(answer.json()["data"]["viewer"]["email"], "ada@example.com");
    let answer = post(&app, &[("authorization", "Bearer none"), OWN, ("cookie", &cookies)], VIEWER).await;
    assert_eq!(code(&answer), (StatusCode::UNAUTHORIZED, json!("UNAUTHENTICATED")));
    let twice = format!("{cookies}; {cookies}");
    let answer = post(&app, &[OWN, ("cookie", &twice)], VIEWER).await;
    assert_eq!(code(&answer), (StatusCode::BAD_REQUEST, json!("BAD_REQUEST")));
}

#[tokio::test]
async fn over_https_only_cookies_of_this_very_host_count() {
    let app =
        TestApp::start_with(|config| config.shop.public_url = Some("https://shop.test".to_owned())).await;
    ada(&app).await;
    let own = ("origin", "https://shop.test");
    let answer = post(&app, &[own], CREATE).await;
    for cookie in set(&answer) {
        assert!(cookie.starts_with("__Host-cartograph-") && cookie.ends_with("; Secure"), "{cookie}");
    }
    let cookies = kept(&answer);
    let seen = post(&app, &[own, ("cookie", &cookies)], VIEWER).await;
    assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com");
    let planted = cookies.replace("__Host-", "");
    let seen = post(&app, &[own, ("cookie", &planted)], VIEWER).await;
    assert_eq!(seen.json()["data"]["viewer"], json!(null));
}

/// Opens a socket as a browser does for a page, and greets with this payload: the code it is refused or closed with, if it is.
async fn socket(app: &TestApp, headers: &[(&'static str, &str)], payload: Value) -> Result<Value, u16> {
    use futures_util::{SinkExt, StreamExt};
    use tungstenite::Message;

    let mut request = format!("ws://{}/graphql/ws", app.address).into_client_request().expect("an address");
    for (name, value) in [("sec-websocket-protocol", "graphql-transport-ws")].iter().chain(headers) {
        request.headers_mut().insert(*name, value.parse().expect("a value"));
    }
    let tcp = tokio::net::TcpStream::connect(app.address).await.expect("the server listens");
    let mut socket = match tokio_tungstenite::client_async(request, tcp).await {
        Ok((socket, _)) => socket,
        Err(tungstenite::Error::Http(answer)) => return Err(answer.status().as_u16()),
        Err(error) => panic!("{error}"),
    };
    for message in [
        json!({ "type": "connection_init", "payload": payload }),
        json!({ "type": "subscribe", "id": "1", "payload": { "query": VIEWER } }),
    ] {
        socket.send(Message::text(message.to_string())).await.expect("the socket is open");
    }
    loop {
        match socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let message: Value = serde_json::from_str(&text).expect("JSON");
                if message["type"] == "next" {
                    return Ok(message["payload"]["data"]["viewer"]["email"].clone());
                }
            }
            Some(Ok(Message::Close(Some(close)))) => return Err(close.code.into()),
            Some(Ok(_)) => {}
            None | Some(Err(_)) => panic!("the socket broke off"),
        }
    }
}

#[tokio::test]
async fn cookies_open_sockets_for_pages_of_the_shop_alone() {
    let (app, cookies) = shop().await;
    let cookie = ("cookie", cookies.as_str());
    assert_eq!(socket(&app, &[OWN, cookie], json!({})).await, Ok(json!("ada@example.com")));
    for from in [&[("origin", "https://evil.example")][..], &[("origin", "null")], &[]] {
        assert_eq!(socket(&app, &[&[cookie], from].concat(), json!({})).await, Err(403), "{from:?}");
    }
    let evil = ("origin", "https://evil.example");
    assert_eq!(socket(&app, &[evil], json!({})).await, Ok(json!(null)), "without cookies it is a guest's");
    let staff = app.staff().await;
    let token = json!({ "authorization": staff.authorization() });
    let greeted = socket(&app, &[OWN, cookie], token).await.expect("an answer");
    assert_ne!(greeted, "ada@example.com", "who greets with a token is its bearer");
    app.app.clock.advance(TimeDelta::minutes(20));
    assert_eq!(socket(&app, &[OWN, cookie], json!({})).await, Err(4403));
}

#[tokio::test]
async fn a_socket_can_set_no_cookies() {
    let app = TestApp::start().await;
    ada(&app).await;
    let mut socket = crate::support::ws::Socket::connect(app.address, json!({})).await;
    let before = app.count("sessions").await;
    socket.subscribe(CREATE, json!({ "password": PASSWORD })).await;
    let message = socket.receive().await;
    assert_eq!(message["payload"]["errors"][0]["extensions"]["code"], "FORBIDDEN", "{message:#}");
    assert_eq!(app.count("sessions").await, before);
}

#[tokio::test]
async fn cookies_go_with_their_session_and_with_no_other() {
    let (app, cookies) = shop().await;
    let cookie = ("cookie", cookies.as_str());
    let bearer = async || {
        let session = super::sign_in(&app.guest(), "ada@example.com", PASSWORD).await;
        format!("Bearer {}", session.text("/sessionCreate/session/accessToken"))
    };
    // Another session than that of the cookies ends: they stay, and are good.
    let other = bearer().await;
    let out = post(&app, &[OWN, cookie, ("authorization", &other)], REVOKE).await;
    assert_eq!(out.json()["data"]["sessionRevoke"]["revoked"], true, "{}", out.text());
    assert!(set(&out).is_empty(), "{:?}", set(&out));
    let seen = post(&app, &[OWN, cookie], "{ viewer { email sessions { nodes { id } } } }").await;
    assert_eq!(seen.json()["data"]["viewer"]["email"], "ada@example.com");

    // Their own, by its id.
    let id = seen.json()["data"]["viewer"]["sessions"]["nodes"][0]["id"].clone();
    let by_id = format!("mutation {{ sessionRevoke(input: {{ sessionId: {id} }}) {{ revoked }} }}");
    let out = post(&app, &[OWN, cookie], &by_id).await;
    assert_eq!((set(&out).len(), &out.json()["data"]["sessionRevoke"]["revoked"]), (2, &json!(true)));

    // By its refresh token, without any input, and with the account.
    let refresh_token = |cookies: &str| cookies.rsplit('=').next().expect("a token").to_owned();
    let fresh = kept(&post(&app, &[OWN], CREATE).await);
    let by_token = format!(
        "mutation {{ sessionRevoke(input: {{ refreshToken: \"{}\" }}) {{ revoked }} }}",
        refresh_token(&fresh)
    );
    assert_eq!(set(&post(&app, &[OWN, ("cookie", &fresh)], &by_token).await).len(), 2);
    let fresh = kept(&post(&app, &[OWN], CREATE).await);
    let out = post(&app, &[OWN, ("cookie", &fresh)], "mutation { sessionRevoke { revoked } }").await;
    assert_eq!((set(&out).len(), &out.json()["data"]["sessionRevoke"]["revoked"]), (2, &json!(true)));
    let fresh = kept(&post(&app, &[OWN], CREATE).await);
    let close =
        "mutation($password: String!) { accountDeactivate(input: { password: $password }) { deactivated } }";
    let out = post(&app, &[OWN, ("cookie", &fresh)], close).await;
    assert_eq!((set(&out).len(), &out.json()["data"]["accountDeactivate"]["deactivated"]), (2, &json!(true)));
}

#[tokio::test]
async fn production_gives_no_cookies_without_https() {
    let open = async |url: &str| {
        let url = url.to_owned();
        let app = TestApp::start_with(|config| {
            config.mode = cartograph::config::Mode::Production;
            config.shop.public_url = Some(url);
        })
        .await;
        ada(&app).await;
        app
    };
    let app = open("http://shop.test").await;
    let before = app.count("sessions").await;
    let refused = post(&app, &[OWN], CREATE).await;
    assert_eq!(refused.json()["errors"][0]["extensions"]["code"], "FORBIDDEN");
    assert!(refused.text().contains("PUBLIC_URL") && set(&refused).is_empty(), "{}", refused.text());
    assert_eq!(app.count("sessions").await, before);
    let app = open("https://shop.test").await;
    assert_eq!(set(&post(&app, &[("origin", "https://shop.test")], CREATE).await).len(), 2);
}
