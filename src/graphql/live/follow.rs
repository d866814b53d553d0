//! Following a table: read what is new, wait until there may be more, read on from there.
//!
//! The bus is subscribed to before the first read, and a wake-up that comes while a page is being read or sent is kept:
//! so nothing falls between two reads. Where to read on from is the reader's own position, so nothing is sent twice. A
//! consumer that is slow makes the reads rarer and the pages fuller; nothing is queued for it.

use std::time::Duration;

use async_stream::stream;
use futures_util::Stream;

use super::super::error::Result;
use crate::app::App;
use crate::bus::Topic;
use crate::error;

/// The most events read at once.
pub(super) const PAGE: i64 = 100;
/// How long a view waits at most before it looks again by itself, should a wake-up have been lost.
const SAFETY: Duration = Duration::from_secs(30);
/// How often a read is tried: a database that restarts is back by then, and no subscription was lost to it.
const ATTEMPTS: u32 = 6;
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// What one read found.
pub(super) struct Read<T, P> {
    /// The new items, in order.
    pub(super) items: Vec<T>,
    /// Where to read on from.
    pub(super) position: P,
    /// Whether there may be more already.
    pub(super) more: bool,
}

/// The items that `read` finds behind `position`, and from then on those it finds whenever one of the topics changed.
/// Ends only with an error, when the table cannot be read for some time.
pub(super) fn follow<T, P, F, Fut>(
    app: App,
    topics: Vec<Topic>,
    mut position: P,
    read: F,
) -> impl Stream<Item = Result<T>> + use<T, P, F, Fut>
where
    P: Clone,
    F: Fn(App, P) -> Fut,
    Fut: Future<Output = error::Result<Read<T, P>>>,
{
    stream! {
        let changes = app.bus.subscribe(topics);
        let mut failures = 0;
        loop {
            let found = match read(app.clone(), position.clone()).await {
                Ok(found) => found,
                Err(error) if failures < ATTEMPTS => {
                    failures += 1;
                    tracing::debug!(%error, failures, "a live view cannot read its table yet");
                    tokio::time::sleep(spread(RETRY_PAUSE)).await;
                    continue;
                }
                Err(error) => {
                    yield Err(error.into());
                    return;
                }
            };
            failures = 0;
            position = found.position;
            for item in found.items {
                yield Ok(item);
            }
            if !found.more {
                // Woken or not, the next thing is a look.
                let _ = tokio::time::timeout(spread(SAFETY), changes.changed()).await;
            }
        }
    }
}

/// About this long, a little different each time: views that started together should not look together for ever.
fn spread(pause: Duration) -> Duration {
    pause.mul_f64(rand::random_range(0.75..1.25))
}
