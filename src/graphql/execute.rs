//! From a request to its answer: what comes before the GraphQL library gets it, and after.

use std::sync::Arc;

use async_graphql::parser::types::OperationType;
use async_graphql::{Request, Response};
use http::HeaderMap;

use super::charge::Account;
use super::documents::Prepared;
use super::error::{ApiError, Code, Result, failed, finish_all};
use super::keyed::KeyedRequest;
use super::loaders::Loaders;
use super::sent::request_errors;
use super::trusted::Registration;
use super::{Schema, document, field_order, stream, text};
use crate::accounts::Viewer;
use crate::caller::Caller;

/// The answer to a request.
#[derive(Debug)]
pub enum Answer {
    /// One without errors that others were given too.
    Shared {
        /// The answer as JSON.
        json: Vec<u8>,
        /// What of it goes into the headers.
        headers: HeaderMap,
    },
    /// One of its own.
    Own(Box<Response>),
}

/// A request whose document has been read.
pub struct Asked {
    pub(super) request: Request,
    /// None where it cannot be parsed: executing it says why. A refusal where nobody should even try.
    pub(super) prepared: Result<Option<Prepared>>,
    kind: Option<OperationType>,
    /// What to keep once it has been executed.
    pub(super) registration: Option<Registration>,
}

impl Asked {
    /// What kind of operation it asks for; none when it cannot be told, which its answer will explain.
    #[must_use]
    pub fn kind(&self) -> Option<OperationType> {
        self.kind
    }

    /// A request that is refused before its document is read.
    pub(super) fn refused(error: ApiError) -> Self {
        Self { request: Request::new(""), prepared: Err(error), kind: None, registration: None }
    }

    /// The same, with a document to keep once it proves good.
    pub(super) fn registering(self, registration: Option<Registration>) -> Self {
        Self { registration, ..self }
    }
}

impl Schema {
    /// Reads a request's document.
    #[must_use]
    pub fn read(&self, mut request: Request) -> Asked {
        let prepared = self.documents.prepare(&mut request);
        let kind = match prepared {
            Ok(Some(_)) => stream::operation(&mut request).map(|operation| operation.ty),
            Ok(None) | Err(_) => None,
        };
        Asked { request, prepared, kind, registration: None }
    }

    /// Answers one request, perhaps as it was answered a moment ago. Whoever has asked for too much of late is refused.
    pub async fn answer(&self, mut asked: Asked, caller: Caller, request_id: &str) -> Answer {
        let account = match self.charge_one(&asked, &caller, request_id).await {
            Ok(account) => account,
            Err(refused) => return Answer::Own(Box::new(refused)),
        };
        let question = match (caller.viewer, asked.kind) {
            (Viewer::Guest, Some(OperationType::Query)) => self.shared.question(&mut asked.request),
            _ => None,
        };
        let work = self.carry_out(asked, caller, request_id);
        let own = match question {
            Some(question) => match self.shared.answer(&question, work).await {
                Ok(kept) => {
                    return Answer::Shared { json: account.stamped(&kept), headers: account.headers() };
                }
                Err(response) => response,
            },
            None => work.await,
        };
        Answer::Own(Box::new(stamped(own, &account)))
    }

    /// Charges for an operation. Fails with the answer to whoever has asked for too much of late.
    pub async fn charge_one(
        &self,
        asked: &Asked,
        caller: &Caller,
        request_id: &str,
    ) -> std::result::Result<Account, Response> {
        self.charge(asked, caller).await.map_err(|refused| finished(refused, request_id))
    }

    /// Answers one request.
    pub async fn execute(&self, asked: Asked, caller: Caller, request_id: &str) -> Response {
        match self.charge_one(&asked, &caller, request_id).await {
            Ok(account) => self.execute_charged(asked, &account, caller, request_id).await,
            Err(refused) => refused,
        }
    }

    /// Charges for all operations of a batch at once: all of them can be executed, or none. What was refused is told once
    /// for each.
    pub async fn charge_batch(
        &self,
        batch: Vec<Asked>,
        caller: &Caller,
        request_id: &str,
    ) -> std::result::Result<Vec<(Asked, Account)>, Vec<Response>> {
        match self.charge_all(&batch, caller).await {
            Ok(accounts) => Ok(batch.into_iter().zip(accounts).collect()),
            Err(refused) => {
                let mut refused = finished(refused, request_id);
                let mut headers = std::mem::take(&mut refused.http_headers);
                let again = batch.iter().map(|_| {
                    let mut response = Response::from_errors(refused.errors.clone());
                    response.extensions.clone_from(&refused.extensions);
                    response.http_headers = std::mem::take(&mut headers);
                    response
                });
                Err(again.collect())
            }
        }
    }

    /// Answers one request that was charged for.
    pub async fn execute_charged(
        &self,
        asked: Asked,
        account: &Account,
        caller: Caller,
        request_id: &str,
    ) -> Response {
        stamped(self.carry_out(asked, caller, request_id).await, account)
    }

    async fn carry_out(&self, asked: Asked, caller: Caller, request_id: &str) -> Response {
        finished(self.run(asked, caller).await, request_id)
    }

    async fn run(&self, asked: Asked, caller: Caller) -> Response {
        let Asked { mut request, prepared, kind, registration } = asked;
        let prepared = match prepared {
            Ok(prepared) => prepared,
            Err(refused) => return failed(refused),
        };
        let writes = kind == Some(OperationType::Mutation);
        let operation_name = request.operation_name.clone();
        let refused = match self.refuse_introspection(&mut request) {
            None if !writes => text::refuse_nul(&mut request),
            refused => refused,
        };
        let mut response = match refused {
            Some(refused) => failed(refused),
            None => {
                let keyed = KeyedRequest::of(&self.app, &mut request, prepared.as_ref());
                let db = keyed.as_ref().map_or(&self.app.db, |keyed| &keyed.db);
                let loaders = Loaders::new(&self.app, db.clone(), self.changes.clone());
                let room = Arc::clone(&loaders.room);
                let mut request = request.data(caller).data(loaders);
                let schema = match &keyed {
                    Some(keyed) => {
                        request = request.data(Arc::clone(keyed));
                        &self.keyed
                    }
                    None => &self.inner,
                };
                // Without tokio's budget of steps: it would put some of a wide page's siblings off to the next turn, and
                // so split their batch in two.
                let executed = tokio::task::unconstrained(room.within(schema.execute(request)));
                let limit = self.app.config.http.connections.request_timeout;
                // What is dropped half way is rolled back where it was in a transaction.
                let executed = tokio::time::timeout(limit, executed).await;
                let mut response = executed.unwrap_or_else(|_| failed(late()));
                if let Some(keyed) = keyed {
                    keyed.tell(&mut response);
                }
                response
            }
        };
        self.keep(registration, &response);
        if let Some(Prepared { document, .. }) = prepared {
            self.types.complete(&mut response, &document.parsed, operation_name.as_deref());
            field_order::restore(&mut response.data, &document.parsed, operation_name.as_deref());
        }
        if writes {
            // Whatever was committed has its events in the outbox.
            self.app.relay.wake();
        }
        response
    }

    /// Keeps a document whose first answer this is, if it was executed.
    pub(super) fn keep(&self, registration: Option<Registration>, response: &Response) {
        if let Some(registration) = registration
            && request_errors(response).is_none()
        {
            self.trusted.keep(registration);
        }
    }

    /// Where the operator wants no introspection, as in production, the schema does not describe itself: clients have `schema.graphql`.
    fn refuse_introspection(&self, request: &mut Request) -> Option<ApiError> {
        let refused =
            !self.app.config.graphql.introspection && request.parsed_query().is_ok_and(document::introspects);
        refused.then(|| {
            let message = "Introspection is off: work from the shop's schema.graphql.";
            ApiError::Client(Code::Forbidden, message.to_owned())
        })
    }
}

fn late() -> ApiError {
    let message = "This took too long and was given up: ask for less at a time, or try again later. If it was a mutation, look \
                   first what of it has happened.";
    ApiError::Client(Code::Timeout, message.to_owned())
}

fn finished(mut response: Response, request_id: &str) -> Response {
    finish_all(&mut response, request_id);
    response
}

fn stamped(mut response: Response, account: &Account) -> Response {
    account.stamp(&mut response);
    response
}
