//! A request's variables, looked at before anything takes a copy of them.

use async_graphql::{Value, Variables};
use serde_json::{Map, Value as Json};

use super::super::error::Result;
use super::limits::Limit;

/// Refuses variables that are too many, too deep or too long.
pub(in crate::graphql) fn check(variables: &Map<String, Json>) -> Result<()> {
    let mut found = Found::default();
    for (name, value) in variables {
        found.bytes = found.bytes.saturating_add(name.len());
        found.look_into(value, 0)?;
    }
    Limit::VariableBytes.check(found.bytes)
}

#[derive(Default)]
struct Found {
    values: usize,
    bytes: usize,
}

impl Found {
    fn look_into(&mut self, value: &Json, depth: usize) -> Result<()> {
        Limit::VariableDepth.check(depth)?;
        self.values += 1;
        Limit::VariableValues.check(self.values)?;
        match value {
            Json::String(text) => self.bytes += text.len(),
            Json::Array(items) => {
                Limit::ListItems.check(items.len())?;
                for item in items {
                    self.look_into(item, depth + 1)?;
                }
            }
            Json::Object(fields) => {
                for (name, value) in fields {
                    self.bytes += name.len();
                    self.look_into(value, depth + 1)?;
                }
            }
            Json::Null | Json::Number(_) | Json::Bool(_) => {}
        }
        Ok(())
    }
}

/// The bytes of text in variables that were checked.
pub(super) fn bytes(variables: &Variables) -> usize {
    variables.iter().map(|(name, value)| name.len() + bytes_of(value)).sum()
}

fn bytes_of(value: &Value) -> usize {
    match value {
        Value::String(text) => text.len(),
        Value::Enum(name) => name.len(),
        Value::Binary(bytes) => bytes.len(),
        Value::List(items) => items.iter().map(bytes_of).sum(),
        Value::Object(fields) => fields.iter().map(|(name, value)| name.len() + bytes_of(value)).sum(),
        Value::Null | Value::Number(_) | Value::Boolean(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::error::ApiError;
    use super::*;

    fn refused(variables: Json) -> Option<String> {
        match check(variables.as_object().expect("an object")) {
            Ok(()) => None,
            Err(ApiError::Client(_, message)) => Some(message),
            Err(other) => panic!("{other:?}"),
        }
    }

    fn nested(depth: usize) -> Json {
        (0..depth).fold(json!(1), |inner, _| json!([inner]))
    }

    #[test]
    fn variables_have_bounds_each_told_by_name() {
        assert_eq!(refused(json!({ "a": [1, { "b": "c" }], "d": null })), None);
        assert_eq!(refused(json!({ "a": nested(Limit::VariableDepth.most()) })), None);
        let objects = vec![json!({ "a": 1, "b": 2, "c": 3 }); 900];
        for (limit, variables) in [
            (Limit::VariableDepth, json!({ "a": nested(Limit::VariableDepth.most() + 1) })),
            (Limit::ListItems, json!({ "a": { "b": vec![0; Limit::ListItems.most() + 1] } })),
            (Limit::VariableValues, json!({ "a": objects, "b": objects, "c": objects })),
            (Limit::VariableBytes, json!({ "a": "x".repeat(Limit::VariableBytes.most()) })),
            (Limit::VariableBytes, json!({ "x".repeat(Limit::VariableBytes.most() + 1): 1 })),
        ] {
            let message = refused(variables).unwrap_or_else(|| panic!("{limit:?} is not held"));
            assert!(message.contains(limit.name()), "{limit:?}: {message}");
        }
    }

    #[test]
    fn the_text_of_variables_is_counted_with_their_names() {
        let variables = Variables::from_json(json!({ "ab": ["cd", { "e": "f" }, 1, null, true] }));
        assert_eq!(bytes(&variables), 2 + 2 + 1 + 1);
    }
}
