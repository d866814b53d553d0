//! Change an address of the book. Orders that went there stay as they were.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::{AddressRefusal, SavedAddress, checked, lock_book, release_defaults, to_json};
use crate::address::Address;
use crate::db::schema::addresses;
use crate::error::Outcome;
use crate::ids::{AddressId, UserId};

/// What is to change; what is not given stays.
#[derive(Debug, Clone, Default)]
pub struct AddressChange {
    /// What to call it.
    pub label: Option<String>,
    /// Where it is, all of it.
    pub address: Option<Address>,
    /// Whether orders are to go there unless they say otherwise.
    pub default_shipping: Option<bool>,
    /// Whether bills are to go there unless they say otherwise.
    pub default_billing: Option<bool>,
}

/// Changes an address of the account's book.
pub async fn update(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    id: AddressId,
    change: AddressChange,
) -> Outcome<SavedAddress, AddressRefusal> {
    conn.transaction(async |conn| {
        lock_book(conn, owner).await?;
        let own = addresses::table.find(id).filter(addresses::user_id.eq(owner));
        let known: Option<SavedAddress> =
            own.select(SavedAddress::as_select()).first(conn).await.optional()?;
        let known = known.ok_or(AddressRefusal::NotFound)?;
        let label = change.label.unwrap_or_else(|| known.label.clone());
        let (label, address) = checked(&label, change.address.unwrap_or_else(|| known.address()))?;
        let shipping = change.default_shipping.unwrap_or(known.default_shipping);
        let billing = change.default_billing.unwrap_or(known.default_billing);
        let takes = |wanted: bool, has: bool| wanted && !has;
        release_defaults(
            conn,
            owner,
            takes(shipping, known.default_shipping),
            takes(billing, known.default_billing),
        )
        .await?;
        Ok(diesel::update(addresses::table.find(id))
            .set((
                addresses::label.eq(label),
                addresses::address.eq(to_json(&address)),
                addresses::default_shipping.eq(shipping),
                addresses::default_billing.eq(billing),
            ))
            .returning(SavedAddress::as_returning())
            .get_result(conn)
            .await?)
    })
    .await
}
