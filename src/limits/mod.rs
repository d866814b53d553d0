//! Rate limits by cost: how many points somebody may spend in a while.
//!
//! Whoever asks has a bucket of points for each class of what they ask for, which fills up again at an even rate; a request
//! takes its points out, or is refused and takes none. The copies of the server share the buckets in Redis. Without Redis,
//! or while it is away or slow, each copy has its own: shopping goes on, and the log tells once of the loss and once of the
//! return.

mod local;
mod shared;

use std::net::IpAddr;
use std::time::Duration;

use uuid::Uuid;

use self::local::Local;
use self::shared::Shared;
use crate::caller::network;
use crate::config::{self, Rates};
use crate::redis::Redis;

/// How many seconds' worth of points a bucket holds.
const BURST_SECONDS: u64 = 10;

/// What kind of thing is asked for. Each has a bucket of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// Anything at all that comes from an address.
    Address,
    /// Queries and subscriptions of guests, by address.
    GuestQueries,
    /// Queries and subscriptions of whoever is signed in, by account.
    Queries,
    /// Mutations: by account, those of guests by address.
    Mutations,
    /// Attempts to sign in or to register, by address.
    LogIns,
}

impl Class {
    /// As clients, operators and Redis are told.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Address => "address",
            Self::GuestQueries => "guest-queries",
            Self::Queries => "queries",
            Self::Mutations => "mutations",
            Self::LogIns => "log-ins",
        }
    }

    fn rate(self, rates: &Rates) -> u32 {
        match self {
            Self::Address => rates.address,
            Self::GuestQueries => rates.guest_queries,
            Self::Queries => rates.queries,
            Self::Mutations => rates.mutations,
            Self::LogIns => rates.log_ins,
        }
    }
}

/// Whose bucket it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Everybody at an address.
    Address(IpAddr),
    /// One account.
    User(Uuid),
}

impl Holder {
    /// Whoever sends from this address.
    #[must_use]
    pub fn address(address: IpAddr) -> Self {
        Self::Address(network(address))
    }
}

/// A bucket of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Bucket {
    class: Class,
    holder: Holder,
}

/// What a request takes out of a bucket.
#[derive(Debug, Clone, Copy)]
struct Draft {
    bucket: Bucket,
    /// Points that come back each second.
    rate: u64,
    points: u64,
}

impl Draft {
    /// How long it takes until these points are back, in microseconds.
    fn micros(&self) -> u64 {
        self.points.saturating_mul(1_000_000) / self.rate
    }

    /// What is missing in an empty bucket, in the same measure.
    fn most_micros(&self) -> u64 {
        BURST_SECONDS * 1_000_000
    }
}

/// How full a bucket is after a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// The class of what was asked for.
    pub class: Class,
    /// Points in the bucket.
    pub remaining: u64,
    /// Points in a full one.
    pub capacity: u64,
    /// Points that come back each second.
    pub restore_rate: u64,
    /// How long until it is full.
    pub full_after: Duration,
    /// Where the request was refused: how long until it would not be.
    pub retry_after: Option<Duration>,
}

/// What holds the buckets.
pub struct Limiter {
    rates: Option<Rates>,
    local: Local,
    shared: Option<Shared>,
}

/// What somebody asks for of one class.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Demand {
    /// Of which class.
    pub class: Class,
    /// Who pays for it.
    pub holder: Holder,
    /// How much it costs.
    pub points: u64,
}

/// What the buckets of one request have come to: what is missing in each, in microseconds, and whether the request was let
/// through.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Outcome {
    granted: bool,
    missing: Vec<u64>,
}

impl Limiter {
    /// Buckets as configured, in Redis where there is one.
    #[must_use]
    pub fn new(config: &config::Limits, redis: Option<Redis>) -> Self {
        Self {
            rates: config.rates,
            local: Local::default(),
            shared: redis.filter(|_| config.rates.is_some()).map(Shared::new),
        }
    }

    /// Takes points out of the buckets of all that is asked for, and their sum out of that of the address. All have enough,
    /// or nothing is taken. Tells how the first one stands, or the one that has to be waited for longest. None where there
    /// are no limits.
    pub async fn take(&self, demands: &[Demand], from: IpAddr) -> Option<Standing> {
        let rates = self.rates.as_ref()?;
        let sum = demands.iter().fold(0, |sum: u64, demand| sum.saturating_add(demand.points));
        let address = Demand { class: Class::Address, holder: Holder::address(from), points: sum };
        let draft = |demand: &Demand| {
            let Demand { class, holder, points } = *demand;
            let rate = u64::from(class.rate(rates)).max(1);
            Draft { bucket: Bucket { class, holder }, rate, points }
        };
        let drafts: Vec<Draft> = demands.iter().chain([&address]).map(draft).collect();
        let shared = match &self.shared {
            Some(shared) => shared.take(&drafts).await,
            None => None,
        };
        let outcome = shared.unwrap_or_else(|| self.local.take(&drafts));
        standing(&drafts, &outcome)
    }
}

/// What to tell of the buckets.
fn standing(drafts: &[Draft], outcome: &Outcome) -> Option<Standing> {
    let mut all = drafts.iter().zip(&outcome.missing);
    let (draft, &missing) = match outcome.granted {
        true => all.next(),
        false => all.max_by_key(|(draft, missing)| wait(draft, **missing)),
    }?;
    let retry_after = (!outcome.granted).then(|| Duration::from_micros(wait(draft, missing)));
    let capacity = draft.rate * BURST_SECONDS;
    let missing_points = u64::try_from((u128::from(missing) * u128::from(draft.rate)).div_ceil(1_000_000));
    Some(Standing {
        class: draft.bucket.class,
        remaining: capacity.saturating_sub(missing_points.unwrap_or(u64::MAX)),
        capacity,
        restore_rate: draft.rate,
        full_after: Duration::from_micros(missing),
        retry_after,
    })
}

/// How long until a bucket in which so much is missing has enough. One that is full always has: a request that costs more
/// than a bucket holds is let through once in a while.
fn wait(draft: &Draft, missing: u64) -> u64 {
    let most = draft.most_micros();
    missing.saturating_add(draft.micros().min(most)).saturating_sub(most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limiter(rate: u32) -> Limiter {
        let rates =
            Rates { address: rate * 100, guest_queries: rate, queries: rate, mutations: rate, log_ins: rate };
        Limiter::new(&config::Limits { rates: Some(rates) }, None)
    }

    fn home(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    async fn take(limiter: &Limiter, class: Class, last: u8, points: u64) -> Standing {
        let demand = Demand { class, holder: Holder::address(home(last)), points };
        limiter.take(&[demand], home(last)).await.expect("there are limits")
    }

    #[tokio::test]
    async fn a_bucket_is_emptied_and_refuses_until_it_fills_again() {
        // A point comes back each second: none does while the test runs, or one at most.
        let limiter = limiter(1);
        let first = take(&limiter, Class::GuestQueries, 1, 6).await;
        assert_eq!((first.remaining, first.capacity, first.retry_after), (4, 10, None));
        let refused = take(&limiter, Class::GuestQueries, 1, 8).await;
        let wait = refused.retry_after.expect("refused");
        assert!((2..=4).contains(&wait.as_secs()), "{wait:?}");
        assert!(refused.remaining >= 4, "nothing was taken");
        assert_eq!(take(&limiter, Class::GuestQueries, 1, 4).await.retry_after, None);
        assert_eq!(take(&limiter, Class::Mutations, 1, 10).await.retry_after, None, "another bucket");
        assert_eq!(take(&limiter, Class::GuestQueries, 2, 10).await.retry_after, None, "somebody else's");
    }

    #[tokio::test]
    async fn who_is_full_may_ask_for_more_than_a_bucket_holds() {
        let limiter = limiter(1);
        assert_eq!(take(&limiter, Class::Queries, 1, 50).await.retry_after, None);
        let refused = take(&limiter, Class::Queries, 1, 1).await;
        assert!(refused.retry_after > Some(Duration::from_secs(30)), "{refused:?}");
        assert_eq!(refused.remaining, 0);
    }

    #[tokio::test]
    async fn what_one_bucket_refuses_no_other_pays() {
        let rates = Rates { address: 1, guest_queries: 1000, queries: 1000, mutations: 1000, log_ins: 1000 };
        let limiter = Limiter::new(&config::Limits { rates: Some(rates) }, None);
        let demand =
            |class, points| Demand { class, holder: Holder::User(Uuid::from_u128(class as u128)), points };
        let take = async |demands: &[Demand], last| limiter.take(demands, home(last)).await.unwrap();
        assert_eq!(take(&[demand(Class::Mutations, 10)], 1).await.retry_after, None);
        let both = [demand(Class::Queries, 3), demand(Class::Mutations, 2)];
        let refused = take(&both, 1).await;
        assert_eq!((refused.class, refused.remaining), (Class::Address, 0), "the address has nothing left");
        assert!(refused.retry_after > Some(Duration::from_secs(3)), "{refused:?}");
        let elsewhere = take(&both, 2).await;
        assert_eq!((elsewhere.class, elsewhere.remaining), (Class::Queries, elsewhere.capacity - 3));
    }

    #[tokio::test]
    async fn what_is_of_several_classes_needs_room_in_each() {
        let limiter = limiter(1);
        let holder = Holder::address(home(1));
        let demand = |class, points| Demand { class, holder, points };
        assert_eq!(take(&limiter, Class::GuestQueries, 1, 10).await.retry_after, None);
        let mixed = [demand(Class::Mutations, 1), demand(Class::GuestQueries, 5)];
        let refused = limiter.take(&mixed, home(1)).await.unwrap();
        assert_eq!((refused.class, refused.retry_after.is_some()), (Class::GuestQueries, true));
        assert_eq!(take(&limiter, Class::Mutations, 1, 10).await.retry_after, None, "it has paid nothing");
    }

    #[test]
    fn neighbours_of_ipv6_share_a_bucket() {
        let holder = |address: &str| Holder::address(address.parse().unwrap());
        assert_eq!(holder("2001:db8:1:2:3:4:5:6"), holder("2001:db8:1:2::1"));
        assert_ne!(holder("2001:db8:1:2::1"), holder("2001:db8:1:3::1"));
        assert_eq!(holder("::ffff:192.0.2.1"), holder("192.0.2.1"));
        assert_ne!(holder("192.0.2.1"), holder("192.0.2.2"));
    }

    #[tokio::test]
    async fn without_limits_nobody_is_told_of_any() {
        let limiter = Limiter::new(&config::Limits { rates: None }, None);
        let demand = Demand { class: Class::Queries, holder: Holder::address(home(1)), points: 1_000_000 };
        assert_eq!(limiter.take(&[demand], home(1)).await, None);
    }
}
