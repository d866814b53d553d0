//! A request as a client sends it, whatever carries it.

use async_graphql::{Request, Variables};
use serde::de::Error;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value};

use super::cost::check_variables;
use super::error::ApiError;

/// One operation, by the parameters of a GraphQL request. Unknown parameters are ignored; one that is given twice is
/// refused, because two readers might take different ones.
#[derive(Default)]
pub struct Operation {
    /// The document's text.
    pub query: Option<String>,
    /// The document's name, where it is one that the server knows.
    pub document_id: Option<String>,
    /// Which of its operations is asked for.
    pub operation_name: Option<String>,
    /// The values of its variables.
    pub variables: Map<String, Value>,
    /// What clients and servers say beyond the specification.
    pub extensions: Map<String, Value>,
}

/// The same with values of any kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<Value>,
    // As it is called by the specification's appendix, by Relay's network layers, and by others.
    #[serde(alias = "doc_id", alias = "id")]
    document_id: Option<Value>,
    operation_name: Option<Value>,
    variables: Option<Value>,
    extensions: Option<Value>,
}

impl<'de> Deserialize<'de> for Operation {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let Parameters { query, document_id, operation_name, variables, extensions } =
            Parameters::deserialize(deserializer)?;
        let operation = Self {
            query: text("query", query).map_err(D::Error::custom)?,
            // A parameter 'id' may be anything to somebody who sends the text.
            document_id: document_id.and_then(|id| Some(id.as_str()?.to_owned())),
            operation_name: text("operationName", operation_name).map_err(D::Error::custom)?,
            variables: object("variables", variables).map_err(D::Error::custom)?,
            extensions: object("extensions", extensions).map_err(D::Error::custom)?,
        };
        if !operation.has_document() {
            return Err(D::Error::custom("it has no string 'query'"));
        }
        Ok(operation)
    }
}

impl Operation {
    /// Whether it says which document it means.
    #[must_use]
    pub fn has_document(&self) -> bool {
        self.query.is_some() || self.document_id.is_some() || self.extensions.contains_key("persistedQuery")
    }
}

fn text(name: &str, value: Option<Value>) -> Result<Option<String>, String> {
    match value {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(_) => Err(format!("'{name}' must be a string")),
    }
}

fn object(name: &str, value: Option<Value>) -> Result<Map<String, Value>, String> {
    match value {
        None => Ok(Map::new()),
        Some(Value::Object(map)) => Ok(map),
        Some(_) => Err(format!("'{name}' must be an object or null")),
    }
}

impl TryFrom<Operation> for Request {
    type Error = ApiError;

    /// Fails when there is more in the variables than is worth a copy.
    fn try_from(operation: Operation) -> Result<Self, ApiError> {
        check_variables(&operation.variables)?;
        let mut request = Self::new(operation.query.unwrap_or_default());
        // An empty name is none (GraphQL over HTTP, "Request Parameters").
        request.operation_name = operation.operation_name.filter(|name| !name.is_empty());
        request.variables = Variables::from_json(Value::Object(operation.variables));
        Ok(request)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_known_by_name_and_type_and_given_once() {
        let problem =
            |json: &str| serde_json::from_str::<Operation>(json).err().map(|error| error.to_string());
        for right in [
            r#"{"query":"{a}"}"#,
            r#"{"documentId":"a"}"#,
            r#"{"doc_id":"a"}"#,
            r#"{"query":"{a}","id":5}"#,
            r#"{"extensions":{"persistedQuery":{}}}"#,
            r#"{"query":"{a}","operationName":null,"variables":null,"extensions":null,"other":[1,1]}"#,
            r#"{"query":"{a}","operationName":"A","variables":{"a":1},"extensions":{"b":{}}}"#,
        ] {
            assert_eq!(problem(right), None, "{right}");
        }
        for (wrong, why) in [
            ("{}", "no string 'query'"),
            (r#"{"query":null}"#, "no string 'query'"),
            (r#"{"id":5}"#, "no string 'query'"),
            (r#"{"id":"a","documentId":"b"}"#, "duplicate field `documentId`"),
            (r#"{"query":5}"#, "'query' must be a string"),
            (r#"{"query":"{a}","operationName":["A"]}"#, "'operationName' must be a string"),
            (r#"{"query":"{a}","variables":"{}"}"#, "'variables' must be an object"),
            (r#"{"query":"{a}","extensions":false}"#, "'extensions' must be an object"),
            (r#"{"query":"{a}","query":"{b}"}"#, "duplicate field `query`"),
            (r#"{"query":"{a}","variables":{},"variables":{"a":1}}"#, "duplicate field `variables`"),
        ] {
            assert!(
                problem(wrong).is_some_and(|problem| problem.contains(why)),
                "{wrong}: {:?}",
                problem(wrong)
            );
        }
    }
}
