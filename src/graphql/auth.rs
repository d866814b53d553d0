//! `@auth`: what a field demands of whoever asks, visible in the SDL and enforced before the resolver runs.
//!
//! A field with a rule carries both halves, next to each other:
//! `#[graphql(guard = "Requires(Permission::ReadOrders)", directive = auth::apply(vec![Permission::ReadOrders.into()]))]`.
//! The same stands side by side where the owner of a thing may use it ([`Owner`] and `owner::apply()`), and where any
//! account may ([`AnyAccount`] and `auth::apply(vec![])`). One test compares the two halves in the sources, another asks for
//! every field of the schema in the name of everybody who must not have it.

use async_graphql::{Context, Enum, Guard, TypeDirective};

use super::context::{ContextExt, unauthenticated};
use super::error::{ApiError, Code, Result};
use crate::accounts::{Permission, Viewer};
use crate::ids::UserId;

/// Refuses a field unless the viewer's roles bring the permission.
pub(super) struct Requires(pub(super) Permission);

impl Requires {
    /// The same, for a field whose rule depends on what it is asked of.
    pub(super) fn demand(&self, ctx: &Context<'_>) -> Result<()> {
        if ctx.may(self.0) {
            return Ok(());
        }
        Err(match ctx.viewer() {
            Viewer::Guest => unauthenticated(),
            Viewer::User(_) => ApiError::Client(
                Code::Forbidden,
                format!("This needs the permission {}, which your account does not have.", self.0.as_str()),
            ),
        })
    }
}

impl Guard for Requires {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(self.demand(ctx)?)
    }
}

/// Refuses a field to guests.
pub(super) struct AnyAccount;

impl Guard for AnyAccount {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        ctx.signed_in()?;
        Ok(())
    }
}

/// Refuses a field of what belongs to somebody to everybody else.
pub(super) struct Owner(pub(super) UserId);

impl Guard for Owner {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        if ctx.signed_in()?.user_id == self.0 {
            return Ok(());
        }
        let message = "Only whoever this account belongs to may see this.";
        Err(ApiError::Client(Code::Forbidden, message.to_owned()).into())
    }
}

/// Refuses a field of what belongs to somebody to all others whose roles do not bring the permission.
pub(super) struct OwnerOr(pub(super) UserId, pub(super) Permission);

impl Guard for OwnerOr {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        match ctx.viewer().user_id() {
            Some(viewer) if viewer == self.0 => Ok(()),
            _ => Requires(self.1).check(ctx).await,
        }
    }
}

/// What a role of a signed-in user may allow.
#[derive(Enum, Copy, Clone, Eq, PartialEq)]
#[graphql(name = "Permission", remote = "Permission")]
pub enum PermissionEnum {
    /// Review products. Every customer has it.
    WriteReviews,
    /// See drafts and archived products; write products, variants and categories.
    ManageCatalog,
    /// Set and adjust stock.
    ManageInventory,
    /// See every order and the live feed over all of them.
    ReadOrders,
    /// Move orders along their life.
    ManageOrders,
    /// Hide and show reviews.
    ModerateReviews,
    /// See every account.
    ReadUsers,
    /// Give and take roles; close accounts.
    ManageUsers,
    /// Take payments, mark orders paid, pay back.
    ManagePayments,
    /// Set what shipping costs, what is taxed and which codes take something off.
    ManagePricing,
    /// Say where events are sent, and see what was.
    ManageWebhooks,
    /// See, repeat and discard jobs that were given up.
    ManageJobs,
}

/// Only accounts whose roles bring all the permissions that it `requires` may use this; where that is empty, every account. Guests
/// get `UNAUTHENTICATED`, others `FORBIDDEN`; where the field cannot be null, the object around it is not answered either. A
/// thing with neither `@auth` nor `@owner` is public, or as public as what it is a part of.
#[TypeDirective(location = "FieldDefinition")]
pub(super) fn auth(
    #[graphql(desc = "The permissions that are needed, all of them.")] requires: Vec<PermissionEnum>,
) {
}

/// Only the account that the thing belongs to may use this field of it. Beside `@auth`: that account, whatever its roles, and
/// those that `@auth` lets in. Guests get `UNAUTHENTICATED`, others `FORBIDDEN`.
#[TypeDirective(location = "FieldDefinition")]
pub(super) fn owner() {}
