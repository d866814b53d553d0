//! Requests that are refused before anything is executed.

use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::RequestId;
use crate::graphql::Code;

/// A refusal on its way to the client. It looks like a GraphQL error, whatever was asked for: a client of the API has one
/// way to read what went wrong.
#[derive(Debug)]
pub(super) struct Refused {
    status: StatusCode,
    content_type: &'static str,
    headers: Vec<(HeaderName, HeaderValue)>,
    body: String,
}

/// Makes the answer to a request that is refused.
pub(super) fn refuse(status: StatusCode, code: Code, message: &str, id: &RequestId) -> Refused {
    Refused { status, content_type: JSON, headers: Vec::new(), body: errors(code, message, id).to_string() }
}

/// A GraphQL response that holds nothing but one error.
pub(super) fn errors(code: Code, message: &str, id: &RequestId) -> serde_json::Value {
    serde_json::json!({
        "errors": [{ "message": message, "extensions": { "code": code.as_str(), "requestId": id.0 } }]
    })
}

const JSON: &str = "application/json; charset=utf-8";

impl Refused {
    /// The same as another media type of JSON.
    pub(super) fn written_as(self, content_type: &'static str) -> Self {
        Self { content_type, ..self }
    }

    /// The same with one more header.
    pub(super) fn with(mut self, name: HeaderName, value: &'static str) -> Self {
        self.headers.push((name, HeaderValue::from_static(value)));
        self
    }
}

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let mut response =
            (self.status, [(header::CONTENT_TYPE, self.content_type)], self.body).into_response();
        response.headers_mut().extend(self.headers);
        response
    }
}
