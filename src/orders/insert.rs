//! Writing an order down: the row, its lines, the codes it uses, and the cart that is empty afterwards.

use diesel::QueryResult;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Bytea, Integer, Jsonb, Nullable, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::place::{PlaceOrder, Placed};
use crate::address::Address;
use crate::cart::CartLine;
use crate::db::Prepare;
use crate::ids::{CartId, DiscountId, OrderLineId};
use crate::pricing::discount::{Customer, count_uses};
use crate::pricing::{Delivery, LineShare, Quote};
use crate::secrets;

/// An order with everything that is to be written of it.
pub(super) struct Bought<'a> {
    pub(super) order: &'a PlaceOrder,
    pub(super) placed: &'a Placed,
    pub(super) cart: CartId,
    pub(super) lines: &'a [CartLine],
    pub(super) quote: &'a Quote,
    /// Whose uses of the codes are counted.
    pub(super) customer: &'a Customer,
}

/// The owner is the customer; a guest's order is that account's which has proven that the address is its own. Codes are
/// counted as [`count_uses`] says, which is also why the stock has to be reserved before.
const INSERT: &str = concat!(
    "WITH written AS (\
         INSERT INTO orders (id, user_id, token_hash, email, currency, subtotal, discount, shipping, tax, total, \
                             prices_include_tax, shipping_method_id, shipping_method_name, shipping_address, \
                             billing_address, expires_at) \
         SELECT $1, coalesce($2, (SELECT users.id FROM users WHERE email_verified_at IS NOT NULL \
                                  AND deleted_at IS NULL AND users.email = $4)), \
                $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $31\
     ), lines AS (\
         INSERT INTO order_lines (order_id, id, product_id, variant_id, product_name, variant_name, sku, unit_price, \
                                  quantity, total, discount, tax, position) \
         SELECT $1, line.* \
         FROM unnest($16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26) WITH ORDINALITY AS line\
     ), ",
    count_uses!("$27", "$29"),
    ", codes AS (\
         INSERT INTO order_discounts (order_id, discount_id, code, amount, customer) \
         SELECT $1, d.id, d.code, code.amount, $29 \
         FROM unnest($27, $28) AS code (discount_id, amount) JOIN discounts d ON d.id = code.discount_id\
     ), spent AS (\
         DELETE FROM cart_discounts WHERE cart_id = $30\
     ) \
     DELETE FROM cart_lines WHERE cart_id = $30"
);

/// Writes it. One statement whatever the number of lines, and so one that can be kept.
pub(super) async fn insert(mut conn: &AsyncPgConnection, bought: &Bought<'_>) -> QueryResult<()> {
    let Bought { order, placed, lines, quote, .. } = bought;
    let totals = &quote.totals;
    let method = match &quote.delivery {
        Delivery::By(option) => Some(&option.method),
        _ => None,
    };
    let address = |address: &Address| serde_json::to_value(address).unwrap_or_default();
    let (codes, amounts) = spent_codes(quote);
    sql_query(INSERT)
        .bind::<Uuid, _>(placed.order_id)
        .bind::<Nullable<Uuid>, _>(order.customer)
        .bind::<Nullable<Bytea>, _>(
            placed.token.as_ref().map(|token| secrets::sha256(token.as_bytes()).to_vec()),
        )
        .bind::<Text, _>(&order.email)
        .bind::<Text, _>(order.shop.currency.code())
        .bind::<BigInt, _>(totals.subtotal)
        .bind::<BigInt, _>(totals.discount)
        .bind::<BigInt, _>(totals.shipping)
        .bind::<BigInt, _>(totals.tax)
        .bind::<BigInt, _>(totals.total)
        .bind::<Bool, _>(order.shop.prices_include_tax)
        .bind::<Nullable<Uuid>, _>(method.map(|method| method.id))
        .bind::<Nullable<Text>, _>(method.map(|method| &method.name))
        .bind::<Jsonb, _>(address(&order.shipping_address))
        .bind::<Nullable<Jsonb>, _>(order.billing_address.as_ref().map(address))
        .bind::<Array<Uuid>, _>(column(lines, |_| OrderLineId::new()))
        .bind::<Array<Uuid>, _>(column(lines, |line| line.offer.variant.product_id))
        .bind::<Array<Uuid>, _>(column(lines, |line| line.offer.variant.id))
        .bind::<Array<Text>, _>(column(lines, |line| &line.offer.product_name))
        .bind::<Array<Text>, _>(column(lines, |line| line.offer.variant.name()))
        .bind::<Array<Nullable<Text>>, _>(column(lines, |line| line.offer.variant.sku.as_deref()))
        .bind::<Array<BigInt>, _>(column(lines, |line| line.unit_price().minor))
        .bind::<Array<Integer>, _>(column(lines, |line| line.quantity))
        .bind::<Array<BigInt>, _>(column(&totals.lines, |share| share.total))
        .bind::<Array<BigInt>, _>(column(&totals.lines, |share: &LineShare| share.discount))
        .bind::<Array<BigInt>, _>(column(&totals.lines, |share| share.tax))
        .bind::<Array<Uuid>, _>(codes)
        .bind::<Array<BigInt>, _>(amounts)
        .bind::<Text, _>(bought.customer.as_str())
        .bind::<Uuid, _>(bought.cart)
        .bind::<Timestamptz, _>(order.expires_at)
        .prepared()
        .execute(&mut conn)
        .await?;
    Ok(())
}

/// The codes that take something off, and how much. One that takes nothing off is not used up.
fn spent_codes(quote: &Quote) -> (Vec<DiscountId>, Vec<i64>) {
    let amount = |code: &crate::pricing::JudgedCode| code.outcome.ok().filter(|amount| amount.minor > 0);
    quote.codes.iter().filter_map(|code| Some((code.id, amount(code)?.minor))).unzip()
}

fn column<'a, R, T>(rows: &'a [R], field: impl Fn(&'a R) -> T) -> Vec<T> {
    rows.iter().map(field).collect()
}
