//! Buckets in this process.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use quick_cache::sync::Cache;

use super::{Bucket, Draft, Outcome, wait};

/// The most buckets that are remembered; of more, those that are asked least are forgotten, and so are full again.
const MOST: usize = 100_000;

/// Buckets by whose they are. Of each it is known when it will be full: a number that only one instruction changes, so no
/// request waits for another.
pub(super) struct Local {
    full_at: Cache<Bucket, Arc<AtomicU64>>,
    opened: Instant,
}

impl Default for Local {
    fn default() -> Self {
        Self { full_at: Cache::new(MOST), opened: Instant::now() }
    }
}

impl Local {
    /// Takes what all of these buckets have, or nothing.
    pub(super) fn take(&self, drafts: &[Draft]) -> Outcome {
        let now = u64::try_from(self.opened.elapsed().as_micros()).unwrap_or(u64::MAX);
        let buckets: Vec<_> = drafts.iter().map(|draft| self.bucket(draft.bucket)).collect();
        let taken =
            buckets.iter().zip(drafts).take_while(|(bucket, draft)| take_from(bucket, draft, now)).count();
        let granted = taken == drafts.len();
        if !granted {
            for (bucket, draft) in buckets.iter().zip(drafts).take(taken) {
                bucket.fetch_sub(draft.micros(), Ordering::Relaxed);
            }
        }
        let missing = |bucket: &Arc<AtomicU64>| bucket.load(Ordering::Relaxed).saturating_sub(now);
        Outcome { granted, missing: buckets.iter().map(missing).collect() }
    }

    fn bucket(&self, bucket: Bucket) -> Arc<AtomicU64> {
        match self.full_at.get_or_insert_with(&bucket, || Ok::<_, std::convert::Infallible>(Arc::default())) {
            Ok(full_at) => full_at,
        }
    }
}

fn take_from(full_at: &AtomicU64, draft: &Draft, now: u64) -> bool {
    let taken = |full_at: u64| {
        let missing = full_at.saturating_sub(now);
        (wait(draft, missing) == 0).then(|| now.saturating_add(missing).saturating_add(draft.micros()))
    };
    full_at.fetch_update(Ordering::Relaxed, Ordering::Relaxed, taken).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::{Class, Holder};
    use super::*;

    #[test]
    fn those_who_come_at_once_take_no_more_than_there_is() {
        let local = Local::default();
        let draft = |class| Draft {
            bucket: Bucket { class, holder: Holder::Address([192, 0, 2, 1].into()) },
            rate: 1,
            points: 1,
        };
        let drafts = [draft(Class::Queries), draft(Class::Address)];
        let granted = AtomicU64::new(0);
        std::thread::scope(|scope| {
            for _ in 0..8 {
                scope.spawn(|| {
                    for _ in 0..100 {
                        granted.fetch_add(u64::from(local.take(&drafts).granted), Ordering::Relaxed);
                    }
                });
            }
        });
        // Ten to begin with, and one more where the test takes a second.
        assert!((10..=20).contains(&granted.into_inner()));
    }
}
