//! GraphQL over HTTP: from a request to [`crate::graphql::Schema::answer`] and back, as the
//! [specification](https://graphql.github.io/graphql-over-http/draft/) has it.

use std::borrow::Cow;

use async_graphql_axum::GraphQLResponse;
use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{self, FromRequest, Query};
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::{ClientAddress, RequestId, State, ws};
use crate::accounts::{AuthError, authenticate};
use crate::caller::Caller;
use crate::config::Mode;
use crate::graphql::{
    Answer, Asked, BatchRequest, BatchResponse, Code, OperationType, Request, Sent, Variables,
};

/// The largest body of a request.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most operations one request may hold.
const MAX_BATCH: usize = 10;

const JSON: &str = "application/json";
const GRAPHQL_JSON: &str = "application/graphql-response+json";

/// A request that is refused before it is executed.
pub(super) struct Refused {
    status: StatusCode,
    body: String,
}

/// Makes the answer to a request that cannot be executed; it looks like a GraphQL error.
pub(super) fn refuse(status: StatusCode, code: Code, message: &str, id: &RequestId) -> Refused {
    let error = serde_json::json!({
        "errors": [{ "message": message, "extensions": { "code": code.as_str(), "requestId": id.0 } }]
    });
    Refused { status, body: error.to_string() }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        (self.status, [(header::CONTENT_TYPE, "application/json; charset=utf-8")], self.body).into_response()
    }
}

/// What a GET request holds in its query string.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct GetParameters {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// `GET /graphql`: a query in the URL, or a websocket by upgrade; a browser that just looks is sent to the playground.
pub(super) async fn get(
    extract::State(state): extract::State<State>,
    id: RequestId,
    address: ClientAddress,
    headers: HeaderMap,
    upgrade: ws::Upgrade,
    parameters: Result<Query<GetParameters>, extract::rejection::QueryRejection>,
) -> Response {
    if let Ok(upgrade) = upgrade {
        return ws::open(state, id, address, &headers, upgrade);
    }
    let bad = |message: &str| refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, &id).into_response();
    let Ok(Query(parameters)) = parameters else {
        return bad("The query string cannot be read: each parameter may be given once, percent-encoded.");
    };
    let Some(query) = parameters.query else {
        if state.app.config.mode == Mode::Development && accepts_html(&headers) {
            return (StatusCode::SEE_OTHER, [(header::LOCATION, "/playground")]).into_response();
        }
        return bad("Give the document in the parameter 'query', or POST it as JSON.");
    };
    let mut request = Request::new(query);
    request.operation_name = parameters.operation_name.filter(|name| !name.is_empty());
    if let Some(variables) = parameters.variables.filter(|text| !text.is_empty()) {
        match serde_json::from_str::<serde_json::Map<String, serde_json::Value>>(&variables) {
            Ok(map) => request.variables = Variables::from_json(map.into()),
            Err(_) => return bad("The parameter 'variables' must be a JSON object."),
        }
    }
    if let Some(extensions) = parameters.extensions.filter(|text| !text.is_empty()) {
        match serde_json::from_str(&extensions) {
            Ok(extensions) => request.extensions = extensions,
            Err(_) => return bad("The parameter 'extensions' must be a JSON object."),
        }
    }
    let asked = state.schema.read(request);
    if asked.kind().is_some_and(|kind| kind != OperationType::Query) {
        let message =
            "Only queries may be sent by GET: POST mutations, and open a websocket for subscriptions.";
        let refused = refuse(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message, &id).into_response();
        return ([(header::ALLOW, "POST")], refused).into_response();
    }
    match caller(&state, address, &headers) {
        Ok(caller) => one(&state, asked, caller, &headers, &id).await,
        Err(error) => unauthenticated(error, &id),
    }
}

/// `POST /graphql`: one operation, or a few in a list, as JSON.
pub(super) async fn post(
    extract::State(state): extract::State<State>,
    id: RequestId,
    address: ClientAddress,
    headers: HeaderMap,
    request: axum::extract::Request,
) -> Response {
    match read_body(&headers, request, &id).await {
        Ok(batch) => match caller(&state, address, &headers) {
            Ok(caller) => execute(&state, batch, caller, &headers, &id).await,
            Err(error) => unauthenticated(error, &id),
        },
        Err(refused) => refused.into_response(),
    }
}

/// Any other method.
pub(super) async fn method_not_allowed(id: RequestId) -> Response {
    let message = "GraphQL takes GET (queries) and POST.";
    let refused = refuse(StatusCode::METHOD_NOT_ALLOWED, Code::BadRequest, message, &id).into_response();
    ([(header::ALLOW, "GET, POST")], refused).into_response()
}

async fn read_body(
    headers: &HeaderMap,
    request: axum::extract::Request<Body>,
    id: &RequestId,
) -> Result<BatchRequest, Refused> {
    if !is_json(headers) {
        let message = "The body must be JSON: send the header 'content-type: application/json'.";
        return Err(refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message, id));
    }
    let limited = request.map(|body| Body::new(http_body_util::Limited::new(body, MAX_BODY_BYTES)));
    let bytes = Bytes::from_request(limited, &()).await.map_err(|_| {
        let message = format!("The body is larger than {MAX_BODY_BYTES} bytes or broke off.");
        refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, &message, id)
    })?;
    let bad = |message: &str| refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, id);
    let value: serde_json::Value =
        serde_json::from_slice(&bytes).map_err(|error| bad(&format!("The body is not JSON: {error}.")))?;
    if let Some(operations) = value.as_array()
        && !(1..=MAX_BATCH).contains(&operations.len())
    {
        return Err(bad(&format!("A batch holds 1 to {MAX_BATCH} operations, not {}.", operations.len())));
    }
    let operations = value.as_array().map_or_else(|| std::slice::from_ref(&value), Vec::as_slice);
    for operation in operations {
        check_shape(operation).map_err(|problem| bad(&problem))?;
    }
    serde_json::from_value(value).map_err(|error| bad(&format!("The body is no GraphQL request: {error}.")))
}

/// The parameters of a request by name and type; unknown ones are ignored.
fn check_shape(operation: &serde_json::Value) -> Result<(), Cow<'static, str>> {
    let Some(parameters) = operation.as_object() else {
        return Err("A GraphQL request is a JSON object with a string 'query'.".into());
    };
    let fits = |name: &str, fits: fn(&serde_json::Value) -> bool| {
        parameters.get(name).is_none_or(|value| value.is_null() || fits(value))
    };
    match parameters.get("query") {
        Some(serde_json::Value::String(_)) => {}
        _ => return Err("The request has no string 'query'.".into()),
    }
    for (name, is_right, expected) in [
        ("operationName", serde_json::Value::is_string as fn(&serde_json::Value) -> bool, "a string"),
        ("variables", serde_json::Value::is_object, "an object"),
        ("extensions", serde_json::Value::is_object, "an object"),
    ] {
        if !fits(name, is_right) {
            return Err(format!("'{name}' must be {expected} or null.").into());
        }
    }
    Ok(())
}

/// Who asks, by the one `Authorization` header.
fn caller(
    state: &State,
    ClientAddress(address): ClientAddress,
    headers: &HeaderMap,
) -> Result<Caller, AuthError> {
    let mut values = headers.get_all(header::AUTHORIZATION).into_iter();
    let viewer = match (values.next(), values.next()) {
        (_, Some(_)) => return Err(AuthError::Malformed),
        (value, None) => {
            authenticate(value.map(HeaderValue::as_bytes), &state.app.tokens, state.app.clock.now())?
        }
    };
    Ok(Caller { viewer, address })
}

fn unauthenticated(error: AuthError, id: &RequestId) -> Response {
    let refused = refuse(StatusCode::UNAUTHORIZED, Code::Unauthenticated, &error.to_string(), id);
    ([(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")], refused).into_response()
}

async fn execute(
    state: &State,
    batch: BatchRequest,
    caller: Caller,
    headers: &HeaderMap,
    id: &RequestId,
) -> Response {
    match batch {
        BatchRequest::Single(request) => one(state, state.schema.read(request), caller, headers, id).await,
        BatchRequest::Batch(requests) => {
            let mut responses = Vec::with_capacity(requests.len());
            for request in requests {
                let asked = state.schema.read(request);
                responses.push(Sent::from(state.schema.execute(asked, caller.clone(), &id.0).await));
            }
            (content_type(headers), Json(responses)).into_response()
        }
    }
}

async fn one(state: &State, asked: Asked, caller: Caller, headers: &HeaderMap, id: &RequestId) -> Response {
    let content_type = content_type(headers);
    let response = match state.schema.answer(asked, caller, &id.0).await {
        Answer::Shared(json) => return (content_type, Bytes::from_owner(json)).into_response(),
        Answer::Own(response) => Sent::from(*response),
    };
    // Of the two media types, only the newer one tells by its status that nothing was executed.
    let early = response.request_errors().is_some() && accepts(headers, GRAPHQL_JSON);
    let status = if early { StatusCode::BAD_REQUEST } else { StatusCode::OK };
    (status, content_type, written(response)).into_response()
}

fn content_type(headers: &HeaderMap) -> [(HeaderName, HeaderValue); 1] {
    let media_type = if accepts(headers, GRAPHQL_JSON) {
        "application/graphql-response+json; charset=utf-8"
    } else {
        "application/json; charset=utf-8"
    };
    [(header::CONTENT_TYPE, HeaderValue::from_static(media_type))]
}

/// The library's way to write answers has no word for a request that was refused.
fn written(response: Sent) -> Response {
    if response.request_errors().is_some() {
        Json(response).into_response()
    } else {
        GraphQLResponse(BatchResponse::Single(response.into())).into_response()
    }
}

fn is_json(headers: &HeaderMap) -> bool {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let json = parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case(JSON));
    // JSON is UTF-8; a request that says otherwise would be misread.
    json && parts.all(|parameter| {
        let charset = parameter.to_ascii_lowercase();
        !charset.starts_with("charset=")
            || charset.trim_start_matches("charset=").trim_matches('"') == "utf-8"
    })
}

fn accepts(headers: &HeaderMap, media_type: &str) -> bool {
    let values = headers.get_all(header::ACCEPT).into_iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|range| {
        range.split(';').next().is_some_and(|range| range.trim().eq_ignore_ascii_case(media_type))
    })
}

fn accepts_html(headers: &HeaderMap) -> bool {
    accepts(headers, "text/html")
}
