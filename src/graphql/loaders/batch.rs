//! One loader: the keys of siblings, collected for a moment and read together.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::Arc;

use dataloader::BatchFn;
use dataloader::cached::Loader;
use futures_util::future::BoxFuture;

use crate::db::Reads;
use crate::error::{Error, Result};

/// A batch bigger than any one document may cause; the loader's own default would split pages of orders in two.
const MAX_BATCH: usize = 10_000;

/// How many turns of the executor a loader waits for siblings to ask too. One is enough for most; a wide page takes a
/// second and third until the last of them has been woken. The library's ten would poll the whole tree ten times.
const YIELDS: usize = 3;

/// One key's value as the cache holds it: errors are shared by all who wait for the batch.
pub(in crate::graphql) type Loaded<V> = std::result::Result<V, Arc<Error>>;
type Fetch<K, V> = Box<dyn FnMut(Vec<K>) -> BoxFuture<'static, Result<HashMap<K, V>>> + Send + Sync>;

pub(in crate::graphql) struct Batch<K, V>(Fetch<K, V>);

impl<K, V> BatchFn<K, Loaded<Option<V>>> for Batch<K, V>
where
    K: Hash + Eq + Clone + Send + Sync,
    V: Send,
{
    async fn load(&mut self, keys: &[K]) -> HashMap<K, Loaded<Option<V>>> {
        match (self.0)(keys.to_vec()).await {
            Ok(mut found) => keys.iter().map(|key| (key.clone(), Ok(found.remove(key)))).collect(),
            Err(error) => {
                let error = Arc::new(error);
                keys.iter().map(|key| (key.clone(), Err(Arc::clone(&error)))).collect()
            }
        }
    }
}

/// A loader of `V`s by `K`; a clone shares what was read.
#[derive(Clone)]
pub(in crate::graphql) struct ById<K: Hash + Eq + Clone, V: Clone>(Loader<K, Loaded<Option<V>>, Batch<K, V>>)
where
    Batch<K, V>: BatchFn<K, Loaded<Option<V>>>;

impl<K, V> ById<K, V>
where
    K: Hash + Eq + Clone + Send + Sync + std::fmt::Debug + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// A loader that asks `fetch` for all the keys of a batch.
    pub(in crate::graphql) fn new<F, Fut>(reads: &Reads, fetch: F) -> Self
    where
        F: Fn(Reads, Vec<K>) -> Fut + Send + Sync + 'static,
        Fut: Future<Output = Result<HashMap<K, V>>> + Send + 'static,
    {
        let reads = reads.clone();
        let batch =
            Batch(Box::new(move |keys| Box::pin(fetch(reads.clone(), keys)) as BoxFuture<'static, _>));
        Self(Loader::new(batch).with_max_batch_size(MAX_BATCH).with_yield_count(YIELDS))
    }

    /// The value of one key, if there is one.
    pub(in crate::graphql) async fn load(&self, key: K) -> Loaded<Option<V>> {
        // Boxed: the library makes room for an object's largest field once per field that is asked for.
        Box::pin(self.0.try_load(key))
            .await
            .unwrap_or_else(|missing| Err(Arc::new(anyhow::Error::from(missing).into())))
    }

    /// Forgets everything after something was written, so that the answer shows what is there now.
    pub(in crate::graphql) async fn forget(&self) {
        self.0.clear_all().await;
    }
}

impl<K, V> ById<K, Vec<V>>
where
    K: Hash + Eq + Clone + Send + Sync + std::fmt::Debug + 'static,
    V: Clone + Send + Sync + 'static,
{
    /// The values that belong to one key; none is an empty list.
    pub(in crate::graphql) async fn load_all(&self, key: K) -> Loaded<Vec<V>> {
        Ok(self.load(key).await?.unwrap_or_default())
    }
}
