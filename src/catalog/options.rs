//! The choices a product offers, written as a whole, and what that means for its variants.
//!
//! A variant's values follow the options by position, so a change of the options rewrites them: a variant keeps its
//! value for each option whose name stays, and gets the first value of each that is new.

use std::collections::HashSet;

use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::Jsonb;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::draft::OptionDraft;
use super::refusal::{ProductProblem, Refused};
use crate::db::schema::{product_options, product_variants};
use crate::error::Outcome;
use crate::ids::{OptionId, ProductId, VariantId};

#[derive(Insertable)]
#[diesel(table_name = product_options)]
struct NewOption<'a> {
    id: OptionId,
    product_id: ProductId,
    position: i32,
    name: &'a str,
    values: &'a [String],
}

/// A variant as far as options go.
#[derive(Queryable)]
struct Chosen {
    id: VariantId,
    values: Vec<String>,
    on_sale: bool,
}

/// The options of one product, in order.
pub(super) async fn load(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
) -> QueryResult<Vec<(OptionId, OptionDraft)>> {
    let rows: Vec<(OptionId, String, Vec<String>)> = product_options::table
        .filter(product_options::product_id.eq(product_id))
        .order(product_options::position)
        .select((product_options::id, product_options::name, product_options::values))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|(id, name, values)| (id, OptionDraft { name, values })).collect())
}

/// Gives a product without options these.
pub(super) async fn insert(
    conn: &AsyncPgConnection,
    product_id: ProductId,
    options: &[OptionDraft],
) -> QueryResult<()> {
    insert_keeping(conn, product_id, options, &[]).await
}

/// Makes these the product's options; refused when a variant on sale does not fit them, or two would be the same. The
/// product is locked.
pub(super) async fn replace(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    options: &[OptionDraft],
) -> Outcome<(), Refused<ProductProblem>> {
    let before = load(conn, product_id).await?;
    let variants: Vec<Chosen> = product_variants::table
        .filter(product_variants::product_id.eq(product_id))
        .select((
            product_variants::id,
            product_variants::option_values,
            product_variants::archived_at.is_null(),
        ))
        .load(&mut conn)
        .await?;
    let moved = rewrite(&variants, &before, options)
        .map_err(|variant| Refused::at(["options"], ProductProblem::OptionsInUse { variant }))?;
    diesel::delete(product_options::table)
        .filter(product_options::product_id.eq(product_id))
        .execute(&mut conn)
        .await?;
    insert_keeping(conn, product_id, options, &before).await?;
    if !moved.is_empty() {
        sql_query(
            "UPDATE product_variants v SET option_values = moved.values \
             FROM jsonb_to_recordset($1) AS moved (id uuid, values text[]) WHERE v.id = moved.id",
        )
        .bind::<Jsonb, _>(serde_json::Value::Array(moved))
        .execute(&mut conn)
        .await?;
    }
    Ok(())
}

/// The variants whose values change, with their new ones; or the name of one that has no place among the options.
fn rewrite(
    variants: &[Chosen],
    before: &[(OptionId, OptionDraft)],
    options: &[OptionDraft],
) -> Result<Vec<serde_json::Value>, String> {
    let mut taken = HashSet::new();
    let mut moved = Vec::new();
    for variant in variants {
        let value = |option: &OptionDraft| {
            let place = before.iter().position(|(_, old)| old.name == option.name);
            let kept = place.and_then(|place| variant.values.get(place));
            kept.or_else(|| option.values.as_slice().first()).cloned().unwrap_or_default()
        };
        let values: Vec<String> = options.iter().map(value).collect();
        let offered = options.iter().zip(&values).all(|(option, value)| option.values.contains(value));
        if (variant.on_sale && !offered) || !taken.insert(values.clone()) {
            return Err(variant.values.join(" / "));
        }
        if values != variant.values {
            moved.push(serde_json::json!({ "id": variant.id.0, "values": values }));
        }
    }
    Ok(moved)
}

/// An option whose name was there before keeps its id.
async fn insert_keeping(
    mut conn: &AsyncPgConnection,
    product_id: ProductId,
    options: &[OptionDraft],
    before: &[(OptionId, OptionDraft)],
) -> QueryResult<()> {
    if options.is_empty() {
        return Ok(());
    }
    let id_of = |name: &str| {
        before.iter().find(|(_, old)| old.name == name).map_or_else(OptionId::new, |(id, _)| *id)
    };
    let rows: Vec<NewOption<'_>> = (1..)
        .zip(options)
        .map(|(position, option)| NewOption {
            id: id_of(&option.name),
            product_id,
            position,
            name: &option.name,
            values: &option.values,
        })
        .collect();
    diesel::insert_into(product_options::table).values(rows).execute(&mut conn).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(name: &str, values: &[&str]) -> OptionDraft {
        OptionDraft { name: name.to_owned(), values: values.iter().map(ToString::to_string).collect() }
    }

    fn variant(values: &[&str], on_sale: bool) -> Chosen {
        Chosen { id: VariantId::new(), values: values.iter().map(ToString::to_string).collect(), on_sale }
    }

    fn values(moved: &[serde_json::Value]) -> Vec<&serde_json::Value> {
        moved.iter().map(|variant| &variant["values"]).collect()
    }

    #[test]
    fn variants_follow_their_options() {
        let before =
            [(OptionId::new(), option("Size", &["S", "M"])), (OptionId::new(), option("Colour", &["Red"]))];
        let variants = [variant(&["S", "Red"], true), variant(&["M", "Red"], true)];

        let swapped = [option("Colour", &["Red"]), option("Size", &["M", "S"])];
        let moved = rewrite(&variants, &before, &swapped).unwrap();
        assert_eq!(values(&moved), [&serde_json::json!(["Red", "S"]), &serde_json::json!(["Red", "M"])]);

        let more = [option("Size", &["S", "M", "L"]), option("Colour", &["Red"])];
        assert!(rewrite(&variants, &before, &more).unwrap().is_empty());

        let fewer = [option("Size", &["S", "M"])];
        let moved = rewrite(&variants, &before, &fewer).unwrap();
        assert_eq!(values(&moved), [&serde_json::json!(["S"]), &serde_json::json!(["M"])]);
    }

    #[test]
    fn a_first_option_gives_the_plain_variant_its_first_value() {
        let moved = rewrite(&[variant(&[], true)], &[], &[option("Size", &["S", "M"])]).unwrap();
        assert_eq!(values(&moved), [&serde_json::json!(["S"])]);
    }

    #[test]
    fn no_variant_on_sale_is_left_without_a_place() {
        let before = [(OptionId::new(), option("Size", &["S", "M"]))];
        let both = [variant(&["S"], true), variant(&["M"], true)];
        assert_eq!(rewrite(&both, &before, &[option("Size", &["S"])]), Err("M".to_owned()));
        assert_eq!(rewrite(&both, &before, &[]), Err("M".to_owned()), "they would be the same");
        let archived = [variant(&["S"], true), variant(&["M"], false)];
        assert_eq!(rewrite(&archived, &before, &[option("Size", &["S"])]), Ok(Vec::new()));
    }
}
