//! Buckets in Redis, which all copies of the server share: one round trip a request.

use redis::Script;

use super::{Bucket, Draft, Holder, Outcome};
use crate::redis::Redis;

/// The buckets in Redis.
pub(super) struct Shared {
    redis: Redis,
    script: Script,
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        Self { redis, script: Script::new(include_str!("take.lua")) }
    }

    /// Takes what all of these buckets have, or nothing; none when Redis does not say.
    pub(super) async fn take(&self, drafts: &[Draft]) -> Option<Outcome> {
        let mut call = self.script.prepare_invoke();
        for draft in drafts {
            call.key(self.redis.name(&key(&draft.bucket)));
        }
        for draft in drafts {
            call.arg(draft.micros()).arg(draft.most_micros());
        }
        let asked = self.redis.ask(async |mut connection| call.invoke_async(&mut connection).await);
        let answer: Vec<u64> = asked.await?;
        let (granted, missing) = answer.split_first()?;
        Some(Outcome { granted: *granted == 1, missing: missing.to_vec() })
    }
}

/// The bucket's name in Redis.
fn key(bucket: &Bucket) -> String {
    let class = bucket.class.name();
    match bucket.holder {
        Holder::Address(address) => format!("v1:limit:{class}:{address}"),
        Holder::User(user) => format!("v1:limit:{class}:{}", user.simple()),
    }
}
