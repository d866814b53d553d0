//! Rows gathered by handle. Usually a product's rows lie together; where they do not, they are kept until the end of the
//! file, so that every product is looked at once and whole.

use std::collections::{HashMap, HashSet};
use std::hash::{BuildHasher, RandomState};
use std::sync::Arc;

use super::columns::Columns;
use super::problem::{FileProblem, RowProblem};
use super::rows::{Key, Row, Rows};
use super::source::Source;

/// How many bytes of rows are kept for products that are not complete yet.
const MAX_KEPT: usize = 256 << 20;

/// What a first reading of a file finds out. Needs eight bytes for each of its products.
#[derive(Debug)]
pub(super) struct Survey {
    /// How many rows there are.
    pub(super) rows: u64,
    hasher: RandomState,
    scattered: HashSet<u64>,
}

impl Survey {
    /// Reads the whole file; what is wrong with the file as such is found here, before anything is written.
    pub(super) fn of(source: &Source) -> Result<Self, FileProblem> {
        let mut reader = Rows::open(source)?;
        let mut survey = Self { rows: 0, hasher: RandomState::new(), scattered: HashSet::new() };
        let mut seen = HashSet::new();
        let mut current = None;
        while let Some(row) = reader.next()? {
            survey.rows += 1;
            let Some(key) = row.key else { continue };
            let product = survey.hasher.hash_one(&key.slug);
            if current != Some(product) && !seen.insert(product) {
                survey.scattered.insert(product);
            }
            current = Some(product);
        }
        if survey.rows == 0 { Err(FileProblem::Empty) } else { Ok(survey) }
    }

    fn is_scattered(&self, slug: &str) -> bool {
        self.scattered.contains(&self.hasher.hash_one(slug))
    }
}

/// All the rows of one product.
#[derive(Debug)]
pub(super) struct Group {
    /// The product's handle, as its first row writes it.
    pub(super) key: Key,
    /// Its rows, at least one.
    pub(super) rows: Vec<Row>,
}

/// The next thing a file holds.
#[derive(Debug)]
pub(super) enum Gathered {
    /// A product.
    Product(Group),
    /// A row that belongs to no product.
    Stray { line: u64, problem: RowProblem },
}

/// A file read product by product.
pub(super) struct Groups<'s> {
    rows: Rows,
    survey: &'s Survey,
    current: Option<Group>,
    current_bytes: usize,
    /// Products whose rows lie apart, in the order of their first rows.
    kept: Vec<Group>,
    places: HashMap<String, usize>,
    kept_bytes: usize,
    ended: Option<std::vec::IntoIter<Group>>,
}

impl<'s> Groups<'s> {
    /// Opens the file that was surveyed.
    pub(super) fn open(source: &Source, survey: &'s Survey) -> Result<Self, FileProblem> {
        Ok(Self {
            rows: Rows::open(source)?,
            survey,
            current: None,
            current_bytes: 0,
            kept: Vec::new(),
            places: HashMap::new(),
            kept_bytes: 0,
            ended: None,
        })
    }

    /// The file's columns.
    pub(super) fn columns(&self) -> Arc<Columns> {
        self.rows.columns()
    }

    /// The next product or stray row; none at the end.
    pub(super) fn next(&mut self) -> Result<Option<Gathered>, FileProblem> {
        if let Some(kept) = &mut self.ended {
            return Ok(kept.next().map(Gathered::Product));
        }
        while let Some(row) = self.rows.next()? {
            match self.take(row)? {
                None => {}
                done => return Ok(done),
            }
        }
        let mut kept = std::mem::take(&mut self.kept).into_iter();
        let next = self.current.take().or_else(|| kept.next());
        self.ended = Some(kept);
        Ok(next.map(Gathered::Product))
    }

    /// Adds a row to its product, and returns what is complete with that.
    fn take(&mut self, row: Row) -> Result<Option<Gathered>, FileProblem> {
        let Some(key) = row.key.clone() else {
            let problem = row.fields.err().unwrap_or(RowProblem::HandleEmpty);
            return Ok(Some(Gathered::Stray { line: row.line, problem }));
        };
        let size = row.bytes();
        if self.survey.is_scattered(&key.slug) {
            self.kept_bytes += size;
            let place = *self.places.entry(key.slug.clone()).or_insert(self.kept.len());
            match self.kept.get_mut(place) {
                Some(group) => group.rows.push(row),
                None => self.kept.push(Group { key, rows: vec![row] }),
            }
            return self.check_size();
        }
        if let Some(group) = &mut self.current
            && group.key.slug == key.slug
        {
            self.current_bytes += size;
            group.rows.push(row);
            return self.check_size();
        }
        self.current_bytes = size;
        Ok(self.current.replace(Group { key, rows: vec![row] }).map(Gathered::Product))
    }

    fn check_size(&self) -> Result<Option<Gathered>, FileProblem> {
        if self.kept_bytes + self.current_bytes > MAX_KEPT { Err(FileProblem::Scattered) } else { Ok(None) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn groups(bytes: &'static [u8]) -> Vec<(String, Vec<u64>)> {
        let source = Source::Embedded { name: "test.csv", bytes };
        let survey = Survey::of(&source).unwrap();
        let mut groups = Groups::open(&source, &survey).unwrap();
        std::iter::from_fn(|| groups.next().unwrap())
            .map(|gathered| match gathered {
                Gathered::Product(group) => (group.key.slug, group.rows.iter().map(|row| row.line).collect()),
                Gathered::Stray { line, .. } => ("stray".to_owned(), vec![line]),
            })
            .collect()
    }

    #[test]
    fn rows_that_lie_apart_are_brought_together() {
        let file = b"Handle,Title,Price\na,A,1\nb,B,1\na,,2\n,,3\nc,C,1\nC,,2\na,,4\n";
        let expected = [
            ("b".to_owned(), vec![3]),
            ("stray".to_owned(), vec![5]),
            ("c".to_owned(), vec![6, 7]),
            ("a".to_owned(), vec![2, 4, 8]),
        ];
        let mut found = groups(file);
        found.sort_by_key(|(_, lines)| lines[0]);
        let mut expected = expected.to_vec();
        expected.sort_by_key(|(_, lines)| lines[0]);
        assert_eq!(found, expected);
    }

    #[test]
    fn a_stray_row_does_not_part_a_product() {
        assert_eq!(
            groups(b"Handle,Title,Price\na,A,1\n,x,\na,,2\n"),
            [("stray".to_owned(), vec![3]), ("a".to_owned(), vec![2, 4])]
        );
    }

    /// The memory of this process.
    #[cfg(target_os = "linux")]
    fn resident_bytes() -> usize {
        let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
        pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_long_row_does_not_make_the_kept_ones_after_it_long() {
        let description = "x".repeat(1 << 20);
        let rows: String = (0..2).flat_map(|_| (0..300).map(|row| format!("p{row},P,1\n"))).collect();
        let file = format!("Handle,Title,Price\nlong,{description},1\n{rows}");
        let source = Source::Embedded { name: "test.csv", bytes: file.leak().as_bytes() };
        let survey = Survey::of(&source).unwrap();
        let mut groups = Groups::open(&source, &survey).unwrap();
        let before = resident_bytes();
        // The first of them comes when all the file has been read.
        let first = std::iter::from_fn(|| groups.next().unwrap()).nth(1);
        assert!(matches!(first, Some(Gathered::Product(group)) if group.rows.len() == 2));
        let grown = resident_bytes().saturating_sub(before);
        assert!(grown < 100 << 20, "600 short rows take {grown} bytes");
        assert!(groups.kept_bytes < 1 << 20, "and count as {}", groups.kept_bytes);
    }

    #[test]
    fn a_header_alone_is_an_empty_file() {
        let source = Source::Embedded { name: "test.csv", bytes: b"Handle,Title,Price\r\n,,\r\n" };
        assert!(matches!(Survey::of(&source), Err(FileProblem::Empty)));
    }
}
