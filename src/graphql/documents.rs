//! Documents that were read before: clients send the same few over and over, and parsing one costs as much as a statement.

use std::sync::Arc;

use async_graphql::parser::types::{ExecutableDocument, OperationDefinition};
use async_graphql::{Name, Request, Value, Variables};
use quick_cache::Weighter;
use quick_cache::sync::Cache;

use super::charge::logs_in;
use super::cost::{Bill, Prices, Survey, check_text};
use super::document::{doubled, operation};
use super::error::{ApiError, Code, Result};
use super::presence;

/// How much text is remembered, in bytes; a parsed document takes about twenty times its text.
const CAPACITY: u64 = 512 * 1024;
/// A longer document is nobody's everyday query.
const LONGEST: usize = 16 * 1024;

/// Documents that were read, by their text, those kept that are asked for most.
pub(super) struct Documents {
    read: Cache<String, Arc<Document>, TextLength>,
    prices: Prices,
}

/// A document that was read.
pub(super) struct Document {
    /// Parsed and made fit to be executed.
    pub(super) parsed: ExecutableDocument,
    survey: Survey,
    /// Whether it may sign somebody in.
    pub(super) logs_in: bool,
}

/// What a request asks for.
pub(super) struct Prepared {
    /// Its document.
    pub(super) document: Arc<Document>,
    /// What that costs; none when the document has no such operation, which the executor explains.
    pub(super) bill: Option<Bill>,
}

#[derive(Clone)]
struct TextLength;

impl Weighter<String, Arc<Document>> for TextLength {
    fn weight(&self, text: &String, _: &Arc<Document>) -> u64 {
        text.len() as u64
    }
}

impl Documents {
    /// Reads documents for a schema with these prices.
    pub(super) fn new(prices: Prices) -> Self {
        Self { read: Cache::with_weighter(1_000, CAPACITY, TextLength), prices }
    }

    /// Gives the request its parsed document, made fit to be executed, and the defaults of variables that it leaves out;
    /// and the caller the document with what the request costs. None when it cannot be parsed: the executor says why.
    /// Fails when nobody should even try to execute it.
    pub(super) fn prepare(&self, request: &mut Request) -> Result<Option<Prepared>> {
        let Some(document) = self.document(request)? else { return Ok(None) };
        let name = request.operation_name.as_deref();
        if let Some(operation) = operation(&document.parsed, name) {
            if let Some(name) = missing(operation, &request.variables) {
                return Err(ApiError::Client(
                    Code::ValidationFailed,
                    format!("The variable '${name}' must have a value: its type does not take null."),
                ));
            }
            fill_in_defaults(operation, &mut request.variables);
        }
        let bill = document.survey.bill(name, &request.variables)?;
        request.set_parsed_query(document.parsed.clone());
        Ok(Some(Prepared { document, bill }))
    }

    fn document(&self, request: &mut Request) -> Result<Option<Arc<Document>>> {
        if let Some(document) = self.read.get(request.query.as_str()) {
            return Ok(Some(document));
        }
        check_text(&request.query)?;
        let Ok(parsed) = request.parsed_query() else { return Ok(None) };
        let survey = Survey::of(parsed, &self.prices)?;
        if let Some(key) = doubled(parsed) {
            return Err(runs_twice(key));
        }
        let mut parsed = parsed.clone();
        presence::demand(&mut parsed);
        let logs_in = logs_in(&parsed);
        let document = Arc::new(Document { parsed, survey, logs_in });
        if request.query.len() <= LONGEST {
            self.read.insert(request.query.clone(), Arc::clone(&document));
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
        let documents = Documents::new(Prices::read(""));
        let ask = |query: &str, variables| {
            let mut request = Request::new(query).variables(Variables::from_json(variables));
            let prepared = documents.prepare(&mut request).ok().flatten();
            prepared.map(|prepared| (prepared.document, request.variables))
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
        assert!(Documents::new(Prices::read("")).prepare(&mut request).is_err());
    }
}
