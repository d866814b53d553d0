//! How much a document selects once its fragments stand where they are spread. Those that spread each other twice double it
//! with each line, and the library walks all of it before it looks at anything else: a kilobyte would keep a thread busy
//! for years.

use std::collections::HashMap;

use async_graphql::Name;
use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

use super::error::{ApiError, Code, Result};

/// The deepest that selections may nest, fragments included: what the library allows.
const MAX_DEPTH: usize = 32;
/// The most fields and fragments. Twenty times what a generous page asks for.
const MAX_SELECTIONS: usize = 10_000;

/// Refuses a document that is too large to be walked. What passes also has no fragment that spreads itself, wherever an
/// operation could reach it.
pub(super) fn check(document: &ExecutableDocument) -> Result<()> {
    let mut measured = Measured { document, fragments: HashMap::new() };
    let mut size: usize = 0;
    for (_, operation) in document.operations.iter() {
        let Some(extent) = measured.set(&operation.node.selection_set.node, 0) else {
            return Err(refused(format!(
                "The document nests deeper than {MAX_DEPTH} selections, fragments included, or a fragment spreads itself: \
                 ask for less at a time."
            )));
        };
        size = size.saturating_add(extent.size);
    }
    if size > MAX_SELECTIONS {
        return Err(refused(format!(
            "The document selects more than {MAX_SELECTIONS} fields, those of fragments counted wherever they are spread: \
             ask for less at a time."
        )));
    }
    Ok(())
}

fn refused(message: String) -> ApiError {
    ApiError::Client(Code::CostLimitExceeded, message)
}

/// What a selection set comes to.
#[derive(Clone, Copy, Default)]
struct Extent {
    /// How many selections, on all levels.
    size: usize,
    /// How many levels below its own.
    height: usize,
}

struct Measured<'a> {
    document: &'a ExecutableDocument,
    /// Those that were measured: a fragment comes to the same wherever it is spread.
    fragments: HashMap<&'a Name, Extent>,
}

impl<'a> Measured<'a> {
    /// The extent of a set that lies so deep; none when it goes too deep.
    fn set(&mut self, set: &'a SelectionSet, depth: usize) -> Option<Extent> {
        if depth > MAX_DEPTH {
            return None;
        }
        let mut extent = Extent::default();
        for item in &set.items {
            let below = match &item.node {
                Selection::Field(field) if field.node.selection_set.node.items.is_empty() => None,
                Selection::Field(field) => Some(self.set(&field.node.selection_set.node, depth + 1)?),
                Selection::InlineFragment(fragment) => {
                    Some(self.set(&fragment.node.selection_set.node, depth + 1)?)
                }
                Selection::FragmentSpread(spread) => {
                    Some(self.fragment(&spread.node.fragment_name.node, depth + 1)?)
                }
            };
            extent.size = extent.size.saturating_add(1);
            if let Some(below) = below {
                extent.size = extent.size.saturating_add(below.size);
                extent.height = extent.height.max(below.height + 1);
            }
        }
        Some(extent)
    }

    fn fragment(&mut self, name: &'a Name, depth: usize) -> Option<Extent> {
        if let Some(extent) = self.fragments.get(name) {
            return (depth + extent.height <= MAX_DEPTH).then_some(*extent);
        }
        // An unknown one is the validation's business.
        let Some(fragment) = self.document.fragments.get(name) else { return Some(Extent::default()) };
        let extent = self.set(&fragment.node.selection_set.node, depth)?;
        self.fragments.insert(name, extent);
        Some(extent)
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    fn refused(document: &str) -> bool {
        check(&parse_query(document).unwrap()).is_err()
    }

    /// Fragments each of which spreads the next one so often, and a last one with a field.
    fn chain(length: usize, spreads: usize) -> String {
        let fragment = |number: usize| {
            format!("fragment F{number} on T {{ {} }} ", format!("...F{} ", number + 1).repeat(spreads))
        };
        let fragments: String = (0..length).map(fragment).collect();
        format!("{{ ...F0 }} {fragments} fragment F{length} on T {{ a }}")
    }

    #[test]
    fn what_grows_with_each_fragment_is_refused() {
        assert!(!refused(&chain(20, 1)));
        assert!(!refused(&chain(10, 2)));
        assert!(refused(&chain(20, 2)));
        assert!(refused(&chain(30, 100)));
    }

    #[test]
    fn fields_are_counted_wherever_they_are_spread() {
        let fields = |count: usize| (0..count).map(|number| format!("a{number} ")).collect::<String>();
        assert!(!refused(&format!("{{ {} }}", fields(MAX_SELECTIONS))));
        assert!(refused(&format!("{{ {} a }}", fields(MAX_SELECTIONS))));
        let spread_twice = |count| format!("{{ ...F b {{ ...F }} }} fragment F on T {{ {} }}", fields(count));
        assert!(!refused(&spread_twice(MAX_SELECTIONS / 2 - 2)));
        assert!(refused(&spread_twice(MAX_SELECTIONS / 2)));
    }

    #[test]
    fn depth_is_that_of_everything_put_together() {
        let nested =
            |depth: usize, inner: &str| format!("{}{inner}{}", "a { ".repeat(depth), "} ".repeat(depth));
        assert!(!refused(&format!("{{ {} }}", nested(32, "b"))));
        assert!(refused(&format!("{{ {} }}", nested(33, "b"))));
        let fragment = format!("fragment F on T {{ {} }}", nested(20, "b"));
        assert!(!refused(&format!("{{ ...F {} }} {fragment}", nested(11, "...F"))));
        assert!(refused(&format!("{{ ...F {} }} {fragment}", nested(12, "...F"))));
        assert!(refused("{ ...F } fragment F on T { a { ...F } }"), "a circle has no end");
    }
}
