//! The storm: everybody at work, and one thing after the other that fails.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rand::RngExt;
use rand::rngs::StdRng;

use crate::servers::COPIES;
use crate::shop::Shop;
use crate::support::faults::Fault;
use crate::support::webhook_relay::Manner;
use crate::{shopper, staff, watcher};

/// How many of the staff there are.
const STAFF: u64 = 4;

/// Has everybody work while things fail; over when the plan says so and all have finished what they were at.
pub(crate) async fn storm(shop: &Arc<Shop>) {
    // Ends by itself, with the run. Before all others, for it is to miss nothing.
    tokio::spawn(watcher::watch(Arc::clone(shop)));
    tokio::time::sleep(Duration::from_secs(1)).await;
    let mut people = tokio::task::JoinSet::new();
    for actor in 0..shop.plan.shoppers {
        people.spawn(shopper::shop_on(Arc::clone(shop), actor as u64));
    }
    for actor in 0..STAFF {
        people.spawn(staff::work_on(Arc::clone(shop), actor));
    }
    let mut chances = shop.plan.chances_of(4);
    while !shop.is_calm() {
        tokio::time::sleep(Duration::from_millis(chances.random_range(500..4_000))).await;
        something_fails(shop, &mut chances).await;
    }
    // Whoever is still at something needs the shop for it.
    let patience = shop.plan.end().saturating_duration_since(Instant::now()) / 2;
    let finished = async {
        while let Some(ended) = people.join_next().await {
            ended.expect("whoever is tortured with the shop goes on");
        }
    };
    if tokio::time::timeout(patience, finished).await.is_err() {
        println!("some had not finished what they were at when the storm was over");
    }
    people.abort_all();
}

async fn something_fails(shop: &Arc<Shop>, chances: &mut StdRng) {
    match chances.random_range(0..100) {
        0..45 => kill_servers(shop, chances, false).await,
        45..55 => kill_servers(shop, chances, true).await,
        55..67 => restart_postgres(shop, chances).await,
        67..77 => {
            let mut redis = shop.redis.lock().await;
            redis.kill();
            pause(chances, 3_000).await;
            redis.restart().await;
        }
        77..90 => {
            // Silence costs whoever asks the whole patience; a refused connection does not.
            let faults = [
                Fault::HangsBefore,
                Fault::LostBefore,
                Fault::DropsAfter,
                Fault::FailsAfter,
                Fault::TooMany(1),
            ];
            shop.gateway.always("/v1/", faults[chances.random_range(0..faults.len())]);
            pause(chances, 6_000).await;
            shop.gateway.heal();
            shop.turn_rough();
        }
        _ => {
            let manner = if chances.random_bool(0.5) { Manner::Lost } else { Manner::Refused };
            shop.webhooks.behave(move |_| manner);
            pause(chances, 4_000).await;
            shop.turn_rough();
        }
    }
}

/// Kills one server, or all of them and the database as well.
async fn kill_servers(shop: &Arc<Shop>, chances: &mut StdRng, all: bool) {
    let first = chances.random_range(0..COPIES);
    let killed: Vec<usize> = (0..COPIES).filter(|copy| all || *copy == first).collect();
    for copy in &killed {
        shop.servers.kill(*copy).await;
    }
    if !all {
        shop.webhooks.moved_to(shop.servers.any(chances).await);
    } else if chances.random_bool(0.3) {
        restart_postgres(shop, chances).await;
    }
    pause(chances, 1_500).await;
    for copy in killed {
        shop.servers.restart(copy).await;
    }
    shop.webhooks.moved_to(shop.servers.any(chances).await);
}

async fn restart_postgres(shop: &Arc<Shop>, chances: &mut StdRng) {
    let mut postgres = shop.postgres.lock().await;
    if chances.random_bool(0.6) {
        postgres.crash()
    } else {
        postgres.stop()
    }
    pause(chances, 2_000).await;
    postgres.restart().await;
}

async fn pause(chances: &mut StdRng, at_most: u64) {
    tokio::time::sleep(Duration::from_millis(chances.random_range(0..at_most))).await;
}
