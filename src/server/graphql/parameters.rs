//! The parameters of a GET request, in its query string.

use axum::extract::Query;
use axum::http::{StatusCode, Uri};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::super::RequestId;
use super::super::refusal::{Refused, refuse};
use crate::graphql::{Code, Operation};

/// Each as it stands there; one that is given twice is refused, because two readers might take different ones.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    query: Option<String>,
    #[serde(alias = "doc_id", alias = "id")]
    document_id: Option<String>,
    operation_name: Option<String>,
    variables: Option<String>,
    extensions: Option<String>,
}

/// Reads the operation that a URL asks for.
pub(super) fn read(uri: &Uri, id: &RequestId) -> Result<Operation, Refused> {
    let bad = |message: &str| refuse(StatusCode::BAD_REQUEST, Code::BadRequest, message, id);
    let Ok(Query(parameters)) = Query::<Parameters>::try_from_uri(uri) else {
        return Err(bad(
            "The query string cannot be read: each parameter may be given once, percent-encoded.",
        ));
    };
    let Parameters { query, document_id, operation_name, variables, extensions } = parameters;
    let operation = Operation {
        query: query.filter(|text| !text.is_empty()),
        document_id: document_id.filter(|id| !id.is_empty()),
        operation_name,
        variables: object("variables", variables).map_err(|problem| bad(&problem))?,
        extensions: object("extensions", extensions).map_err(|problem| bad(&problem))?,
    };
    if !operation.has_document() {
        return Err(bad("Give the document in the parameter 'query', or POST it as JSON."));
    }
    Ok(operation)
}

fn object(name: &str, text: Option<String>) -> Result<Map<String, Value>, String> {
    match text.filter(|text| !text.is_empty()) {
        None => Ok(Map::new()),
        Some(text) => match serde_json::from_str(&text) {
            Ok(Value::Object(map)) => Ok(map),
            Ok(Value::Null) => Ok(Map::new()),
            _ => Err(format!("The parameter '{name}' must be a JSON object.")),
        },
    }
}
