//! What a request may ask for at most, whoever sends it. Each is told before the work that it bounds begins.

use std::fmt::Display;

use super::super::error::{ApiError, Code};

/// Something of a request that has a bound.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(in crate::graphql) enum Limit {
    /// The text of the document. What is read to the end to be refused, comments for instance, costs most by the byte.
    DocumentBytes,
    /// Names, numbers, strings and signs of the document: what the parser's work goes by.
    Tokens,
    /// Brackets within brackets. The parser and all that follows walk by recursion: kilobytes of brackets would use up the
    /// thread's stack, and with it the process.
    Nesting,
    /// A name in the document; misspelt ones are compared with those of the schema.
    NameBytes,
    /// Operations in the document, of which one is executed and all are validated.
    Operations,
    /// Fragments in the document.
    Fragments,
    /// Fields and fragments, those of fragments counted wherever they are spread: fragments that spread each other twice
    /// double a document with each line.
    Selections,
    /// Fields within fields.
    Depth,
    /// Lists of what a type consists of within each other, in introspection: each level has as many as the schema.
    Described,
    /// Selection sets within selection sets, those of fragments included.
    Levels,
    /// Fields at the root of an operation: each is a read or a write of its own.
    RootFields,
    /// Aliases, counted as selections are.
    Aliases,
    /// Directives at one place.
    DirectivesAtOnce,
    /// Directives, counted as selections are.
    Directives,
    /// Variables of an operation.
    Variables,
    /// Values of the request's variables, those within lists and objects included.
    VariableValues,
    /// Lists and objects within each other in the request's variables.
    VariableDepth,
    /// The text of the request's variables.
    VariableBytes,
    /// The text of the variables, counted wherever one is used: each use takes a copy.
    VariableCopies,
    /// Items of a list given as an argument, in the document or in a variable.
    ListItems,
    /// The values that the answer can hold.
    Values,
    /// The requested cost of one operation, or of all operations of a batch together.
    Cost,
}

impl Limit {
    /// All of them.
    #[cfg(test)]
    pub(super) const ALL: [Self; 22] = [
        Self::DocumentBytes,
        Self::Tokens,
        Self::Nesting,
        Self::NameBytes,
        Self::Operations,
        Self::Fragments,
        Self::Selections,
        Self::Depth,
        Self::Described,
        Self::Levels,
        Self::RootFields,
        Self::Aliases,
        Self::DirectivesAtOnce,
        Self::Directives,
        Self::Variables,
        Self::VariableValues,
        Self::VariableDepth,
        Self::VariableBytes,
        Self::VariableCopies,
        Self::ListItems,
        Self::Values,
        Self::Cost,
    ];

    /// The most there may be.
    pub(in crate::graphql) const fn most(self) -> usize {
        match self {
            Self::DocumentBytes => 128 * 1024,
            Self::Tokens => 10_000,
            Self::Nesting => 64,
            Self::NameBytes => 200,
            Self::Operations => 100,
            Self::Fragments => 500,
            Self::Selections => 5_000,
            Self::Depth => 16,
            Self::Described => 2,
            Self::Levels => 32,
            Self::RootFields => 50,
            Self::Aliases => 500,
            Self::DirectivesAtOnce => 10,
            Self::Directives => 500,
            Self::Variables => 100,
            Self::VariableValues => 10_000,
            Self::VariableDepth => 16,
            Self::VariableBytes => 512 * 1024,
            Self::VariableCopies => 16 * 1024 * 1024,
            Self::ListItems => 1_000,
            Self::Values => 25_000,
            Self::Cost => 4_000,
        }
    }

    /// What it counts, as clients are told.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::DocumentBytes => "bytes of the document",
            Self::Tokens => "tokens of the document",
            Self::Nesting => "brackets within brackets",
            Self::NameBytes => "bytes of a name",
            Self::Operations => "operations in the document",
            Self::Fragments => "fragments in the document",
            Self::Selections => "selections, those of fragments counted wherever they are spread",
            Self::Depth => "fields within fields",
            Self::Described => "lists of fields within each other in introspection",
            Self::Levels => "selection sets within selection sets, fragments included",
            Self::RootFields => "fields at the root of an operation",
            Self::Aliases => "aliases, those of fragments counted wherever they are spread",
            Self::DirectivesAtOnce => "directives at one place",
            Self::Directives => "directives, those of fragments counted wherever they are spread",
            Self::Variables => "variables of an operation",
            Self::VariableValues => "values in the variables",
            Self::VariableDepth => "lists and objects within each other in the variables",
            Self::VariableBytes => "bytes of text in the variables",
            Self::VariableCopies => "bytes of the variables, counted wherever one is used",
            Self::ListItems => "items of a list given as an argument",
            Self::Values => "values that the answer can hold, but for a description of the whole schema",
            Self::Cost => "points of requested cost",
        }
    }

    /// Refuses what goes beyond the bound.
    pub(in crate::graphql) fn check(self, found: usize) -> Result<(), ApiError> {
        if found > self.most() { Err(self.exceeded(found)) } else { Ok(()) }
    }

    /// The answer to whoever goes beyond it.
    pub(super) fn exceeded(self, found: impl Display) -> ApiError {
        let message =
            format!("Too much at once: {found} {}, where at most {} are allowed.", self.name(), self.most());
        ApiError::Client(Code::CostLimitExceeded, message)
    }

    /// The same where counting was given up.
    pub(super) fn exceeded_by_far(self) -> ApiError {
        self.exceeded(format_args!("more than {}", self.most()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_about_costs_tells_every_bound() {
        let page = include_str!("../../../docs/api-cost.md").replace(',', "");
        for limit in Limit::ALL {
            let row = format!("| {} | {} |", limit.most(), limit.name().replace(',', ""));
            assert!(page.contains(&row), "docs/api-cost.md: {row}");
        }
    }
}
