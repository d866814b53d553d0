//! Write an address down.

use diesel::dsl::count_star;
use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};

use super::model::{
    AddressRefusal, MAX_ADDRESSES, NewAddress, SavedAddress, checked, lock_book, release_defaults, to_json,
};
use crate::db::schema::addresses;
use crate::error::Outcome;
use crate::ids::{AddressId, UserId};

/// Adds an address to the account's book. The first of a book becomes the default for everything.
pub async fn create(
    conn: &mut AsyncPgConnection,
    owner: UserId,
    new: NewAddress,
) -> Outcome<SavedAddress, AddressRefusal> {
    let (label, address) = checked(&new.label, new.address)?;
    conn.transaction(async |conn| {
        lock_book(conn, owner).await?;
        let known: i64 =
            addresses::table.filter(addresses::user_id.eq(owner)).select(count_star()).first(conn).await?;
        if usize::try_from(known).is_ok_and(|known| known >= MAX_ADDRESSES) {
            return Err(AddressRefusal::TooMany.into());
        }
        let (shipping, billing) = (new.default_shipping || known == 0, new.default_billing || known == 0);
        release_defaults(conn, owner, shipping, billing).await?;
        Ok(diesel::insert_into(addresses::table)
            .values((
                addresses::id.eq(AddressId::new()),
                addresses::user_id.eq(owner),
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
