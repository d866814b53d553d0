//! What many guests ask for at once is worked out once.
//!
//! To a guest, the catalogue is what it is to every other guest. So the answer to a guest's query about it is kept for a
//! moment (`CATALOG_MAX_AGE`), and whoever asks the same meanwhile, or while it is being worked out, gets a copy. A change
//! made through this process is seen at once; one made elsewhere when the moment is over. Nothing is sold by a kept answer:
//! carts and orders are never among them, and placing an order asks the database.

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
/// What mutations that leave the catalogue alone begin with: they come with every visitor.
const ELSEWHERE: [&str; 3] = ["account", "cart", "session"];

/// Kept answers, those that are asked for most.
pub(super) struct SharedAnswers {
    answers: Cache<Question, Arc<[u8]>, JsonLength>,
    changes: Arc<AtomicU64>,
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

#[derive(Clone)]
struct JsonLength;

impl Weighter<Question, Arc<[u8]>> for JsonLength {
    fn weight(&self, _: &Question, json: &Arc<[u8]>) -> u64 {
        json.len() as u64
    }
}

/// Held by a mutation: when it is through, or was given up half way, what was kept is out of date.
pub(super) struct Changing(Arc<AtomicU64>);

impl Drop for Changing {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::SeqCst);
    }
}

impl SharedAnswers {
    /// Answers are kept for `max_age`; with zero, none is.
    pub(super) fn new(max_age: Duration) -> Self {
        Self {
            answers: Cache::with_weighter(10_000, CAPACITY, JsonLength),
            changes: Arc::default(),
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
        Some(Question { digest, changes: self.changes.load(Ordering::SeqCst), period })
    }

    /// The kept answer, or else that of `work`, which is then kept. An answer with errors goes to the one who asked first.
    pub(super) async fn answer(
        &self,
        question: &Question,
        work: impl Future<Output = Response>,
    ) -> Result<Arc<[u8]>, Response> {
        let work = async {
            let response = work.await;
            match serde_json::to_vec(&response) {
                Ok(json) if response.errors.is_empty() => Ok(Arc::from(json)),
                _ => Err(response),
            }
        };
        self.answers.get_or_insert_async(question, work).await
    }

    /// To be held while an operation runs that changes the catalogue.
    pub(super) fn changing(&self, operation: &OperationDefinition) -> Option<Changing> {
        let changes = operation.ty == OperationType::Mutation
            && !all_fields(operation, |name| ELSEWHERE.iter().any(|prefix| name.starts_with(prefix)));
        changes.then(|| Changing(Arc::clone(&self.changes)))
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

    fn question(kept: &SharedAnswers, query: &str) -> Option<Question> {
        kept.question(&mut Request::new(query))
    }

    fn changes(kept: &SharedAnswers, query: &str) -> bool {
        let mut request = Request::new(query);
        kept.changing(stream::operation(&mut request).unwrap()).is_some()
    }

    #[test]
    fn only_queries_about_the_catalogue_are_shared() {
        let kept = SharedAnswers::new(Duration::from_secs(3600));
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
        let off = SharedAnswers::new(Duration::ZERO);
        assert_eq!(question(&off, "{ shop { name } }"), None);
    }

    #[test]
    fn another_question_is_another_answer() {
        let kept = SharedAnswers::new(Duration::from_secs(3600));
        let first = question(&kept, "{ shop { name } }");
        assert_eq!(question(&kept, "{ shop { name } }"), first);
        assert_ne!(question(&kept, "{ shop { currency } }"), first);
        drop(kept.changing(stream::operation(&mut Request::new("mutation { productUpdate }")).unwrap()));
        assert_ne!(question(&kept, "{ shop { name } }"), first, "something changed");
    }

    #[test]
    fn carts_and_sessions_leave_the_catalogue_alone() {
        let kept = SharedAnswers::new(Duration::from_secs(1));
        assert!(!changes(&kept, "mutation { cartLinesAdd cartClear sessionCreate accountRegister }"));
        assert!(changes(&kept, "mutation { cartLinesAdd orderPlace }"));
        assert!(changes(&kept, "mutation { ... { cartClear } }"));
        assert!(!changes(&kept, "{ orders }"));
    }

    #[tokio::test]
    async fn an_answer_with_errors_is_not_kept() {
        let kept = SharedAnswers::new(Duration::from_secs(3600));
        let asked = question(&kept, "{ shop { name } }").unwrap();
        let failed = Response::from_errors(vec![async_graphql::ServerError::new("no", None)]);
        assert!(kept.answer(&asked, async { failed }).await.is_err());
        let fine = kept.answer(&asked, async { Response::new(async_graphql::Value::from(1)) }).await;
        assert_eq!(*fine.unwrap(), *b"{\"data\":1}");
        let again = kept.answer(&asked, async { unreachable!("it is kept") }).await;
        assert_eq!(*again.unwrap(), *b"{\"data\":1}");
    }
}
