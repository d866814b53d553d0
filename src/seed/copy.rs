//! Rows as PostgreSQL's COPY reads them, and the way there.

use std::fmt::{Display, Write};
use std::io::Cursor;

use futures_util::SinkExt;
use tokio_postgres::Client;

/// How many bytes of rows go to the server at a time.
const PIECE: usize = 1 << 20;

/// A table that is filled, with the columns that are given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Table {
    pub(super) name: &'static str,
    pub(super) columns: &'static str,
}

/// Rows of one table in COPY's text format.
#[derive(Debug)]
pub(super) struct Rows {
    pub(super) table: Table,
    pub(super) count: u64,
    text: String,
    at_start: bool,
}

impl Rows {
    /// No rows yet.
    pub(super) const fn of(table: Table) -> Self {
        Self { table, count: 0, text: String::new(), at_start: true }
    }

    /// Adds a field. Everything a seed writes is free of what the format gives a meaning to: tabs, line ends and
    /// backslashes.
    pub(super) fn field(&mut self, value: impl Display) -> &mut Self {
        if !self.at_start {
            self.text.push('\t');
        }
        self.at_start = false;
        // Writing to a String cannot fail.
        let _ = write!(self.text, "{value}");
        self
    }

    /// Adds a field that may have no value.
    pub(super) fn maybe(&mut self, value: Option<impl Display>) -> &mut Self {
        match value {
            Some(value) => self.field(value),
            None => self.field("\\N"),
        }
    }

    /// Ends the row.
    pub(super) fn end(&mut self) {
        self.text.push('\n');
        self.at_start = true;
        self.count += 1;
    }
}

/// Adds rows to their table.
pub(super) async fn copy(client: &Client, rows: Rows) -> Result<(), tokio_postgres::Error> {
    if rows.count == 0 {
        return Ok(());
    }
    let Table { name, columns } = rows.table;
    let sink = client.copy_in(&format!("COPY {name} ({columns}) FROM STDIN")).await?;
    let mut sink = std::pin::pin!(sink);
    let text = rows.text.into_bytes();
    for piece in text.chunks(PIECE) {
        sink.send(Cursor::new(piece.to_vec())).await?;
    }
    sink.finish().await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_lines_and_fields_are_parted_by_tabs() {
        let mut rows = Rows::of(Table { name: "things", columns: "a, b" });
        rows.field(1).maybe(None::<i32>).end();
        rows.field("two").maybe(Some(3)).end();
        assert_eq!((rows.text.as_str(), rows.count), ("1\t\\N\ntwo\t3\n", 2));
    }
}
