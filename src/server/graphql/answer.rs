//! Answers as they are sent: their status, their headers, and how much one may hold.

use std::io::{self, Write};

use async_graphql_axum::GraphQLResponse;
use axum::Json;
use axum::body::HttpBody;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::super::RequestId;
use super::super::refusal::errors;
use super::accept::Media;
use crate::graphql::{self, Answer, Code, Sent};

/// The most that one answer holds, in bytes of JSON. Far beyond what the limits on documents let a shop's pages come to;
/// what is longer would cost memory for as long as the client takes to read it.
pub(super) const MAX_ANSWER_BYTES: usize = 8 * 1024 * 1024;

/// The answer to one operation.
pub(super) fn one(answer: Answer, media: Media, id: &RequestId) -> Response {
    let (status, mut response) = match answer {
        Answer::Shared { json, headers } => (StatusCode::OK, (headers, json).into_response()),
        Answer::Own(mut response) => {
            let headers = std::mem::take(&mut response.http_headers);
            let response = Sent::from(*response);
            let status = status(&response, media);
            (status, (headers, written(response)).into_response())
        }
    };
    if response.body().size_hint().lower() > MAX_ANSWER_BYTES as u64 {
        *response.body_mut() = too_large(id).into();
    }
    *response.status_mut() = status;
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(media.content_type()));
    response
}

/// The library's way to write an answer has no word for a request that was refused.
fn written(response: Sent) -> Response {
    if response.refused().is_some() {
        Json(response).into_response()
    } else {
        GraphQLResponse::from(graphql::Response::from(response)).into_response()
    }
}

/// The answers to a few operations.
pub(super) struct Batch<'a> {
    id: &'a RequestId,
    headers: HeaderMap,
    json: Vec<u8>,
}

impl<'a> Batch<'a> {
    /// None yet.
    pub(super) fn new(id: &'a RequestId) -> Self {
        Self { id, headers: HeaderMap::new(), json: Vec::new() }
    }

    /// Adds the answer of the next operation.
    pub(super) fn push(&mut self, mut response: graphql::Response) {
        for (name, value) in &std::mem::take(&mut response.http_headers) {
            self.headers.append(name, value.clone());
        }
        let response = Sent::from(response);
        let room = MAX_ANSWER_BYTES.saturating_sub(self.json.len());
        let json = json(&response, room).unwrap_or_else(|| too_large(self.id).into_bytes());
        self.add(&json);
    }

    /// Adds that the next operation was refused.
    pub(super) fn refuse(&mut self, code: Code, message: &str) {
        self.add(errors(code, message, self.id).to_string().as_bytes());
    }

    fn add(&mut self, json: &[u8]) {
        self.json.push(if self.json.is_empty() { b'[' } else { b',' });
        self.json.extend_from_slice(json);
    }

    /// All of them. The status says nothing of the single ones, but for those that were refused together.
    pub(super) fn finish(mut self, media: Media) -> Response {
        self.json.push(b']');
        let refused = self.headers.contains_key(header::RETRY_AFTER);
        let status = if refused { StatusCode::TOO_MANY_REQUESTS } else { StatusCode::OK };
        (status, [(header::CONTENT_TYPE, media.content_type())], self.headers, self.json).into_response()
    }
}

/// The status of an answer. Of the two media types, only the newer one tells that nothing was executed.
fn status(response: &Sent, media: Media) -> StatusCode {
    let Some(code) = response.refused() else { return StatusCode::OK };
    let newer = media == Media::GraphqlResponse;
    if code == Code::RateLimited.as_str() {
        // What proxies and libraries know how to wait for, whatever was accepted.
        return StatusCode::TOO_MANY_REQUESTS;
    }
    match code {
        // No document was found to say anything about: this is not about what it means.
        code if code == Code::BadRequest.as_str() => StatusCode::BAD_REQUEST,
        code if code == Code::DocumentNotTrusted.as_str() => StatusCode::FORBIDDEN,
        _ if !newer => StatusCode::OK,
        code if code == Code::PersistedQueryNotFound.as_str() => StatusCode::NOT_FOUND,
        code if code == Code::Internal.as_str() => StatusCode::INTERNAL_SERVER_ERROR,
        code if code == Code::Timeout.as_str() || code == Code::Unavailable.as_str() => {
            StatusCode::SERVICE_UNAVAILABLE
        }
        _ => StatusCode::BAD_REQUEST,
    }
}

/// A response as JSON; none where it does not fit.
pub(super) fn json(response: &Sent, room: usize) -> Option<Vec<u8>> {
    let mut json = Bounded { written: Vec::with_capacity(256), room };
    // Nothing else can fail: every part of an answer is JSON.
    serde_json::to_writer(&mut json, response).ok()?;
    Some(json.written)
}

fn too_large(id: &RequestId) -> String {
    let message = format!(
        "The answer holds more than {MAX_ANSWER_BYTES} bytes: ask for less at a time. If it was a mutation, it has been \
         carried out."
    );
    let mut answer = errors(Code::CostLimitExceeded, &message, id);
    // It was executed, and an answer to what was executed has `data`.
    answer["data"] = serde_json::Value::Null;
    answer.to_string()
}

/// Bytes, up to a number of them.
struct Bounded {
    written: Vec<u8>,
    room: usize,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() > self.room {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        self.room -= bytes.len();
        self.written.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_written_as_far_as_there_is_room() {
        let response = || Sent::from(graphql::Response::new("x".repeat(100)));
        assert_eq!(json(&response(), 111).map(|json| json.len()), Some(111));
        assert_eq!(json(&response(), 110), None);
    }
}
