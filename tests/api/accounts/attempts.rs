//! Attempts at passwords: how many one has, and what they cost those who shop.

use std::net::IpAddr;
use std::time::Duration;

use cartograph::accounts::{Appointment, HashingCost, Passwords, Role, appoint};
use cartograph::attempts::Attempts;
use cartograph::clock::Clock;
use cartograph::config::{self, Mode};
use cartograph::db::schema::users;
use cartograph::redis::Redis;
use chrono::TimeDelta;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use futures_util::FutureExt;
use futures_util::future::join_all;
use serde_json::json;

use super::{PASSWORD, ada, sign_in};
use crate::support::redis::RedisServer;
use crate::support::{Response, TestApp};

fn code(answer: &Response) -> String {
    answer.user_error_codes("sessionCreate").join(" ")
}

#[tokio::test]
async fn who_fails_waits_longer_and_longer_whether_there_is_such_an_account_or_not() {
    let app = TestApp::start().await;
    ada(&app).await;
    for (email, same) in
        [("ada@example.com", " ADA@Example.com"), ("nobody@example.com", "Nobody@example.com")]
    {
        for _ in 0..5 {
            assert_eq!(code(&sign_in(&app.guest(), email, "wrong password").await), "INVALID_CREDENTIALS");
        }
        for address in [email, same] {
            let guest = app.guest();
            let (refused, statements) = app.statements(sign_in(&guest, address, PASSWORD)).await;
            assert_eq!(code(&refused), "TOO_MANY_ATTEMPTS");
            assert!(refused.user_errors("sessionCreate")[0].message.contains("wait for 1 s"));
            assert_eq!(refused.at("/sessionCreate/session"), &json!(null));
            assert_eq!(statements.count(), 0, "nothing is looked up, and so nothing hashed: {statements}");
        }
        app.app.clock.advance(TimeDelta::seconds(1));
        assert_eq!(code(&sign_in(&app.guest(), email, "wrong password").await), "INVALID_CREDENTIALS");
        let refused = sign_in(&app.guest(), email, PASSWORD).await;
        assert!(refused.user_errors("sessionCreate")[0].message.contains("wait for 2 s"));
    }
    app.app.clock.advance(TimeDelta::seconds(2));
    assert_eq!(code(&sign_in(&app.guest(), "ada@example.com", PASSWORD).await), "");
    assert_eq!(
        code(&sign_in(&app.guest(), "ada@example.com", "wrong password").await),
        "INVALID_CREDENTIALS"
    );
}

#[tokio::test]
async fn guesses_that_come_at_once_are_counted_one_by_one() {
    let app = TestApp::start().await;
    ada(&app).await;
    let guests: Vec<_> = (0..30).map(|_| app.guest()).collect();
    let guesses = guests.iter().map(|guest| sign_in(guest, "ada@example.com", "wrong password"));
    let codes: Vec<String> = join_all(guesses).await.iter().map(code).collect();
    let made = codes.iter().filter(|code| *code == "INVALID_CREDENTIALS").count();
    let refused = codes.iter().filter(|code| *code == "TOO_MANY_ATTEMPTS").count();
    // Where the machine is busy, a wait of a second or two is over before all have come.
    assert!((5..=9).contains(&made) && made + refused == 30, "{codes:?}");
}

#[tokio::test]
async fn copies_of_the_server_count_together_and_without_redis_each_by_itself() {
    let mut redis = RedisServer::start().await;
    let url = redis.url();
    let with_redis = |config: &mut config::Config| config.redis.url = Some(url.clone().into());
    let app = TestApp::start_with(with_redis).await;
    let beside = TestApp::start_beside(&app, with_redis).await;
    ada(&app).await;
    let wrong =
        async |server: &TestApp| code(&sign_in(&server.guest(), "ada@example.com", "wrong password").await);
    for _ in 0..2 {
        assert_eq!(wrong(&app).await, "INVALID_CREDENTIALS");
        assert_eq!(wrong(&beside).await, "INVALID_CREDENTIALS");
    }
    assert_eq!(wrong(&app).await, "INVALID_CREDENTIALS");
    assert_eq!(wrong(&beside).await, "TOO_MANY_ATTEMPTS");

    redis.kill();
    for _ in 0..5 {
        assert_eq!(wrong(&beside).await, "INVALID_CREDENTIALS");
    }
    assert_eq!(wrong(&beside).await, "TOO_MANY_ATTEMPTS");
    assert_eq!(code(&sign_in(&app.guest(), "ada@example.com", PASSWORD).await), "", "nobody is kept out");
}

/// The script and the code count alike: whatever happens, one says what the other says.
#[tokio::test]
async fn redis_counts_as_the_process_does() {
    let prefix = format!("test-{:016x}", rand::random::<u64>());
    let config = config::Redis { url: Some(RedisServer::shared().into()), prefix };
    let clock = Clock::default();
    let redis = Redis::open(&config).expect("an address");
    let both = [Attempts::new(None, clock.clone()), Attempts::new(redis, clock.clone())];
    let mut refusals = 0;
    for step in 0..600_u32 {
        // An account that is attacked from everywhere, an address that attacks everybody, and their owner at home.
        let (account, address) = match step % 3 {
            0 => ("ada".to_owned(), IpAddr::from([198, 51, 100, (step % 256) as u8])),
            1 => (format!("victim {step}"), IpAddr::from([203, 0, 113, 1])),
            _ => ("ada".to_owned(), IpAddr::from([203, 0, 113, 1])),
        };
        let mut waits = Vec::new();
        for attempts in &both {
            let begun = attempts.begin(&account, address).await;
            waits.push(begun.as_ref().err().map(|too_many| too_many.wait.as_secs_f64().ceil()));
            match begun {
                Ok(attempt) if step % 7 == 0 => attempts.withdraw(attempt).await,
                Ok(attempt) if step % 11 == 0 => attempts.succeeded(attempt).await,
                Ok(failure) => drop(failure),
                Err(_) => {}
            }
            match step % 41 {
                0 => attempts.vouch(&account, address).await,
                1 => attempts.meet(&account, address).await,
                _ => {}
            }
        }
        let [ours, theirs] = waits[..] else { unreachable!("two of them") };
        let apart = ours.unwrap_or_default() - theirs.unwrap_or_default();
        assert!(ours.is_some() == theirs.is_some() && apart.abs() <= 1.0, "step {step}: {ours:?} {theirs:?}");
        refusals += usize::from(ours.is_some());
        clock.advance(TimeDelta::milliseconds(i64::from(step * step % 2500)));
    }
    assert!((50..550).contains(&refusals), "{refusals} of 600: both ways are walked");
}

#[tokio::test]
async fn a_flood_of_log_ins_leaves_shopping_answered() {
    let cost = HashingCost {
        memory: 64 * 1024,
        passes: 3,
        concurrency: 1,
        waiting: 64,
        patience: Duration::from_mins(1),
        ..HashingCost::default()
    };
    let app = TestApp::start_hashing(cost, |config| config.database.pool_size = 2).await;
    let guests: Vec<_> = (0..40).map(|_| app.guest()).collect();
    let flood = guests.iter().enumerate().map(async |(number, guest)| {
        sign_in(guest, &format!("user{number}@example.com"), "wrong password").await
    });
    let mut flood = std::pin::pin!(join_all(flood).fuse());
    let guest = app.guest();
    let shopping = async {
        for _ in 0..20 {
            assert_eq!(guest.query("{ products { totalCount } }").await.int("/products/totalCount"), 0);
        }
    };
    let shopped_first = tokio::select! {
        biased;
        _ = &mut flood => false,
        () = shopping => true,
    };
    assert!(shopped_first, "the shop waits for hashes");
    assert!(flood.await.iter().all(|answer| code(answer) == "INVALID_CREDENTIALS"), "and each is answered");
}

#[tokio::test]
async fn a_hash_of_older_parameters_is_replaced_by_a_log_in() {
    let app = TestApp::start().await;
    let older = HashingCost { memory: 16, passes: 2, ..HashingCost::default() };
    let older = Passwords::new(older, Mode::Development).expect("parameters");
    let appointment = Appointment {
        email: "grace@example.com".to_owned(),
        name: "Grace Hopper".to_owned(),
        password: PASSWORD.into(),
        role: Role::Admin,
    };
    appoint(&app.app.db, &older, appointment).await.map_err(drop).expect("an account");
    let stored = async || {
        let hash =
            users::table.select(users::password_hash).first::<Option<String>>(&mut app.db().await).await;
        hash.expect("an account").expect("a password")
    };
    assert!(stored().await.contains("m=16,t=2,"));
    assert_eq!(
        code(&sign_in(&app.guest(), "grace@example.com", "wrong password").await),
        "INVALID_CREDENTIALS"
    );
    assert!(stored().await.contains("m=16,t=2,"));
    // Those that come at once do not make each other fail.
    let guests: Vec<_> = (0..4).map(|_| app.guest()).collect();
    let answers = join_all(guests.iter().map(|guest| sign_in(guest, "grace@example.com", PASSWORD))).await;
    assert!(answers.iter().all(|answer| code(answer).is_empty()));
    assert!(stored().await.contains("m=8,t=1,"));
    assert_eq!(code(&sign_in(&app.guest(), "grace@example.com", PASSWORD).await), "");
}

#[tokio::test]
async fn an_owner_at_home_is_not_kept_out_by_those_who_guess_elsewhere() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    let guess = async || {
        for place in 0..=255 {
            let stranger = IpAddr::from([198, 51, 100, place]);
            drop(app.app.attempts.begin("ada@example.com", stranger).await);
        }
        let elsewhere = IpAddr::from([203, 0, 113, 1]);
        assert!(app.app.attempts.begin("ada@example.com", elsewhere).await.is_err(), "a stranger waits");
    };
    guess().await;
    assert_eq!(code(&sign_in(&app.guest(), "ada@example.com", PASSWORD).await), "", "who registered here");

    // Where a signed-in account is asked for its password, it is the same account, known and counted alike.
    guess().await;
    let client = super::bearer(&app, registered.text("/accountRegister/session/accessToken"));
    let close = |password: &str| {
        format!(
            "mutation {{ accountDeactivate(input: {{ password: \"{password}\" }}) {{ userErrors {{ code message }} }} }}"
        )
    };
    for _ in 0..5 {
        let wrong = client.query(&close("wrong password")).await;
        assert_eq!(wrong.user_error_codes("accountDeactivate"), ["WRONG_PASSWORD"]);
    }
    assert_eq!(code(&sign_in(&app.guest(), "ada@example.com", PASSWORD).await), "TOO_MANY_ATTEMPTS");
}

#[tokio::test]
async fn a_refresh_makes_the_account_known_where_it_comes_from() {
    let app = TestApp::start().await;
    let registered = ada(&app).await;
    app.app.clock.advance(TimeDelta::days(29));
    // The session was kept alive from elsewhere meanwhile.
    let alive = "UPDATE sessions SET expires_at = expires_at + interval '60 days'";
    crate::support::db::run(&mut app.database().connect().await, alive).await;
    let token = registered.text("/accountRegister/session/refreshToken");
    assert_eq!(super::refresh(&app.guest(), token).await.user_error_codes("sessionRefresh"), [""; 0]);
    app.app.clock.advance(TimeDelta::days(2));
    for place in 0..=255 {
        drop(app.app.attempts.begin("ada@example.com", IpAddr::from([198, 51, 100, place])).await);
    }
    assert_eq!(code(&sign_in(&app.guest(), "ada@example.com", PASSWORD).await), "");
}
