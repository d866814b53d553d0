//! What the CSV reader does not look after: where each record begins, a quote that is never closed, a record without
//! end.
//!
//! The bytes pass through here on their way to the `csv` crate. It reports line numbers that are off by blank lines and
//! `\r\n`, takes the end of the file for the end of a quote, and would collect a record of any size in memory.

use std::collections::VecDeque;
use std::io::{self, Read};

use super::problem::FileProblem;

/// The largest record. Beyond that a quote was left open, or the file is no CSV.
const MAX_RECORD: usize = 8 << 20;

/// Where in the grammar of CSV the last byte left us; the same states as in the `csv` crate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    BetweenRecords,
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote inside a quoted field: its end, or the first of a doubled quote.
    QuoteInQuoted,
}

/// A reader that watches what is read.
pub(super) struct Guard {
    inner: Box<dyn Read + Send>,
    state: State,
    /// The line of the next byte, from 1.
    line: u64,
    /// The line on which the newest record begins.
    record_line: u64,
    /// First lines of records that were read here and not yet by the CSV reader.
    starts: VecDeque<u64>,
    /// Bytes read since the CSV reader last finished a record.
    pending: usize,
}

impl Guard {
    /// Watches a file from its beginning, without its byte order mark.
    pub(super) fn new(mut inner: Box<dyn Read + Send>) -> Result<Self, FileProblem> {
        let mut head = Vec::with_capacity(3);
        inner.by_ref().take(3).read_to_end(&mut head).map_err(FileProblem::Unreadable)?;
        if head.starts_with(&[0xFF, 0xFE]) || head.starts_with(&[0xFE, 0xFF]) {
            return Err(FileProblem::Utf16);
        }
        if head == [0xEF, 0xBB, 0xBF] {
            head.clear();
        }
        Ok(Self {
            inner: Box::new(io::Cursor::new(head).chain(inner)),
            state: State::BetweenRecords,
            line: 1,
            record_line: 1,
            starts: VecDeque::new(),
            pending: 0,
        })
    }

    /// The line on which the record begins that the CSV reader has just finished.
    pub(super) fn finish_record(&mut self) -> u64 {
        self.pending = 0;
        self.starts.pop_front().unwrap_or(self.record_line)
    }

    fn watch(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            let line_end = byte == b'\n' || byte == b'\r';
            self.state = match self.state {
                State::BetweenRecords if line_end => State::BetweenRecords,
                State::Quoted if byte == b'"' => State::QuoteInQuoted,
                State::Quoted => State::Quoted,
                State::QuoteInQuoted if byte == b'"' => State::Quoted,
                state => {
                    if state == State::BetweenRecords {
                        self.record_line = self.line;
                        self.starts.push_back(self.line);
                    }
                    match byte {
                        _ if line_end => State::BetweenRecords,
                        b',' => State::FieldStart,
                        b'"' if matches!(state, State::BetweenRecords | State::FieldStart) => State::Quoted,
                        _ => State::Plain,
                    }
                }
            };
            self.line += u64::from(byte == b'\n');
        }
    }
}

impl Read for Guard {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        if read == 0 && self.state == State::Quoted {
            return Err(io::Error::other(FileProblem::UnclosedQuote { line: self.record_line }));
        }
        self.watch(&buffer[..read]);
        self.pending += read;
        if self.pending > MAX_RECORD {
            return Err(io::Error::other(FileProblem::RecordTooLong { line: self.record_line }));
        }
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reader(bytes: &[u8]) -> csv::Reader<Guard> {
        let guard = Guard::new(Box::new(io::Cursor::new(bytes.to_vec()))).unwrap();
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(guard)
    }

    /// The first line and the first field of every record, and how reading ended.
    fn read(bytes: &[u8]) -> (Vec<(u64, String)>, Option<String>) {
        let mut reader = reader(bytes);
        let mut records = Vec::new();
        let mut record = csv::ByteRecord::new();
        loop {
            match reader.read_byte_record(&mut record) {
                Ok(true) => {
                    let line = reader.get_mut().finish_record();
                    records.push((line, String::from_utf8_lossy(&record[0]).into_owned()));
                }
                Ok(false) => return (records, None),
                Err(error) => return (records, Some(error.to_string())),
            }
        }
    }

    #[test]
    fn lines_are_counted_as_an_editor_counts_them() {
        let (records, error) = read(b"\xEF\xBB\xBFa,1\r\n\r\n\"b\r\nstill b\",2\r\n\n\nc\r\n");
        assert_eq!(error, None);
        assert_eq!(records, [(1, "a".into()), (3, "b\r\nstill b".into()), (7, "c".into())]);
    }

    #[test]
    fn a_quote_left_open_is_named_by_its_record() {
        let (records, error) = read(b"a\nb,\"open\nc\nd\n");
        assert_eq!(records, [(1, "a".into())]);
        assert!(error.unwrap().contains("line 2"));
    }

    #[test]
    fn a_quote_inside_a_plain_field_is_a_letter() {
        assert_eq!(read(b"12\" pipe\nb\n"), (vec![(1, "12\" pipe".into()), (2, "b".into())], None));
    }

    #[test]
    fn a_record_without_end_is_not_collected() {
        let (_, error) = read(&vec![b'x'; MAX_RECORD + (1 << 20)]);
        assert!(error.unwrap().contains("larger than"));
    }

    #[test]
    fn utf_16_is_recognised() {
        assert!(matches!(Guard::new(Box::new(&b"\xFF\xFEH\0"[..])), Err(FileProblem::Utf16)));
    }

    proptest! {
        /// Whatever the bytes, each record the CSV reader finds is one whose beginning was noted.
        #[test]
        fn sees_the_same_records_as_the_csv_reader(text in "[a,\"\r\n ]{0,60}") {
            let mut reader = reader(text.as_bytes());
            let mut record = csv::ByteRecord::new();
            while let Ok(true) = reader.read_byte_record(&mut record) {
                prop_assert!(!reader.get_ref().starts.is_empty());
                let line = reader.get_mut().finish_record();
                prop_assert!(line <= 1 + text.matches('\n').count() as u64);
            }
            if reader.get_ref().state != State::Quoted {
                prop_assert!(reader.get_ref().starts.is_empty());
            }
        }
    }
}
