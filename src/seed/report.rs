//! What a seed wrote, and how fast.

use std::fmt;
use std::time::Duration;

/// One table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TableReport {
    /// Its name.
    pub table: &'static str,
    /// How many rows it was given.
    pub rows: u64,
    /// How long PostgreSQL took for them.
    pub time: Duration,
}

/// All of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Each table, in the order in which it was filled.
    pub tables: Vec<TableReport>,
    /// How long everything took, statistics included.
    pub total: Duration,
}

impl Report {
    /// Adds rows of a table.
    pub(super) fn add(&mut self, table: &'static str, rows: u64, time: Duration) {
        match self.tables.iter_mut().find(|report| report.table == table) {
            Some(report) => {
                report.rows += rows;
                report.time += time;
            }
            None => self.tables.push(TableReport { table, rows, time }),
        }
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for TableReport { table, rows, time } in &self.tables {
            let (seconds, per_second) = (time.as_secs_f64(), *rows as f64 / time.as_secs_f64().max(0.001));
            writeln!(f, "{table:<18}{rows:>10} rows{seconds:>9.1} s{per_second:>10.0} rows/s")?;
        }
        write!(f, "all in {:.1} s", self.total.as_secs_f64())
    }
}
