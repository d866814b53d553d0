//! How much text an answer has room for.

use std::sync::atomic::{AtomicUsize, Ordering};

use super::error::{ApiError, Code, Result};

/// The most long texts come to in one answer, in bytes. A few names for a field, and one that fits a hundred times would be
/// built many hundred times before the finished answer is found to be too long.
const MAX_TEXT_BYTES: usize = 8 * 1024 * 1024;

/// The room that is left in the answer to one request, or in one event of a subscription.
pub(super) struct Room(AtomicUsize);

impl Default for Room {
    fn default() -> Self {
        Self(AtomicUsize::new(MAX_TEXT_BYTES))
    }
}

impl Room {
    /// Gives the text, if there is room for it.
    pub(super) fn hold<'t>(&self, text: &'t str) -> Result<&'t str> {
        let take = |left: usize| left.checked_sub(text.len());
        match self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, take) {
            Ok(_) => Ok(text),
            Err(_) => {
                let message = format!(
                    "The answer holds more than {MAX_TEXT_BYTES} bytes of text: ask for less at a time. If it was a \
                     mutation, it has been carried out."
                );
                Err(ApiError::Client(Code::CostLimitExceeded, message))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_held_as_long_as_there_is_room() {
        let (room, half) = (Room::default(), "x".repeat(MAX_TEXT_BYTES / 2));
        assert!(room.hold(&half).is_ok());
        assert!(room.hold("x").is_ok());
        assert!(room.hold(&half).is_err());
        assert!(room.hold("y").is_ok(), "what fits is held");
    }
}
