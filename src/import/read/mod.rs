//! From the rows of one handle to a product: its own columns are in the first row, every row may add a variant, an image
//! or both.

use csv::StringRecord;

use super::columns::{Column, Columns, OPTIONS};
use super::draft::Draft;
use super::group::Group;
use super::problem::{Problem, RowProblem};
use super::product::{ImportedImage, ImportedProduct, ImportedVariant};
use super::summary::Notes;
use super::values::{Cells, Quantity, within};
#[cfg(any(test, fuzzing))]
use super::{
    group::{Gathered, Groups, Survey},
    problem::FileProblem,
    source::Source,
};
use crate::catalog::html;
use crate::catalog::validate::{
    MAX_ALT_TEXT, MAX_ATTRIBUTE_NAME, MAX_ATTRIBUTE_VALUE, MAX_ATTRIBUTES, MAX_BARCODE, MAX_DESCRIPTION,
    MAX_NAME, MAX_OPTION_NAME, MAX_SKU, MAX_TAG, MAX_TAGS, MAX_VENDOR,
};
use crate::money::Currency;

/// Reads products of one file.
pub(super) struct Reader<'c> {
    pub(super) columns: &'c Columns,
    pub(super) currency: Currency,
}

/// What came of a product's rows.
#[derive(Debug)]
pub(super) struct Built {
    /// The product, unless its first row is bad.
    pub(super) product: Option<ImportedProduct>,
    /// The rows that are not in it.
    pub(super) problems: Vec<Problem>,
    pub(super) notes: Notes,
}

impl Reader<'_> {
    /// Makes a product of its rows. A bad first row is the end of it; another bad row is left out.
    pub(super) fn build(&self, group: Group) -> Built {
        let rows = group.rows.len() as u64;
        let mut built = Built { product: None, problems: Vec::new(), notes: Notes::default() };
        let mut product: Option<Draft> = None;
        for row in group.rows {
            let handle = row.key.map(|key| key.handle).unwrap_or_default();
            let read = row.fields.and_then(|fields| {
                if !handle.eq_ignore_ascii_case(&group.key.handle) {
                    return Err(RowProblem::HandleClash { handle, other: group.key.handle.clone() });
                }
                match &mut product {
                    Some(draft) => self.add_row(draft, row.line, &fields, &mut built.notes),
                    None => {
                        let mut draft = self.first_row(row.line, rows, &group.key.slug, &fields)?;
                        self.add_row(&mut draft, row.line, &fields, &mut built.notes)?;
                        product = Some(draft);
                        Ok(())
                    }
                }
            });
            if let Err(problem) = read {
                if product.is_none() {
                    built.problems.push(Problem { line: row.line, problem, rows });
                    return built;
                }
                built.problems.push(Problem { line: row.line, problem, rows: 1 });
            }
        }
        built.product = product.map(Draft::finish);
        built
    }

    /// The product itself, still without variants and images.
    fn first_row(&self, line: u64, rows: u64, slug: &str, row: &StringRecord) -> Result<Draft, RowProblem> {
        let cells = self.cells(row);
        if cells.raw(Column::Title).is_empty() {
            return Err(RowProblem::TitleEmpty);
        }
        let has = |column| self.columns.has(column);
        let description = match has(Column::Body) {
            true => Some(html::sanitise(cells.text(Column::Body, MAX_DESCRIPTION)?)),
            false => None,
        };
        let has_category = has(Column::Category) || has(Column::Type);
        let product = ImportedProduct {
            line,
            rows,
            slug: slug.to_owned(),
            name: cells.text(Column::Title, MAX_NAME)?.to_owned(),
            description,
            vendor: given(has(Column::Vendor), cells.text(Column::Vendor, MAX_VENDOR)?.to_owned()),
            category: given(has_category, cells.category()?),
            tags: given(has(Column::Tags), self.tags(cells)?),
            attributes: self.attributes(row)?,
            status: cells.status()?,
            options: given(has(Column::Option1Name), self.option_names(cells)?),
            variants: Vec::new(),
            images: Vec::new(),
            links_images: has(Column::VariantImage),
        };
        Ok(Draft::new(product))
    }

    fn tags(&self, cells: Cells<'_>) -> Result<Vec<String>, RowProblem> {
        let mut tags: Vec<String> = Vec::new();
        for tag in cells.raw(Column::Tags).split(',').map(str::trim).filter(|tag| !tag.is_empty()) {
            if within(tag, MAX_TAG).is_none() {
                return Err(RowProblem::TooLong { column: self.columns.name(Column::Tags), max: MAX_TAG });
            }
            if tags.len() == MAX_TAGS {
                return Err(RowProblem::TooMany { things: "tags", max: MAX_TAGS });
            }
            if !tags.iter().any(|known| known == tag) {
                tags.push(tag.to_owned());
            }
        }
        Ok(tags)
    }

    fn attributes(&self, row: &StringRecord) -> Result<Vec<(String, Option<String>)>, RowProblem> {
        let mut attributes = Vec::new();
        for column in self.columns.attributes() {
            let value = column.text(row);
            let fits = within(value, MAX_ATTRIBUTE_VALUE).is_some();
            if !fits || within(&column.name, MAX_ATTRIBUTE_NAME).is_none() {
                let max = if fits { MAX_ATTRIBUTE_NAME } else { MAX_ATTRIBUTE_VALUE };
                return Err(RowProblem::TooLong { column: column.name.clone(), max });
            }
            attributes.push((column.name.clone(), (!value.is_empty()).then(|| value.to_owned())));
        }
        if attributes.iter().filter(|(_, value)| value.is_some()).count() > MAX_ATTRIBUTES {
            return Err(RowProblem::TooMany { things: "attributes", max: MAX_ATTRIBUTES });
        }
        Ok(attributes)
    }

    /// The names of the options. `Title` with the value `Default Title` is how Shopify says that there are none.
    fn option_names(&self, cells: Cells<'_>) -> Result<Vec<String>, RowProblem> {
        let default = cells.raw(Column::Option1Name).eq_ignore_ascii_case("Title")
            && cells.raw(Column::Option1Value).eq_ignore_ascii_case("Default Title");
        let mut names: Vec<String> = Vec::new();
        for (place, (name_column, value_column)) in OPTIONS.into_iter().enumerate() {
            let name = cells.text(name_column, MAX_OPTION_NAME)?;
            if name.is_empty() || default {
                continue;
            }
            if names.len() < place {
                let (_, unnamed) = OPTIONS[names.len()];
                return Err(RowProblem::OptionUnnamed { column: self.columns.name(unnamed) });
            }
            if names.iter().any(|known| known.eq_ignore_ascii_case(name)) {
                return Err(RowProblem::OptionRepeated { name: name.to_owned() });
            }
            if cells.raw(value_column).is_empty() {
                return Err(RowProblem::OptionValueEmpty { option: name.to_owned() });
            }
            names.push(name.to_owned());
        }
        Ok(names)
    }

    /// Adds what a row says to its product: all of it or nothing.
    fn add_row(
        &self,
        draft: &mut Draft,
        line: u64,
        row: &StringRecord,
        notes: &mut Notes,
    ) -> Result<(), RowProblem> {
        let cells = self.cells(row);
        let image = self.image(draft, cells)?;
        let is_variant = draft.is_new()
            || [Column::Price, Column::Sku].iter().any(|column| !cells.raw(*column).is_empty())
            || OPTIONS.iter().any(|(_, value)| !cells.raw(*value).is_empty());
        let variant = if is_variant { Some(self.variant(draft, line, cells)?) } else { None };
        if image.is_none() && variant.is_none() {
            notes.rows_without_content += 1;
        }
        // Nothing can go wrong from here on.
        if let Some(image) = image {
            draft.add_image(image);
        }
        if let Some(variant) = variant {
            notes.negative_quantities += u64::from(variant.quantity_was_negative);
            notes.oversell_refused += u64::from(cells.oversells());
            if cells.is_untracked() {
                let none = variant.variant.quantity.is_none_or(|pieces| pieces == 0);
                notes.untracked += u64::from(!none);
                notes.untracked_and_sold_out.extend(none.then_some(line));
            }
            notes.compare_at_prices_dropped += u64::from(variant.compare_at_dropped);
            draft.add_variant(variant.variant);
        }
        Ok(())
    }

    fn image(&self, draft: &Draft, cells: Cells<'_>) -> Result<Option<ImportedImage>, RowProblem> {
        let Some(url) = cells.url(Column::ImageUrl)? else { return Ok(None) };
        let alt_text =
            given(self.columns.has(Column::ImageAlt), cells.text(Column::ImageAlt, MAX_ALT_TEXT)?.to_owned());
        let position = cells.image_position()?;
        draft.check_image(&url)?;
        Ok(Some(ImportedImage { url, alt_text, position }))
    }

    fn variant(&self, draft: &Draft, line: u64, cells: Cells<'_>) -> Result<ReadVariant, RowProblem> {
        let has = |column| self.columns.has(column);
        let sku = Some(cells.text(Column::Sku, MAX_SKU)?).filter(|sku| !sku.is_empty()).map(str::to_owned);
        let choices = self.choices(draft, cells)?;
        let price = cells.price(self.currency)?;
        let compare_at_price = cells.compare_at_price(self.currency)?;
        let shown = compare_at_price.filter(|before| *before > price);
        let quantity = cells.quantity()?;
        let image = cells.url(Column::VariantImage)?;
        if let Some(url) = &image {
            draft.check_image(url)?;
        }
        // Shopify puts an apostrophe in front, so that spreadsheets keep the zeros at the beginning.
        let barcode = cells.text(Column::Barcode, MAX_BARCODE)?.trim_start_matches('\'');
        let variant = ImportedVariant {
            line,
            sku,
            choices,
            price,
            compare_at_price: given(has(Column::CompareAtPrice), shown),
            weight_grams: given(has(Column::Grams), cells.grams()?),
            barcode: given(has(Column::Barcode), (!barcode.is_empty()).then(|| barcode.to_owned())),
            quantity: match quantity {
                Quantity::Unsaid => None,
                Quantity::Pieces(pieces) => Some(pieces),
                Quantity::Negative => Some(0),
            },
            image,
        };
        draft.check_variant(&variant)?;
        Ok(ReadVariant {
            variant,
            quantity_was_negative: quantity == Quantity::Negative,
            compare_at_dropped: compare_at_price.is_some() && shown.is_none(),
        })
    }

    /// The row's value for each option, and none where there is no option.
    fn choices(&self, draft: &Draft, cells: Cells<'_>) -> Result<Vec<String>, RowProblem> {
        let Some(names) = draft.options() else { return Ok(Vec::new()) };
        let mut choices = Vec::new();
        for (place, (_, column)) in OPTIONS.into_iter().enumerate() {
            let value = cells.text(column, MAX_OPTION_NAME)?;
            match names.get(place) {
                Some(option) if value.is_empty() => {
                    return Err(RowProblem::OptionValueEmpty { option: option.clone() });
                }
                Some(_) => {
                    draft.check_value(place, value)?;
                    choices.push(value.to_owned());
                }
                None if value.is_empty() || (place == 0 && value.eq_ignore_ascii_case("Default Title")) => {}
                None => return Err(RowProblem::OptionUnnamed { column: self.columns.name(column) }),
            }
        }
        Ok(choices)
    }

    const fn cells<'r>(&'r self, row: &'r StringRecord) -> Cells<'r> {
        Cells { columns: self.columns, row }
    }
}

/// A value, if the file has a column for it.
fn given<T>(has_column: bool, value: T) -> Option<T> {
    has_column.then_some(value)
}

/// A variant and what has to be said about it.
struct ReadVariant {
    variant: ImportedVariant,
    quantity_was_negative: bool,
    compare_at_dropped: bool,
}

/// Reads a whole file, and nothing else.
#[cfg(any(test, fuzzing))]
pub(super) fn build_all(
    source: &Source,
    currency: Currency,
) -> Result<(Vec<Built>, Vec<Problem>), FileProblem> {
    let survey = Survey::of(source)?;
    let mut groups = Groups::open(source, &survey)?;
    let columns = groups.columns();
    let reader = Reader { columns: &columns, currency };
    let (mut built, mut strays) = (Vec::new(), Vec::new());
    while let Some(gathered) = groups.next()? {
        match gathered {
            Gathered::Product(group) => built.push(reader.build(group)),
            Gathered::Stray { line, problem } => strays.push(Problem { line, problem, rows: 1 }),
        }
    }
    Ok((built, strays))
}

#[cfg(test)]
mod tests;
