//! An import under way: product by product, written batch by batch.

use std::collections::HashMap;

use diesel_async::AsyncPgConnection;

use super::categories::Categories;
use super::closing::Closing;
use super::existing::{self, Existing, SkuOwner};
use super::group::{Gathered, Groups, Survey};
use super::plan::{Plan, Planner};
use super::problem::Problem;
use super::product::ImportedProduct;
use super::progress::Progress;
use super::read::Reader;
use super::run::{Options, Rollback};
use super::summary::Summary;
use super::write;
use crate::catalog::lock_tree;
use crate::ids::ProductId;

/// How many products, or rows of products, are written together.
const BATCH_PRODUCTS: usize = 500;
const BATCH_ROWS: u64 = 3000;

/// An import under way.
pub(super) struct Import<'o> {
    options: &'o Options,
    groups: Groups<'o>,
    categories: Categories,
    summary: Summary,
    closing: Closing,
    progress: Progress,
}

/// What is to be made of a batch.
struct Planned {
    plans: Vec<Plan>,
    problems: Vec<Problem>,
    owners: HashMap<String, SkuOwner>,
}

impl<'o> Import<'o> {
    /// Begins to read the file that was surveyed. The transaction has begun.
    pub(super) async fn begin(
        conn: &AsyncPgConnection,
        options: &'o Options,
        survey: &'o Survey,
    ) -> Result<Self, Rollback> {
        // The tree is read once, here. Staff who change it meanwhile wait, at most as long as any statement may take: the
        // category that a product is filed in must not go, nor its slug be taken.
        if !options.dry_run {
            lock_tree(conn).await?;
        }
        Ok(Self {
            options,
            groups: Groups::open(&options.source, survey)?,
            categories: Categories::load(conn).await?,
            summary: Summary { rows: survey.rows, ..Summary::default() },
            closing: Closing::default(),
            progress: Progress::start(survey.rows),
        })
    }

    /// Goes through the file and writes what differs.
    pub(super) async fn run(mut self, conn: &mut AsyncPgConnection) -> Result<Summary, Rollback> {
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
        let mut existing = existing::products_by_slugs(conn, &slugs).await?;
        let mut planned = self.plan(conn, &batch, &existing).await?;
        // Only what will be written is locked. What somebody changed just before is looked at again, so that the columns
        // of which the file says nothing are not set back.
        let changes: Vec<ProductId> = planned.plans.iter().filter_map(|plan| plan.changes).collect();
        if !changes.is_empty() {
            let locked = existing::lock_products(conn, &changes).await?;
            let seen = existing.extract_if(|_, there| changes.contains(&there.product.id));
            let outdated = seen.collect::<Existing>() != locked;
            existing.extend(locked);
            if outdated {
                planned = self.plan(conn, &batch, &existing).await?;
            }
        }
        let Planned { mut plans, problems, owners } = planned;
        problems.into_iter().for_each(|problem| self.summary.skip(problem));
        self.summary.categories_created += self.categories.write(conn).await?;
        write::write(conn, &mut plans).await?;
        plans.into_iter().for_each(|plan| self.finish(plan, &owners));
        Ok(())
    }

    async fn plan(
        &mut self,
        conn: &AsyncPgConnection,
        batch: &[ImportedProduct],
        existing: &Existing,
    ) -> Result<Planned, Rollback> {
        let variants = batch.iter().flat_map(|product| &product.variants);
        let skus: Vec<&str> = variants.filter_map(|variant| variant.sku.as_deref()).collect();
        let mut owners = existing::sku_owners(conn, &skus).await?;
        owners.extend(skus.iter().filter_map(|sku| self.closing.promised(sku)));
        let Options { currency, update_stock, .. } = *self.options;
        let mut planner = Planner { currency, update_stock, owners: &mut owners };
        let (mut plans, mut problems) = (Vec::new(), Vec::new());
        for product in batch {
            let there = existing.get(&product.slug);
            let category = |path: &[String]| self.categories.resolve(path);
            plans.extend(planner.plan(product, there, category, &mut problems));
        }
        Ok(Planned { plans, problems, owners })
    }

    fn finish(&mut self, plan: Plan, owners: &HashMap<String, SkuOwner>) {
        self.summary.products.count(plan.change);
        self.summary.variants.add(plan.variant_counts);
        self.summary.images.add(plan.image_counts);
        self.summary.notes.shared_images += plan.shared_images;
        self.closing.take(plan, owners);
    }
}
