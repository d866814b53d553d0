//! Reads of carts.

use diesel::dsl::sql;
use diesel::prelude::*;
use diesel::sql_types::{Array, Bool, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::{Cart, CartContents, CartLine, Offer};
use super::selector::CartSelector;
use crate::catalog::{ProductStatus, Variant};
use crate::db::Prepare;
use crate::db::schema::{cart_lines, carts, inventory, product_variants, products};
use crate::ids::{CartId, CartLineId, VariantId};

/// A line without what it is a line of.
#[derive(Queryable, Selectable)]
#[diesel(table_name = cart_lines, check_for_backend(diesel::pg::Pg))]
struct LineRow {
    id: CartLineId,
    cart_id: CartId,
    quantity: i32,
    price_seen: i64,
}

impl LineRow {
    fn of(self, offer: Offer) -> CartLine {
        CartLine {
            id: self.id,
            cart_id: self.cart_id,
            quantity: self.quantity,
            price_seen: self.price_seen,
            offer,
        }
    }
}

/// An offer as columns: the variant, its product's name, status and tax class.
type OfferRow = (Variant, String, String, String);

fn offer((variant, product_name, status, tax_class): OfferRow) -> Offer {
    Offer { variant, product_name, product_status: ProductStatus::stored(&status), tax_class }
}

/// The cart with its lines; none when the caller has no such cart.
pub async fn find(conn: &AsyncPgConnection, selector: &CartSelector) -> QueryResult<Option<CartContents>> {
    let Some(condition) = selector.condition() else { return Ok(None) };
    let cart = carts::table
        .filter(condition)
        .select(Cart::as_select())
        .prepared()
        .get_result(&mut &*conn)
        .await
        .optional()?;
    match cart {
        None => Ok(None),
        Some(cart) => Ok(Some(CartContents { lines: checkout_lines(conn, cart.id).await?, cart })),
    }
}

/// The carts with these ids, whosever they are, with their lines.
pub async fn contents_by_ids(conn: &AsyncPgConnection, ids: &[CartId]) -> QueryResult<Vec<CartContents>> {
    let carts: Vec<Cart> = carts::table
        .filter(carts::id.eq_any(ids))
        .select(Cart::as_select())
        .prepared()
        .load(&mut &*conn)
        .await?;
    let mut lines = lines_by_carts(conn, ids).await?;
    Ok(carts
        .into_iter()
        .map(|cart| CartContents {
            lines: lines.extract_if(.., |line| line.cart_id == cart.id).collect(),
            cart,
        })
        .collect())
}

/// The lines of one cart in the order they were put in, each with today's price and stock. One statement.
pub async fn checkout_lines(conn: &AsyncPgConnection, cart_id: CartId) -> QueryResult<Vec<CartLine>> {
    lines_by_carts(conn, &[cart_id]).await
}

/// The lines of these carts, those of each in the order they were put in.
pub async fn lines_by_carts(mut conn: &AsyncPgConnection, ids: &[CartId]) -> QueryResult<Vec<CartLine>> {
    let rows: Vec<(LineRow, OfferRow)> = cart_lines::table
        .inner_join(product_variants::table.inner_join(inventory::table).inner_join(products::table))
        .filter(cart_lines::cart_id.eq_any(ids))
        .order(cart_lines::id)
        .select((
            LineRow::as_select(),
            (Variant::as_select(), products::name, products::status, products::tax_class),
        ))
        .load(&mut conn)
        .await?;
    Ok(rows.into_iter().map(|(line, row)| line.of(offer(row))).collect())
}

/// The lines of a cart, and beside them the offers of the variants named by id or sku that it does not hold yet. One
/// statement: a plan for the cart needs both as of the same moment.
pub(super) async fn lines_and_offers(
    mut conn: &AsyncPgConnection,
    cart_id: CartId,
    variants: &[VariantId],
    skus: &[&str],
) -> QueryResult<(Vec<CartLine>, Vec<Offer>)> {
    let concerned = sql::<Bool>("product_variants.id IN (SELECT variant_id FROM cart_lines WHERE cart_id = ")
        .bind::<Uuid, _>(cart_id)
        .sql(" UNION ALL SELECT unnest(")
        .bind::<Array<Uuid>, _>(variants)
        .sql(") UNION ALL SELECT id FROM product_variants WHERE sku = ANY (")
        .bind::<Array<Text>, _>(skus)
        .sql("))");
    let in_cart = cart_lines::variant_id.eq(product_variants::id).and(cart_lines::cart_id.eq(cart_id));
    let rows: Vec<(Option<LineRow>, OfferRow)> = product_variants::table
        .inner_join(inventory::table)
        .inner_join(products::table)
        .left_join(cart_lines::table.on(in_cart))
        .filter(concerned)
        .order(cart_lines::id)
        .select((
            Option::<LineRow>::as_select(),
            (Variant::as_select(), products::name, products::status, products::tax_class),
        ))
        .prepared()
        .load(&mut conn)
        .await?;
    let (mut lines, mut offers) = (Vec::new(), Vec::new());
    for (line, row) in rows {
        match line {
            Some(line) => lines.push(line.of(offer(row))),
            None => offers.push(offer(row)),
        }
    }
    Ok((lines, offers))
}
