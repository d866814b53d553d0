//! What many guests ask for at once is worked out once.
//!
//! To a guest, the catalogue is what it is to every other guest. So the answer to a guest's query about it is kept for a
//! moment (`CATALOG_MAX_AGE`), and whoever asks the same meanwhile, or while it is being worked out, gets a copy. A change
//! made through this process is seen at once; one made elsewhere when the moment is over. Nothing is sold by a kept answer:
//! carts and orders are never among them, and placing an order asks the database. Answers are out of date once a mutation has
//! written something and its request's loaders forget what they read of it ([`CatalogueChanges`]): in a flash sale those who
//! come too late leave them as they are.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use async_graphql::parser::types::{OperationDefinition, OperationType, Selection};
use async_graphql::{Request, Response};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::stream;
use crate::secrets;

/// How much is kept, in bytes of JSON.
const CAPACITY: u64 = 32 * 1024 * 1024;

/// What of the schema's root is the same for every guest.
const CATALOGUE: [&str; 8] =
    ["__typename", "categories", "category", "product", "products", "reviews", "searchSuggestions", "shop"];

/// Kept answers, those that are asked for most.
pub(super) struct SharedAnswers {
    answers: Cache<Question, Kept, JsonLength>,
    changes: CatalogueChanges,
    max_age: Duration,
    opened: Instant,
}

/// What was asked, and when: an answer from before a change, or from too long ago, is the answer to another question.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Question {
    digest: [u8; 32],
    changes: u64,
    period: u128,
}

/// What became of a question.
#[derive(Clone)]
enum Kept {
    Answer(Arc<[u8]>),
    /// Its answer has errors. Those who waited for it work side by side, each for themselves: one after the other, each
    /// might wait as long as the first one did.
    Failed,
}

#[derive(Clone)]
struct JsonLength;

impl Weighter<Question, Kept> for JsonLength {
    fn weight(&self, _: &Question, kept: &Kept) -> u64 {
        match kept {
            Kept::Answer(json) => json.len() as u64,
            // Not nothing: the cache would never let go of it.
            Kept::Failed => 1,
        }
    }
}

/// How often the catalogue, or its stock, has changed through this process.
#[derive(Clone, Default)]
pub(super) struct CatalogueChanges(Arc<AtomicU64>);

impl CatalogueChanges {
    /// To be told once a change is committed.
    pub(super) fn note(&self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }

    fn so_far(&self) -> u64 {
        self.0.load(Ordering::SeqCst)
    }
}

impl SharedAnswers {
    /// Answers are kept for `max_age`; with zero, none is.
    pub(super) fn new(max_age: Duration, changes: CatalogueChanges) -> Self {
        Self {
            answers: Cache::with_weighter(10_000, CAPACITY, JsonLength),
            changes,
            max_age,
            opened: Instant::now(),
        }
    }

    /// The question that a guest's request asks, if its answer may be shared.
    pub(super) fn question(&self, request: &mut Request) -> Option<Question> {
        if self.max_age.is_zero() || !stream::operation(request).is_some_and(is_about_the_catalogue) {
            return None;
        }
        let asked = (&request.query, &request.operation_name, &request.variables);
        let digest = secrets::sha256(&serde_json::to_vec(&asked).ok()?);
        // Each question's periods begin at a time of its own: they should not all run out together.
        let mut hasher = DefaultHasher::new();
        digest.hash(&mut hasher);
        let age = self.max_age.as_nanos();
        let period = (self.opened.elapsed().as_nanos() + u128::from(hasher.finish()) % age) / age;
        Some(Question { digest, changes: self.changes.so_far(), period })
    }

    /// The kept answer, or else that of `work`, which is then kept. An answer with errors goes to nobody else.
    pub(super) async fn answer(
        &self,
        question: &Question,
        work: impl Future<Output = Response>,
    ) -> Result<Arc<[u8]>, Response> {
        // Whoever holds the turn keeps the others waiting; given up half way, it goes to one of them.
        let turn = match self.answers.get_value_or_guard_async(question).await {
            Ok(Kept::Answer(json)) => return Ok(json),
            Ok(Kept::Failed) => None,
            Err(turn) => Some(turn),
        };
        let response = work.await;
        let answer: Result<Arc<[u8]>, Response> = match serde_json::to_vec(&response) {
            Ok(json) if response.errors.is_empty() => Ok(json.into()),
            _ => Err(response),
        };
        match (turn, &answer) {
            // Where there is no room for it, nothing is kept.
            (Some(turn), Ok(json)) => drop(turn.insert(Kept::Answer(Arc::clone(json)))),
            (Some(turn), Err(_)) => drop(turn.insert(Kept::Failed)),
            (None, Ok(json)) => self.answers.insert(question.clone(), Kept::Answer(Arc::clone(json))),
            (None, Err(_)) => {}
        }
        answer
    }
}

fn is_about_the_catalogue(operation: &OperationDefinition) -> bool {
    operation.ty == OperationType::Query && all_fields(operation, |name| CATALOGUE.contains(&name))
}

/// Whether all that is selected at the root is fields like these; fragments there are not looked into.
fn all_fields(operation: &OperationDefinition, like_these: impl Fn(&str) -> bool) -> bool {
    operation.selection_set.node.items.iter().all(|item| match &item.node {
        Selection::Field(field) => like_these(field.node.name.node.as_str()),
        Selection::FragmentSpread(_) | Selection::InlineFragment(_) => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keeping(max_age: Duration) -> SharedAnswers {
        SharedAnswers::new(max_age, CatalogueChanges::default())
    }

    fn question(kept: &SharedAnswers, query: &str) -> Option<Question> {
        kept.question(&mut Request::new(query))
    }

    fn failed() -> Response {
        Response::from_errors(vec![async_graphql::ServerError::new("no", None)])
    }

    fn fine() -> Response {
        Response::new(async_graphql::Value::from(1))
    }

    #[test]
    fn only_queries_about_the_catalogue_are_shared() {
        let kept = keeping(Duration::from_secs(3600));
        assert!(question(&kept, "{ a: product(slug: \"x\") { name } shop { name } }").is_some());
        for query in [
            "{ product(slug: \"x\") { name } cart(token: \"t\") { id } }",
            "{ viewer { email } }",
            "{ node(id: \"order_1\") { id } }",
            "{ ... { product(slug: \"x\") { name } } }",
            "mutation { product }",
            "subscription { product }",
        ] {
            assert_eq!(question(&kept, query), None, "{query}");
        }
        let off = keeping(Duration::ZERO);
        assert_eq!(question(&off, "{ shop { name } }"), None);
    }

    #[test]
    fn another_question_is_another_answer() {
        let kept = keeping(Duration::from_secs(3600));
        let first = question(&kept, "{ shop { name } }");
        assert_eq!(question(&kept, "{ shop { name } }"), first);
        assert_ne!(question(&kept, "{ shop { currency } }"), first);
        kept.changes.note();
        assert_ne!(question(&kept, "{ shop { name } }"), first, "something changed");
    }

    #[tokio::test]
    async fn those_who_wait_for_a_failure_then_work_side_by_side() {
        let kept = keeping(Duration::from_hours(1));
        let asked = question(&kept, "{ shop { name } }").unwrap();
        let first = kept.answer(&asked, async {
            tokio::task::yield_now().await;
            failed()
        });
        // Each gets no further before all are at work.
        let at_work = tokio::sync::Barrier::new(9);
        let wait = |_| {
            kept.answer(&asked, async {
                at_work.wait().await;
                failed()
            })
        };
        let all = futures_util::future::join(first, futures_util::future::join_all((0..9).map(wait)));
        let (first, others) = tokio::time::timeout(Duration::from_secs(10), all).await.expect("no queue");
        assert!(first.is_err() && others.iter().all(Result::is_err));
    }

    #[tokio::test]
    async fn those_who_wait_go_on_when_the_first_one_leaves() {
        let kept = keeping(Duration::from_hours(1));
        let asked = question(&kept, "{ shop { name } }").unwrap();
        let leaving =
            tokio::time::timeout(Duration::from_millis(20), kept.answer(&asked, std::future::pending()));
        let stay = || kept.answer(&asked, async { fine() });
        let (left, one, other) = tokio::join!(leaving, stay(), stay());
        assert!(left.is_err());
        assert!(one.is_ok() && other.is_ok());
    }

    #[tokio::test]
    async fn an_answer_with_errors_is_not_kept() {
        let kept = keeping(Duration::from_secs(3600));
        let asked = question(&kept, "{ shop { name } }").unwrap();
        assert!(kept.answer(&asked, async { failed() }).await.is_err());
        let answer = kept.answer(&asked, async { fine() }).await;
        assert_eq!(*answer.unwrap(), *b"{\"data\":1}");
        let again = kept.answer(&asked, async { unreachable!("it is kept") }).await;
        assert_eq!(*again.unwrap(), *b"{\"data\":1}");
    }
}
