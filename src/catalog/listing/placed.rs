//! The products at the places of a page.

use diesel::dsl::AsSelect;
use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};

use super::query::{Direction, RowSql};
use crate::catalog::model::Product;

/// Reads the products at the places that `places` finds. Apart from finding them, because a product is wide and its
/// default variant and stock lie in other tables: what is sorted and thrown away is only ids and keys.
pub(super) struct Placed<Q> {
    places: Q,
    direction: Direction,
    ranked: bool,
    product: AsSelect<Product, Pg>,
}

impl<Q> Placed<Q> {
    /// `places` gives a product's id and what it is sorted by, `ranked` says whether that is a rank, which no column holds.
    pub(super) fn new(places: Q, direction: Direction, ranked: bool) -> Self {
        Self { places, direction, ranked, product: Product::as_select() }
    }
}

impl<Q> QueryId for Placed<Q> {
    type QueryId = ();
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Q> Query for Placed<Q> {
    type SqlType = RowSql;
}

impl<Q: QueryFragment<Pg>> QueryFragment<Pg> for Placed<Q> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        out.push_sql("SELECT ");
        self.product.walk_ast(out.reborrow())?;
        out.push_sql(", products.search_name, ");
        out.push_sql(if self.ranked { "place.key" } else { "0::bigint" });
        out.push_sql(" FROM (");
        self.places.walk_ast(out.reborrow())?;
        out.push_sql(
            ") AS place (id, key) JOIN products ON products.id = place.id \
             LEFT JOIN product_variants ON product_variants.id = products.default_variant_id \
             LEFT JOIN inventory ON inventory.variant_id = product_variants.id",
        );
        self.direction.push_order_by("place", &mut out);
        Ok(())
    }
}
