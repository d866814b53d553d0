//! Why a provider did not do what it was asked for.

use std::time::Duration;

use super::Decline;

/// Why a provider did not do what it was asked for. No text repeats a secret, a card or whatever else of a customer's, but
/// for a decline's, which is for the customer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GatewayError {
    /// Whoever holds the customer's money did not part with it.
    #[error("declined: {}", .0.code)]
    Declined(Decline),
    /// The request is wrong and will be as wrong another time: our fault. The text is for the log.
    #[error("the payment provider refuses the request: {message}")]
    Refused { message: String },
    /// The provider knows nothing of that name.
    #[error("the payment provider knows no such payment")]
    NotFound,
    /// The payment has got to where this cannot be done: retrieve it, and see.
    #[error("the payment is in another state than this needs")]
    UnexpectedState,
    /// There is no answer to go by. It may be another time; see the module's text for what to do then.
    #[error("the payment provider is not available: {why}")]
    Unavailable {
        /// Whether what was asked for may have happened nevertheless.
        after_effect_possible: bool,
        /// What the provider itself said.
        word: Word,
        /// How long to wait at least before asking again, where that is known.
        retry_after: Option<Duration>,
        /// What went wrong, for the log.
        why: String,
    },
}

/// What a provider said of a request that it did not do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Word {
    /// Nothing that settles it: it may be at the request still.
    None,
    /// That it failed. It may say so for ever to whoever comes with the same key.
    Failed,
    /// What it has said to this key before: with whatever the key asked for it is done.
    Repeated,
}

/// What came of the attempts before.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Earlier {
    /// Whether one of them may have had an effect.
    pub(super) effect_possible: bool,
    /// Whether one that may have had an effect got no answer: the provider may be at it still.
    pub(super) silent: bool,
}

impl GatewayError {
    /// The provider could not be asked, so that nothing has happened.
    pub(super) fn not_asked(why: impl Into<String>) -> Self {
        Self::Unavailable {
            after_effect_possible: false,
            word: Word::None,
            retry_after: None,
            why: why.into(),
        }
    }

    /// The provider was asked and what came of it is not known.
    pub(super) fn unknown(why: impl Into<String>) -> Self {
        Self::Unavailable {
            after_effect_possible: true,
            word: Word::None,
            retry_after: None,
            why: why.into(),
        }
    }

    /// The same, when this came of earlier attempts at the same.
    pub(super) fn after(self, earlier: Earlier) -> Self {
        match self {
            Self::Unavailable { after_effect_possible, word, retry_after, why } => Self::Unavailable {
                after_effect_possible: after_effect_possible || earlier.effect_possible,
                word: if earlier.silent && word == Word::Failed { Word::None } else { word },
                retry_after,
                why,
            },
            final_answer => final_answer,
        }
    }

    /// Whether asking again later, with all else the same, may help.
    #[must_use]
    pub fn is_for_now(&self) -> bool {
        matches!(self, Self::Unavailable { .. })
    }
}
