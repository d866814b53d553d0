//! Documents that were sent with their hashes, so that they need not be sent again.

use std::sync::Arc;
use std::time::Duration;

use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::Hash;
use crate::redis::Redis;
use crate::secrets;

/// How much text this process keeps, in bytes; those are kept that are asked for most.
const CAPACITY: u64 = 8 * 1024 * 1024;
/// A longer document is not kept: its senders send it each time.
const LONGEST: usize = 64 * 1024;
/// How long copies of the server share a document that nobody asks for.
const SHARED_FOR: Duration = Duration::from_hours(24);

/// Documents by the hashes of their texts.
pub(super) struct PersistedDocuments {
    kept: Cache<Hash, Arc<str>, TextLength>,
    redis: Option<Redis>,
}

#[derive(Clone)]
struct TextLength;

impl Weighter<Hash, Arc<str>> for TextLength {
    fn weight(&self, _: &Hash, text: &Arc<str>) -> u64 {
        text.len() as u64
    }
}

impl PersistedDocuments {
    /// None yet, in this process.
    pub(super) fn new(redis: Option<Redis>) -> Self {
        Self { kept: Cache::with_weighter(2_000, CAPACITY, TextLength), redis }
    }

    /// Whether this process keeps it.
    pub(super) fn has(&self, hash: &Hash) -> bool {
        self.kept.contains_key(hash)
    }

    /// The text of a hash, if this process or another one keeps it.
    pub(super) async fn find(&self, hash: Hash) -> Option<Arc<str>> {
        if let Some(text) = self.kept.get(&hash) {
            return Some(text);
        }
        let text: Arc<str> = shared(self.redis.as_ref()?, hash).await?.into();
        self.kept.insert(hash, Arc::clone(&text));
        Some(text)
    }

    /// Keeps a text, for the other copies of the server too.
    pub(super) fn keep(&self, hash: Hash, text: Arc<str>) {
        if text.len() > LONGEST {
            return;
        }
        self.kept.insert(hash, Arc::clone(&text));
        if let Some(redis) = self.redis.clone() {
            // Nobody waits for it, and it does not matter much whether it is done.
            tokio::spawn(async move { share(&redis, hash, &text).await });
        }
    }
}

/// Where a document lies in Redis. There are 4096 places, for a few hundred megabytes at the very most, whoever sends what: a
/// document makes room for another one of its place, and is sent again when it is asked for again.
fn place(redis: &Redis, hash: Hash) -> String {
    redis.name(&format!("document:{:03x}", u16::from_be_bytes([hash[0], hash[1]]) >> 4))
}

async fn shared(redis: &Redis, hash: Hash) -> Option<String> {
    let mut call = redis::cmd("GETEX");
    call.arg(place(redis, hash)).arg("EX").arg(SHARED_FOR.as_secs());
    let asked = redis.ask(async |mut connection| call.query_async::<Option<String>>(&mut connection).await);
    // Another document may have its place.
    asked.await?.filter(|text| secrets::sha256(text.as_bytes()) == hash)
}

async fn share(redis: &Redis, hash: Hash, text: &str) {
    let mut call = redis::cmd("SET");
    call.arg(place(redis, hash)).arg(text).arg("EX").arg(SHARED_FOR.as_secs());
    redis.ask(async |mut connection| call.query_async::<()>(&mut connection).await).await;
}
