//! Responses as they are sent.

use async_graphql::{Response, ServerError, Value};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// A response on its way out, as JSON. One that tells why nothing was executed has no `data` (GraphQL specification,
/// 7.1); one whose fields failed has, be it null.
#[derive(Debug)]
pub struct Sent(Response);

impl Sent {
    /// Why nothing was executed: the document could not be read, is not valid, or was refused. None when it was; what went
    /// wrong in a field says in which.
    #[must_use]
    pub fn request_errors(&self) -> Option<&[ServerError]> {
        request_errors(&self.0)
    }

    /// Why there is nothing at all, where the fields at the root have failed: for a subscription's first answer, why it did
    /// not begin.
    #[must_use]
    pub fn root_errors(&self) -> Option<&[ServerError]> {
        let Response { data, errors, .. } = &self.0;
        let nothing =
            *data == Value::Null && !errors.is_empty() && errors.iter().all(|error| error.path.len() <= 1);
        nothing.then_some(errors)
    }

    /// The code of why nothing was executed; none when it was.
    #[must_use]
    pub fn refused(&self) -> Option<&str> {
        let extensions = self.request_errors()?.first()?.extensions.as_ref()?;
        match extensions.get("code") {
            Some(Value::String(code)) => Some(code),
            _ => None,
        }
    }
}

/// Why nothing was executed; none when it was.
pub(super) fn request_errors(response: &Response) -> Option<&[ServerError]> {
    let Response { data, errors, .. } = response;
    let early =
        *data == Value::Null && !errors.is_empty() && errors.iter().all(|error| error.path.is_empty());
    early.then_some(errors)
}

impl From<Response> for Sent {
    fn from(response: Response) -> Self {
        Self(response)
    }
}

impl From<Sent> for Response {
    fn from(sent: Sent) -> Self {
        sent.0
    }
}

impl Serialize for Sent {
    fn serialize<S>(&self, serializer: S) -> Result<S::Ok, S::Error>
    where
        S: Serializer,
    {
        let Some(errors) = self.request_errors() else { return self.0.serialize(serializer) };
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("errors", errors)?;
        if !self.0.extensions.is_empty() {
            map.serialize_entry("extensions", &self.0.extensions)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::PathSegment;
    use serde_json::{Value as Json, json};

    use super::*;

    fn sent(response: Response) -> (bool, Json) {
        let sent = Sent::from(response);
        (sent.request_errors().is_some(), serde_json::to_value(&sent).unwrap())
    }

    #[test]
    fn only_a_request_that_was_refused_has_no_data() {
        let error = ServerError::new("no", None);
        let (refused, json) = sent(Response::from_errors(vec![error.clone()]));
        assert_eq!((refused, json), (true, json!({ "errors": [{ "message": "no" }] })));

        let failed = ServerError { path: vec![PathSegment::Field("a".to_owned())], ..error.clone() };
        let (refused, json) = sent(Response::from_errors(vec![failed, error]));
        assert!(!refused);
        assert_eq!(json.as_object().unwrap().get("data"), Some(&Json::Null));

        let (refused, json) = sent(Response::new(Value::Null));
        assert_eq!((refused, json), (false, json!({ "data": null })));
    }
}
