//! Somebody who sends GraphQL.

use std::net::SocketAddr;
use std::sync::LazyLock;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use cartograph::ids::UserId;
use http_body_util::BodyExt;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};

/// A client of the test's server, signed in or not.
#[derive(Clone)]
pub(crate) struct Client {
    http: Http,
    authorization: Option<String>,
    user_id: Option<UserId>,
}

/// Plain HTTP to the test's server, for what is not GraphQL, or not well-formed.
#[derive(Clone)]
pub(crate) struct Http {
    address: SocketAddr,
}

impl Http {
    /// HTTP to this address.
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address }
    }

    /// Sends a request; `path` is filled in with the server's address.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Answer {
        self.try_send(method, path, headers, body).await.expect("the server answers")
    }

    /// The same, to a server that may be gone: none then.
    pub(crate) async fn try_send(
        &self,
        method: Method,
        path: &str,
        headers: &[(&str, &str)],
        body: impl Into<Body>,
    ) -> Option<Answer> {
        // A connection pool belongs to the runtime that made it, and every test has its own: no client is shared.
        let client = hyper_util::client::legacy::Client::builder(TokioExecutor::new())
            .build::<_, Body>(HttpConnector::new());
        let mut request = Request::builder().method(method).uri(format!("http://{}{path}", self.address));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(body.into()).expect("a request");
        let (parts, body) = client.request(request).await.ok()?.into_parts();
        let body = body.collect().await.ok()?.to_bytes();
        Some(Answer { status: parts.status, headers: parts.headers, body })
    }
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    /// The body as text.
    #[track_caller]
    pub(crate) fn text(&self) -> &str {
        std::str::from_utf8(&self.body).expect("a body of text")
    }

    /// The body as JSON.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("the body is not JSON: {:?}", self.body))
    }
}

impl Client {
    /// Somebody who has not signed in.
    pub(crate) fn guest(address: SocketAddr) -> Self {
        Self { http: Http::new(address), authorization: None, user_id: None }
    }

    /// Whoever this access token was issued to.
    pub(crate) fn signed_in(address: SocketAddr, user: UserId, access_token: &str) -> Self {
        let guest = Self::guest(address);
        Self { user_id: Some(user), ..guest.with_authorization(&format!("Bearer {access_token}")) }
    }

    /// The same client with another `Authorization` header.
    pub(crate) fn with_authorization(self, header: &str) -> Self {
        Self { authorization: Some(header.to_owned()), ..self }
    }

    /// What the client sends as `Authorization`.
    pub(crate) fn authorization(&self) -> Option<&str> {
        self.authorization.as_deref()
    }

    /// Who is signed in.
    #[track_caller]
    pub(crate) fn user_id(&self) -> UserId {
        self.user_id.expect("this client is a guest")
    }

    /// Sends a document that takes no variables.
    pub(crate) async fn query(&self, document: &str) -> Response {
        self.query_with(document, json!({})).await
    }

    /// Sends a document and its variables.
    pub(crate) async fn query_with(&self, document: &str, variables: Value) -> Response {
        let request = json!({ "query": document, "variables": variables });
        let mut headers = vec![(header::CONTENT_TYPE.as_str(), "application/json")];
        headers.extend(self.authorization.as_deref().map(|value| (header::AUTHORIZATION.as_str(), value)));
        let answer = self.http.send(Method::POST, "/graphql", &headers, request.to_string()).await;
        Response { status: answer.status, body: answer.json() }
    }
}

/// The answer to a document.
#[derive(Debug)]
pub(crate) struct Response {
    /// The HTTP status.
    pub(crate) status: StatusCode,
    /// The whole answer.
    pub(crate) body: Value,
}

/// One entry of a payload's `userErrors`.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
pub(crate) struct UserError {
    pub(crate) code: Option<String>,
    pub(crate) field: Option<Vec<String>>,
    pub(crate) message: String,
}

impl Response {
    /// The data of an answer without errors.
    #[track_caller]
    pub(crate) fn data(&self) -> &Value {
        assert!(self.errors().is_empty(), "the answer has errors: {:#}", self.body);
        &self.body["data"]
    }

    /// A part of the data by its JSON pointer, such as `/product/name`.
    #[track_caller]
    pub(crate) fn at(&self, pointer: &str) -> &Value {
        self.data().pointer(pointer).unwrap_or_else(|| panic!("nothing at {pointer}: {:#}", self.body))
    }

    /// A text of the data by its JSON pointer.
    #[track_caller]
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.at(pointer).as_str().unwrap_or_else(|| panic!("no text at {pointer}: {:#}", self.body))
    }

    /// A whole number of the data by its JSON pointer.
    #[track_caller]
    pub(crate) fn int(&self, pointer: &str) -> i64 {
        self.at(pointer).as_i64().unwrap_or_else(|| panic!("no whole number at {pointer}: {:#}", self.body))
    }

    /// The texts found by the second pointer in each item of the list found by the first.
    #[track_caller]
    pub(crate) fn texts(&self, list: &str, each: &str) -> Vec<&str> {
        let items = self.at(list).as_array().unwrap_or_else(|| panic!("no list at {list}: {:#}", self.body));
        items
            .iter()
            .map(|item| {
                item.pointer(each)
                    .and_then(Value::as_str)
                    .unwrap_or_else(|| panic!("no text at {each}: {item:#}"))
            })
            .collect()
    }

    /// The top-level errors.
    pub(crate) fn errors(&self) -> &[Value] {
        self.body["errors"].as_array().map(Vec::as_slice).unwrap_or_default()
    }

    /// The code of the one top-level error.
    #[track_caller]
    pub(crate) fn error_code(&self) -> &str {
        let [error] = self.errors() else { panic!("one error expected: {:#}", self.body) };
        assert!(error["extensions"]["requestId"].is_string(), "an error without the request's id: {error:#}");
        error["extensions"]["code"].as_str().unwrap_or_else(|| panic!("an error without a code: {error:#}"))
    }

    /// The text of the one top-level error.
    #[track_caller]
    pub(crate) fn error_message(&self) -> &str {
        let [error] = self.errors() else { panic!("one error expected: {:#}", self.body) };
        error["message"].as_str().unwrap_or_else(|| panic!("an error without a message: {error:#}"))
    }

    /// What a mutation answered in `userErrors`.
    #[track_caller]
    pub(crate) fn user_errors(&self, mutation: &str) -> Vec<UserError> {
        let errors = self.at(&format!("/{mutation}/userErrors"));
        serde_json::from_value(errors.clone()).unwrap_or_else(|error| panic!("{error}: {errors:#}"))
    }

    /// The codes of a mutation's `userErrors`.
    #[track_caller]
    pub(crate) fn user_error_codes(&self, mutation: &str) -> Vec<String> {
        let code = |error: UserError| error.code.expect("select 'code' in userErrors");
        self.user_errors(mutation).into_iter().map(code).collect()
    }
}
