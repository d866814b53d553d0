//! How changes get out: through the outbox, over Redis to every copy of the server, whatever fails on the way.

use std::time::Duration;

use cartograph::config::Config;
use cartograph::ids::OrderId;
use cartograph::orders::OrderStatus::{Paid, Pending, Processing, Shipped};

use crate::live::{next_step, nothing_more, place, socket, step, watch};
use crate::support::TestApp;
use crate::support::db::{count, run};
use crate::support::redis::RedisServer;

/// How long the relay may take to make up for what failed.
const PATIENCE: Duration = Duration::from_secs(20);

#[tokio::test]
async fn a_change_on_one_server_reaches_who_listens_at_another() {
    let redis = RedisServer::shared();
    let prefix = format!("test-{}", OrderId::new());
    let on_redis = |config: &mut Config| {
        config.redis.url = Some(redis.clone().into());
        config.redis.prefix.clone_from(&prefix);
    };
    let here = TestApp::start_with(on_redis).await;
    let there = TestApp::start_beside(&here, on_redis).await;
    let buyer = here.customer().await;
    let id = place(&here, Some(buyer.user_id()), None).await;
    let mut socket = socket(&there, &buyer).await;
    let operation = watch(&mut socket, id, None).await;
    assert_eq!(next_step(&mut socket, &operation).await.0, 1);
    for (sequence, server) in [(2, &here), (3, &there), (4, &here)] {
        step(server, id, Paid, Processing).await;
        // Well before the view would look by itself.
        assert_eq!(next_step(&mut socket, &operation).await.0, sequence);
    }
    nothing_more(&mut socket).await;
}

#[tokio::test]
async fn nothing_is_lost_while_redis_is_away() {
    let mut redis = RedisServer::start().await;
    let on_redis = |config: &mut Config| config.redis.url = Some(redis.url().into());
    let here = TestApp::start_with(on_redis).await;
    let there = TestApp::start_beside(&here, on_redis).await;
    let buyer = here.customer().await;
    let id = place(&here, Some(buyer.user_id()), None).await;
    let mut socket = socket(&there, &buyer).await;
    let operation = watch(&mut socket, id, None).await;
    assert_eq!(next_step(&mut socket, &operation).await.0, 1);
    redis.kill();
    step(&here, id, Pending, Paid).await;
    step(&here, id, Paid, Processing).await;
    assert_eq!(next_step(&mut socket, &operation).await.0, 2, "live views do without Redis");
    assert_eq!(next_step(&mut socket, &operation).await.0, 3);
    redis.restart().await;
    step(&here, id, Processing, Shipped).await;
    assert_eq!(next_step(&mut socket, &operation).await.0, 4);
    nothing_more(&mut socket).await;
    published(&here, "true").await;
}

/// Waits until nothing that meets the condition is left to publish.
async fn published(app: &TestApp, condition: &str) {
    let query = format!("SELECT count(*) AS n FROM outbox WHERE published_at IS NULL AND ({condition})");
    let all = async {
        while count(&mut *app.db().await, &query).await > 0 {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::time::timeout(PATIENCE, all).await.expect("everything is published in the end");
}

/// What a relay that was killed leaves behind is a lease that lapses. Until then nothing of the same order may overtake
/// it, and everything else goes on.
#[tokio::test]
async fn a_lease_of_a_dead_relay_holds_up_its_order_alone_until_it_lapses() {
    let app = TestApp::start().await;
    let mut conn = app.database().connect().await;
    let insert = "INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload, leased_until) VALUES ";
    let held = "00000000-0000-7000-8000-000000000001";
    let free = "00000000-0000-7000-8000-000000000002";
    let values = format!(
        "(gen_random_uuid(), 'order', '{held}', 'first', '{{}}', now() + interval '1 hour'), \
         (gen_random_uuid(), 'order', '{held}', 'second', '{{}}', NULL), \
         (gen_random_uuid(), 'order', '{free}', 'third', '{{}}', NULL)"
    );
    run(&mut conn, &format!("{insert}{values}")).await;
    app.app.relay.wake();
    // Whatever is free goes in one round: once the third is out, the others were passed over.
    published(&app, "type = 'third'").await;
    let waiting = "SELECT count(*) AS n FROM outbox WHERE published_at IS NULL";
    assert_eq!(count(&mut conn, waiting).await, 2, "both wait for the lease");
    run(
        &mut conn,
        "UPDATE outbox SET leased_until = now() WHERE leased_until IS NOT NULL AND published_at IS NULL",
    )
    .await;
    app.app.relay.wake();
    published(&app, "true").await;
}
