//! How long failures make one wait.

use std::time::Duration;

/// The longest wait: so long that guessing is hopeless, and so short that an owner comes back.
pub(super) const LONGEST_WAIT: Duration = Duration::from_mins(5);
/// How long an account stays known at an address where it was signed in to.
pub(super) const KNOWN_FOR: Duration = Duration::from_hours(30 * 24);
/// Beyond what is free, this many more failures reach the longest wait; more are not counted.
pub(super) const MOST_OVER: f64 = 10.0;

/// How one of the counts works. Each failure from the one that makes `free` on has to be followed by a wait, of a second, then
/// twice as long each time; one failure is forgotten every `cool`.
#[derive(Debug, Clone, Copy)]
pub(super) struct Rule {
    pub(super) free: f64,
    pub(super) cool: Duration,
}

/// In the order of [`Names::counts`](super::Names). A hundred failures in a row is what NIST SP 800-63B (3.2.2) lets an account
/// have; many people can be behind one address.
pub(super) const RULES: [Rule; 3] = [
    Rule { free: 5.0, cool: Duration::from_mins(15) },
    Rule { free: 100.0, cool: Duration::from_mins(5) },
    Rule { free: 100.0, cool: Duration::from_mins(1) },
];

/// How often something failed, less what is forgotten, and when the next attempt may be. Moments are milliseconds since
/// 1970. The script `begin.lua` does the same.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Count {
    failures: f64,
    at: i64,
    open: i64,
}

impl Count {
    /// None.
    pub(super) const ZERO: Self = Self { failures: 0.0, at: 0, open: 0 };

    /// What is left to wait. Never longer than the longest wait, whatever clock wrote the moment down.
    pub(super) fn wait(&self, now: i64) -> Duration {
        let left = u64::try_from(self.open.saturating_sub(now)).unwrap_or(0);
        Duration::from_millis(left).min(LONGEST_WAIT)
    }

    /// One more failure.
    pub(super) fn fail(&mut self, rule: Rule, now: i64) {
        let failures = (self.cooled(rule, now) + 1.0).min(rule.free + MOST_OVER);
        // What was forgotten in the moments between failures does not make one of them.
        let over = failures.round() - rule.free;
        let wait = if over < 0.0 { 0 } else { LONGEST_WAIT.as_millis().min(1000 << over as u32) };
        *self = Self { failures, at: now, open: now.saturating_add(i64::try_from(wait).unwrap_or(i64::MAX)) };
    }

    /// One failure less, and no wait.
    pub(super) fn take_back(&mut self, rule: Rule, now: i64) {
        *self = Self { failures: (self.cooled(rule, now) - 1.0).max(0.0), at: now, open: 0 };
    }

    fn cooled(&self, rule: Rule, now: i64) -> f64 {
        let passed = now.saturating_sub(self.at).max(0) as f64;
        (self.failures - passed / rule.cool.as_millis() as f64).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_from_a_second_to_five_minutes_and_failures_are_forgotten() {
        let [rule, ..] = RULES;
        let mut count = Count::ZERO;
        let mut now = 1_800_000_000_000;
        let mut fail = |now: &mut i64| {
            count.fail(rule, *now);
            let wait = count.wait(*now);
            *now += i64::try_from(wait.as_millis()).unwrap();
            wait.as_secs()
        };
        let waits: Vec<u64> = (0..16).map(|_| fail(&mut now)).collect();
        assert_eq!(waits, [0, 0, 0, 0, 1, 2, 4, 8, 16, 32, 64, 128, 256, 256, 300, 300]);
        now += i64::try_from(rule.cool.as_millis()).unwrap() * 15;
        assert_eq!(fail(&mut now), 0, "all is forgotten by now");
    }

    #[test]
    fn what_was_no_failure_is_taken_back_whole() {
        let [.., rule] = RULES;
        let mut count = Count::ZERO;
        for _ in 0..105 {
            count.fail(rule, 1000);
        }
        let before = count;
        count.fail(rule, 1000);
        assert!(count.wait(1000) > before.wait(1000));
        count.take_back(rule, 1000);
        assert_eq!((count.failures, count.wait(1000)), (before.failures, Duration::ZERO));
    }

    #[test]
    fn no_clock_makes_anybody_wait_longer_than_the_longest_wait() {
        let count = Count { failures: 9.0, at: i64::MAX, open: i64::MAX };
        assert_eq!(count.wait(0), LONGEST_WAIT);
        assert_eq!(count.wait(i64::MIN), LONGEST_WAIT);
        assert_eq!(count.wait(i64::MAX), Duration::ZERO);
    }
}
