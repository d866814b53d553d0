//! Import: a catalogue out of Shopify's product CSV, as shops really export it.
//!
//! One file is one transaction. It is read twice: `survey` counts its rows and finds the products whose rows do not lie
//! together, then the rows are gathered into products (`rows`, `group`, `product`), compared with what the shop has
//! (`existing`, `matching`, `plan`) and written in batches (`write`); what shoppers may have to wait for comes last
//! (`closing`). Only what differs is written, so importing a file again changes nothing at all.
//!
//! What a file does not say stays: columns it lacks, variants and images it does not list, a variant that was archived
//! here. Stock is taken over when a variant is made and left alone afterwards, because the file does not know what was
//! sold since; [`Options::update_stock`] says otherwise.

mod batches;
mod categories;
mod closing;
mod columns;
mod draft;
mod existing;
mod group;
mod guard;
mod matching;
mod plan;
mod problem;
mod product;
mod progress;
mod read;
mod rows;
mod run;
mod source;
mod summary;
mod values;
mod write;

pub use self::problem::{FileProblem, Problem, RowProblem};
pub use self::run::{ImportError, Options, run};
pub use self::source::Source;
pub use self::summary::{Counts, Notes, Summary};

/// What is wrong with the rows of a file, the shop apart.
#[cfg(fuzzing)]
pub(crate) fn problems(
    source: &Source,
    currency: crate::money::Currency,
) -> Result<Vec<Problem>, FileProblem> {
    let (built, strays) = read::build_all(source, currency)?;
    Ok(built.into_iter().flat_map(|built| built.problems).chain(strays).collect())
}
