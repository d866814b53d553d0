//! The statements that some work sent to PostgreSQL, held against a budget.

/// What was sent, in order, with the values bound.
#[derive(Debug)]
pub(crate) struct Statements(pub(crate) Vec<String>);

impl Statements {
    /// How many there were.
    pub(crate) fn count(&self) -> usize {
        self.0.len()
    }

    /// Panics when there were more than the budget allows, and shows which.
    #[track_caller]
    pub(crate) fn assert_at_most(&self, budget: usize) {
        assert!(self.count() <= budget, "{} statements where {budget} are allowed:\n{self}", self.count());
    }
}

impl std::fmt::Display for Statements {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (index, statement) in self.0.iter().enumerate() {
            let shown: String = statement.chars().take(400).collect();
            writeln!(f, "{:>3}. {shown}", index + 1)?;
        }
        Ok(())
    }
}
