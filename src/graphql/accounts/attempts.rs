//! Attempts at a password, as many as one may make.

use async_graphql::Context;

use super::super::context::{ContextExt, account_gone};
use super::super::error::Result;
use super::super::user_error::settle;
use super::errors::AccountUserError;
use crate::accounts::Email;
use crate::error::{ActionError, Outcome};

/// Does what needs an account's password, unless it is too early for another attempt at it: then nothing is done, above all
/// nothing hashed. `account` names the account, there or not, by a text that is always the same; `is_wrong` tells the
/// refusals that mean another password.
pub(in crate::graphql) async fn attempt<T, R>(
    ctx: &Context<'_>,
    account: &str,
    is_wrong: impl Fn(&R) -> bool,
    work: impl Future<Output = Outcome<T, R>>,
) -> Result<(Option<T>, Vec<AccountUserError>)>
where
    AccountUserError: From<R>,
{
    let attempt = match ctx.app().attempts.begin(account, ctx.address()).await {
        Ok(attempt) => attempt,
        Err(too_many) => return Ok((None, vec![too_many.into()])),
    };
    let outcome = work.await;
    match &outcome {
        Ok(_) => attempt.succeeded().await,
        // Dropped, it counts as a failure.
        Err(ActionError::Refused(reasons)) if reasons.iter().any(is_wrong) => drop(attempt),
        Err(_) => attempt.withdraw().await,
    }
    settle(outcome)
}

/// What the attempts at the viewer's own account are counted under: the same as log-ins to it.
pub(in crate::graphql) async fn own_account(ctx: &Context<'_>) -> Result<String> {
    let viewer = ctx.signed_in()?.user_id;
    let account = ctx.loaders().users.load(viewer).await?;
    Ok(account.ok_or_else(account_gone)?.email)
}

/// What the attempts at the account with this address are counted under.
pub(in crate::graphql) fn account_of(email: &str) -> String {
    Email::parse(email).map_or_else(|_| email.to_owned(), |email| email.as_str().to_owned())
}
