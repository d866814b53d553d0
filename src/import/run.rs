//! One import, from the first byte to the commit.

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

use super::batches::Import;
use super::group::Survey;
use super::problem::FileProblem;
use super::source::Source;
use super::summary::Summary;
use crate::money::Currency;

/// How many reasons a refused import lists.
const LISTED_PROBLEMS: usize = 20;

/// Imports take turns, however long another takes (the lock's number is "cartimpt" in ASCII), and may take their time over
/// a large batch.
const BEGIN: &str = "SET LOCAL statement_timeout = 0; \
                     SELECT pg_advisory_xact_lock(7161130726806351988); \
                     SET LOCAL statement_timeout = '10min'; \
                     SET LOCAL idle_in_transaction_session_timeout = '10min'";

/// What to import, and how.
#[derive(Debug, Clone)]
pub struct Options {
    /// The file.
    pub source: Source,
    /// What its prices are in.
    pub currency: Currency,
    /// Import the rest of a file that has bad rows.
    pub skip_bad: bool,
    /// Do everything and keep nothing of it.
    pub dry_run: bool,
    /// Set the stock of variants that the shop has already, not only of new ones. What can be bought becomes what the
    /// file says; what orders were promised is on top of that.
    pub update_stock: bool,
}

/// Why nothing was imported.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// The file is none that can be imported.
    #[error("{name}: {problem}")]
    File {
        /// The file.
        name: String,
        /// What is wrong with it.
        problem: FileProblem,
    },
    /// Some rows are bad and were not to be skipped.
    #[error(
        "{name}: nothing was imported, because {} of {} rows cannot be; correct them, or skip them with --skip-bad:{}",
        summary.skipped_rows, summary.rows, summary.reasons(LISTED_PROBLEMS)
    )]
    BadRows {
        /// The file.
        name: String,
        /// What would have been done without those rows.
        summary: Box<Summary>,
    },
    /// The database failed.
    #[error("database: {0}")]
    Database(#[from] diesel::result::Error),
}

/// Why the transaction ends without a commit.
pub(super) enum Rollback {
    File(FileProblem),
    Unwanted(Summary),
    Database(diesel::result::Error),
}

impl From<diesel::result::Error> for Rollback {
    fn from(error: diesel::result::Error) -> Self {
        Self::Database(error)
    }
}

impl From<FileProblem> for Rollback {
    fn from(problem: FileProblem) -> Self {
        Self::File(problem)
    }
}

/// Imports a file, whole or not at all. Memory is that of a batch, of rows that lie apart, and of a few bytes for each
/// product and each variant whose stock is set. Reads the file on the calling thread.
pub async fn run(conn: &mut AsyncPgConnection, options: &Options) -> Result<Summary, ImportError> {
    let file = |problem| ImportError::File { name: options.source.name(), problem };
    let survey = Survey::of(&options.source).map_err(file)?;
    let outcome = conn
        .transaction(async |conn| {
            conn.batch_execute(BEGIN).await?;
            let summary = Import::begin(conn, options, &survey).await?.run(conn).await?;
            let refused = summary.problem_count > 0 && !options.skip_bad;
            if refused || options.dry_run { Err(Rollback::Unwanted(summary)) } else { Ok(summary) }
        })
        .await;
    match outcome {
        Ok(summary) => Ok(summary),
        Err(Rollback::Unwanted(summary)) if summary.problem_count == 0 || options.skip_bad => {
            Ok(Summary { dry_run: true, ..summary })
        }
        Err(Rollback::Unwanted(summary)) => {
            Err(ImportError::BadRows { name: options.source.name(), summary: Box::new(summary) })
        }
        Err(Rollback::File(problem)) => Err(file(problem)),
        Err(Rollback::Database(error)) => Err(error.into()),
    }
}
