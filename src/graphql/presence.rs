//! An object that is there is told from one that is not, even if nothing is selected of it.
//!
//! Where every field was skipped, or belongs to another type, the answer is `{}` (GraphQL specification, 6.3);
//! async-graphql answers null, as if there were no such object. So wherever a document might come to select nothing, it is
//! made to select the object's type too, under a key that no document can spell. The key is taken out of the answer when
//! its fields are put in order.

use async_graphql::parser::types::{
    DocumentOperations, ExecutableDocument, Field, OperationDefinition, OperationType, Selection,
    SelectionSet,
};
use async_graphql::{Name, Positioned};

/// What says that an object is there. A name in a document has no space.
pub(super) const KEY: &str = " present";

/// Makes each object of the answer say that it is there. The root of a subscription stays as it is: it has one field.
pub(super) fn demand(document: &mut ExecutableDocument) {
    match &mut document.operations {
        DocumentOperations::Single(operation) => demand_of_operation(&mut operation.node),
        DocumentOperations::Multiple(operations) => {
            operations.values_mut().for_each(|operation| demand_of_operation(&mut operation.node));
        }
    }
    for fragment in document.fragments.values_mut() {
        demand_below(&mut fragment.node.selection_set.node);
    }
}

fn demand_of_operation(operation: &mut OperationDefinition) {
    if operation.ty == OperationType::Subscription {
        demand_below(&mut operation.selection_set.node);
    } else {
        demand_of(&mut operation.selection_set);
    }
}

fn demand_of(set: &mut Positioned<SelectionSet>) {
    demand_below(&mut set.node);
    let always = |item: &Positioned<Selection>| matches!(&item.node, Selection::Field(field) if field.node.directives.is_empty());
    if !set.node.items.iter().any(always) {
        let here = |name: &str| Positioned::new(Name::new(name), set.pos);
        let presence = Field {
            alias: Some(here(KEY)),
            name: here("__typename"),
            arguments: Vec::new(),
            directives: Vec::new(),
            selection_set: Positioned::default(),
        };
        let presence = Selection::Field(Positioned::new(presence, set.pos));
        set.node.items.push(Positioned::new(presence, set.pos));
    }
}

fn demand_below(set: &mut SelectionSet) {
    for item in &mut set.items {
        match &mut item.node {
            Selection::Field(field) if field.node.selection_set.node.items.is_empty() => {}
            Selection::Field(field) => demand_of(&mut field.node.selection_set),
            Selection::InlineFragment(fragment) => demand_below(&mut fragment.node.selection_set.node),
            Selection::FragmentSpread(_) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::super::document::fields;
    use super::*;

    fn demanded(query: &str) -> usize {
        let mut document = parse_query(query).unwrap();
        demand(&mut document);
        let once = fields(&document).filter(|field| field.response_key().node == KEY).count();
        demand(&mut document);
        let twice = fields(&document).filter(|field| field.response_key().node == KEY).count();
        assert_eq!(once, twice, "a document that was prepared is left as it is");
        once
    }

    #[test]
    fn only_what_may_select_nothing_says_that_it_is_there() {
        assert_eq!(demanded("{ a { b @skip(if: true) c } ...F } fragment F on T { d { e } }"), 0);
        assert_eq!(demanded("{ ...F } fragment F on T { d @include(if: true) { e } }"), 1, "the root");
        assert_eq!(demanded("{ a { b @skip(if: true) } ...F } fragment F on T { d { ... { e } } }"), 2);
        assert_eq!(demanded("query A { a } mutation B { b @include(if: $c) }"), 1);
        assert_eq!(demanded("subscription { a @skip(if: false) { ... on T { b } } }"), 1, "but not the root");
    }
}
