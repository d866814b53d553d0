//! Sets where a cart will go, and how.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::CartContents;
use super::refusal::CartRefusal;
use super::selector::CartSelector;
use super::{lock, queries, totals};
use crate::address;
use crate::db::schema::carts;
use crate::error::{ActionError, Outcome, violated_constraint};
use crate::ids::{CartId, ShippingMethodId};
use crate::pricing::{self, Delivery, shipping};

/// What a shopper says about shipping: `None` stays as it is, `Some(None)` is cleared.
#[derive(Debug, Clone, Default)]
pub struct ShippingWish {
    /// The country it will go to. Another one forgets the region.
    pub country: Option<Option<String>>,
    /// The part of the country.
    pub region: Option<Option<String>>,
    /// The method; without one, the cheapest.
    pub method: Option<Option<ShippingMethodId>>,
}

#[derive(Default)]
struct Columns {
    country: Option<Option<String>>,
    region: Option<String>,
    shipping_method_id: Option<Option<ShippingMethodId>>,
}

/// Sets them, all or none. A method that was chosen before and does not go to the new destination is forgotten; one that is
/// chosen now is refused.
pub async fn set_shipping(
    conn: &mut AsyncPgConnection,
    selector: &CartSelector,
    wish: &ShippingWish,
    shop: pricing::Shop,
) -> Outcome<CartContents, CartRefusal> {
    let columns = check(wish)?;
    conn.transaction::<_, ActionError<_>, _>(async |conn| {
        let cart = lock::lock_for_edit(conn, selector).await?.ok_or(CartRefusal::CartNotFound)?;
        if columns.country.as_ref().map_or(cart.terms.country.is_none(), Option::is_none)
            && columns.region.as_deref().is_some_and(|region| !region.is_empty())
        {
            return Err(CartRefusal::RegionInvalid.into());
        }
        let wished = wish.method.flatten();
        if let Some(method) = wished {
            let found = shipping::queries::methods_by_ids(conn, &[method]).await?;
            if !found.iter().any(|method| method.active) {
                return Err(CartRefusal::ShippingMethodNotFound.into());
            }
        }
        write(conn, cart.id, &columns).await?;
        let contents = read(conn, cart.id).await?;
        if !is_unavailable(&contents, shop) {
            return Ok(contents);
        }
        if wished.is_some() {
            return Err(CartRefusal::ShippingMethodUnavailable.into());
        }
        write(conn, cart.id, &Columns { shipping_method_id: Some(None), ..Columns::default() }).await?;
        read(conn, cart.id).await
    })
    .await
}

fn check(wish: &ShippingWish) -> Outcome<Columns, CartRefusal> {
    let country = match &wish.country {
        Some(Some(country)) => Some(Some(address::country(country).ok_or(CartRefusal::CountryUnknown)?)),
        other => other.clone(),
    };
    let region = match (&wish.region, &country) {
        (Some(region), _) => Some(address::folded_region(region.as_deref().unwrap_or_default())),
        (None, Some(_)) => Some(String::new()),
        (None, None) => None,
    };
    if region.as_ref().is_some_and(|region| region.chars().count() > address::MAX_LENGTH) {
        return Err(CartRefusal::RegionInvalid.into());
    }
    Ok(Columns { country, region, shipping_method_id: wish.method })
}

async fn write(mut conn: &AsyncPgConnection, cart: CartId, columns: &Columns) -> Outcome<(), CartRefusal> {
    let Columns { country, region, shipping_method_id } = columns;
    diesel::update(carts::table.find(cart))
        .set((
            // It was marked changed with its lock; an update needs a column.
            carts::id.eq(cart),
            country.as_ref().map(|country| carts::country.eq(country.clone())),
            region.as_ref().map(|region| carts::region.eq(region)),
            shipping_method_id.map(|method| carts::shipping_method_id.eq(method)),
        ))
        .execute(&mut conn)
        .await
        .map_err(|error| match violated_constraint(&error) {
            // Deleted since it was looked up.
            Some("carts_shipping_method_id_fkey") => CartRefusal::ShippingMethodNotFound.into(),
            _ => ActionError::from(error),
        })?;
    Ok(())
}

/// A cart that is locked, and so is there.
async fn read(conn: &AsyncPgConnection, cart: CartId) -> Outcome<CartContents, CartRefusal> {
    let mut contents = queries::contents_by_ids(conn, &[cart]).await?;
    contents.pop().ok_or_else(|| CartRefusal::CartNotFound.into())
}

/// Whether the chosen method does not take the cart. Nothing is known of one without a destination.
fn is_unavailable(contents: &CartContents, shop: pricing::Shop) -> bool {
    let Ok(quote) = totals::quote(&contents.lines, &contents.cart.terms, shop) else { return false };
    match quote.delivery {
        Delivery::ChosenUnavailable => true,
        Delivery::Unavailable => contents.cart.terms.chosen.is_some(),
        Delivery::NotCharged | Delivery::By(_) | Delivery::NoDestination => false,
    }
}
