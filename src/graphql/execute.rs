//! From a request to its answer: what comes before the GraphQL library gets it, and after.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Request, Response};

use super::error::{ApiError, Code, failed, finish};
use super::loaders::Loaders;
use super::{Schema, document, field_order, stream, text};
use crate::accounts::Viewer;
use crate::config::Mode;

/// The answer to a request.
#[derive(Debug)]
pub enum Answer {
    /// One without errors that others were given too, as JSON.
    Shared(Arc<[u8]>),
    /// One of its own.
    Own(Box<Response>),
}

impl Schema {
    /// Answers one request, perhaps as it was answered a moment ago.
    pub async fn answer(&self, mut request: Request, viewer: Viewer, request_id: &str) -> Answer {
        let document = match self.documents.prepare(&mut request) {
            Ok(document) => document,
            Err(refused) => return Answer::Own(Box::new(refusal(refused, request_id))),
        };
        let question = match viewer {
            Viewer::Guest => self.shared.question(&mut request),
            Viewer::User(_) => None,
        };
        let work = self.run(request, document, viewer, request_id);
        match question {
            Some(question) => match self.shared.answer(&question, work).await {
                Ok(json) => Answer::Shared(json),
                Err(response) => Answer::Own(Box::new(response)),
            },
            None => Answer::Own(Box::new(work.await)),
        }
    }

    /// Answers one request.
    pub async fn execute(&self, mut request: Request, viewer: Viewer, request_id: &str) -> Response {
        match self.documents.prepare(&mut request) {
            Ok(document) => self.run(request, document, viewer, request_id).await,
            Err(refused) => refusal(refused, request_id),
        }
    }

    /// What kind of operation a request asks for; none when it cannot be told, which executing it will explain.
    pub fn operation_type(&self, request: &mut Request) -> Option<OperationType> {
        self.documents.prepare(request).ok()?;
        stream::operation(request).map(|operation| operation.ty)
    }

    async fn run(
        &self,
        mut request: Request,
        document: Option<Arc<ExecutableDocument>>,
        viewer: Viewer,
        request_id: &str,
    ) -> Response {
        let operation = stream::operation(&mut request);
        let writes = operation.is_some_and(|operation| operation.ty == OperationType::Mutation);
        let _changing =
            stream::operation(&mut request).and_then(|operation| self.shared.changing(operation, viewer));
        let operation_name = request.operation_name.clone();
        let refused = match self.refuse_introspection(&mut request) {
            None if !writes => text::refuse_nul(&mut request),
            refused => refused,
        };
        let mut response = match refused {
            Some(refused) => failed(refused),
            None => {
                let request = request.data(viewer).data(Loaders::new(&self.app));
                // Without tokio's budget of steps: it would put some of a wide page's siblings off to the next turn, and
                // so split their batch in two.
                tokio::task::unconstrained(self.inner.execute(request)).await
            }
        };
        if let Some(document) = document {
            self.types.complete(&mut response, &document, operation_name.as_deref());
            field_order::restore(&mut response.data, &document, operation_name.as_deref());
        }
        if writes {
            // Whatever was committed has its events in the outbox.
            self.app.relay.wake();
        }
        for error in &mut response.errors {
            finish(error, request_id);
        }
        response
    }

    /// In production the schema does not describe itself: clients have `schema.graphql`.
    fn refuse_introspection(&self, request: &mut Request) -> Option<ApiError> {
        let refused = self.app.config.mode == Mode::Production
            && request.parsed_query().is_ok_and(document::introspects);
        refused.then(|| {
            let message = "Introspection is off: work from the shop's schema.graphql.";
            ApiError::Client(Code::Forbidden, message.to_owned())
        })
    }
}

/// The answer to a request that is refused as a whole.
fn refusal(refused: ApiError, request_id: &str) -> Response {
    let mut response = failed(refused);
    for error in &mut response.errors {
        finish(error, request_id);
    }
    response
}
