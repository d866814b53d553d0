//! Where a field failed there is null, or else at the nearest place above it that may be null (GraphQL specification,
//! 6.4.4, "Handling Execution Errors").
//!
//! async-graphql leaves a failed field out of the data, whatever its type. Clients that were generated from the schema
//! then read `undefined` where it promises a value or null, so each answer with failed fields is mended here.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, OperationType, Selection, SelectionSet, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::document::operation;

/// The type of every field of the schema, by its object's name and its own.
pub(super) struct FieldTypes(HashMap<(String, String), Type>);

impl FieldTypes {
    /// Reads them from the schema's definition.
    pub(super) fn read(sdl: &str) -> Self {
        // A definition that the library wrote can be read by it; without one nothing is mended.
        let definitions = parse_schema(sdl).map(|document| document.definitions).unwrap_or_default();
        let mut types = HashMap::new();
        for definition in definitions {
            let TypeSystemDefinition::Type(definition) = definition else { continue };
            let fields = match definition.node.kind {
                TypeKind::Object(object) => object.fields,
                TypeKind::Interface(interface) => interface.fields,
                _ => continue,
            };
            let owner = definition.node.name.node.to_string();
            for field in fields {
                types.insert((owner.clone(), field.node.name.node.to_string()), field.node.ty.node);
            }
        }
        Self(types)
    }

    /// Puts null where the fields of this answer failed. `document` and `operation_name` are what was asked.
    pub(super) fn complete(
        &self,
        response: &mut Response,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
    ) {
        if response.errors.iter().all(|error| error.path.is_empty()) {
            return;
        }
        let Some(mut asked) = AskedFields::new(self, document, operation_name) else { return };
        let failed = response.errors.iter().filter(|error| !error.path.is_empty());
        let mut places: Vec<&[PathSegment]> =
            failed.filter_map(|error| asked.nearest_nullable(&error.path)).collect();
        // What lies below a null is gone: each place is followed by all that lie below it.
        places.sort_by(|one, other| one.iter().map(rank).cmp(other.iter().map(rank)));
        places.dedup_by(|place, null| place.starts_with(null));
        for place in places {
            set_null(&mut response.data, place);
        }
    }
}

/// An operation's fields, each with its type, as far as errors have led into it. Many errors can come from one place of a
/// long document, so each place is looked through once.
struct AskedFields<'a> {
    types: &'a FieldTypes,
    document: &'a ExecutableDocument,
    /// The first one is the operation itself.
    fields: Vec<Asking<'a>>,
}

/// What is asked for under one key of an object.
struct Asking<'a> {
    /// None for the operation itself.
    ty: Option<&'a Type>,
    /// The selection sets of all fields with that key, and the types they select from.
    selected: Vec<(&'a str, &'a SelectionSet)>,
    /// Where in [`AskedFields::fields`] the fields below it are, once one was looked for.
    below: Option<HashMap<&'a str, usize>>,
}

impl<'a> AskedFields<'a> {
    fn new(
        types: &'a FieldTypes,
        document: &'a ExecutableDocument,
        operation_name: Option<&str>,
    ) -> Option<Self> {
        let operation = operation(document, operation_name)?;
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let selected = vec![(root, &operation.selection_set.node)];
        Some(Self { types, document, fields: vec![Asking { ty: None, selected, below: None }] })
    }

    /// The part of a failed field's path that leads to the nearest place that may be null; empty for the whole data.
    /// None when the path is not one of the document.
    fn nearest_nullable<'p>(&mut self, path: &'p [PathSegment]) -> Option<&'p [PathSegment]> {
        let mut field = 0;
        let mut ty: Option<&Type> = None;
        let mut nearest = 0;
        for (index, segment) in path.iter().enumerate() {
            let found = match segment {
                PathSegment::Field(key) => {
                    field = self.below(field, key)?;
                    self.fields[field].ty?
                }
                PathSegment::Index(_) => match &ty?.base {
                    BaseType::List(item) => item,
                    BaseType::Named(_) => return None,
                },
            };
            if found.nullable {
                nearest = index + 1;
            }
            ty = Some(found);
        }
        Some(&path[..nearest])
    }

    /// The field with this key below another one.
    fn below(&mut self, field: usize, key: &str) -> Option<usize> {
        if self.fields[field].below.is_none() {
            let mut below = HashMap::new();
            for (parent, set) in std::mem::take(&mut self.fields[field].selected) {
                self.collect(parent, set, &mut below);
            }
            self.fields[field].below = Some(below);
        }
        self.fields[field].below.as_ref()?.get(key).copied()
    }

    /// Adds what a selection set asks for. Fields that share a key have types of the same shape, or the document would not
    /// have been valid.
    fn collect(&mut self, parent: &'a str, set: &'a SelectionSet, below: &mut HashMap<&'a str, usize>) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let name = field.node.name.node.to_string();
                    let Some(ty) = self.types.0.get(&(parent.to_owned(), name)) else { continue };
                    let place = *below.entry(&field.node.response_key().node).or_insert_with(|| {
                        self.fields.push(Asking { ty: Some(ty), selected: Vec::new(), below: None });
                        self.fields.len() - 1
                    });
                    self.fields[place].selected.push((base(ty), &field.node.selection_set.node));
                }
                Selection::InlineFragment(fragment) => {
                    let condition = fragment.node.type_condition.as_ref();
                    let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                    self.collect(parent, &fragment.node.selection_set.node, below);
                }
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = self.document.fragments.get(&spread.node.fragment_name.node) {
                        let parent = fragment.node.type_condition.node.on.node.as_str();
                        self.collect(parent, &fragment.node.selection_set.node, below);
                    }
                }
            }
        }
    }
}

/// Puts the steps of paths into an order, whichever.
fn rank(segment: &PathSegment) -> (&str, usize) {
    match segment {
        PathSegment::Field(key) => (key, 0),
        PathSegment::Index(index) => ("", *index),
    }
}

/// The type's name without lists.
fn base(ty: &Type) -> &str {
    match &ty.base {
        BaseType::Named(name) => name,
        BaseType::List(item) => base(item),
    }
}

/// Puts null at the place. An object all of whose fields failed was left out as a whole, and is put back.
fn set_null(data: &mut Value, place: &[PathSegment]) {
    let Some((segment, rest)) = place.split_first() else {
        *data = Value::Null;
        return;
    };
    match (segment, data) {
        (PathSegment::Field(key), data @ (Value::Object(_) | Value::Null)) => {
            if *data == Value::Null {
                *data = Value::Object(Default::default());
            }
            if let Value::Object(fields) = data {
                set_null(fields.entry(Name::new(key)).or_insert(Value::Null), rest);
            }
        }
        (PathSegment::Index(index), Value::List(items)) => {
            if let Some(item) = items.get_mut(*index) {
                set_null(item, rest);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::ServerError;
    use serde_json::json;

    use super::*;

    const SDL: &str = "
        type Query { thing: Thing sure: Thing! things: [Thing!]! maybes: [Thing] node: Node }
        type Thing implements Node { id: ID! name: String! note: String part: Thing sure: Thing! }
        interface Node { id: ID! }
    ";

    /// What becomes of the data when the fields at these paths failed.
    fn completed(query: &str, data: serde_json::Value, paths: &[serde_json::Value]) -> serde_json::Value {
        let mut response = Response::new(Value::from_json(data).unwrap());
        for path in paths {
            let mut error = ServerError::new("failed", None);
            let segment = |segment: &serde_json::Value| match segment {
                serde_json::Value::String(key) => PathSegment::Field(key.clone()),
                index => PathSegment::Index(index.as_u64().unwrap() as usize),
            };
            error.path = path.as_array().unwrap().iter().map(segment).collect();
            response.errors.push(error);
        }
        FieldTypes::read(SDL).complete(
            &mut response,
            &async_graphql::parser::parse_query(query).unwrap(),
            None,
        );
        response.data.into_json().unwrap()
    }

    #[test]
    fn a_field_that_may_be_null_is_null() {
        let query = "{ thing { id note } other: thing { id } }";
        let data = json!({ "thing": { "id": "1" }, "other": { "id": "2" } });
        let expected = json!({ "thing": { "id": "1", "note": null }, "other": { "id": "2" } });
        assert_eq!(completed(query, data, &[json!(["thing", "note"])]), expected);
    }

    #[test]
    fn a_field_that_must_not_be_null_takes_the_nearest_that_may() {
        let query = "{ thing { id part { sure { name } } } }";
        let data = json!({ "thing": { "id": "1", "part": { "sure": {} } } });
        let expected = json!({ "thing": { "id": "1", "part": null } });
        assert_eq!(completed(query, data, &[json!(["thing", "part", "sure", "name"])]), expected);
    }

    #[test]
    fn lists_lose_an_item_or_all() {
        let name_of_second = |list: &str| json!([list, 1, "name"]);
        let items = json!([{ "name": "a" }, null]);
        let maybes =
            completed("{ maybes { name } }", json!({ "maybes": items }), &[name_of_second("maybes")]);
        assert_eq!(maybes, json!({ "maybes": [{ "name": "a" }, null] }));
        let things =
            completed("{ things { name } }", json!({ "things": items }), &[name_of_second("things")]);
        assert_eq!(things, json!(null), "neither the item nor the list may be null");
    }

    #[test]
    fn an_object_whose_fields_all_failed_is_there_with_nulls() {
        let query = "{ thing { note part { id } } }";
        let paths = [json!(["thing", "note"]), json!(["thing", "part", "id"])];
        assert_eq!(
            completed(query, json!({ "thing": null }), &paths),
            json!({ "thing": { "note": null, "part": null } })
        );
    }

    #[test]
    fn nothing_comes_back_below_a_null() {
        let query = "{ thing { name note } }";
        let paths = [json!(["thing", "note"]), json!(["thing", "name"])];
        assert_eq!(completed(query, json!({ "thing": null }), &paths), json!({ "thing": null }));
    }

    #[test]
    fn places_are_told_apart_however_their_names_begin() {
        let query = "{ maybes { note } maybe: thing { name } maybes2: thing { note } }";
        let items: Vec<_> = (0..11).map(|number| json!({ "note": number.to_string() })).collect();
        let data = json!({ "maybes": items, "maybe": {}, "maybes2": {} });
        let failed = [
            json!(["maybes", 10, "note"]),
            json!(["maybes2", "note"]),
            json!(["maybe", "name"]),
            json!(["maybes", 1, "note"]),
        ];
        let mut expected = data.clone();
        expected["maybes"][1]["note"] = json!(null);
        expected["maybes"][10]["note"] = json!(null);
        expected["maybes2"]["note"] = json!(null);
        expected["maybe"] = json!(null);
        assert_eq!(completed(query, data, &failed), expected);
    }

    #[test]
    fn as_many_errors_as_fields_are_mended() {
        // Each error against each field and each other error would take minutes.
        let fields: Vec<String> = (0..30_000).map(|number| format!("a{number}: thing {{ note }}")).collect();
        let query = format!("{{ {} }}", fields.join(" "));
        let paths: Vec<_> = (0..30_000).map(|number| json!([format!("a{number}"), "note"])).collect();
        let data = completed(&query, json!({}), &paths);
        assert_eq!(data["a29999"], json!({ "note": null }));
    }

    #[test]
    fn aliases_and_fragments_are_followed() {
        let query =
            "{ x: node { ... on Thing { y: part { ...F } } } } fragment F on Thing { z: sure { id } }";
        let data = json!({ "x": { "y": {} } });
        assert_eq!(completed(query, data, &[json!(["x", "y", "z"])]), json!({ "x": { "y": null } }));
    }
}
