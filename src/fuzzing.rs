//! What the fuzz targets in `fuzz/` call (`make fuzz`): what reads the texts that come from outside, without a shop behind it.
//!
//! Each panics when something that must hold of whatever it is given does not.

use std::str::FromStr;
use std::sync::Arc;

pub use crate::graphql::fuzzing::{document, request};
use crate::ids::AnyId;
use crate::import::{self, Source};
use crate::money::Currency;
use crate::pagination::{KeyKind, PageArguments};

/// An id that can be read is written the same, and is the only way to write it.
pub fn id(text: &str) {
    if let Ok(id) = AnyId::from_str(text) {
        assert_eq!(id.to_string(), text);
    }
}

/// A cursor that is taken is one of a row that there could be.
pub fn cursor(text: &str) {
    for kind in [KeyKind::Int, KeyKind::Time, KeyKind::Text] {
        let page = PageArguments { after: Some(text.to_owned()), ..PageArguments::default() };
        let Ok(request) = page.validate("id", kind) else { continue };
        let cursor = request.cursor.expect("a cursor was given");
        let again = PageArguments { before: Some(cursor.encode()), ..PageArguments::default() };
        assert_eq!(again.validate("id", kind).expect("it was taken").cursor, Some(cursor));
    }
}

/// A product file gives products, or problems with the lines that they are in.
pub fn csv(bytes: &[u8]) {
    let source = Source::Memory { name: "fuzz.csv", bytes: Arc::from(bytes) };
    let lines = bytes.iter().filter(|byte| matches!(byte, b'\n' | b'\r')).count() as u64 + 1;
    if let Ok(problems) = import::problems(&source, Currency::USD) {
        for problem in problems {
            assert!((1..=lines).contains(&problem.line), "{problem:?} of {lines} lines");
        }
    }
}
