//! What the shop's rules say about one cart: read in one statement, and all that [`quote`](super::quote()) needs to know.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::prelude::*;
use diesel::sql_types::{Jsonb, Text, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use serde::Deserialize;

use super::discount::{Customer, Discount, DiscountProblem, LimitReached, OfferedDiscount};
use super::shipping::ShippingMethod;
use crate::address::folded_region;
use crate::db::Prepare;
use crate::ids::{CartId, ShippingMethodId};
use crate::money::Currency;

/// How the shop sells, whatever it sells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shop {
    /// What it sells in.
    pub currency: Currency,
    /// Whether tax is within its prices, or comes on top of them.
    pub prices_include_tax: bool,
}

impl From<&crate::config::Shop> for Shop {
    fn from(shop: &crate::config::Shop) -> Self {
        Self { currency: shop.currency, prices_include_tax: shop.prices_include_tax }
    }
}

/// Where an order goes, as far as its price depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Destination<'a> {
    /// The country, in two letters.
    pub country: &'a str,
    /// The part of it, as addresses write it; may be empty.
    pub region: &'a str,
}

/// The rules that concern one cart, as they are at one moment.
#[derive(Debug, Clone, Deserialize, FromSqlRow)]
pub struct Terms {
    /// The moment, by the database's clock.
    pub now: DateTime<Utc>,
    /// Where it goes; none while nobody has said.
    pub country: Option<String>,
    /// The part of the country; may be empty.
    pub region: String,
    /// The method that was chosen for it.
    #[serde(deserialize_with = "stored::chosen")]
    pub chosen: Option<ShippingMethodId>,
    /// Whether the shop has any method at all: without, shipping costs nothing.
    pub(super) ships: bool,
    /// Whether anything is taxed anywhere.
    pub(super) taxed: bool,
    /// The methods that go there, in the order to show them; those that go everywhere while nobody has said where to.
    pub(super) methods: Vec<ShippingMethod>,
    /// Millionths by tax class.
    pub(super) rates: BTreeMap<String, i64>,
    /// What codes were typed for.
    pub(super) discounts: Vec<OfferedDiscount>,
}

impl Terms {
    /// The codes of which one has reached the limit, each with what is to be said of it: those that have such a limit. Where
    /// none had one when this was read, the limit is newer, and may be any code's.
    #[must_use]
    pub fn limited(&self, limit: LimitReached) -> Vec<(&str, DiscountProblem)> {
        let (limit_of, problem): (fn(&Discount) -> Option<i32>, _) = match limit {
            LimitReached::OfCode => (|discount| discount.usage_limit, DiscountProblem::UsedUp),
            LimitReached::OfCustomer => {
                (|discount| discount.usage_limit_per_customer, DiscountProblem::UsedUpByCustomer)
            }
        };
        let discounts = self.discounts.iter().map(|offered| &offered.discount);
        let is_new = discounts.clone().all(|discount| limit_of(discount).is_none());
        discounts
            .filter(|discount| is_new || limit_of(discount).is_some())
            .map(|discount| (discount.code.as_str(), problem))
            .collect()
    }
}

impl FromSql<Jsonb, Pg> for Terms {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        Ok(serde_json::from_value(<serde_json::Value as FromSql<Jsonb, Pg>>::from_sql(bytes)?)?)
    }
}

/// The terms of a row of `carts` as an expression of SQL: of the country, the region (in capitals) and the customer given.
/// A rate of the region comes before that of the country. A newer version's columns make the object larger, not the row.
macro_rules! terms_of_cart {
    ($country:literal, $region:literal, $customer:literal) => {
        concat!(
            "jsonb_build_object(\
                 'now', now(), 'country', ", $country, ", 'region', ", $region, ", 'chosen', carts.shipping_method_id, \
                 'ships', EXISTS (SELECT FROM shipping_methods WHERE active), \
                 'taxed', EXISTS (SELECT FROM tax_rates), \
                 'methods', coalesce((\
                     SELECT jsonb_agg(to_jsonb(m) ORDER BY m.position, m.id) FROM shipping_methods m \
                     WHERE m.active AND (m.countries = '{}' OR ", $country, " = ANY (m.countries))), '[]'), \
                 'rates', coalesce((\
                     SELECT jsonb_object_agg(r.tax_class, r.rate_ppm) FROM (\
                         SELECT DISTINCT ON (t.tax_class) t.tax_class, t.rate_ppm FROM tax_rates t \
                         WHERE t.country = ", $country, " AND t.region IN ('', ", $region, ") \
                         ORDER BY t.tax_class, t.region DESC) r), '{}'), \
                 'discounts', coalesce((\
                     SELECT jsonb_agg(to_jsonb(d) || jsonb_build_object('used_by_customer', coalesce(u.used, 0)) \
                                      ORDER BY c.scope) \
                     FROM cart_discounts c JOIN discounts d ON d.id = c.discount_id \
                     LEFT JOIN discount_uses u ON u.discount_id = d.id AND u.customer = ", $customer, " \
                     WHERE c.cart_id = carts.id), '[]'))"
        )
    };
}

/// The terms of a row of `carts` as its owner has it, to be read along with the row. A guest's earlier uses of a code are
/// not known before they say who they are.
pub const OF_CART: &str = terms_of_cart!("carts.country", "carts.region", "'user:' || carts.user_id");

/// The terms of an order of this cart, which the caller has locked: by where the order goes and who places it, whatever
/// the cart says of either. One statement.
pub async fn of_order(
    mut conn: &AsyncPgConnection,
    cart: CartId,
    destination: &Destination<'_>,
    customer: &Customer,
) -> QueryResult<Terms> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Jsonb)]
        terms: Terms,
    }
    let row: Row = diesel::sql_query(concat!(
        "SELECT ",
        terms_of_cart!("$2", "$3", "$4"),
        " AS terms FROM carts WHERE carts.id = $1"
    ))
    .bind::<Uuid, _>(cart)
    .bind::<Text, _>(destination.country)
    .bind::<Text, _>(folded_region(destination.region))
    .bind::<Text, _>(customer.as_str())
    .prepared()
    .get_result(&mut conn)
    .await?;
    Ok(row.terms)
}

/// Ids as the database writes them in JSON: bare UUIDs.
pub(super) mod stored {
    use serde::{Deserialize, Deserializer};
    use uuid::Uuid;

    use crate::ids::{DiscountId, ShippingMethodId};

    pub(in crate::pricing) fn shipping_method_id<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<ShippingMethodId, D::Error> {
        Uuid::deserialize(from).map(ShippingMethodId)
    }

    pub(in crate::pricing) fn discount_id<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<DiscountId, D::Error> {
        Uuid::deserialize(from).map(DiscountId)
    }

    pub(in crate::pricing) fn chosen<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<Option<ShippingMethodId>, D::Error> {
        Ok(Option::<Uuid>::deserialize(from)?.map(ShippingMethodId))
    }
}
