//! What an import did, to be read by the one who ran it.

use std::fmt;

use super::problem::Problem;

/// How many bad rows are remembered with their reasons; all are counted.
const MAX_PROBLEMS: usize = 1000;

/// How many lines are named where something is found in many.
const MAX_LINES: usize = 5;

/// How many things of a kind were made, changed, and found to be right already.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// New in the shop.
    pub created: u64,
    /// Changed to what the file says.
    pub updated: u64,
    /// Just as the file says.
    pub unchanged: u64,
}

/// Where something was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lines {
    /// How often.
    pub count: u64,
    /// The first lines.
    pub first: Vec<u64>,
}

impl Extend<u64> for Lines {
    fn extend<I: IntoIterator<Item = u64>>(&mut self, lines: I) {
        for line in lines {
            self.count += 1;
            if self.first.len() < MAX_LINES {
                self.first.push(line);
            }
        }
    }
}

impl fmt::Display for Lines {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let first: Vec<String> = self.first.iter().map(ToString::to_string).collect();
        write!(f, "lines {}", first.join(", "))?;
        match self.count.saturating_sub(first.len() as u64) {
            0 => Ok(()),
            more => write!(f, " and {more} more"),
        }
    }
}

/// What was imported differently from how it is written.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Notes {
    /// Variants with fewer than no pieces, taken as sold out.
    pub negative_quantities: u64,
    /// Variants that Shopify would sell when there are none; this shop does not.
    pub oversell_refused: u64,
    /// Variants whose pieces Shopify does not count: it sells any number of them, and this shop as many as the file says.
    pub untracked: u64,
    /// The same where the file says that there are none: nobody can buy them until somebody sets their stock.
    pub untracked_and_sold_out: Lines,
    /// Compare-at prices that are not above the price, left out.
    pub compare_at_prices_dropped: u64,
    /// Pictures that several variants share, kept as pictures of the product.
    pub shared_images: u64,
    /// Rows with a handle and nothing else.
    pub rows_without_content: u64,
}

/// What came of an import.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// Rows in the file, without the header and blank ones.
    pub rows: u64,
    /// Products.
    pub products: Counts,
    /// Variants.
    pub variants: Counts,
    /// Pictures.
    pub images: Counts,
    /// Categories that were made.
    pub categories_created: u64,
    /// Variants whose stock was set.
    pub stock_set: u64,
    /// What was taken differently.
    pub notes: Notes,
    /// Rows that were not imported.
    pub skipped_rows: u64,
    /// How many reasons there are for that.
    pub problem_count: u64,
    /// The reasons, in the order of the file; the first thousand.
    pub problems: Vec<Problem>,
    /// Nothing of it was kept: it was a trial.
    pub dry_run: bool,
}

impl Counts {
    /// Counts one thing.
    pub(super) const fn count(&mut self, change: Change) {
        match change {
            Change::Created => self.created += 1,
            Change::Updated => self.updated += 1,
            Change::None => self.unchanged += 1,
        }
    }

    /// Adds those of one product.
    pub(super) const fn add(&mut self, other: Self) {
        self.created += other.created;
        self.updated += other.updated;
        self.unchanged += other.unchanged;
    }
}

/// What happens to one thing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Change {
    Created,
    Updated,
    #[default]
    None,
}

impl Change {
    /// From what there is to what shall be.
    pub(super) fn between<T: PartialEq>(old: Option<&T>, new: &T) -> Self {
        match old {
            None => Self::Created,
            Some(old) if old == new => Self::None,
            Some(_) => Self::Updated,
        }
    }
}

impl Summary {
    /// Adds a row, or a product's rows, that are not imported.
    pub(super) fn skip(&mut self, problem: Problem) {
        self.skipped_rows += problem.rows;
        self.problem_count += 1;
        if self.problems.len() < MAX_PROBLEMS {
            self.problems.push(problem);
        }
    }

    /// Adds the notes of one product.
    pub(super) fn note(&mut self, notes: Notes) {
        self.notes.negative_quantities += notes.negative_quantities;
        self.notes.oversell_refused += notes.oversell_refused;
        self.notes.untracked += notes.untracked;
        let Lines { count, first } = notes.untracked_and_sold_out;
        let named = first.len() as u64;
        self.notes.untracked_and_sold_out.extend(first);
        self.notes.untracked_and_sold_out.count += count - named;
        self.notes.compare_at_prices_dropped += notes.compare_at_prices_dropped;
        self.notes.shared_images += notes.shared_images;
        self.notes.rows_without_content += notes.rows_without_content;
    }

    /// The reasons, one to a line, at most so many of them.
    pub(super) fn reasons(&self, most: usize) -> impl fmt::Display {
        fmt::from_fn(move |f| {
            for problem in self.problems.iter().take(most) {
                write!(f, "\n  {problem}")?;
            }
            match self.problem_count.saturating_sub(self.problems.len().min(most) as u64) {
                0 => Ok(()),
                more => write!(f, "\n  and {more} more"),
            }
        })
    }
}

impl fmt::Display for Summary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.dry_run {
            writeln!(f, "Dry run: nothing was written. It would have been:")?;
        }
        for (things, counts) in
            [("products", self.products), ("variants", self.variants), ("images", self.images)]
        {
            let Counts { created, updated, unchanged } = counts;
            writeln!(f, "{things:<12}{created} created, {updated} updated, {unchanged} unchanged")?;
        }
        writeln!(f, "categories  {} created", self.categories_created)?;
        writeln!(f, "stock       set for {} variants", self.stock_set)?;
        for (count, note) in [
            (self.notes.negative_quantities, "negative quantities were taken as 0"),
            (self.notes.oversell_refused, "variants continue selling when out of stock; this shop stops"),
            (self.notes.untracked, "variants are sold without counting; this shop stops at the quantity"),
            (
                self.notes.compare_at_prices_dropped,
                "compare-at prices are not above the price and were left out",
            ),
            (self.notes.shared_images, "images belong to several variants and were kept for the product"),
            (self.notes.rows_without_content, "rows have neither a variant nor an image"),
        ] {
            if count > 0 {
                writeln!(f, "note        {count} {note}")?;
            }
        }
        let sold_out = &self.notes.untracked_and_sold_out;
        if sold_out.count > 0 {
            let count = sold_out.count;
            writeln!(
                f,
                "note        {count} variants are sold without counting and have no quantity; new ones cannot be bought \
                 until you set their stock: {sold_out}"
            )?;
        }
        write!(
            f,
            "rows        {} read, {} skipped{}",
            self.rows,
            self.skipped_rows,
            self.reasons(MAX_PROBLEMS)
        )
    }
}
