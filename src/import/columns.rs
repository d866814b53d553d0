//! Which column holds what. Shopify has renamed its headers over the years, and people edit them.

use std::collections::HashSet;

use csv::StringRecord;

use super::problem::FileProblem;

/// What an import reads of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Column {
    Handle,
    Title,
    Body,
    Vendor,
    Category,
    Type,
    Tags,
    Published,
    Status,
    Option1Name,
    Option1Value,
    Option2Name,
    Option2Value,
    Option3Name,
    Option3Value,
    Sku,
    Barcode,
    Price,
    CompareAtPrice,
    Grams,
    Tracker,
    Quantity,
    Policy,
    VariantImage,
    ImageUrl,
    ImagePosition,
    ImageAlt,
}

/// The names and values of options, in their order.
pub(super) const OPTIONS: [(Column, Column); 3] = [
    (Column::Option1Name, Column::Option1Value),
    (Column::Option2Name, Column::Option2Value),
    (Column::Option3Name, Column::Option3Value),
];

/// Each column's headers: that of the long-standing export first, then that of Shopify's newer one. Only letters and
/// digits count, and not their case.
const HEADERS: [(Column, &[&str]); 27] = [
    (Column::Handle, &["Handle", "URL handle"]),
    (Column::Title, &["Title"]),
    (Column::Body, &["Body (HTML)", "Description", "Body HTML", "Body"]),
    (Column::Vendor, &["Vendor"]),
    (Column::Category, &["Product Category", "Standardized Product Type", "Category"]),
    (Column::Type, &["Type", "Custom Product Type", "Product type"]),
    (Column::Tags, &["Tags"]),
    (Column::Published, &["Published", "Published on online store"]),
    (Column::Status, &["Status"]),
    (Column::Option1Name, &["Option1 Name"]),
    (Column::Option1Value, &["Option1 Value"]),
    (Column::Option2Name, &["Option2 Name"]),
    (Column::Option2Value, &["Option2 Value"]),
    (Column::Option3Name, &["Option3 Name"]),
    (Column::Option3Value, &["Option3 Value"]),
    (Column::Sku, &["Variant SKU", "SKU"]),
    (Column::Barcode, &["Variant Barcode", "Barcode"]),
    (Column::Price, &["Variant Price", "Price"]),
    (Column::CompareAtPrice, &["Variant Compare At Price", "Compare-at price"]),
    (Column::Grams, &["Variant Grams", "Weight value (grams)"]),
    (Column::Tracker, &["Variant Inventory Tracker", "Inventory tracker"]),
    (Column::Quantity, &["Variant Inventory Qty", "Inventory quantity"]),
    (Column::Policy, &["Variant Inventory Policy", "Continue selling when out of stock"]),
    (Column::VariantImage, &["Variant Image", "Variant image URL"]),
    (Column::ImageUrl, &["Image Src", "Product image URL"]),
    (Column::ImagePosition, &["Image Position"]),
    (Column::ImageAlt, &["Image Alt Text"]),
];

/// What no import can do without.
const REQUIRED: [Column; 3] = [Column::Handle, Column::Title, Column::Price];

/// Metafields that apps keep for themselves: they say nothing about the product.
const PRIVATE_NAMESPACES: [&str; 3] = ["reviews", "mm-google-shopping", "shopify--discovery--product_"];

/// A column of a product's metafield, such as `Material (product.metafields.custom.material)`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AttributeColumn {
    /// What the attribute is called.
    pub(super) name: String,
    index: usize,
}

/// The columns of one file.
#[derive(Debug)]
pub(super) struct Columns {
    places: [Option<usize>; HEADERS.len()],
    headers: Vec<String>,
    attributes: Vec<AttributeColumn>,
}

impl Columns {
    /// Finds the columns in a header. Those that an import does not read are no mistake.
    pub(super) fn read(header: &StringRecord) -> Result<Self, FileProblem> {
        let plain: Vec<String> = header.iter().map(simplify).collect();
        let place = |names: &[&str]| {
            names.iter().find_map(|name| plain.iter().position(|header| *header == simplify(name)))
        };
        let columns = Self {
            places: HEADERS.map(|(_, names)| place(names)),
            headers: header.iter().map(|header| header.trim().to_owned()).collect(),
            attributes: attributes(header),
        };
        match REQUIRED.into_iter().find(|column| !columns.has(*column)) {
            None => Ok(columns),
            Some(column) => Err(delimiter_problem(header)
                .unwrap_or(FileProblem::MissingColumn(HEADERS[column as usize].1[0]))),
        }
    }

    /// Whether the file says anything about it.
    pub(super) const fn has(&self, column: Column) -> bool {
        self.places[column as usize].is_some()
    }

    /// A row's text in a column, without white space around it; empty when the file or the row has none.
    pub(super) fn text<'r>(&self, row: &'r StringRecord, column: Column) -> &'r str {
        self.places[column as usize].and_then(|place| row.get(place)).map_or("", str::trim)
    }

    /// What the file calls a column.
    pub(super) fn name(&self, column: Column) -> String {
        match self.places[column as usize] {
            Some(place) => self.headers[place].clone(),
            None => HEADERS[column as usize].1[0].to_owned(),
        }
    }

    /// What the file calls its n-th column, counted from 0.
    pub(super) fn name_at(&self, index: usize) -> String {
        self.headers.get(index).cloned().unwrap_or_else(|| format!("column {}", index + 1))
    }

    /// How many columns the file has.
    pub(super) const fn width(&self) -> usize {
        self.headers.len()
    }

    /// The columns that become attributes.
    pub(super) fn attributes(&self) -> &[AttributeColumn] {
        &self.attributes
    }

    /// The n-th byte field of a row, for what has to be read before the row is known to be text.
    pub(super) const fn place(&self, column: Column) -> Option<usize> {
        self.places[column as usize]
    }
}

impl AttributeColumn {
    /// The attribute's value in a row.
    pub(super) fn text<'r>(&self, row: &'r StringRecord) -> &'r str {
        row.get(self.index).map_or("", str::trim)
    }
}

/// A header as it is compared: `Compare-at price` and `compare at price ` are one.
fn simplify(header: &str) -> String {
    header.chars().filter(|letter| letter.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

fn attributes(header: &StringRecord) -> Vec<AttributeColumn> {
    let mut taken = HashSet::new();
    let columns = header.iter().enumerate().filter_map(|(index, header)| {
        let (name, key) = header.trim().strip_suffix(')')?.split_once("(product.metafields.")?;
        if PRIVATE_NAMESPACES.iter().any(|private| key.starts_with(private)) {
            return None;
        }
        let name = if name.trim().is_empty() { key } else { name.trim() };
        // Two metafields may be shown under one name; their keys differ.
        let name =
            if taken.insert(name.to_lowercase()) { name.to_owned() } else { format!("{name} ({key})") };
        Some(AttributeColumn { name, index })
    });
    columns.collect()
}

/// A header that is one field with other separators in it was written for another country's spreadsheet.
fn delimiter_problem(header: &StringRecord) -> Option<FileProblem> {
    let only = if header.len() == 1 { header.get(0)? } else { return None };
    [(';', "semicolons"), ('\t', "tabs"), ('|', "vertical bars")]
        .into_iter()
        .find(|(separator, _)| only.contains(*separator))
        .map(|(_, name)| FileProblem::WrongDelimiter(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(header: &[&str]) -> Result<Columns, FileProblem> {
        Columns::read(&StringRecord::from(header.to_vec()))
    }

    #[test]
    fn every_column_stands_at_its_own_place() {
        for (place, (column, _)) in HEADERS.iter().enumerate() {
            assert_eq!(*column as usize, place, "{column:?}");
        }
    }

    #[test]
    fn old_and_new_headers_are_read_however_they_are_written() {
        let old = columns(&["Handle", "Title", "Variant Price", "Variant Compare At Price"]).unwrap();
        let new = columns(&["TITLE", "url  Handle", " price", "compare-at price"]).unwrap();
        let row = StringRecord::from(vec!["a", "b", "c", "d "]);
        assert_eq!((old.text(&row, Column::Handle), new.text(&row, Column::Handle)), ("a", "b"));
        assert_eq!((old.text(&row, Column::Price), new.text(&row, Column::Price)), ("c", "c"));
        assert_eq!(new.text(&row, Column::CompareAtPrice), "d");
        assert_eq!(new.name(Column::CompareAtPrice), "compare-at price");
        assert!(!new.has(Column::Sku));
        assert_eq!(new.text(&row, Column::Sku), "");
    }

    #[test]
    fn what_is_missing_is_named() {
        let error = columns(&["Title", "Variant Price"]).unwrap_err();
        assert_eq!(error.to_string(), "MISSING_COLUMN: there is no column 'Handle' in the header");
        let error = columns(&["Handle;Title;Variant Price"]).unwrap_err();
        assert!(matches!(error, FileProblem::WrongDelimiter("semicolons")));
    }

    #[test]
    fn metafields_of_the_product_become_attributes() {
        let columns = columns(&[
            "Handle",
            "Title",
            "Price",
            "Material (product.metafields.custom.material)",
            "Rating (product.metafields.reviews.rating)",
            "Fit (variant.metafields.custom.fit)",
            "material (product.metafields.shopify.material)",
        ])
        .unwrap();
        let names: Vec<&str> = columns.attributes().iter().map(|column| column.name.as_str()).collect();
        assert_eq!(names, ["Material", "material (shopify.material)"]);
    }
}
