//! What a mutation with a key asks for, and who asks it.

use std::collections::BTreeMap;

use async_graphql::parser::types::Field;
use async_graphql::{Name, Value as Const, Variables};
use async_graphql_value::Value;
use secrecy::ExposeSecret;

use super::super::accounts::is_about_sessions;
use super::super::error::{ApiError, Result};
use super::super::text;
use crate::accounts::Viewer;
use crate::caller::{Caller, Cookies, network};
use crate::idempotency::{Keyed, MAX_KEY_LENGTH};
use crate::ids::UserId;
use crate::seal::Sealer;

/// The name of the key in an input.
const KEY: &str = "idempotencyKey";
/// What guests show to prove that something is theirs, where it is in an input.
const SECRETS: [&str; 5] = ["cartToken", "orderToken", "password", "refreshToken", "token"];

/// A value with its variables filled in; none where it is a variable that was left out.
pub(super) fn filled_in(value: &Value, variables: &Variables) -> Option<Const> {
    Some(match value {
        Value::Variable(name) => variables.get(name)?.clone(),
        Value::List(items) => {
            Const::List(items.iter().map(|item| filled_in(item, variables).unwrap_or_default()).collect())
        }
        Value::Object(fields) => Const::Object(
            fields
                .iter()
                .filter_map(|(name, value)| Some((name.clone(), filled_in(value, variables)?)))
                .collect(),
        ),
        constant => constant.clone().into_const()?,
    })
}

/// The same value always as the same text, in whatever order and spelling its fields came.
pub(super) fn canonical(value: &Const) -> String {
    match value {
        Const::Object(fields) => {
            let sorted: BTreeMap<&Name, String> =
                fields.iter().map(|(name, value)| (name, canonical(value))).collect();
            let fields: Vec<String> =
                sorted.iter().map(|(name, value)| format!("{:?}:{value}", name.as_str())).collect();
            format!("{{{}}}", fields.join(","))
        }
        Const::List(items) => format!("[{}]", items.iter().map(canonical).collect::<Vec<_>>().join(",")),
        Const::Enum(name) => format!("{:?}", name.as_str()),
        Const::String(text) => format!("{text:?}"),
        other => other.to_string(),
    }
}

/// The arguments of a field, by their names.
fn arguments(field: &Field, variables: &Variables) -> BTreeMap<String, Const> {
    let arguments = field.arguments.iter();
    arguments
        .filter_map(|(name, value)| Some((name.node.to_string(), filled_in(&value.node, variables)?)))
        .collect()
}

/// The same as one text.
pub(super) fn canonical_arguments(field: &Field, variables: &Variables) -> String {
    let arguments = arguments(field, variables).into_iter();
    canonical(&Const::Object(arguments.map(|(name, value)| (Name::new(name), value)).collect()))
}

/// The key that a mutation carries.
pub(super) fn key(field: &Field, variables: &Variables) -> Option<String> {
    let (_, input) = field.arguments.iter().find(|(name, _)| name.node == "input")?;
    let key = match &input.node {
        Value::Object(fields) => filled_in(fields.get(KEY)?, variables)?,
        input => match filled_in(input, variables)? {
            Const::Object(mut fields) => fields.swap_remove(KEY)?,
            _ => return None,
        },
    };
    match key {
        Const::String(key) => Some(key),
        // Anything else the library refuses for its type.
        _ => None,
    }
}

/// Whether a text can be a key.
pub(super) fn is_good(key: &str) -> bool {
    (1..=MAX_KEY_LENGTH).contains(&key.chars().count()) && !key.contains('\0')
}

/// The request that a mutation with this key is. Fails when it is no key to use.
pub(super) fn keyed(
    sealer: &Sealer,
    caller: &Caller,
    field: &Field,
    variables: &Variables,
    key: &str,
) -> Result<Keyed> {
    if key.contains('\0') {
        return Err(text::nul_refused());
    }
    if !is_good(key) {
        return Err(ApiError::bad_input(format!("An idempotency key has 1 to {MAX_KEY_LENGTH} characters.")));
    }
    let mut arguments = arguments(field, variables);
    let mut secrets = Vec::new();
    if let Some(Const::Object(input)) = arguments.get_mut("input") {
        input.swap_remove(KEY);
        secrets.extend(SECRETS.into_iter().filter_map(|name| Some((name, canonical(input.get(name)?)))));
    }
    let mutation = field.name.node.as_str();
    let (scope, user) = scope(caller, mutation, secrets);
    let input = Const::Object(arguments.into_iter().map(|(name, value)| (Name::new(name), value)).collect());
    Ok(Keyed::new(sealer, (scope.as_bytes(), user), key, mutation, canonical(&input).as_bytes()))
}

/// Who asks: keys of different callers never meet.
fn scope(
    caller: &Caller,
    mutation: &str,
    mut secrets: Vec<(&'static str, String)>,
) -> (String, Option<UserId>) {
    secrets.retain(|(_, secret)| secret != "null");
    let about_sessions = is_about_sessions(mutation);
    if about_sessions
        && secrets.is_empty()
        && let Cookies::Open { refresh: Some(token), .. } = &caller.cookies
    {
        secrets.push(("refreshToken", canonical(&Const::String(token.expose_secret().to_owned()))));
    }
    match caller.viewer {
        // Whoever opens or renews a session is somebody else by it, and the same one still where the answer was lost.
        Viewer::User(user) if !about_sessions || secrets.is_empty() => {
            (format!("user {}", user.user_id), Some(user.user_id))
        }
        _ if !secrets.is_empty() => (format!("holder {secrets:?}"), None),
        _ => (format!("address {}", network(caller.address)), None),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::super::super::document::root_fields;
    use super::*;

    fn asked(document: &str, variables: serde_json::Value) -> (Option<String>, String) {
        let document = parse_query(document).unwrap();
        let variables = Variables::from_json(variables);
        let field = root_fields(&document, None)[0];
        (key(field, &variables), canonical_arguments(field, &variables))
    }

    #[test]
    fn keys_are_found_wherever_they_come_from() {
        let key = |document, variables| asked(document, variables).0;
        assert_eq!(key("mutation { a(input: { idempotencyKey: \"k\" }) }", json!({})).unwrap(), "k");
        let input = json!({ "input": { "idempotencyKey": "k" } });
        assert_eq!(key("mutation($input: I!) { a(input: $input) }", input).unwrap(), "k");
        let spelt = "mutation($key: String) { a(input: { b: 1, idempotencyKey: $key }) }";
        assert_eq!(key(spelt, json!({ "key": "k" })).unwrap(), "k");
        assert_eq!(key(spelt, json!({ "key": null })), None);
        assert_eq!(key(spelt, json!({})), None);
        assert_eq!(key("mutation { a(input: { b: 1 }) }", json!({})), None);
        assert_eq!(key("mutation { a }", json!({})), None);
    }

    #[test]
    fn the_same_input_is_the_same_however_it_is_written() {
        let text = |document, variables| asked(document, variables).1;
        let literal = text("mutation { a(input: { b: X, c: [1, { d: \"e\", f: null }] }) }", json!({}));
        let variables = json!({ "input": { "c": [1, { "f": null, "d": "e" }], "b": "X" } });
        assert_eq!(text("mutation($input: I!) { a(input: $input) }", variables), literal);
        let others = [
            "mutation { a(input: { b: X, c: [{ d: \"e\", f: null }, 1] }) }",
            "mutation { a(input: { b: X, c: [1, { d: \"e\" }] }) }",
            "mutation { a(input: { b: X, c: [\"1\", { d: \"e\", f: null }] }) }",
            "mutation { a(input: { b: \"X,c\", c: [1, { d: \"e\", f: null }] }) }",
        ];
        assert!(others.iter().all(|other| text(other, json!({})) != literal));
    }
}
