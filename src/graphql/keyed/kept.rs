//! The answer to a mutation as it is kept.

use std::collections::BTreeSet;

use async_graphql::Value;
use serde::{Deserialize, Serialize};

use super::super::error::{ApiError, Code, Result};
use super::selection::Selection;
use crate::error::Error;
use crate::idempotency::{Keyed, MAX_ANSWER_BYTES};
use crate::seal::Sealer;

/// What is kept of a mutation that was done.
#[derive(Serialize, Deserialize)]
pub(super) struct Kept {
    /// Its value.
    value: Value,
    /// What of it was asked for.
    shows: BTreeSet<u64>,
    /// The cookies that came with it.
    pub(super) cookies: Vec<String>,
}

impl Kept {
    /// The sealed answer; none when it is too large to keep.
    pub(super) fn seal(
        sealer: &Sealer,
        request: &Keyed,
        (value, selection): (&Value, &Selection),
        cookies: &[String],
    ) -> Result<Option<Vec<u8>>> {
        let kept =
            Self { value: value.clone(), shows: selection.places().clone(), cookies: cookies.to_vec() };
        let json = serde_json::to_vec(&kept).map_err(|error| Error::from(anyhow::Error::from(error)))?;
        Ok((json.len() <= MAX_ANSWER_BYTES).then(|| request.seal(sealer, &json)))
    }

    /// Opens a sealed answer.
    pub(super) fn open(sealer: &Sealer, request: &Keyed, sealed: &[u8]) -> Result<Self> {
        let json = request.open(sealer, sealed);
        let kept = json.and_then(|json| serde_json::from_slice(&json).ok());
        Ok(kept.ok_or_else(|| Error::from(anyhow::anyhow!("a kept answer cannot be opened")))?)
    }

    /// What of it a selection asks for. Fails when that is more than was asked for at first.
    pub(super) fn shown(self, selection: &Selection) -> Result<Value> {
        let message = "This was done before with this key, and its answer showed less than is asked for now: ask for what was \
                       asked for then, and for the rest by a query.";
        let more = || ApiError::Client(Code::IdempotencyKeyReused, message.to_owned());
        selection.out_of(self.value, &self.shows).ok_or_else(more)
    }
}

#[cfg(test)]
mod tests {
    use secrecy::SecretString;
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_kept_comes_back_byte_for_byte() {
        let sealer = Sealer::new(&SecretString::from("secret"));
        let request = Keyed::new(&sealer, (b"somebody", None), "key", "a", b"{}");
        // Numbers that a quick parser misses by the last digit, texts of every kind, an order of fields.
        let value = json!({
            "z": [1, -2.5, 4.333333333333333, 0.1, 1e-7, 123456789.12345679, 2.2250738585072014e-308, u64::MAX],
            "a": { "text": "\u{0}\u{1F600}\"\\\u{2028}", "none": null, "yes": true, "empty": [{}] },
        });
        let value = Value::from_json(value).unwrap();
        let sealed = Kept::seal(&sealer, &request, (&value, &Selection::default()), &[]).unwrap().unwrap();
        let opened = Kept::open(&sealer, &request, &sealed).unwrap();
        assert_eq!(serde_json::to_vec(&opened.value).unwrap(), serde_json::to_vec(&value).unwrap());
        let other = Keyed::new(&sealer, (b"somebody else", None), "key", "a", b"{}");
        assert!(Kept::open(&sealer, &other, &sealed).is_err());
    }

    #[test]
    fn an_answer_that_is_too_large_is_not_kept() {
        let sealer = Sealer::new(&SecretString::from("secret"));
        let request = Keyed::new(&sealer, (b"somebody", None), "key", "a", b"{}");
        let value = Value::from("x".repeat(MAX_ANSWER_BYTES));
        assert!(Kept::seal(&sealer, &request, (&value, &Selection::default()), &[]).unwrap().is_none());
    }
}
