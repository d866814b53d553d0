//! A look at a whole document before it runs.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet,
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
    fn introspection_is_told_from_the_name_of_a_type() {
        let introspects = |document| introspects(&parse_query(document).unwrap());
        assert!(introspects("{ a ... { types: __schema { types { name } } } }"));
        assert!(introspects("{ ...F } fragment F on Query { __type(name: \"Order\") { name } }"));
        assert!(!introspects("{ __typename a(b: \"__schema\") { __typename } }"));
    }
}
