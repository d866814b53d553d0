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
    let app = ctx.app();
    let attempt = match app.attempts.begin(account, ctx.address()).await {
        Ok(attempt) => attempt,
        Err(too_many) => return Ok((None, vec![too_many.into()])),
    };
    let outcome = work.await;
    match &outcome {
        Ok(_) => {
            let app = app.clone();
            ctx.after_commit(async move { app.attempts.succeeded(attempt).await }).await;
        }
        // Dropped, it counts as a failure.
        Err(ActionError::Refused(reasons)) if reasons.iter().any(is_wrong) => drop(attempt),
        Err(_) => app.attempts.withdraw(attempt).await,
    }
    settle(outcome)
}

/// Takes the address that somebody asks from for one where the account is known, as they have shown without a password that it
/// is theirs.
pub(in crate::graphql) async fn vouch(ctx: &Context<'_>, account: &str) {
    let (app, account, address) = (ctx.app().clone(), account.to_owned(), ctx.address());
    ctx.after_commit(async move { app.attempts.vouch(&account, address).await }).await;
}

/// The same for somebody who has used a session of the account.
pub(in crate::graphql) async fn meet(ctx: &Context<'_>, account: &str) {
    let (app, account, address) = (ctx.app().clone(), account.to_owned(), ctx.address());
    ctx.after_commit(async move { app.attempts.meet(&account, address).await }).await;
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
