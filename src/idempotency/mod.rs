//! Idempotency keys: a request that is sent twice happens once, and both senders get the first answer.
//!
//! What is kept of a request is written in the transaction of its work ([`keep`]), so that neither is there without the
//! other. Work that cannot be one transaction, because somebody outside has to be asked in between, takes a [lease](mod@lease) first.
//! Kept answers are sealed, and keys and inputs are digests that take the server's secret to make: whoever reads the table
//! learns nothing of them, be it by trying out passwords.

mod lease;
mod record;

use std::time::Duration;

use crate::ids::UserId;
use crate::seal::Sealer;

pub use self::lease::{Lease, lease, release, settle};
pub use self::record::{Found, claim, find, keep};

/// The longest key a client may choose, in characters.
pub const MAX_KEY_LENGTH: usize = 255;
/// The largest answer that is kept, in bytes.
pub const MAX_ANSWER_BYTES: usize = 1024 * 1024;
/// When to ask again for an answer that somebody is at work on, at the latest: few take longer.
const SOON: Duration = Duration::from_secs(1);

/// A request that carries a key.
#[derive(Debug, Clone)]
pub struct Keyed {
    digest: [u8; 32],
    fingerprint: [u8; 32],
    user: Option<UserId>,
}

impl Keyed {
    /// A request with this key, which asks for `action` with `input`. Keys of different callers never meet: `scope` tells who
    /// asks, and `user` the account that the answer goes with when it is erased.
    #[must_use]
    pub fn new(
        sealer: &Sealer,
        (scope, user): (&[u8], Option<UserId>),
        key: &str,
        action: &str,
        input: &[u8],
    ) -> Self {
        let texts = [scope, action.as_bytes(), key.as_bytes()];
        Self {
            digest: sealer.digest("cartograph idempotency key", &texts),
            fingerprint: sealer.digest("cartograph idempotent input", &[action.as_bytes(), input]),
            user,
        }
    }

    /// An answer as the database may keep it.
    #[must_use]
    pub fn seal(&self, sealer: &Sealer, answer: &[u8]) -> Vec<u8> {
        sealer.seal(&self.purpose(), answer)
    }

    /// An answer as it was given; none when it was not sealed for this request.
    #[must_use]
    pub fn open(&self, sealer: &Sealer, sealed: &[u8]) -> Option<Vec<u8>> {
        sealer.open(&self.purpose(), sealed)
    }

    fn purpose(&self) -> String {
        let digest: String = self.digest.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("cartograph kept answer {digest}")
    }

    /// What a transaction holds as long as it works on this.
    fn lock(&self) -> i64 {
        i64::from_be_bytes(std::array::from_fn(|place| self.digest[place]))
    }
}
