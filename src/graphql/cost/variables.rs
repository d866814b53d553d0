//! A request's variables, looked at before anything takes a copy of them.

use async_graphql::{Value, Variables};

use super::super::error::Result;
use super::limits::Limit;

/// Refuses variables that are too many, too deep or too long. Gives the bytes of text in them.
pub(in crate::graphql) fn check(variables: &Variables) -> Result<usize> {
    let mut found = Found::default();
    for (name, value) in variables.iter() {
        found.bytes = found.bytes.saturating_add(name.len());
        found.look_into(value, 0)?;
    }
    Limit::VariableBytes.check(found.bytes)?;
    Ok(found.bytes)
}

#[derive(Default)]
struct Found {
    values: usize,
    bytes: usize,
}

impl Found {
    fn look_into(&mut self, value: &Value, depth: usize) -> Result<()> {
        Limit::VariableDepth.check(depth)?;
        self.values += 1;
        Limit::VariableValues.check(self.values)?;
        match value {
            Value::String(text) => self.bytes += text.len(),
            Value::Enum(name) => self.bytes += name.len(),
            Value::Binary(bytes) => self.bytes += bytes.len(),
            Value::List(items) => {
                Limit::ListItems.check(items.len())?;
                for item in items {
                    self.look_into(item, depth + 1)?;
                }
            }
            Value::Object(fields) => {
                for (name, value) in fields {
                    self.bytes += name.len();
                    self.look_into(value, depth + 1)?;
                }
            }
            Value::Null | Value::Number(_) | Value::Boolean(_) => {}
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value as Json, json};

    use super::super::super::error::ApiError;
    use super::*;

    fn refused(variables: Json) -> Option<String> {
        match check(&Variables::from_json(variables)) {
            Ok(_) => None,
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
}
