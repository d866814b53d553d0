//! What somebody does with their address book.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};

use super::super::super::address::AddressInput;
use super::super::super::auth::{AnyAccount, auth};
use super::super::super::context::{ContextExt, parse_id};
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::errors::AccountUserError;
use super::super::saved_address::SavedAddress;
use crate::accounts::address_book::{self, AddressChange, NewAddress};

/// An address to be written down.
#[derive(InputObject)]
pub(crate) struct AddressCreateInput {
    /// What to call it, such as "Home"; at most 50 characters.
    #[graphql(default)]
    label: String,
    /// Where it is.
    address: AddressInput,
    /// Whether it takes the place of the default for shipping. The first address of a book is that anyway.
    #[graphql(default)]
    default_shipping: bool,
    /// Whether it takes the place of the default for billing. The first address of a book is that anyway.
    #[graphql(default)]
    default_billing: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What is to change of an address; what is left out stays.
#[derive(InputObject)]
pub(crate) struct AddressUpdateInput {
    /// Which address.
    address_id: ID,
    /// What to call it; at most 50 characters.
    label: Option<String>,
    /// Where it is, all of it.
    address: Option<AddressInput>,
    /// Whether it is the default for shipping. True takes that from another.
    default_shipping: Option<bool>,
    /// Whether it is the default for billing. True takes that from another.
    default_billing: Option<bool>,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// An address to be struck out.
#[derive(InputObject)]
pub(crate) struct AddressDeleteInput {
    /// Which address.
    address_id: ID,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// An address that was written down or changed, or why not.
#[derive(SimpleObject)]
pub(crate) struct AddressPayload {
    /// The address as it is now; null when nothing was changed.
    address: Option<SavedAddress>,
    /// Why nothing was changed: all the reasons.
    user_errors: Vec<AccountUserError>,
}

/// An address that was struck out, or why not.
#[derive(SimpleObject)]
pub(crate) struct AddressDeletePayload {
    /// The id of the address that is gone; null when none is.
    deleted_id: Option<ID>,
    /// Why none is.
    user_errors: Vec<AccountUserError>,
}

/// Mutations of one's own address book.
#[derive(Default)]
pub(crate) struct AddressMutation;

#[Object]
impl AddressMutation {
    /// Writes an address down in the viewer's book, which holds at most 50.
    #[graphql(guard = "AnyAccount", directive = auth::apply(vec![]))]
    async fn address_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The address.")] input: AddressCreateInput,
    ) -> Result<AddressPayload> {
        let new = NewAddress {
            label: input.label,
            address: input.address.into(),
            default_shipping: input.default_shipping,
            default_billing: input.default_billing,
        };
        let owner = ctx.signed_in()?.user_id;
        let created = {
            let mut conn = ctx.conn().await?;
            address_book::create(&mut conn, owner, new).await
        };
        let (address, user_errors) = settle(created)?;
        ctx.loaders().forget_addresses().await;
        Ok(AddressPayload { address: address.map(SavedAddress), user_errors })
    }

    /// Changes an address of the viewer's book. Orders that went there keep it as it was.
    #[graphql(guard = "AnyAccount", directive = auth::apply(vec![]))]
    async fn address_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address, and what is to change.")] input: AddressUpdateInput,
    ) -> Result<AddressPayload> {
        let id = parse_id(&input.address_id)?;
        let change = AddressChange {
            label: input.label,
            address: input.address.map(Into::into),
            default_shipping: input.default_shipping,
            default_billing: input.default_billing,
        };
        let owner = ctx.signed_in()?.user_id;
        let updated = {
            let mut conn = ctx.conn().await?;
            address_book::update(&mut conn, owner, id, change).await
        };
        let (address, user_errors) = settle(updated)?;
        ctx.loaders().forget_addresses().await;
        Ok(AddressPayload { address: address.map(SavedAddress), user_errors })
    }

    /// Strikes an address out of the viewer's book. Orders that went there keep it.
    #[graphql(guard = "AnyAccount", directive = auth::apply(vec![]))]
    async fn address_delete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which address.")] input: AddressDeleteInput,
    ) -> Result<AddressDeletePayload> {
        let id = parse_id(&input.address_id)?;
        let owner = ctx.signed_in()?.user_id;
        let deleted = {
            let conn = ctx.conn().await?;
            address_book::delete(&conn, owner, id).await
        };
        let (deleted, user_errors) = settle(deleted)?;
        ctx.loaders().forget_addresses().await;
        Ok(AddressDeletePayload { deleted_id: deleted.map(|id| id.to_string().into()), user_errors })
    }
}
