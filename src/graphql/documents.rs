//! Documents that were read before: clients send the same few over and over, and parsing one costs as much as a statement.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Request, Value, Variables};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::document::{doubled, operation};
use super::error::{ApiError, Code, Result};
use super::nesting::{MAX_NESTING, is_too_deep};
use super::{expansion, presence};

/// How much text is remembered, in bytes; a parsed document takes about twenty times its text.
const CAPACITY: u64 = 512 * 1024;
/// A longer document is nobody's everyday query.
const LONGEST: usize = 16 * 1024;

/// Parsed documents by their text, those kept that are asked for most.
pub(super) struct Documents(Cache<String, Arc<ExecutableDocument>, TextLength>);

#[derive(Clone)]
struct TextLength;

impl Weighter<String, Arc<ExecutableDocument>> for TextLength {
    fn weight(&self, text: &String, _: &Arc<ExecutableDocument>) -> u64 {
        text.len() as u64
    }
}

impl Default for Documents {
    fn default() -> Self {
        Self(Cache::with_weighter(1_000, CAPACITY, TextLength))
    }
}

impl Documents {
    /// Gives the request its parsed document, made fit to be executed, and the defaults of variables that it leaves out;
    /// and the document to the caller too. None when it cannot be parsed: the executor says why. Fails when nobody should
    /// even try to execute it.
    pub(super) fn prepare(&self, request: &mut Request) -> Result<Option<Arc<ExecutableDocument>>> {
        if is_too_deep(&request.query) {
            return Err(ApiError::Client(
                Code::CostLimitExceeded,
                format!("The document nests deeper than {MAX_NESTING} brackets: ask for less at a time."),
            ));
        }
        let Some(document) = self.parse(request)? else { return Ok(None) };
        if let Some(operation) = operation(&document, request.operation_name.as_deref()) {
            if let Some(name) = missing(operation, &request.variables) {
                return Err(ApiError::Client(
                    Code::ValidationFailed,
                    format!("The variable '${name}' must have a value: its type does not take null."),
                ));
            }
            fill_in_defaults(operation, &mut request.variables);
        }
        Ok(Some(document))
    }

    fn parse(&self, request: &mut Request) -> Result<Option<Arc<ExecutableDocument>>> {
        if let Some(document) = self.0.get(request.query.as_str()) {
            request.set_parsed_query(ExecutableDocument::clone(&document));
            return Ok(Some(document));
        }
        let Ok(parsed) = request.parsed_query() else { return Ok(None) };
        expansion::check(parsed)?;
        if let Some(key) = doubled(parsed) {
            return Err(runs_twice(key));
        }
        let mut document = parsed.clone();
        presence::demand(&mut document);
        let document = Arc::new(document);
        request.set_parsed_query(ExecutableDocument::clone(&document));
        if request.query.len() <= LONGEST {
            self.0.insert(request.query.clone(), Arc::clone(&document));
        }
        Ok(Some(document))
    }
}

fn runs_twice(key: &str) -> ApiError {
    ApiError::Client(
        Code::ValidationFailed,
        format!(
            "The mutation selects '{key}' more than once, perhaps by a fragment: select it once, with all that you want of \
             it, or give each an alias of its own if it is to run again."
        ),
    )
}

/// A variable that must have a value and has none. The library would notice only where the variable is used, once other
/// fields have run; without its variables an operation is not executed at all (GraphQL specification, 6.1.2).
fn missing<'a>(operation: &'a OperationDefinition, variables: &Variables) -> Option<&'a Name> {
    let definitions = operation.variable_definitions.iter().map(|definition| &definition.node);
    definitions
        .filter(|definition| !definition.var_type.node.nullable)
        .find(|definition| match variables.get(&definition.name.node) {
            None => definition.default_value.is_none(),
            Some(value) => *value == Value::Null,
        })
        .map(|definition| &definition.name.node)
}

/// The library knows the defaults where a variable is an argument, but not where it decides about `@include` or `@skip`.
fn fill_in_defaults(operation: &OperationDefinition, variables: &mut Variables) {
    for definition in &operation.variable_definitions {
        let name = &definition.node.name.node;
        if let Some(default) = &definition.node.default_value
            && !variables.contains_key(name)
        {
            variables.insert(name.clone(), default.node.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_document_is_parsed_once_and_means_the_same_again() {
        let documents = Documents::default();
        let ask = |query: &str, variables| {
            let mut request = Request::new(query).variables(Variables::from_json(variables));
            let document = documents.prepare(&mut request).ok().flatten();
            document.map(|document| (document, request.variables))
        };
        let query = "query($a: Boolean = true, $b: Int) { x @include(if: $a) }";
        let (first, variables) = ask(query, json!({})).unwrap();
        assert_eq!(variables, Variables::from_json(json!({ "a": true })));
        let (again, variables) = ask(query, json!({ "a": null, "b": 1 })).unwrap();
        assert!(Arc::ptr_eq(&first, &again));
        assert_eq!(variables, Variables::from_json(json!({ "a": null, "b": 1 })), "what is given stays");
        assert!(ask("{ x", json!({})).is_none());
    }

    #[test]
    fn a_document_that_would_break_the_parser_is_not_parsed() {
        let mut request = Request::new(format!("{{ a(b: {}", "[".repeat(100_000)));
        assert!(Documents::default().prepare(&mut request).is_err());
    }
}
