//! Where a field failed there is null, or else at the nearest place above it that may be null (GraphQL specification,
//! 6.4.4, "Handling Execution Errors").
//!
//! async-graphql leaves a failed field out of the data, whatever its type. Clients that were generated from the schema
//! then read `undefined` where it promises a value or null, so each answer with failed fields is mended here.

use std::collections::HashMap;

use async_graphql::parser::parse_schema;
use async_graphql::parser::types::{
    BaseType, ExecutableDocument, Field, OperationType, Selection, SelectionSet, Type, TypeKind,
    TypeSystemDefinition,
};
use async_graphql::{Name, PathSegment, Response, Value};

use super::document::operation;

/// The type of every field of the schema, by its object's name and its own.
pub(super) struct FieldTypes(HashMap<(String, String), Type>);

/// A selection set and the type it selects from.
type Scope<'a> = (&'a str, &'a SelectionSet);

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
        let failed = response.errors.iter().filter(|error| !error.path.is_empty());
        let mut places: Vec<&[PathSegment]> =
            failed.filter_map(|error| self.nearest_nullable(document, operation_name, &error.path)).collect();
        // The upper ones first: what lies below a null is gone.
        places.sort_by_key(|place| place.len());
        let mut nulls: Vec<&[PathSegment]> = Vec::new();
        for place in places {
            if !nulls.iter().any(|null| place.starts_with(null)) {
                nulls.push(place);
            }
        }
        for place in nulls {
            set_null(&mut response.data, place);
        }
    }

    /// The part of a failed field's path that leads to the nearest place that may be null; empty for the whole data.
    /// None when the path is not one of the document.
    fn nearest_nullable<'p>(
        &self,
        document: &ExecutableDocument,
        operation_name: Option<&str>,
        path: &'p [PathSegment],
    ) -> Option<&'p [PathSegment]> {
        let operation = operation(document, operation_name)?;
        let root = match operation.ty {
            OperationType::Query => "Query",
            OperationType::Mutation => "Mutation",
            OperationType::Subscription => "Subscription",
        };
        let mut scopes: Vec<Scope<'_>> = vec![(root, &operation.selection_set.node)];
        let mut ty: Option<&Type> = None;
        let mut nearest = 0;
        for (index, segment) in path.iter().enumerate() {
            let found = match segment {
                PathSegment::Field(key) => {
                    let mut fields = Vec::new();
                    for (parent, set) in scopes {
                        collect(document, parent, set, key, &mut fields);
                    }
                    let typed = |(parent, field): &(&str, &'_ Field)| {
                        self.0.get(&((*parent).to_owned(), field.name.node.to_string()))
                    };
                    let first = fields.first().and_then(typed)?;
                    scopes = fields
                        .iter()
                        .filter_map(|field| Some((base(typed(field)?), &field.1.selection_set.node)))
                        .collect();
                    first
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
}

/// The fields with this key in the answer, each with the type it belongs to. Fields that share a key have types of the
/// same shape, or the document would not have been valid.
fn collect<'a>(
    document: &'a ExecutableDocument,
    parent: &'a str,
    set: &'a SelectionSet,
    key: &str,
    found: &mut Vec<(&'a str, &'a Field)>,
) {
    for item in &set.items {
        match &item.node {
            Selection::Field(field) => {
                if field.node.response_key().node == key {
                    found.push((parent, &field.node));
                }
            }
            Selection::InlineFragment(fragment) => {
                let condition = fragment.node.type_condition.as_ref();
                let parent = condition.map_or(parent, |condition| condition.node.on.node.as_str());
                collect(document, parent, &fragment.node.selection_set.node, key, found);
            }
            Selection::FragmentSpread(spread) => {
                if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                    let parent = fragment.node.type_condition.node.on.node.as_str();
                    collect(document, parent, &fragment.node.selection_set.node, key, found);
                }
            }
        }
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
    fn aliases_and_fragments_are_followed() {
        let query =
            "{ x: node { ... on Thing { y: part { ...F } } } } fragment F on Thing { z: sure { id } }";
        let data = json!({ "x": { "y": {} } });
        assert_eq!(completed(query, data, &[json!(["x", "y", "z"])]), json!({ "x": { "y": null } }));
    }
}
