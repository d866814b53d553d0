//! `@auth`: what a field demands of whoever asks, visible in the SDL and enforced before the resolver runs.
//!
//! A field with a rule carries both halves, next to each other:
//! `#[graphql(guard = "Requires(Permission::ReadOrders)", directive = auth::apply(vec![Permission::ReadOrders.into()]))]`.
//! A test compares the two over the whole schema.

use async_graphql::{Context, Enum, Guard, TypeDirective};

use super::context::{ContextExt, unauthenticated};
use super::error::{ApiError, Code, Result};
use crate::accounts::{Permission, Viewer};

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
                format!("This needs the permission {}, which your account does not have.", name(self.0)),
            ),
        })
    }
}

impl Guard for Requires {
    async fn check(&self, ctx: &Context<'_>) -> async_graphql::Result<()> {
        Ok(self.demand(ctx)?)
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
}

fn name(permission: Permission) -> String {
    async_graphql::resolver_utils::enum_value(PermissionEnum::from(permission)).to_string()
}

/// Only those whose roles bring all these permissions may use this. A thing without `@auth` is public.
#[TypeDirective(location = "FieldDefinition", location = "Object")]
pub(super) fn auth(requires: Vec<PermissionEnum>) {}
