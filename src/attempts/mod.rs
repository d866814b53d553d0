//! Limits on attempts at a password: whoever fails again and again has to wait longer and longer.
//!
//! Failures are counted three times over: of an account from one address, of an account from anywhere, and of an address
//! whatever the account. The first is strict. The other two are far more patient, and do not concern whoever has signed in
//! to the account from that address before: who attacks an account cannot keep its owner out.
//!
//! An attempt counts as a failure from the moment it begins, until it is known to be none: those that come at once are
//! counted as well. One that has to wait counts nothing, and reaches neither the database nor a hash. The copies of the
//! server count together in Redis; without it, or while it is away, each counts by itself.

mod local;
mod rule;
mod shared;

use std::net::IpAddr;
use std::time::Duration;

use self::local::Local;
use self::shared::Shared;
use crate::caller::network;
use crate::clock::Clock;
use crate::redis::Redis;
use crate::secrets::sha256;

/// The name of something that is counted: a digest, so that what it is about is nowhere kept.
type Name = [u8; 16];

/// What an attempt is counted under, and what tells that its one has succeeded before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Names {
    /// The account from this address, the account, the address: in the order of [`rule::RULES`].
    counts: [Name; 3],
    known: Name,
}

/// How an attempt ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ending {
    /// It was no failure: the account starts anew, and is known at this address.
    Success,
    /// It came to nothing: as if it had not been.
    Nothing,
    /// There was none: the account is known at this address, and the counts stay as they are.
    Known,
}

/// What came of beginning.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Begun {
    /// The attempt may be made; whether only the first of the counts has it.
    Go { known: bool },
    /// It may not for so long.
    Wait(Duration),
}

/// It is too early for another attempt. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("Too many attempts with a wrong password: wait for {} s before the next one.", self.seconds())]
pub struct TooMany {
    /// How long until there may be one.
    pub wait: Duration,
}

impl TooMany {
    /// The wait in whole seconds, none of them too few.
    fn seconds(&self) -> u64 {
        self.wait.as_secs() + u64::from(self.wait.subsec_nanos() > 0)
    }
}

/// Counts attempts.
pub struct Attempts {
    clock: Clock,
    local: Local,
    shared: Option<Shared>,
}

/// An attempt that may be made. Dropped, it was a failure.
#[must_use = "an attempt that is not ended counts as a failure"]
pub struct Attempt {
    names: Names,
    known: bool,
}

impl Attempts {
    /// Nothing counted yet in this process.
    #[must_use]
    pub fn new(redis: Option<Redis>, clock: Clock) -> Self {
        Self { clock, local: Local::default(), shared: redis.map(Shared::new) }
    }

    /// Begins an attempt at the password of an account, named by any text that is always the same, from this address.
    pub async fn begin(&self, account: &str, address: IpAddr) -> Result<Attempt, TooMany> {
        let names = Names::new(account, address);
        let now = self.clock.now().timestamp_millis();
        let shared = match &self.shared {
            Some(shared) => shared.begin(&names, now).await,
            None => None,
        };
        match shared.unwrap_or_else(|| self.local.begin(&names, now)) {
            Begun::Go { known } => Ok(Attempt { names, known }),
            Begun::Wait(wait) => Err(TooMany { wait }),
        }
    }

    /// Whoever asks from this address has shown without a password that the account is theirs, as they made it or read its
    /// mail: like a success.
    pub async fn vouch(&self, account: &str, address: IpAddr) {
        // As one that was known: nothing was counted that would have to be taken back.
        self.end(&Names::new(account, address), true, Ending::Success).await;
    }

    /// A session of the account is used from this address: the account is known there. No failure is forgotten by that, or
    /// whoever has stolen one session could guess at the password without end.
    pub async fn meet(&self, account: &str, address: IpAddr) {
        self.end(&Names::new(account, address), true, Ending::Known).await;
    }

    /// The password was right.
    pub async fn succeeded(&self, attempt: Attempt) {
        self.end(&attempt.names, attempt.known, Ending::Success).await;
    }

    /// The password was not looked at, because something of ours failed before.
    pub async fn withdraw(&self, attempt: Attempt) {
        self.end(&attempt.names, attempt.known, Ending::Nothing).await;
    }

    async fn end(&self, names: &Names, known: bool, ending: Ending) {
        let now = self.clock.now().timestamp_millis();
        let told = match &self.shared {
            Some(shared) => shared.end(names, known, ending, now).await,
            None => None,
        };
        if told.is_none() {
            self.local.end(names, known, ending, now);
        }
    }
}

impl Names {
    fn new(account: &str, address: IpAddr) -> Self {
        let network = network(address).to_string();
        let name = |parts: &[&str]| {
            let mut name = Name::default();
            name.copy_from_slice(&sha256(parts.join("\n").as_bytes())[..size_of::<Name>()]);
            name
        };
        Self {
            counts: [
                name(&["account and address", account, &network]),
                name(&["account", account]),
                name(&["address", &network]),
            ],
            known: name(&["known", account, &network]),
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::*;

    struct Door {
        attempts: Attempts,
        clock: Clock,
    }

    impl Door {
        fn new() -> Self {
            let clock = Clock::default();
            Self { attempts: Attempts::new(None, clock.clone()), clock }
        }

        async fn begin(&self, account: &str, address: &str) -> Result<Attempt, TooMany> {
            self.attempts.begin(account, address.parse().unwrap()).await
        }

        /// Fails until there is a wait, and counts how often.
        async fn fail(&self, account: &str, address: &str) -> usize {
            for failures in 0..1000 {
                match self.begin(account, address).await {
                    Ok(failure) => drop(failure),
                    Err(_) => return failures,
                }
            }
            panic!("nobody ever has to wait");
        }

        fn pass(&self, seconds: i64) {
            self.clock.advance(TimeDelta::seconds(seconds));
        }
    }

    #[tokio::test]
    async fn five_failures_are_free_and_success_forgets_them() {
        let door = Door::new();
        assert_eq!(door.fail("ada", "192.0.2.1").await, 5);
        let wait = door.begin("ada", "192.0.2.1").await.err().expect("a wait").wait;
        assert!(wait > Duration::ZERO && wait <= Duration::from_secs(1), "{wait:?}");
        assert!(door.begin("ada", "192.0.2.2").await.is_ok(), "from elsewhere");
        assert!(door.begin("grace", "192.0.2.1").await.is_ok(), "another account");
        door.pass(1);
        door.attempts.succeeded(door.begin("ada", "192.0.2.1").await.expect("the wait is over")).await;
        assert_eq!(door.fail("ada", "192.0.2.1").await, 5);
    }

    #[tokio::test]
    async fn what_came_to_nothing_counts_for_nothing() {
        let door = Door::new();
        for _ in 0..500 {
            door.attempts.withdraw(door.begin("ada", "192.0.2.1").await.expect("no wait")).await;
        }
        assert_eq!(door.fail("ada", "192.0.2.1").await, 5);
    }

    #[tokio::test]
    async fn many_addresses_are_slowed_down_and_the_owner_is_not() {
        let door = Door::new();
        door.attempts.succeeded(door.begin("ada", "192.0.2.1").await.expect("no wait")).await;
        let mut failures = 0;
        for place in 0..=255 {
            failures += usize::from(door.begin("ada", &format!("198.51.100.{place}")).await.is_ok());
        }
        assert_eq!(failures, 100);
        assert!(door.begin("ada", "203.0.113.1").await.is_err(), "a stranger waits");
        let owner = door.begin("ada", "192.0.2.1").await;
        door.attempts.succeeded(owner.expect("who was here before does not")).await;
    }

    #[tokio::test]
    async fn an_address_that_tries_many_accounts_is_slowed_down_and_its_regulars_are_not() {
        let door = Door::new();
        door.attempts.succeeded(door.begin("ada", "2001:db8::1").await.expect("no wait")).await;
        let mut failures = 0;
        for account in 0..200 {
            let address = format!("2001:db8::{account:x}:1");
            failures += usize::from(door.begin(&account.to_string(), &address).await.is_ok());
        }
        assert_eq!(failures, 100, "a /64 is one address");
        let wait = door.begin("grace", "2001:db8::1").await.err().expect("a wait").wait;
        // Whoever has an account of their own there does not open the door for their guesses with it.
        door.attempts.succeeded(door.begin("ada", "2001:db8::1").await.expect("no wait")).await;
        assert!(door.begin("grace", "2001:db8::1").await.is_err_and(|again| again.wait <= wait));
    }

    #[tokio::test]
    async fn whose_account_it_is_can_be_known_without_a_password() {
        let door = Door::new();
        door.attempts.vouch("ada", "192.0.2.1".parse().unwrap()).await;
        door.attempts.meet("ada", "192.0.2.2".parse().unwrap()).await;
        for place in 0..=255 {
            drop(door.begin("ada", &format!("198.51.100.{place}")).await);
        }
        assert!(door.begin("ada", "203.0.113.1").await.is_err(), "a stranger waits");
        for home in ["192.0.2.1", "192.0.2.2"] {
            assert_eq!(door.fail("ada", home).await, 5, "{home}");
            door.attempts.meet("ada", home.parse().unwrap()).await;
            assert!(door.begin("ada", home).await.is_err(), "a session buys no guesses");
        }
        door.attempts.vouch("ada", "192.0.2.1".parse().unwrap()).await;
        assert_eq!(door.fail("ada", "192.0.2.1").await, 5);
    }

    #[test]
    fn a_wait_is_told_in_whole_seconds() {
        let told = |millis| TooMany { wait: Duration::from_millis(millis) }.to_string();
        assert!(told(1).contains("wait for 1 s "), "{}", told(1));
        assert!(told(2000).contains("wait for 2 s "), "{}", told(2000));
        assert!(told(2001).contains("wait for 3 s "), "{}", told(2001));
    }
}
