//! Which mutations were refused, whether or not the client asks for that.
//!
//! A refusal is in a payload's `userErrors`, which a client need not select. So every mutation is made to select the codes of
//! its user errors too, under a key that no document can spell; they are taken out of the value again before it is kept or
//! sent.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned, Value};

/// Where the codes are. A name in a document has no space.
const KEY: &str = " refused";

/// Codes of what went wrong beside a success: the mutation was not refused.
const BESIDE: [&str; 1] = ["CART_NOT_MERGED"];

/// Makes each mutation of a document tell whether it was refused.
pub(super) fn demand(document: &mut ExecutableDocument) {
    let mut sets: Vec<&mut SelectionSet> = Vec::new();
    match &mut document.operations {
        DocumentOperations::Single(operation) => sets.extend(mutation(&mut operation.node)),
        DocumentOperations::Multiple(operations) => {
            sets.extend(operations.values_mut().filter_map(|operation| mutation(&mut operation.node)));
        }
    }
    for fragment in document.fragments.values_mut() {
        if fragment.node.type_condition.node.on.node == "Mutation" {
            sets.push(&mut fragment.node.selection_set.node);
        }
    }
    while let Some(set) = sets.pop() {
        for item in &mut set.items {
            match &mut item.node {
                Selection::Field(field) if field.node.name.node == "__typename" => {}
                Selection::Field(field) => {
                    let pos = field.pos;
                    let codes = select(pos, KEY, "userErrors", vec![select(pos, "code", "code", Vec::new())]);
                    field.node.selection_set.node.items.push(codes);
                }
                Selection::InlineFragment(fragment) => sets.push(&mut fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
}

fn mutation(operation: &mut OperationDefinition) -> Option<&mut SelectionSet> {
    (operation.ty == OperationType::Mutation).then_some(&mut operation.selection_set.node)
}

fn select(
    pos: async_graphql::Pos,
    key: &str,
    name: &str,
    items: Vec<Positioned<Selection>>,
) -> Positioned<Selection> {
    let here = |name: &str| Positioned::new(Name::new(name), pos);
    let field = Field {
        alias: Some(here(key)),
        name: here(name),
        arguments: Vec::new(),
        directives: Vec::new(),
        selection_set: Positioned::new(SelectionSet { items }, pos),
    };
    Positioned::new(Selection::Field(Positioned::new(field, pos)), pos)
}

/// Whether what a mutation came to is a refusal; takes the mark out of it.
pub(super) fn refused(value: &mut Value) -> bool {
    let Value::Object(payload) = value else { return false };
    let Some(Value::List(errors)) = payload.shift_remove(KEY) else { return false };
    let code = |error: &Value| match error {
        Value::Object(error) => match error.get("code") {
            Some(Value::Enum(code)) => code.to_string(),
            Some(Value::String(code)) => code.clone(),
            _ => String::new(),
        },
        _ => String::new(),
    };
    errors.iter().map(code).any(|code| !BESIDE.contains(&code.as_str()))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::super::super::document::fields;
    use super::*;

    #[test]
    fn every_mutation_is_made_to_tell_and_nothing_else() {
        let marks = |query: &str| {
            let mut document = parse_query(query).unwrap();
            demand(&mut document);
            fields(&document).filter(|field| field.response_key().node == KEY).count()
        };
        assert_eq!(marks("mutation { a { b { c } } d { e } __typename }"), 2);
        assert_eq!(marks("mutation { ... { a { b } ... on Mutation { c { d } } } }"), 2);
        assert_eq!(
            marks("mutation { ...F } fragment F on Mutation { a { ...G } } fragment G on T { b { c } }"),
            1
        );
        assert_eq!(marks("query { a { b } }"), 0);
    }

    #[test]
    fn refusals_are_told_from_what_went_wrong_beside() {
        let refused = |codes: &[&str]| {
            let errors: Vec<_> = codes.iter().map(|code| json!({ "code": code })).collect();
            let mut value = Value::from_json(json!({ "a": 1, KEY: errors })).unwrap();
            let refused = refused(&mut value);
            assert_eq!(value, Value::from_json(json!({ "a": 1 })).unwrap());
            refused
        };
        assert!(!refused(&[]));
        assert!(refused(&["NOT_FOUND"]));
        assert!(!refused(&["CART_NOT_MERGED"]));
        assert!(refused(&["CART_NOT_MERGED", "NOT_FOUND"]));
    }
}
