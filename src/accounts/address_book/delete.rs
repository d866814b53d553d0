//! Strike an address out.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::model::AddressRefusal;
use crate::db::schema::addresses;
use crate::error::Outcome;
use crate::ids::{AddressId, UserId};

/// Takes an address out of the account's book. Orders that went there keep it.
pub async fn delete(
    mut conn: &AsyncPgConnection,
    owner: UserId,
    id: AddressId,
) -> Outcome<AddressId, AddressRefusal> {
    let deleted: Option<AddressId> =
        diesel::delete(addresses::table.find(id).filter(addresses::user_id.eq(owner)))
            .returning(addresses::id)
            .get_result(&mut conn)
            .await
            .optional()?;
    deleted.ok_or_else(|| AddressRefusal::NotFound.into())
}
