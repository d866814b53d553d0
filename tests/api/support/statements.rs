//! The statements that some work sent to PostgreSQL, held against a budget.

use cartograph::db::Statement;

/// What was sent, in order, with the values bound.
#[derive(Debug)]
pub(crate) struct Statements(Vec<Statement>);

impl Statements {
    pub(crate) fn new(sent: Vec<Statement>) -> Self {
        Self(sent)
    }

    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Each as it was sent.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|statement| statement.text.as_str())
    }

    /// Panics when there were more than the budget allows, and shows which.
    #[track_caller]
    pub(crate) fn assert_at_most(&self, budget: usize) {
        assert!(self.count() <= budget, "{} statements where {budget} are allowed:\n{self}", self.count());
    }

    /// Panics when PostgreSQL plans one of them anew each time that it is sent, and shows which.
    #[track_caller]
    pub(crate) fn assert_prepared(&self) {
        assert!(!self.0.iter().any(|statement| statement.forgotten), "not all are kept prepared:\n{self}");
    }
}

impl std::fmt::Display for Statements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, Statement { text, forgotten }) in self.0.iter().enumerate() {
            let shown: String = text.chars().take(400).collect();
            let note = if *forgotten { "(planned anew each time) " } else { "" };
            writeln!(f, "{:>3}. {note}{shown}", index + 1)?;
        }
        Ok(())
    }
}
