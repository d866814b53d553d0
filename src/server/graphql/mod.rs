//! GraphQL over HTTP: from a request to [`crate::graphql::Schema::answer`] and back, as the
//! [specification](https://graphql.github.io/graphql-over-http/draft/) has it.

mod accept;
mod answer;
mod body;
mod parameters;
mod stream;

use axum::body::Body;
use axum::extract;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use tokio::time::{Instant, timeout_at};

use self::accept::{Accept, Media};
pub(super) use self::stream::MAX_STREAMS;
use super::credentials::Credentials;
use super::refusal::{Refused, refuse};
use super::{ClientAddress, RequestId, State, ws};
use crate::graphql::{Asked, Code, Operation, OperationType};

/// The methods there are at `/graphql`.
pub(super) const METHODS: &str = "GET, HEAD, OPTIONS, POST";

/// A request on its way through: what is known of it apart from what it asks.
struct Exchange {
    state: State,
    id: RequestId,
    credentials: Credentials,
    accept: Accept,
}

/// `GET /graphql`: a query in the URL, or a websocket by upgrade; a browser that just looks is sent to the playground.
pub(super) async fn get(
    extract::State(state): extract::State<State>,
    id: RequestId,
    address: ClientAddress,
    headers: HeaderMap,
    upgrade: ws::Upgrade,
    uri: axum::http::Uri,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return ws::open(state, id, address, &headers, upgrade);
    }
    let accept = Accept::read(&headers);
    if uri.query().is_none_or(str::is_empty) && accept.names_html() && state.app.config.graphql.playground {
        return (StatusCode::SEE_OTHER, [(header::LOCATION, "/playground")]).into_response();
    }
    let operation = match parameters::read(&uri, &id) {
        Ok(operation) => operation,
        Err(refused) => return refused.written_as(accept.refusal().content_type()).into_response(),
    };
    let exchange = match Exchange::open(state, id, address, &headers, accept) {
        Ok(exchange) => exchange,
        Err(refused) => return refused.into_response(),
    };
    let asked = exchange.state.schema.find(operation).await;
    if asked.kind() == Some(OperationType::Mutation) {
        exchange
            .state
            .schema
            .charge_reading(std::slice::from_ref(&asked), &exchange.credentials.caller)
            .await;
        let message = "Mutations are sent by POST: GET is for what changes nothing.";
        let refused = refuse(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message, &exchange.id);
        return exchange.refused(refused.with(header::ALLOW, "POST"));
    }
    exchange.one(asked).await
}

/// `POST /graphql`: one operation, or a few in a list, as JSON.
pub(super) async fn post(
    extract::State(state): extract::State<State>,
    id: RequestId,
    address: ClientAddress,
    headers: HeaderMap,
    body: Body,
) -> Response {
    let accept = Accept::read(&headers);
    let exchange = match Exchange::open(state, id, address, &headers, accept) {
        Ok(exchange) => exchange,
        Err(refused) => return refused.into_response(),
    };
    let limit = exchange.state.app.config.http.connections.body_timeout;
    match body::read(&headers, body, limit, &exchange.id).await {
        Ok(body::Asked::One(operation)) => {
            let asked = exchange.state.schema.find(*operation).await;
            exchange.one(asked).await
        }
        Ok(body::Asked::Batch(operations)) => exchange.batch(operations).await,
        Err(refused) => exchange.refused(refused),
    }
}

/// `OPTIONS /graphql`, when no browser asks for another origin's page.
pub(super) async fn options() -> Response {
    (StatusCode::NO_CONTENT, [(header::ALLOW, METHODS)]).into_response()
}

impl Exchange {
    /// Finds out who asks and what they accept; both are refused before anything more is done for them.
    fn open(
        state: State,
        id: RequestId,
        address: ClientAddress,
        headers: &HeaderMap,
        accept: Accept,
    ) -> Result<Self, Refused> {
        if accept.single().or_else(|| accept.stream()).is_none() {
            return Err(not_acceptable(&accept, false, &id));
        }
        match Credentials::read(&state, address, headers, &id) {
            Ok(credentials) => Ok(Self { state, id, credentials, accept }),
            Err(refused) => Err(refused.written_as(accept.refusal().content_type())),
        }
    }

    /// Answers one operation.
    async fn one(self, mut asked: Asked) -> Response {
        let schema = &self.state.schema;
        if let Err(refused) = self.credentials.admit(&mut asked, &self.id) {
            schema.charge_reading(std::slice::from_ref(&asked), &self.credentials.caller).await;
            return self.refused(refused);
        }
        let live = asked.kind() == Some(OperationType::Subscription);
        match if live { self.accept.stream() } else { self.accept.single() } {
            Some(media @ (Media::Json | Media::GraphqlResponse)) => {
                let answer = schema.answer(asked, self.credentials.caller, &self.id.0).await;
                answer::one(answer, media, &self.id)
            }
            Some(media @ (Media::EventStream | Media::Multipart)) => stream::answer(self, asked, media).await,
            None => {
                schema.charge_reading(std::slice::from_ref(&asked), &self.credentials.caller).await;
                not_acceptable(&self.accept, live, &self.id).into_response()
            }
        }
    }

    /// Answers a few operations, one after the other.
    async fn batch(self, operations: Vec<Operation>) -> Response {
        let Some(media) = self.accept.batch() else {
            return not_acceptable(&self.accept, false, &self.id).into_response();
        };
        let mut batch = answer::Batch::new(&self.id);
        let deadline = Instant::now() + self.state.app.config.http.connections.request_timeout;
        let schema = &self.state.schema;
        let asked = schema.find_all(operations).await;
        let charged = match schema.charge_batch(asked, &self.credentials.caller, &self.id.0).await {
            Ok(charged) => charged,
            Err(refused) => {
                refused.into_iter().for_each(|response| batch.push(response));
                return batch.finish(media);
            }
        };
        for (mut asked, account) in charged {
            if let Err(error) = self.credentials.allows(&mut asked) {
                batch.refuse(Code::Unauthenticated, &error.to_string());
                continue;
            }
            if asked.kind() == Some(OperationType::Subscription) {
                batch.refuse(
                    Code::BadRequest,
                    "A batch holds queries and mutations: subscriptions go by themselves.",
                );
            } else {
                let caller = self.credentials.caller.clone();
                let answered = schema.execute_charged(asked, &account, caller, &self.id.0);
                match timeout_at(deadline, answered).await {
                    Ok(response) => batch.push(response),
                    Err(_) => batch.refuse(
                        Code::Timeout,
                        "The operations of this batch took too long and this one was given up: send fewer at a time.",
                    ),
                }
            }
        }
        batch.finish(media)
    }

    fn refused(&self, refused: Refused) -> Response {
        refused.written_as(self.accept.refusal().content_type()).into_response()
    }
}

fn not_acceptable(accept: &Accept, live: bool, id: &RequestId) -> Refused {
    let message = if live {
        "A subscription is answered as text/event-stream or multipart/mixed;subscriptionSpec=1.0: name one of them in \
         'accept', or open a websocket at /graphql/ws (graphql-transport-ws)."
    } else {
        "Answers come as application/graphql-response+json, application/json or, but for batches, text/event-stream: name \
         one of them in 'accept'."
    };
    let refused = refuse(StatusCode::NOT_ACCEPTABLE, Code::BadRequest, message, id);
    refused.written_as(accept.refusal().content_type())
}
