//! An answer's fields come in the order in which they were asked for (GraphQL specification, 7.2.2, "Serialized Map
//! Ordering"). async-graphql writes them down as they get ready, those that are read from the database last.

use async_graphql::indexmap::IndexMap;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};
use async_graphql::{Name, Value};

use super::document::operation;
use super::presence;

/// What is selected under each key of an object, in its order: the selection sets of all fields with that key.
type Selected<'a> = IndexMap<&'a Name, Vec<&'a SelectionSet>>;

/// Puts the fields of what an operation gave into its order, and takes out what the client did not ask for. The document
/// is valid, or there would be no data: its fragments form no circle.
pub(super) fn restore(data: &mut Value, document: &ExecutableDocument, operation_name: Option<&str>) {
    if let Some(operation) = operation(document, operation_name) {
        arrange(vec![data], document, &[&operation.selection_set.node]);
    }
}

/// The same for values that stand at one place of the document: the items of lists, mostly.
fn arrange(values: Vec<&mut Value>, document: &ExecutableDocument, sets: &[&SelectionSet]) {
    let mut values = values;
    let mut objects = Vec::new();
    while let Some(value) = values.pop() {
        match value {
            Value::Object(object) => objects.push(object),
            Value::List(items) => values.extend(items),
            _ => {}
        }
    }
    if objects.is_empty() {
        return;
    }
    let mut selected = Selected::new();
    for set in sets {
        collect(document, set, &mut selected);
    }
    for object in &mut objects {
        object.swap_remove(presence::KEY);
        let mut place = 0;
        for key in selected.keys() {
            // Not every object has every field: fragments select by type.
            let Some(found) = object.get_index_of(*key) else { continue };
            object.swap_indices(place, found);
            place += 1;
        }
    }
    for (key, sets) in selected.into_iter().filter(|(_, sets)| !sets.is_empty()) {
        arrange(objects.iter_mut().filter_map(|object| object.get_mut(key)).collect(), document, &sets);
    }
}

fn collect<'a>(document: &'a ExecutableDocument, set: &'a SelectionSet, selected: &mut Selected<'a>) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                let key = &field.node.response_key().node;
                let set = &field.node.selection_set.node;
                let sets = selected.entry(key).or_default();
                if !set.items.is_empty() {
                    sets.push(set);
                }
            }
            Selection::InlineFragment(fragment) => {
                collect(document, &fragment.node.selection_set.node, selected);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    collect(document, &fragment.node.selection_set.node, selected);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn restored(query: &str, data: serde_json::Value) -> String {
        let document = parse_query(query).unwrap();
        let mut data = Value::from_json(data).unwrap();
        restore(&mut data, &document, None);
        data.to_string()
    }

    #[test]
    fn fields_come_as_they_were_asked_for_on_every_level() {
        let data = json!({ "a": 1, "c": [{ "x": 1, "z": { "q": 1, "p": 2 } }, null, { "x": 3, "z": null }], "b": 2 });
        assert_eq!(
            restored("{ b c { z { p q } x } a }", data),
            "{b: 2, c: [{z: {p: 2, q: 1}, x: 1}, null, {z: null, x: 3}], a: 1}"
        );
    }

    #[test]
    fn a_very_wide_document_is_no_work() {
        let keys = (0..100_000).rev().map(|number| format!("a{number}"));
        let document = parse_query(format!("{{ {} }}", keys.collect::<Vec<_>>().join(" "))).unwrap();
        let data = (0..100_000).map(|number| (format!("a{number}"), number.into()));
        let mut data = Value::from_json(serde_json::Value::Object(data.collect())).unwrap();
        // Looking each key up among those before it would take minutes.
        restore(&mut data, &document, None);
        assert!(data.to_string().starts_with("{a99999: 99999, a99998: 99998,"));
    }

    #[test]
    fn fragments_stand_where_they_are_spread_and_fields_of_one_key_are_one() {
        let query = "{ k: b { y } ...F ... { d } k: b { x } } fragment F on T { c k: b { w } other }";
        let data = json!({ "d": 4, "c": 3, "k": { "w": 1, "x": 2, "y": 3 } });
        assert_eq!(restored(query, data), "{k: {y: 3, w: 1, x: 2}, c: 3, d: 4}");
    }
}
