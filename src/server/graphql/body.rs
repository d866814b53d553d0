//! The body of a POST request: JSON, of bounded size.

use std::fmt;
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::http::{HeaderMap, StatusCode, header};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use serde::de::{Deserializer, SeqAccess, Visitor, value::MapAccessDeserializer};
use serde::{Deserialize, de};

use super::super::RequestId;
use super::super::refusal::{Refused, refuse};
use crate::graphql::{Code, Operation};

/// The largest body of a request: a product with all its variants has room in it.
const MAX_BODY_BYTES: usize = 1024 * 1024;
/// The most operations one request may hold.
const MAX_BATCH: usize = 10;

/// What a request asks for.
pub(super) enum Asked {
    /// One operation.
    One(Box<Operation>),
    /// A few, in a list.
    Batch(Vec<Operation>),
}

/// Reads what a request asks for; `limit` is how long its body may take to come.
pub(super) async fn read(
    headers: &HeaderMap,
    body: Body,
    limit: Duration,
    id: &RequestId,
) -> Result<Asked, Refused> {
    if !is_json(headers) {
        let message = "The body must be JSON: send the header 'content-type: application/json'.";
        let refused = refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message, id);
        return Err(refused.with(header::HeaderName::from_static("accept-post"), "application/json"));
    }
    if headers.get(header::CONTENT_ENCODING).is_some_and(|value| value != "identity") {
        let message = "The body must be sent as it is, without 'content-encoding'.";
        let refused = refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, Code::BadRequest, message, id);
        return Err(refused.with(header::ACCEPT_ENCODING, "identity"));
    }
    let bytes = match tokio::time::timeout(limit, collect(body, id)).await {
        Ok(collected) => collected?,
        Err(_) => {
            let message = format!("The body did not come within {} seconds.", limit.as_secs());
            let refused = refuse(StatusCode::REQUEST_TIMEOUT, Code::Timeout, &message, id);
            return Err(refused.with(header::CONNECTION, "close"));
        }
    };
    serde_json::from_slice(&bytes).map_err(|error| {
        let message = match error.classify() {
            serde_json::error::Category::Data => format!("The body is no GraphQL request: {error}."),
            _ => format!("The body is not JSON: {error}."),
        };
        refuse(StatusCode::BAD_REQUEST, Code::BadRequest, &message, id)
    })
}

async fn collect(body: Body, id: &RequestId) -> Result<Bytes, Refused> {
    let too_large = || {
        let message = format!("The body is larger than {MAX_BODY_BYTES} bytes.");
        refuse(StatusCode::PAYLOAD_TOO_LARGE, Code::BadRequest, &message, id)
    };
    // Whoever says beforehand how long it is, and perhaps waits for leave to send it, need not send it.
    if body.size_hint().lower() > MAX_BODY_BYTES as u64 {
        return Err(too_large());
    }
    let limited = Limited::new(body, MAX_BODY_BYTES);
    let collected = limited.collect().await.map_err(|error| {
        if error.is::<LengthLimitError>() {
            too_large()
        } else {
            refuse(StatusCode::BAD_REQUEST, Code::BadRequest, "The body broke off.", id)
        }
    })?;
    Ok(collected.to_bytes())
}

/// Whether the body is said to be JSON. A form, plain text or nothing at all is what a page of another origin can have a
/// browser send without asking first; none of them is ever read.
fn is_json(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::CONTENT_TYPE).into_iter();
    let (Some(value), None) = (values.next(), values.next()) else { return false };
    let mut parts = value.to_str().unwrap_or_default().split(';').map(str::trim);
    let json = parts.next().is_some_and(|media_type| media_type.eq_ignore_ascii_case("application/json"));
    // JSON is UTF-8; a request that says otherwise would be misread.
    json && parts.all(|parameter| {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        !name.trim().eq_ignore_ascii_case("charset")
            || value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8")
    })
}

impl<'de> Deserialize<'de> for Asked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AskedVisitor)
    }
}

struct AskedVisitor;

impl<'de> Visitor<'de> for AskedVisitor {
    type Value = Asked;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object with a string 'query', or a list of such objects")
    }

    fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Asked, A::Error> {
        Operation::deserialize(MapAccessDeserializer::new(map))
            .map(|operation| Asked::One(Box::new(operation)))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Asked, A::Error> {
        let mut operations = Vec::new();
        // Counted while they are read: a body has room for more than memory should be spent on.
        while let Some(operation) = list.next_element()? {
            if operations.len() == MAX_BATCH {
                return Err(de::Error::custom(format_args!("a batch holds at most {MAX_BATCH} operations")));
            }
            operations.push(operation);
        }
        if operations.is_empty() {
            return Err(de::Error::custom(format_args!("a batch holds 1 to {MAX_BATCH} operations")));
        }
        Ok(Asked::Batch(operations))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_json_is_json() {
        for (values, json) in [
            (&["application/json"][..], true),
            (&["Application/JSON; charset=\"UTF-8\""], true),
            (&["application/json;charset=utf-8;profile=x"], true),
            (&["application/json; charset=utf-16"], false),
            (&["application/json+x"], false),
            (&["text/plain"], false),
            (&["text/plain;application/json"], false),
            (&["application/x-www-form-urlencoded"], false),
            (&["multipart/form-data; boundary=application/json"], false),
            (&["application/json", "text/plain"], false),
            (&[""], false),
            (&[], false),
        ] {
            let mut headers = HeaderMap::new();
            for value in values {
                headers.append(header::CONTENT_TYPE, value.parse().unwrap());
            }
            assert_eq!(is_json(&headers), json, "{values:?}");
        }
    }

    #[test]
    fn a_batch_is_bounded_and_nothing_else_is_one() {
        let count = |body: &str| match serde_json::from_str(body) {
            Ok(Asked::One(_)) => Ok(None),
            Ok(Asked::Batch(operations)) => Ok(Some(operations.len())),
            Err(error) => Err(error.to_string()),
        };
        let list = |length| format!("[{}]", vec!["{\"query\":\"{a}\"}"; length].join(","));
        assert_eq!(count("{\"query\":\"{a}\"}"), Ok(None));
        assert_eq!(count(&list(10)), Ok(Some(10)));
        for body in [list(0), list(11), list(5000)] {
            assert!(count(&body).unwrap_err().starts_with("a batch holds"), "{body:.40}");
        }
        assert!(count("5").unwrap_err().contains("expected an object"));
        assert!(count("[[]]").is_err());
    }
}
