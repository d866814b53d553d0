//! The torture: shoppers, staff and a payment provider at work in a real shop while its servers are killed, PostgreSQL
//! crashes, Redis goes away, and whatever is sent between them gets lost, late or twice. When the storm is over and all that
//! was begun is done, an auditor reads the database, the provider's journal and what everybody was told, and prints one line
//! for each thing that must hold.
//!
//! `make torture` does it for ten minutes at most, `make test` for two. What happens is picked by a seed, which is printed;
//! `TORTURE_SEED` picks it again, though never in the same order to the microsecond.

#![expect(clippy::print_stdout, reason = "a line for each thing that must hold is what it is for")]

#[path = "../api/support/mod.rs"]
mod support;

mod audit;
mod chaos;
mod keyed;
mod ledger;
mod plan;
mod postgres;
mod servers;
mod shop;
mod shopper;
mod staff;
mod watcher;

use std::process::ExitCode;

use self::plan::Plan;
use self::shop::Shop;

fn main() -> ExitCode {
    let Some(plan) = Plan::of_this_run() else { return ExitCode::SUCCESS };
    println!("torture: seed {}, {} seconds in all", plan.seed, plan.length.as_secs());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let holds = runtime.block_on(async {
        let shop = Shop::open(plan).await;
        chaos::storm(&shop).await;
        let quiet = shop.come_to_rest().await;
        audit::audit(&shop, quiet).await
    });
    if holds { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}
