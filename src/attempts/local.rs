//! Counts in this process.

use std::sync::{Mutex, MutexGuard, PoisonError};

use quick_cache::unsync::Cache;

use super::rule::{Count, KNOWN_FOR, RULES};
use super::{Begun, Ending, Name, Names};

/// The most counts, and the most known accounts, that are remembered: some 10 MB. Of more, those that were asked for least
/// are forgotten.
const MOST: usize = 100_000;

/// Counts, and until when an account is known at an address.
pub(super) struct Local(Mutex<Kept>);

struct Kept {
    counts: Cache<Name, Count>,
    known: Cache<Name, i64>,
}

impl Default for Local {
    fn default() -> Self {
        Self(Mutex::new(Kept { counts: Cache::new(MOST), known: Cache::new(MOST) }))
    }
}

impl Local {
    pub(super) fn begin(&self, names: &Names, now: i64) -> Begun {
        let mut kept = self.kept();
        let known = kept.known.get(&names.known).is_some_and(|until| now < *until);
        let concerned = concerned(known);
        let count = |name: &Name| kept.counts.get(name).copied().unwrap_or(Count::ZERO);
        let mut counts = names.counts.map(|name| count(&name));
        let wait = counts.iter().take(concerned).map(|count| count.wait(now)).max().unwrap_or_default();
        if !wait.is_zero() {
            return Begun::Wait(wait);
        }
        for ((count, rule), name) in counts.iter_mut().zip(RULES).zip(names.counts).take(concerned) {
            count.fail(rule, now);
            kept.counts.insert(name, *count);
        }
        Begun::Go { known }
    }

    pub(super) fn end(&self, names: &Names, known: bool, ending: Ending, now: i64) {
        let mut kept = self.kept();
        let counted = if ending == Ending::Known { 0 } else { concerned(known) };
        for ((place, rule), name) in (0..).zip(RULES).zip(names.counts).take(counted) {
            // The account's counts start anew; other accounts are behind the address as well.
            if ending == Ending::Success && place < 2 {
                kept.counts.remove(&name);
            } else if let Some(mut count) = kept.counts.get_mut(&name) {
                count.take_back(rule, now);
            }
        }
        if ending == Ending::Success {
            kept.counts.remove(&names.counts[1]);
        }
        if ending != Ending::Nothing {
            let until = now.saturating_add(i64::try_from(KNOWN_FOR.as_millis()).unwrap_or(i64::MAX));
            kept.known.insert(names.known, until);
        }
    }

    /// Held for a few instructions, and never across an await.
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How many of the counts concern an attempt.
pub(super) const fn concerned(known: bool) -> usize {
    if known { 1 } else { RULES.len() }
}
