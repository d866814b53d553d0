//! What an answer shows: which fields of it, under which keys, with which arguments.

use std::collections::BTreeSet;

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{Directive, ExecutableDocument, Field, Selection as Item, SelectionSet};
use async_graphql::{Name, Positioned, Value, Variables};

use super::question::{canonical_arguments, filled_in};
use crate::secrets::sha256;

/// What a field selects.
#[derive(Default)]
pub(super) struct Selection {
    /// By the keys of the answer.
    fields: IndexMap<Name, Self>,
    /// A digest for each field, with all that it lies under.
    places: BTreeSet<u64>,
}

impl Selection {
    /// What a field selects, its own name and arguments apart.
    pub(super) fn of(field: &Field, document: &ExecutableDocument, variables: &Variables) -> Self {
        let mut selection = Self::default();
        let mut places = BTreeSet::new();
        let walk = Walk { document, variables };
        walk.collect(&field.selection_set.node, String::new(), &mut selection, &mut places);
        selection.places = places;
        selection
    }

    /// The places, to be kept with the answer.
    pub(super) fn places(&self) -> &BTreeSet<u64> {
        &self.places
    }

    /// Takes out of an answer, which shows these places, what is not selected; none when more is selected than it shows.
    pub(super) fn out_of(&self, mut answer: Value, shown: &BTreeSet<u64>) -> Option<Value> {
        if !self.places.is_subset(shown) {
            return None;
        }
        self.cut(&mut answer);
        Some(answer)
    }

    fn cut(&self, value: &mut Value) {
        match value {
            // Without fields to select it is a scalar's own.
            Value::Object(object) if !self.fields.is_empty() => {
                object.retain(|key, _| self.fields.contains_key(key));
                for (key, value) in object {
                    if let Some(below) = self.fields.get(key) {
                        below.cut(value);
                    }
                }
            }
            Value::List(items) => items.iter_mut().for_each(|item| self.cut(item)),
            _ => {}
        }
    }
}

struct Walk<'a> {
    document: &'a ExecutableDocument,
    variables: &'a Variables,
}

impl Walk<'_> {
    /// Adds what a set selects at a place. As deep as a document nests, which its parser limits.
    fn collect(&self, set: &SelectionSet, place: String, into: &mut Selection, places: &mut BTreeSet<u64>) {
        for item in &set.items {
            match &item.node {
                Item::Field(field) if self.is_selected(&field.node.directives) => {
                    let Field { name, selection_set, .. } = &field.node;
                    let key = &field.node.response_key().node;
                    let arguments = canonical_arguments(&field.node, self.variables);
                    let place = format!("{place}/{key}:{}{arguments}", name.node);
                    let (digest, text) = digest(&place);
                    places.insert(digest);
                    let below = into.fields.entry(key.clone()).or_default();
                    self.collect(&selection_set.node, text, below, places);
                }
                Item::InlineFragment(fragment) if self.is_selected(&fragment.node.directives) => {
                    let place = match &fragment.node.type_condition {
                        Some(condition) => format!("{place} on {}", condition.node.on.node),
                        None => place.clone(),
                    };
                    self.collect(&fragment.node.selection_set.node, place, into, places);
                }
                Item::FragmentSpread(spread) if self.is_selected(&spread.node.directives) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let place = format!("{place} on {}", fragment.node.type_condition.node.on.node);
                        self.collect(&fragment.node.selection_set.node, place, into, places);
                    }
                }
                _ => {}
            }
        }
    }

    /// Whether neither `@skip` nor `@include` leaves it out.
    fn is_selected(&self, directives: &[Positioned<Directive>]) -> bool {
        directives.iter().all(|directive| {
            let condition = directive.node.get_argument("if");
            let condition = condition.and_then(|condition| filled_in(&condition.node, self.variables));
            match directive.node.name.node.as_str() {
                "skip" => condition != Some(Value::Boolean(true)),
                "include" => condition != Some(Value::Boolean(false)),
                _ => true,
            }
        })
    }
}

/// A digest of a place, and a short text that stands for it.
fn digest(place: &str) -> (u64, String) {
    let digest = sha256(place.as_bytes());
    let digest = u64::from_be_bytes(std::array::from_fn(|place| digest[place]));
    (digest, format!("{digest:x}"))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::{Value as Json, json};

    use super::super::super::document::root_fields;
    use super::*;

    fn selection(query: &str, variables: Json) -> Selection {
        let document = parse_query(query).unwrap();
        Selection::of(root_fields(&document, None)[0], &document, &Variables::from_json(variables))
    }

    /// What the second gets of the answer to the first.
    fn given(first: &str, second: &str, answer: Json) -> Option<Json> {
        let first = selection(first, json!({ "n": 1 }));
        let cut =
            selection(second, json!({ "n": 1 })).out_of(Value::from_json(answer).unwrap(), first.places());
        cut.map(|value| value.into_json().unwrap())
    }

    #[test]
    fn who_asks_for_less_gets_less() {
        let first = "mutation { p { a { b c(n: $n) d { e } } f { anything } } }";
        let answer = json!({ "a": [{ "b": 1, "c": 2, "d": null }, null], "f": { "anything": { "x": 1 } } });
        assert_eq!(given(first, first, answer.clone()).unwrap(), answer);
        let second =
            "mutation { q: p { f { anything } a { ... { c(n: 1) } ...@include(if: false) { z } } } }";
        let less = json!({ "a": [{ "c": 2 }, null], "f": { "anything": { "x": 1 } } });
        assert_eq!(given(first, second, answer).unwrap(), less);
    }

    #[test]
    fn who_asks_for_more_or_something_else_gets_nothing() {
        let first = "mutation { p { a { b c(n: $n) } ...F } } fragment F on P { d { e } }";
        let answer = json!({ "a": { "b": 1, "c": 2 }, "d": { "e": 3 } });
        for second in [
            "mutation { p { a { b z } } }",
            "mutation { p { a { c(n: 2) } } }",
            "mutation { p { a { c: b } } }",
            "mutation { p { b } }",
            "mutation { p { a { e } } }",
            "mutation { p { ... on Q { d { e } } } }",
        ] {
            assert_eq!(given(first, second, answer.clone()), None, "{second}");
        }
        assert!(given(first, "mutation { p { ... on P { d { e } } } }", answer).is_some());
    }
}
