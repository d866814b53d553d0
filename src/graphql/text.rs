//! Text that PostgreSQL cannot hold.
//!
//! GraphQL and JSON can both spell the character NUL; PostgreSQL's `text` has no place for it, and every statement
//! given one fails. One look at the whole request spares each argument of each field a check of its own: queries and
//! subscriptions are refused before anything runs. Mutations run, because many tell by a user error which text is wrong;
//! where none does, the statement fails ([`Error::UnstorableText`](crate::error::Error)) and the field is refused in the
//! same words.

use std::convert::Infallible;

use async_graphql::parser::types::ExecutableDocument;
use async_graphql::{Request, Value};

use super::document::fields;
use super::error::ApiError;

/// Why a request that holds NUL in a variable or a literal is refused; none for all others.
pub(super) fn refuse_nul(request: &mut Request) -> Option<ApiError> {
    let found = request.variables.values().any(holds_nul) || spells_nul(request);
    found.then(nul_refused)
}

/// The answer to whoever sends NUL.
pub(super) fn nul_refused() -> ApiError {
    ApiError::bad_input("Text cannot hold the character NUL (U+0000): leave it out.")
}

/// Whether a literal of the document holds NUL. Only an escape can spell it, so most documents need no second look; a
/// document that cannot be parsed is left to the executor, which says why.
fn spells_nul(request: &mut Request) -> bool {
    request.query.contains(r"\u") && request.parsed_query().is_ok_and(document_holds_nul)
}

fn document_holds_nul(document: &ExecutableDocument) -> bool {
    let in_defaults = document.operations.iter().any(|(_, operation)| {
        let mut defaults =
            operation.node.variable_definitions.iter().filter_map(|one| one.node.default_value());
        defaults.any(holds_nul)
    });
    in_defaults
        || fields(document).flat_map(|field| &field.arguments).any(|(_, value)| {
            // Variables inside a literal were looked at already.
            let without_variables = value.node.clone().into_const_with(|_| Ok::<_, Infallible>(Value::Null));
            without_variables.is_ok_and(|value| holds_nul(&value))
        })
}

fn holds_nul(value: &Value) -> bool {
    match value {
        Value::String(text) => text.contains('\0'),
        Value::List(items) => items.iter().any(holds_nul),
        Value::Object(fields) => fields.values().any(holds_nul),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::Variables;
    use serde_json::json;

    use super::*;

    fn refused(query: &str, variables: serde_json::Value) -> bool {
        let mut request = Request::new(query).variables(Variables::from_json(variables));
        refuse_nul(&mut request).is_some()
    }

    #[test]
    fn nul_is_found_wherever_it_hides() {
        for query in [
            r#"{ a(b: "\u0000") }"#,
            r#"{ a { b(c: { d: ["x", "y\u0000"] }) } }"#,
            r#"{ ... { a(b: "\u0000") } }"#,
            r#"{ ...F } fragment F on T { a(b: "\u0000") }"#,
            r#"query($v: String = "\u0000") { a(b: $v) }"#,
        ] {
            assert!(refused(query, json!({})), "{query}");
        }
        assert!(refused("query($v: T) { a(b: $v) }", json!({ "v": { "deep": ["\0"] } })));
    }

    #[test]
    fn other_text_is_left_alone() {
        for query in [
            r#"{ a(b: "\u00e9 \\u0000") }"#,
            r##"{ a(b: """\u0000""") } # \u0000"##,
            r#"{ a(b: "\u0000" "#,
            "{ a }",
        ] {
            assert!(!refused(query, json!({ "v": "\u{1}" })), "{query}");
        }
    }
}
