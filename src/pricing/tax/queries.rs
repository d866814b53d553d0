//! Reads of tax rates, by where they apply.

use diesel::dsl::count_star;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::TaxRate;
use crate::db::schema::tax_rates;
use crate::ids::TaxRateId;
use crate::pagination::{Page, PageRequest, SortKey};

/// The order of lists of rates, for cursors.
pub const BY_PLACE: &str = "tax_rates";

/// The rates with these ids.
pub async fn rates_by_ids(mut conn: &AsyncPgConnection, ids: &[TaxRateId]) -> QueryResult<Vec<TaxRate>> {
    tax_rates::table.filter(tax_rates::id.eq_any(ids)).select(TaxRate::as_select()).load(&mut conn).await
}

/// One page of the rates, of one country or of all, by country, region and class.
pub async fn rates_page(
    mut conn: &AsyncPgConnection,
    country: Option<&str>,
    page: &PageRequest,
) -> QueryResult<Page<TaxRate>> {
    let mut query = tax_rates::table.select(TaxRate::as_select()).limit(page.fetch()).into_boxed::<Pg>();
    if let Some(country) = country {
        query = query.filter(tax_rates::country.eq(country));
    }
    // No two rates have the same place.
    if let Some(SortKey::Text(place)) = page.cursor.as_ref().map(|cursor| &cursor.key) {
        query = if page.backward {
            query.filter(tax_rates::place.lt(place))
        } else {
            query.filter(tax_rates::place.gt(place))
        };
    }
    query = if page.backward {
        query.order(tax_rates::place.desc())
    } else {
        query.order(tax_rates::place.asc())
    };
    Ok(page.cut(query.load(&mut conn).await?))
}

/// How many rates there are, of one country or of all.
pub async fn count_rates(mut conn: &AsyncPgConnection, country: Option<&str>) -> QueryResult<i64> {
    let mut query = tax_rates::table.select(count_star()).into_boxed::<Pg>();
    if let Some(country) = country {
        query = query.filter(tax_rates::country.eq(country));
    }
    query.first(&mut conn).await
}
