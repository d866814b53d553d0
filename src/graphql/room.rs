//! How much text an answer has room for.

use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};

use async_graphql::Response;
use tokio::sync::Notify;

use super::error::{ApiError, Code, failed};

/// The most long texts come to in one answer, in bytes. A few names for a field, and one that fits a hundred times would be
/// built many hundred times before the finished answer is found to be too long.
const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// The room that is left in the answer to one request, or in one event of a subscription.
pub(super) struct Room {
    left: AtomicUsize,
    exceeded: Notify,
}

impl Default for Room {
    fn default() -> Self {
        Self { left: AtomicUsize::new(MAX_TEXT_BYTES), exceeded: Notify::new() }
    }
}

impl Room {
    /// Gives the text, if there is room for it. If not, it never ends: what is executed [within](Self::within) is given up.
    /// An error for each text that is too much would cost more than the texts.
    pub(super) async fn hold<'t>(&self, text: &'t str) -> &'t str {
        let take = |left: usize| left.checked_sub(text.len());
        match self.left.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => text,
            Err(_) => {
                self.exceeded.notify_one();
                std::future::pending().await
            }
        }
    }

    /// Executes, as long as there is room for what that gives.
    pub(super) async fn within(&self, execution: impl Future<Output = Response>) -> Response {
        tokio::select! {
            biased;
            response = pin!(execution) => response,
            () = self.exceeded.notified() => failed(ApiError::Client(
                Code::CostLimitExceeded,
                format!(
                    "The answer would hold more than {MAX_TEXT_BYTES} bytes of text and was given up: ask for less at a \
                     time. If it was a mutation, look first what of it has happened."
                ),
            )),
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Value;

    use super::*;

    #[tokio::test]
    async fn an_answer_is_given_up_once_there_is_no_room() {
        let (room, half) = (Room::default(), "x".repeat(MAX_TEXT_BYTES / 2));
        let executed = room.within(async {
            room.hold(&half).await;
            Response::new(room.hold(&half).await)
        });
        assert_eq!(executed.await.data, Value::from(half.as_str()));
        let given_up = room.within(async { Response::new(room.hold("x").await) }).await;
        assert!(given_up.errors[0].message.contains("8388608 bytes"), "{given_up:?}");
    }
}
