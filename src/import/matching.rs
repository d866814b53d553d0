//! Which variant of the shop is meant by which row of a file: the one with the row's article number, else the one with
//! its option values, else none yet.

use std::collections::{HashMap, HashSet};

use super::existing::{ExistingProduct, SkuOwner, VariantRow};
use super::problem::{Problem, RowProblem};
use super::product::{ImportedProduct, ImportedVariant};
use crate::ids::VariantId;

/// A variant of the file and the variant of the shop that it is, if there is one.
pub(super) struct Match {
    pub(super) imported: ImportedVariant,
    /// Its place among the product's variants.
    pub(super) position: i32,
    pub(super) existing: Option<VariantRow>,
}

/// Finds for every variant of the file the one it is in the shop. Rows that cannot be are added to `bad` and left out;
/// an error is a problem of the whole product.
pub(super) fn match_variants(
    imported: &ImportedProduct,
    existing: Option<&ExistingProduct>,
    owners: &HashMap<String, SkuOwner>,
    bad: &mut Vec<Problem>,
) -> Result<Vec<Match>, RowProblem> {
    let mut matches = Vec::new();
    for (variant, position) in imported.variants.iter().zip(1..) {
        match by_sku(variant, existing, owners) {
            Ok(existing) => matches.push(Match { imported: variant.clone(), position, existing }),
            Err(problem) => bad.push(Problem { line: variant.line, problem, rows: 1 }),
        }
    }
    match (&imported.options, existing) {
        (None, Some(existing)) if !existing.options.is_empty() => keep_choices(&mut matches, existing, bad),
        (_, Some(existing)) => match_choices(&mut matches, existing),
        (_, None) => {}
    }
    let Some(existing) = existing else { return Ok(matches) };
    drop_conflicts(&mut matches, existing, bad);
    let option_count = imported.options.as_ref().map_or(existing.options.len(), Vec::len);
    match left_without_value(&matches, existing, option_count) {
        Some(variant) => Err(RowProblem::OptionsChanged { variant }),
        None => {
            keep_places(&mut matches, existing, imported.options.is_some());
            Ok(matches)
        }
    }
}

/// A file with choices that lists every living variant says in which order they are shown. With any other the variants
/// of the shop stay where they are, the default one in front, and new ones come behind them.
fn keep_places(matches: &mut [Match], existing: &ExistingProduct, has_choices: bool) {
    let matched = matched(matches);
    let complete = existing.variants.iter().all(|(row, archived)| *archived || matched.contains(&row.id));
    if has_choices && complete {
        return;
    }
    let mut last = existing.variants.iter().map(|(row, _)| row.position).max().unwrap_or(0);
    for found in matches {
        found.position = found.existing.as_ref().map_or_else(|| last.saturating_add(1), |row| row.position);
        last = last.max(found.position);
    }
}

/// The variant of the shop with this article number; another product's is a problem.
fn by_sku(
    variant: &ImportedVariant,
    existing: Option<&ExistingProduct>,
    owners: &HashMap<String, SkuOwner>,
) -> Result<Option<VariantRow>, RowProblem> {
    let Some((sku, owner)) = variant.sku.as_ref().and_then(|sku| owners.get_key_value(sku)) else {
        return Ok(None);
    };
    match existing.filter(|existing| existing.product.id == owner.product_id) {
        Some(existing) => {
            let mut rows = existing.variants.iter().map(|(row, _)| row);
            Ok(rows.find(|row| row.id == owner.variant_id).cloned())
        }
        None => Err(RowProblem::SkuTaken { sku: sku.clone(), product: owner.product_slug.clone() }),
    }
}

/// A file without option columns can only speak of variants by their article numbers; their choices stay.
fn keep_choices(matches: &mut Vec<Match>, existing: &ExistingProduct, bad: &mut Vec<Problem>) {
    let option = existing.options.first().map_or_else(String::new, |option| option.name.clone());
    matches.retain_mut(|found| {
        if let Some(row) = &found.existing {
            found.imported.choices.clone_from(&row.option_values);
        } else {
            let problem = RowProblem::OptionValueEmpty { option: option.clone() };
            bad.push(Problem { line: found.imported.line, problem, rows: 1 });
        }
        found.existing.is_some()
    });
}

/// What was not found by its article number is the variant with the same choices, unless that was found already.
fn match_choices(matches: &mut [Match], existing: &ExistingProduct) {
    let mut claimed = matched(matches);
    for found in matches.iter_mut().filter(|found| found.existing.is_none()) {
        let mut rows = existing.variants.iter().map(|(row, _)| row);
        let same =
            |row: &&VariantRow| row.option_values == found.imported.choices && !claimed.contains(&row.id);
        found.existing = rows.find(same).cloned();
        claimed.extend(found.existing.as_ref().map(|row| row.id));
    }
}

fn matched(matches: &[Match]) -> HashSet<VariantId> {
    matches.iter().filter_map(|found| found.existing.as_ref()).map(|row| row.id).collect()
}

/// Leaves out variants whose choices another variant of the shop keeps. Each that goes may leave its own choices taken,
/// so it is looked again until none goes.
fn drop_conflicts(matches: &mut Vec<Match>, existing: &ExistingProduct, bad: &mut Vec<Problem>) {
    loop {
        let matched = matched(matches);
        let kept: HashMap<&[String], &VariantRow> = existing
            .variants
            .iter()
            .filter(|(row, _)| !matched.contains(&row.id))
            .map(|(row, _)| (row.option_values.as_slice(), row))
            .collect();
        let before = matches.len();
        matches.retain(|found| match kept.get(found.imported.choices.as_slice()) {
            None => true,
            Some(row) => {
                let problem = RowProblem::VariantTaken { sku: row.sku.clone() };
                bad.push(Problem { line: found.imported.line, problem, rows: 1 });
                false
            }
        });
        if matches.len() == before {
            return;
        }
    }
}

/// A living variant that the file does not list and that has not one value for each option.
fn left_without_value(matches: &[Match], existing: &ExistingProduct, option_count: usize) -> Option<String> {
    let matched = matched(matches);
    let (row, _) = existing.variants.iter().find(|(row, archived)| {
        !archived && row.option_values.len() != option_count && !matched.contains(&row.id)
    })?;
    Some(match &row.sku {
        Some(sku) => format!("with SKU '{sku}'"),
        None => format!("'{}'", row.option_values.join(" / ")),
    })
}
