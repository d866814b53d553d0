//! A look at a whole document before it runs.

use std::collections::HashSet;

use async_graphql::Name;
use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};

/// The operation that would run; none when there is no such operation.
pub(super) fn operation<'a>(
    document: &'a ExecutableDocument,
    name: Option<&str>,
) -> Option<&'a OperationDefinition> {
    match (&document.operations, name) {
        (DocumentOperations::Single(operation), _) => Some(&operation.node),
        (DocumentOperations::Multiple(operations), Some(name)) => {
            operations.get(name).map(|operation| &operation.node)
        }
        // The library counts a single operation that has a name among these; it may be asked for without its name.
        (DocumentOperations::Multiple(operations), None) => {
            let mut all = operations.values();
            all.next().filter(|_| all.next().is_none()).map(|operation| &operation.node)
        }
    }
}

/// Every field that a document selects, wherever it stands, in no particular order. Not by recursion: how deep a document
/// nests is the client's choice.
pub(super) fn fields(document: &ExecutableDocument) -> impl Iterator<Item = &Field> {
    let operations = document.operations.iter().map(|(_, operation)| &operation.node.selection_set.node);
    let fragments = document.fragments.values().map(|fragment| &fragment.node.selection_set.node);
    let mut sets: Vec<&SelectionSet> = operations.chain(fragments).collect();
    let mut items = [].iter();
    std::iter::from_fn(move || {
        loop {
            let Some(item) = items.next() else {
                items = sets.pop()?.items.iter();
                continue;
            };
            match &item.node {
                Selection::Field(field) => {
                    sets.push(&field.node.selection_set.node);
                    return Some(&field.node);
                }
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    })
}

/// A key of the answer under which a mutation selects more than one field. Fields with the same key are one (GraphQL
/// specification, 6.3.2), but the library would run each of them. Only for a document without circles of fragments.
pub(super) fn doubled(document: &ExecutableDocument) -> Option<&Name> {
    let mutations =
        document.operations.iter().filter(|(_, operation)| operation.node.ty == OperationType::Mutation);
    mutations.map(|(_, operation)| &operation.node.selection_set.node).find_map(|root| {
        let mut keys = HashSet::new();
        let mut sets = vec![root];
        while let Some(set) = sets.pop() {
            for item in &set.items {
                match &item.node {
                    Selection::Field(field) => {
                        let key = &field.node.response_key().node;
                        if key != "__typename" && !keys.insert(key) {
                            return Some(key);
                        }
                    }
                    Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                    Selection::FragmentSpread(spread) => {
                        let fragment = document.fragments.get(&spread.node.fragment_name.node);
                        sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                    }
                }
            }
        }
        None
    })
}

/// The fields at the root of a mutation, wherever they stand; none of another operation. Only for a document without circles of
/// fragments.
pub(super) fn root_fields<'a>(document: &'a ExecutableDocument, name: Option<&str>) -> Vec<&'a Field> {
    let mut fields = Vec::new();
    let mutation = operation(document, name).filter(|operation| operation.ty == OperationType::Mutation);
    let mut sets: Vec<&SelectionSet> = mutation.iter().map(|mutation| &mutation.selection_set.node).collect();
    while let Some(set) = sets.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => fields.push(&field.node),
                Selection::InlineFragment(fragment) => sets.push(&fragment.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    let fragment = document.fragments.get(&spread.node.fragment_name.node);
                    sets.extend(fragment.map(|fragment| &fragment.node.selection_set.node));
                }
            }
        }
    }
    fields
}

/// Whether a document asks the schema to describe itself. `__typename` does not: clients need it for their caches.
pub(super) fn introspects(document: &ExecutableDocument) -> bool {
    fields(document).any(|field| matches!(field.name.node.as_str(), "__schema" | "__type"))
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn fields_are_found_wherever_they_stand() {
        let document = "query A { a { b ... { c } } ...F } query B { d } fragment F on T { e { f } ...F }";
        let document = parse_query(document).unwrap();
        let mut names: Vec<&str> = fields(&document).map(|field| field.name.node.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["a", "b", "c", "d", "e", "f"]);
    }

    #[test]
    fn a_mutation_that_would_run_twice_is_found_wherever_it_hides() {
        let doubled = |document| doubled(&parse_query(document).unwrap()).map(ToString::to_string);
        assert_eq!(doubled("mutation { a { b } c a { d } }").unwrap(), "a");
        assert_eq!(doubled("mutation { x: a ...F } fragment F on T { ... { x: a } }").unwrap(), "x");
        assert_eq!(doubled("mutation { ...F ...F } fragment F on T { a }").unwrap(), "a");
        assert_eq!(doubled("query A { a } mutation B { a @skip(if: $b) a @include(if: $b) }").unwrap(), "a");
        assert_eq!(doubled("mutation { a { b b } x: a { b } ... { __typename } __typename }"), None);
        assert_eq!(doubled("{ a a }"), None, "a query may be asked twice");
    }

    #[test]
    fn introspection_is_told_from_the_name_of_a_type() {
        let introspects = |document| introspects(&parse_query(document).unwrap());
        assert!(introspects("{ a ... { types: __schema { types { name } } } }"));
        assert!(introspects("{ ...F } fragment F on Query { __type(name: \"Order\") { name } }"));
        assert!(!introspects("{ __typename a(b: \"__schema\") { __typename } }"));
    }
}
