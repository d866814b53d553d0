//! The rows of a file, one at a time, each with the line it begins on.

use std::sync::Arc;

use csv::{ByteRecord, StringRecord};

use super::columns::{Column, Columns};
use super::guard::Guard;
use super::problem::{FileProblem, RowProblem};
use super::source::Source;
use crate::catalog::slug::slugify;

/// The longest field. A description has a far lower limit; this one keeps a bad file out of memory.
const MAX_FIELD: usize = 1 << 20;

/// A row of the file that is not blank.
#[derive(Debug)]
pub(super) struct Row {
    /// The line it begins on, from 1.
    pub(super) line: u64,
    /// Whose row it is; none when that cannot be told.
    pub(super) key: Option<Key>,
    /// Its fields, unless it cannot be read.
    pub(super) fields: Result<StringRecord, RowProblem>,
}

/// What a row takes in memory beside its texts: itself, what allocations round up to, its places in lists and maps.
const OVERHEAD: usize = 512;

impl Row {
    /// How many bytes it takes in memory, rather more than less.
    pub(super) fn bytes(&self) -> usize {
        let fields = match &self.fields {
            Ok(fields) => fields.as_slice().len() + fields.len() * size_of::<usize>(),
            Err(problem) => problem.to_string().len(),
        };
        // A group and the index of groups have copies of the first row's key.
        let key = self.key.as_ref().map_or(0, |key| key.handle.len() * 2 + key.slug.len() * 3);
        OVERHEAD + fields + key
    }
}

/// A product's handle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Key {
    /// As a slug: what rows are gathered by and products are known by.
    pub(super) slug: String,
    /// As the file writes it.
    pub(super) handle: String,
}

/// A file being read.
pub(super) struct Rows {
    reader: csv::Reader<Guard>,
    columns: Arc<Columns>,
    record: ByteRecord,
}

impl Rows {
    /// Opens a file and reads its header.
    pub(super) fn open(source: &Source) -> Result<Self, FileProblem> {
        let mut reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .buffer_capacity(1 << 16)
            .from_reader(Guard::new(source.open()?)?);
        let mut record = ByteRecord::new();
        if next_record(&mut reader, &mut record)?.is_none() {
            return Err(FileProblem::Empty);
        }
        let header = StringRecord::from_byte_record(record).map_err(|_| FileProblem::HeaderNotUtf8)?;
        let columns = Arc::new(Columns::read(&header)?);
        Ok(Self { reader, columns, record: ByteRecord::new() })
    }

    /// The file's columns.
    pub(super) fn columns(&self) -> Arc<Columns> {
        self.columns.clone()
    }

    /// The next row; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Row>, FileProblem> {
        while let Some(line) = next_record(&mut self.reader, &mut self.record)? {
            // Spreadsheets leave rows of commas behind.
            if self.record.iter().any(|field| !field.trim_ascii().is_empty()) {
                return Ok(Some(self.row(line)));
            }
        }
        Ok(None)
    }

    fn row(&self, line: u64) -> Row {
        let fields = self.fields();
        let handle = self.columns.place(Column::Handle).and_then(|place| self.record.get(place));
        let handle = handle.map_or_else(Default::default, String::from_utf8_lossy);
        let handle = handle.trim();
        let slug = slugify(handle);
        match (handle.is_empty(), slug.is_empty()) {
            (true, _) => Row { line, key: None, fields: fields.and(Err(RowProblem::HandleEmpty)) },
            (_, true) => {
                let problem = RowProblem::HandleUnusable { handle: handle.chars().take(100).collect() };
                Row { line, key: None, fields: fields.and(Err(problem)) }
            }
            _ => Row { line, key: Some(Key { slug, handle: handle.to_owned() }), fields },
        }
    }

    fn fields(&self) -> Result<StringRecord, RowProblem> {
        let too_long = |field: &[u8]| field.len() > MAX_FIELD;
        if let Some(index) = self.record.iter().position(too_long) {
            return Err(RowProblem::TooLong { column: self.columns.name_at(index), max: MAX_FIELD });
        }
        if let Some(index) = self.record.iter().position(|field| field.contains(&0)) {
            return Err(RowProblem::ContainsNul { column: self.columns.name_at(index) });
        }
        if self.record.iter().skip(self.columns.width()).any(|field| !field.trim_ascii().is_empty()) {
            return Err(RowProblem::TooManyFields);
        }
        // Copied field by field: a clone would be as large as the longest row so far has made the reader's record.
        let mut record = ByteRecord::with_capacity(self.record.as_slice().len(), self.record.len());
        record.extend(&self.record);
        StringRecord::from_byte_record(record)
            .map_err(|error| RowProblem::NotUtf8 { column: self.columns.name_at(error.utf8_error().field()) })
    }
}

/// Reads a record and returns the line it begins on.
fn next_record(reader: &mut csv::Reader<Guard>, record: &mut ByteRecord) -> Result<Option<u64>, FileProblem> {
    match reader.read_byte_record(record) {
        Ok(true) => Ok(Some(reader.get_mut().finish_record())),
        Ok(false) => Ok(None),
        Err(error) => Err(file_problem(error)),
    }
}

/// What the guard found comes through the CSV reader wrapped as an I/O error.
fn file_problem(error: csv::Error) -> FileProblem {
    match error.into_kind() {
        csv::ErrorKind::Io(error) => match error.downcast::<FileProblem>() {
            Ok(problem) => problem,
            Err(error) => FileProblem::Unreadable(error),
        },
        kind => FileProblem::Unreadable(std::io::Error::other(format!("{kind:?}"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &'static [u8]) -> Result<Vec<Row>, FileProblem> {
        let mut rows = Rows::open(&Source::Embedded { name: "test.csv", bytes })?;
        std::iter::from_fn(|| rows.next().transpose()).collect()
    }

    #[test]
    fn blank_rows_are_passed_over() {
        let rows = rows(b"Handle,Title,Price\r\n,,\r\n\r\nMug,Mug,1\r\n ,,\r\n").unwrap();
        assert_eq!(rows.len(), 1);
        assert_eq!((rows[0].line, rows[0].key.as_ref().unwrap().slug.as_str()), (4, "mug"));
    }

    #[test]
    fn what_cannot_be_read_still_says_whose_it_is() {
        let rows =
            rows(b"Handle,Title,Price\nmug,M\xFCg,1\nmug,M\0,1\nmug,a,1,2\n,Mug,1\n***,Mug,1\n").unwrap();
        let codes: Vec<&str> = rows.iter().map(|row| row.fields.as_ref().unwrap_err().code()).collect();
        assert_eq!(codes, ["NOT_UTF8", "CONTAINS_NUL", "TOO_MANY_FIELDS", "HANDLE_EMPTY", "HANDLE_UNUSABLE"]);
        assert_eq!(rows.iter().filter(|row| row.key.is_some()).count(), 3);
    }

    #[test]
    fn a_row_weighs_what_is_kept_of_it() {
        let rows = rows(b"Handle,Title,Price\nmug,Mug,1\nmug-with-a-long-handle,M\xFCg,1\n").unwrap();
        let [good, bad] = &rows[..] else { panic!("two rows") };
        let (fields, ends) = ("mugMug1".len(), 3 * size_of::<usize>());
        assert!(good.bytes() >= OVERHEAD + fields + ends + "mug".len());
        assert!(
            bad.bytes() >= OVERHEAD + 2 * "mug-with-a-long-handle".len(),
            "what cannot be read has a key"
        );
    }

    #[test]
    fn a_file_that_is_no_csv_is_refused_in_one_line() {
        for (bytes, code) in [
            (&b""[..], "EMPTY"),
            (b"\xEF\xBB\xBF", "EMPTY"),
            (b"\xFF\xFEH\0", "NOT_UTF8"),
            (b"H\xE4ndle,Title\n", "NOT_UTF8"),
            (b"Handle\tTitle\tVariant Price\n", "WRONG_DELIMITER"),
            (b"\x7fELF\x02\x01\x01\0\0\0", "MISSING_COLUMN"),
            (b"Handle,Title,Price\nmug,\"Mug,1\n", "UNCLOSED_QUOTE"),
        ] {
            let error = rows(bytes).unwrap_err().to_string();
            assert!(error.starts_with(code), "{error}");
            assert_eq!(error.lines().count(), 1);
        }
    }
}
