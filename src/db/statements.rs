//! A record of the statements sent to PostgreSQL: budgets are held by counting them.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use diesel::connection::{Instrumentation, InstrumentationEvent};

/// Every statement since the log was last emptied, `BEGIN` and `COMMIT` included.
#[derive(Debug, Clone, Default)]
pub struct StatementLog {
    written: Arc<Mutex<Written>>,
}

#[derive(Debug, Default)]
struct Written {
    statements: Vec<String>,
    /// The texts that some connection keeps prepared.
    prepared: HashSet<String>,
}

/// A statement that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its text, with the values bound to it.
    pub text: String,
    /// Whether it is parsed and planned anew each time that it is sent, because no connection keeps it.
    pub forgotten: bool,
}

impl StatementLog {
    /// Takes the statements written down so far.
    #[must_use]
    pub fn take(&self) -> Vec<Statement> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let statements = std::mem::take(&mut written.statements);
        let forgotten = |text: &str| {
            // Diesel writes the values behind the text; commands such as BEGIN have none, nor a plan.
            text.split_once(" -- binds:").is_some_and(|(text, _)| !written.prepared.contains(text))
        };
        statements.into_iter().map(|text| Statement { forgotten: forgotten(&text), text }).collect()
    }
}

impl Instrumentation for StatementLog {
    fn on_connection_event(&mut self, event: InstrumentationEvent<'_>) {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        match event {
            InstrumentationEvent::StartQuery { query, .. } => written.statements.push(query.to_string()),
            InstrumentationEvent::CacheQuery { sql, .. } => {
                written.prepared.insert(sql.to_owned());
            }
            _ => {}
        }
    }
}
