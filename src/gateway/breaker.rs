//! The circuit breaker: a provider that is away is not asked over and over.
//!
//! After some failures in a row nobody is sent to the provider for a while (it is *open*), then one is, to see; an answer
//! closes it again. Who is not sent learns so at once and waits nowhere, holds no connection, and does not add to the load of
//! a provider that is trying to get up. Each process has its own: copies of the server may well see different networks.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use rand::RngExt;

use crate::clock::Clock;

/// So many failures in a row are no accident.
const TOLERATED: u32 = 5;
/// How long nobody asks at first; each time in vain doubles it.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
/// The longest pause, but for chance.
const LONGEST_PAUSE: Duration = Duration::from_mins(1);

/// The breaker of one provider in this process.
pub struct Breaker {
    /// The provider's name, for the log.
    provider: &'static str,
    clock: Clock,
    state: Mutex<State>,
}

struct State {
    phase: Phase,
    /// Failures in a row.
    failures: u32,
    /// How often in a row it opened.
    openings: u32,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Everybody is sent.
    Closed,
    /// Nobody is sent until then.
    Open { until: DateTime<Utc> },
    /// Somebody was sent to see; the others are not, until there is news.
    Probing { since: DateTime<Utc> },
}

impl Breaker {
    /// A closed one.
    #[must_use]
    pub fn new(provider: &'static str, clock: Clock) -> Self {
        let state = State { phase: Phase::Closed, failures: 0, openings: 0 };
        Self { provider, clock, state: Mutex::new(state) }
    }

    /// Whether the provider is away, as far as this process knows.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.state().phase != Phase::Closed
    }

    /// When somebody will be sent to see again; none while it is closed.
    #[must_use]
    pub fn opens_again_at(&self) -> Option<DateTime<Utc>> {
        match self.state().phase {
            Phase::Closed => None,
            Phase::Open { until } => Some(until),
            Phase::Probing { since } => Some(since),
        }
    }

    /// Leave to ask the provider, or for how long there is none.
    pub(super) fn enter(&self) -> Result<Pass<'_>, Duration> {
        let now = self.clock.now();
        let mut state = self.state();
        let probe = match state.phase {
            Phase::Closed => false,
            Phase::Open { until } => {
                let left = (until - now).to_std().unwrap_or_default();
                // A wait longer than any is one of a clock that was set back since.
                if !left.is_zero() && left < LONGEST_PAUSE * 2 {
                    return Err(left);
                }
                state.phase = Phase::Probing { since: now };
                true
            }
            Phase::Probing { .. } => return Err(FIRST_PAUSE),
        };
        Ok(Pass { breaker: self, probe, settled: false })
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Leave to ask the provider once. Dropped without a word about what came of it, it has told nothing.
pub(super) struct Pass<'a> {
    breaker: &'a Breaker,
    /// Whether the others wait for what comes of this one.
    probe: bool,
    settled: bool,
}

impl Pass<'_> {
    /// The provider answered, whatever it said.
    pub(super) fn answered(mut self) {
        self.settled = true;
        let mut state = self.breaker.state();
        let news = state.phase != Phase::Closed;
        *state = State { phase: Phase::Closed, failures: 0, openings: 0 };
        drop(state);
        if news {
            tracing::info!(provider = self.breaker.provider, "the payment provider answers again");
        }
    }

    /// It did not, or had nothing to say but that it is unwell.
    pub(super) fn failed(mut self, why: &str) {
        self.settled = true;
        let mut state = self.breaker.state();
        state.failures = state.failures.saturating_add(1);
        // Those who were sent before it opened say nothing new.
        let opens = self.probe || state.phase == Phase::Closed && state.failures >= TOLERATED;
        if !opens {
            return;
        }
        let pause = pause(state.openings);
        state.openings = state.openings.saturating_add(1);
        state.phase = Phase::Open { until: self.breaker.clock.now() + pause };
        let news = state.openings == 1;
        drop(state);
        if news {
            tracing::warn!(
                provider = self.breaker.provider,
                error = why,
                "the payment provider is away; until it answers again, payments wait"
            );
        }
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        if self.probe && !self.settled {
            // Whoever comes next is sent in its place.
            self.breaker.state().phase = Phase::Open { until: self.breaker.clock.now() };
        }
    }
}

/// How long nobody asks after so many times in vain: between half and one and a half by chance, so that copies of the server do
/// not all come at once.
fn pause(openings: u32) -> TimeDelta {
    let doubled = FIRST_PAUSE.saturating_mul(2_u32.saturating_pow(openings.min(10))).min(LONGEST_PAUSE);
    let pause = doubled.mul_f64(rand::rng().random_range(0.5..1.5));
    TimeDelta::from_std(pause).unwrap_or(TimeDelta::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn breaker() -> (Breaker, Clock) {
        let clock = Clock::default();
        (Breaker::new("test", clock.clone()), clock)
    }

    fn fail(breaker: &Breaker) {
        breaker.enter().ok().unwrap().failed("it hangs");
    }

    fn open(breaker: &Breaker) {
        (0..TOLERATED).for_each(|_| fail(breaker));
        assert!(breaker.is_open());
    }

    #[test]
    fn it_opens_after_failures_in_a_row_and_not_before() {
        let (breaker, _) = breaker();
        for _ in 0..3 {
            (1..TOLERATED).for_each(|_| fail(&breaker));
            breaker.enter().ok().unwrap().answered();
        }
        assert!(!breaker.is_open());
        assert_eq!(breaker.opens_again_at(), None);
        open(&breaker);
        assert!(breaker.enter().is_err());
    }

    #[test]
    fn after_the_pause_one_is_sent_and_an_answer_closes_it() {
        let (breaker, clock) = breaker();
        open(&breaker);
        assert!(breaker.opens_again_at().unwrap() > clock.now());
        clock.advance(TimeDelta::seconds(8));
        let probe = breaker.enter().ok().unwrap();
        assert!(breaker.enter().is_err(), "the others wait for what comes of it");
        probe.answered();
        assert!(breaker.enter().is_ok() && !breaker.is_open());
    }

    #[test]
    fn pauses_grow_while_it_stays_away() {
        let (breaker, clock) = breaker();
        open(&breaker);
        for seconds in [15, 30, 60, 90, 90, 90] {
            clock.advance(TimeDelta::seconds(100));
            fail(&breaker);
            let pause = breaker.opens_again_at().unwrap() - clock.now();
            assert!(pause <= TimeDelta::seconds(seconds), "{pause} of {seconds}");
            assert!(pause > TimeDelta::seconds(seconds / 3 - 1), "{pause} of {seconds}");
        }
        // Once it was back, all begins anew.
        clock.advance(TimeDelta::seconds(100));
        breaker.enter().ok().unwrap().answered();
        open(&breaker);
        assert!(breaker.opens_again_at().unwrap() - clock.now() <= TimeDelta::milliseconds(7500));
    }

    #[test]
    fn a_probe_that_is_given_up_leaves_its_place_to_another() {
        let (breaker, clock) = breaker();
        open(&breaker);
        clock.advance(TimeDelta::seconds(8));
        drop(breaker.enter().ok().unwrap());
        assert!(breaker.is_open());
        assert!(breaker.enter().is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_does_not_keep_it_open() {
        let (breaker, clock) = breaker();
        open(&breaker);
        clock.advance(TimeDelta::hours(-1));
        assert!(breaker.enter().is_ok());
    }

    #[test]
    fn who_was_sent_before_it_opened_neither_opens_it_again_nor_is_overheard() {
        let (breaker, _) = breaker();
        let (slow, slower) = (breaker.enter().ok().unwrap(), breaker.enter().ok().unwrap());
        open(&breaker);
        let until = breaker.opens_again_at();
        slow.failed("late");
        assert_eq!(breaker.opens_again_at(), until);
        slower.answered();
        assert!(!breaker.is_open());
    }
}
