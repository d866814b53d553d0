//! One import, from the first byte to the commit.

use std::collections::HashMap;

use diesel_async::{AsyncConnection, AsyncPgConnection, SimpleAsyncConnection};

use super::categories::Categories;
use super::closing::Closing;
use super::existing::{self, SkuOwner};
use super::group::{Gathered, Groups, Survey};
use super::plan::{Plan, Planner};
use super::problem::{FileProblem, Problem};
use super::product::ImportedProduct;
use super::progress::Progress;
use super::read::Reader;
use super::source::Source;
use super::summary::Summary;
use super::write;
use crate::money::Currency;

/// How many products, or rows of products, are written together.
const BATCH_PRODUCTS: usize = 500;
const BATCH_ROWS: u64 = 3000;

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
enum Rollback {
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

/// An import under way.
struct Import<'o> {
    options: &'o Options,
    groups: Groups<'o>,
    categories: Categories,
    summary: Summary,
    closing: Closing,
    progress: Progress,
}

impl<'o> Import<'o> {
    async fn begin(
        conn: &mut AsyncPgConnection,
        options: &'o Options,
        survey: &'o Survey,
    ) -> Result<Self, Rollback> {
        conn.batch_execute(BEGIN).await?;
        Ok(Self {
            options,
            groups: Groups::open(&options.source, survey)?,
            categories: Categories::load(conn).await?,
            summary: Summary { rows: survey.rows, ..Summary::default() },
            closing: Closing::default(),
            progress: Progress::start(survey.rows),
        })
    }

    async fn run(mut self, conn: &mut AsyncPgConnection) -> Result<Summary, Rollback> {
        let columns = self.groups.columns();
        let reader = Reader { columns: &columns, currency: self.options.currency };
        let (mut batch, mut rows) = (Vec::new(), 0);
        while let Some(gathered) = self.groups.next()? {
            match gathered {
                Gathered::Stray { line, problem } => {
                    self.summary.skip(Problem { line, problem, rows: 1 });
                    rows += 1;
                }
                Gathered::Product(group) => {
                    rows += group.rows.len() as u64;
                    let built = reader.build(group);
                    built.problems.into_iter().for_each(|problem| self.summary.skip(problem));
                    self.summary.note(built.notes);
                    batch.extend(built.product);
                }
            }
            if batch.len() >= BATCH_PRODUCTS || rows >= BATCH_ROWS {
                self.write(conn, std::mem::take(&mut batch)).await?;
                self.progress.advance(std::mem::take(&mut rows));
            }
        }
        self.write(conn, batch).await?;
        self.progress.advance(rows);
        let reason = format!("import of {}", self.options.source.file_name());
        self.summary.stock_set = self.closing.run(conn, &reason).await?;
        self.summary.problems.sort_by_key(|problem| problem.line);
        Ok(self.summary)
    }

    /// Compares a batch with the shop and writes what differs.
    async fn write(
        &mut self,
        conn: &mut AsyncPgConnection,
        batch: Vec<ImportedProduct>,
    ) -> Result<(), Rollback> {
        let slugs: Vec<&str> = batch.iter().map(|product| product.slug.as_str()).collect();
        let existing = existing::products_by_slugs(conn, &slugs).await?;
        let variants = batch.iter().flat_map(|product| &product.variants);
        let skus: Vec<&str> = variants.filter_map(|variant| variant.sku.as_deref()).collect();
        let mut owners = existing::sku_owners(conn, &skus).await?;
        owners.extend(skus.iter().filter_map(|sku| self.closing.promised(sku)));
        let mut planner = Planner {
            currency: self.options.currency,
            update_stock: self.options.update_stock,
            owners: &mut owners,
        };
        let (mut plans, mut problems) = (Vec::new(), Vec::new());
        for product in batch {
            let there = existing.get(&product.slug);
            let category = |path: &[String]| self.categories.resolve(path);
            plans.extend(planner.plan(product, there, category, &mut problems));
        }
        problems.into_iter().for_each(|problem| self.summary.skip(problem));
        self.summary.categories_created += self.categories.write(conn).await?;
        write::write(conn, &mut plans).await?;
        plans.into_iter().for_each(|plan| self.finish(plan, &owners));
        Ok(())
    }

    fn finish(&mut self, plan: Plan, owners: &HashMap<String, SkuOwner>) {
        self.summary.products.count(plan.change);
        self.summary.variants.add(plan.variant_counts);
        self.summary.images.add(plan.image_counts);
        self.summary.notes.shared_images += plan.shared_images;
        self.closing.take(plan, owners);
    }
}
