//! What is to happen in this run.

use std::time::{Duration, Instant};

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};

/// How much of the time is for what was begun to be done, and for the audit: a part, within bounds. The last orders take half a
/// minute to lapse.
const REST: f64 = 0.3;
const SHORTEST_REST: Duration = Duration::from_secs(36);
const LONGEST_REST: Duration = Duration::from_secs(100);
/// What a slow machine has beyond its time to come to rest.
const GRACE: Duration = Duration::from_secs(60);
/// When there were so many orders the storm is over, or so much more than there were to be.
const ENOUGH: usize = 800;

/// How long, how hard, and with what chances.
#[derive(Debug, Clone)]
pub(crate) struct Plan {
    /// What all chances are made of.
    pub(crate) seed: u64,
    /// How long all of it takes at most.
    pub(crate) length: Duration,
    /// How many orders and kills there are to be at least, or it was no torture.
    pub(crate) orders: usize,
    pub(crate) kills: usize,
    /// How many people shop at a time.
    pub(crate) shoppers: usize,
    begun: Instant,
}

impl Plan {
    /// By the environment; none when the tests that are asked for are others.
    pub(crate) fn of_this_run() -> Option<Self> {
        let arguments: Vec<String> = std::env::args().skip(1).collect();
        let mut filters = arguments.iter().filter(|argument| !argument.starts_with('-')).peekable();
        let listing = arguments.iter().any(|argument| argument == "--list");
        if listing || (filters.peek().is_some() && !filters.any(|filter| "torture".contains(filter.as_str())))
        {
            return None;
        }
        let seed = number("TORTURE_SEED").unwrap_or_else(|| rand::rng().random_range(1..1_000_000));
        let count = |variable, usual| number(variable).map_or(usual, |value| value as usize);
        Some(Self {
            seed,
            length: Duration::from_secs(number("TORTURE_SECONDS").unwrap_or(120)),
            orders: count("TORTURE_ORDERS", 100),
            kills: count("TORTURE_KILLS", 4),
            shoppers: count("TORTURE_SHOPPERS", 24),
            begun: Instant::now(),
        })
    }

    /// When the storm is over.
    pub(crate) fn calm(&self) -> Instant {
        self.end() - self.length.mul_f64(REST).clamp(SHORTEST_REST, LONGEST_REST)
    }

    /// Whether the storm is over: its time is up, or there was enough of it.
    pub(crate) fn is_over(&self, orders: usize, kills: usize) -> bool {
        let enough = ENOUGH.max(self.orders + self.orders / 10);
        Instant::now() >= self.calm() || (orders >= enough && kills >= self.kills)
    }

    /// Until when what was begun has time to be done.
    pub(crate) fn patience(&self) -> Instant {
        self.end() + GRACE
    }

    /// When all of it is over.
    pub(crate) fn end(&self) -> Instant {
        self.begun + self.length
    }

    /// The chances of one of those who act in it.
    pub(crate) fn chances_of(&self, actor: u64) -> StdRng {
        StdRng::seed_from_u64(self.seed.wrapping_mul(1_000_003).wrapping_add(actor))
    }
}

fn number(variable: &str) -> Option<u64> {
    let value = std::env::var(variable).ok().filter(|value| !value.is_empty())?;
    Some(value.parse().unwrap_or_else(|_| panic!("{variable} is no number: {value}")))
}
