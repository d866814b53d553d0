//! Keyset pagination, without GraphQL: what page is asked for, where it starts, and how a page of rows is cut.
//!
//! A cursor names the row it points behind by its sort key and id, so that pages stay put while rows come and go.

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chrono::{DateTime, Datelike, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// The most rows one page can hold.
pub const MAX_PAGE_SIZE: i32 = 100;
/// How many rows a page holds when the client names no number.
pub const DEFAULT_PAGE_SIZE: i32 = 20;
/// A longer text is no cursor of ours.
const MAX_CURSOR_LENGTH: usize = 2048;

/// Why a page cannot be given. The text is meant for the client.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PageError {
    /// `first` or `last` outside 1 to 100.
    #[error("'{argument}' must be between 1 and {MAX_PAGE_SIZE}, not {given}")]
    Size { argument: &'static str, given: i32 },
    /// Two directions at once.
    #[error("give either 'first' (with 'after') or 'last' (with 'before'), not both")]
    BothDirections,
    /// Text that this API did not make, or made for a list in another order.
    #[error(
        "'{argument}' is not a cursor of this list: use one that 'pageInfo' or an edge of the same list gave"
    )]
    BadCursor { argument: &'static str },
}

/// The value by which a row is sorted. Texts sort by their bytes, as in PostgreSQL's collation "C".
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(untagged)]
pub enum SortKey {
    /// Amounts, ratings, ranks, positions; times as microseconds since 1970 (see [`moment`]).
    Int(i64),
    /// Names.
    Text(String),
}

/// The place of one row in a list: `order` tells which order the list is in, so that a cursor is refused elsewhere. Those
/// of one list sort as its rows do upwards.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Cursor {
    order: String,
    /// The row's sort key.
    pub key: SortKey,
    /// The row's id, which breaks ties.
    pub id: Uuid,
}

impl Cursor {
    /// The place of the row with this key and id in a list of this order.
    #[must_use]
    pub fn new(order: &str, key: SortKey, id: Uuid) -> Self {
        Self { order: order.to_owned(), key, id }
    }

    /// The cursor as clients see it: opaque, safe in URLs.
    #[must_use]
    pub fn encode(&self) -> String {
        // Serialising strings and numbers cannot fail.
        let json = serde_json::to_vec(&(&self.order, &self.key, &self.id)).unwrap_or_default();
        BASE64_URL_SAFE_NO_PAD.encode(json)
    }

    fn decode(text: &str, order: &str, kind: KeyKind) -> Option<Self> {
        if text.len() > MAX_CURSOR_LENGTH {
            return None;
        }
        let json = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (found, key, id): (String, SortKey, Uuid) = serde_json::from_slice(&json).ok()?;
        let fits = match (kind, &key) {
            (KeyKind::Int, SortKey::Int(_)) => true,
            (KeyKind::Time, SortKey::Int(micros)) => moment(*micros).is_some(),
            // PostgreSQL has no NUL in text, so no row of ours was sorted by one.
            (KeyKind::Text, SortKey::Text(text)) => !text.contains('\0'),
            _ => false,
        };
        (found == order && fits).then_some(Self { order: found, key, id })
    }
}

/// The moment of a [`KeyKind::Time`] key. None outside the years that a calendar writes with four digits: where chrono's
/// and PostgreSQL's ranges end is elsewhere for each, and no row was made there.
#[must_use]
pub fn moment(micros: i64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_micros(micros).filter(|moment| (0..=9999).contains(&moment.year()))
}

/// What a list is sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// [`SortKey::Int`]
    Int,
    /// [`SortKey::Int`] with a [`moment`].
    Time,
    /// [`SortKey::Text`]
    Text,
}

/// The arguments of a connection field as the client gave them.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct PageArguments {
    /// How many rows from the start of the list or behind `after`.
    pub first: Option<i32>,
    /// The cursor of the row before the page.
    pub after: Option<String>,
    /// How many rows from the end of the list or before `before`.
    pub last: Option<i32>,
    /// The cursor of the row behind the page.
    pub before: Option<String>,
}

impl PageArguments {
    /// Checks the arguments for a list in the given order.
    pub fn validate(&self, order: &str, kind: KeyKind) -> Result<PageRequest, PageError> {
        let size = |argument, given: i32| match given {
            1..=MAX_PAGE_SIZE => Ok(i64::from(given)),
            _ => Err(PageError::Size { argument, given }),
        };
        let cursor = |argument, text: &Option<String>| match text {
            None => Ok(None),
            Some(text) => {
                Cursor::decode(text, order, kind).map(Some).ok_or(PageError::BadCursor { argument })
            }
        };
        let forward = self.first.is_some() || self.after.is_some();
        let backward = self.last.is_some() || self.before.is_some();
        if forward && backward {
            return Err(PageError::BothDirections);
        }
        if backward {
            let limit = size("last", self.last.unwrap_or(DEFAULT_PAGE_SIZE))?;
            Ok(PageRequest { limit, cursor: cursor("before", &self.before)?, backward: true })
        } else {
            let limit = size("first", self.first.unwrap_or(DEFAULT_PAGE_SIZE))?;
            Ok(PageRequest { limit, cursor: cursor("after", &self.after)?, backward: false })
        }
    }
}

/// A checked request for one page.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct PageRequest {
    /// How many rows the client gets at most.
    pub limit: i64,
    /// The row next to the page on the side it is entered from.
    pub cursor: Option<Cursor>,
    /// Whether the page is read from the end of the list towards its start.
    pub backward: bool,
}

impl PageRequest {
    /// How many rows to read: one more than the page holds, which tells whether another page follows.
    #[must_use]
    pub fn fetch(&self) -> i64 {
        self.limit + 1
    }

    /// Cuts the rows read for this request, in the direction of reading, to the page in the order of the list.
    #[must_use]
    pub fn cut<T>(&self, mut rows: Vec<T>) -> Page<T> {
        let limit = usize::try_from(self.limit).unwrap_or(usize::MAX);
        let more = rows.len() > limit;
        rows.truncate(limit);
        if self.backward {
            rows.reverse();
            Page { rows, has_previous: more, has_next: self.cursor.is_some() }
        } else {
            Page { rows, has_previous: self.cursor.is_some(), has_next: more }
        }
    }
}

impl PageRequest {
    /// The page of a list that is all in memory, sorted upwards by `place`: for lists that are short by nature and were
    /// read together with those of their siblings.
    #[must_use]
    pub fn slice<T>(&self, rows: Vec<T>, place: impl Fn(&T) -> (i64, Uuid)) -> Page<T> {
        let fetch = usize::try_from(self.fetch()).unwrap_or(usize::MAX);
        let beyond = |row: &T| match &self.cursor {
            Some(Cursor { key: SortKey::Int(key), id, .. }) if self.backward => place(row) < (*key, *id),
            Some(Cursor { key: SortKey::Int(key), id, .. }) => place(row) > (*key, *id),
            _ => true,
        };
        let mut rows: Vec<T> = rows.into_iter().filter(beyond).collect();
        if self.backward {
            rows.reverse();
        }
        rows.truncate(fetch);
        self.cut(rows)
    }
}

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The rows, in the order of the list.
    pub rows: Vec<T>,
    /// Whether rows come before the page.
    pub has_previous: bool,
    /// Whether rows come behind the page.
    pub has_next: bool,
}

impl<T> Default for Page<T> {
    /// The page of an empty list.
    fn default() -> Self {
        Self { rows: Vec::new(), has_previous: false, has_next: false }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn first(first: i32) -> PageArguments {
        PageArguments { first: Some(first), ..PageArguments::default() }
    }

    #[test]
    fn sizes_outside_the_bounds_are_refused() {
        for given in [0, -1, 101, i32::MIN, i32::MAX] {
            let error = first(given).validate("newest", KeyKind::Int).unwrap_err();
            assert_eq!(error, PageError::Size { argument: "first", given });
        }
        assert_eq!(first(100).validate("newest", KeyKind::Int).unwrap().limit, 100);
    }

    #[test]
    fn a_cursor_fits_only_the_order_it_was_made_for() {
        let after = Cursor::new("price", SortKey::Int(5), Uuid::nil()).encode();
        let arguments = PageArguments { after: Some(after), ..PageArguments::default() };
        assert!(arguments.validate("price", KeyKind::Int).is_ok());
        let refused = Err(PageError::BadCursor { argument: "after" });
        assert_eq!(arguments.validate("name", KeyKind::Int), refused);
        assert_eq!(arguments.validate("price", KeyKind::Text), refused);
    }

    #[test]
    fn a_time_lies_where_both_chrono_and_postgresql_have_it() {
        let accepted = |micros| {
            let after = Some(Cursor::new("newest", SortKey::Int(micros), Uuid::nil()).encode());
            PageArguments { after, ..PageArguments::default() }.validate("newest", KeyKind::Time).is_ok()
        };
        assert!(accepted(0) && accepted(Utc::now().timestamp_micros()));
        // Before PostgreSQL begins in 4713 BC, behind the end of chrono in 262142, and as far away as can be written.
        for forged in [-300_000_000_000_000_000, 8_210_266_876_800_000_000, i64::MIN, i64::MAX] {
            assert!(!accepted(forged), "{forged}");
        }
    }

    #[test]
    fn one_direction_at_a_time() {
        let both = PageArguments { first: Some(1), last: Some(1), ..PageArguments::default() };
        assert_eq!(both.validate("newest", KeyKind::Int), Err(PageError::BothDirections));
    }

    proptest! {
        #[test]
        fn every_cursor_survives_the_way_out_and_back(key: i64, name in "[^\\x00]{0,100}", bits: u128) {
            let id = Uuid::from_u128(bits);
            for (kind, key) in [(KeyKind::Int, SortKey::Int(key)), (KeyKind::Text, SortKey::Text(name))] {
                let cursor = Cursor::new("order", key, id);
                prop_assert_eq!(Cursor::decode(&cursor.encode(), "order", kind), Some(cursor));
            }
        }

        #[test]
        fn no_input_panics(text in "\\PC{0,300}") {
            let _ = Cursor::decode(&text, "newest", KeyKind::Time);
        }

        #[test]
        fn pages_in_either_direction_hold_the_rows_in_list_order(count in 0_i64..30, limit in 1_i64..20) {
            let all: Vec<i64> = (0..count).collect();
            let forward = PageRequest { limit, cursor: None, backward: false };
            let read: Vec<i64> = all.iter().copied().take(forward.fetch() as usize).collect();
            let page = forward.cut(read);
            prop_assert_eq!(&page.rows, &all[..page.rows.len()]);
            prop_assert_eq!(page.has_next, count > limit);
            let backward = PageRequest { limit, cursor: None, backward: true };
            let read: Vec<i64> = all.iter().rev().copied().take(backward.fetch() as usize).collect();
            let page = backward.cut(read);
            prop_assert_eq!(&page.rows, &all[all.len() - page.rows.len()..]);
            prop_assert_eq!(page.has_previous, count > limit);
        }
    }
}
