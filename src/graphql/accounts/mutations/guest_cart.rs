//! The cart that someone filled before they signed in.

use async_graphql::Context;

use super::super::super::cart::{CartMergeReport, merge_into};
use super::super::errors::{AccountErrorCode, AccountUserError};
use crate::accounts;

/// Moves a guest's cart to the account of a session that was just opened, or tells that it could not.
pub(super) async fn take_along(
    ctx: &Context<'_>,
    session: Option<&accounts::Session>,
    token: Option<String>,
    user_errors: &mut Vec<AccountUserError>,
) -> Option<CartMergeReport> {
    let (user, token) = (session?.user.id, token?);
    let report = merge_into(ctx, user, &token).await;
    if report.is_none() {
        let message = "You are signed in, but your cart could not be taken along. It is still there: keep its token, and \
                       give it when you sign in again.";
        user_errors.push(AccountUserError::at(AccountErrorCode::CartNotMerged, ["cartToken"], message));
    }
    report
}
