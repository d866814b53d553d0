//! `accountRegister`.

use async_graphql::{Context, InputObject, Object, SimpleObject};

use super::super::super::cart::CartMergeReport;
use super::super::super::context::ContextExt;
use super::super::super::cost::cost;
use super::super::super::error::Result;
use super::super::super::keyed::Idempotency;
use super::super::super::user_error::settle;
use super::super::attempts::vouch;
use super::super::cookies::{answered, expect_room};
use super::super::errors::AccountUserError;
use super::super::session::Session;
use super::super::user::User;
use super::guest_cart::take_along;
use crate::accounts::{self, Registration};

/// What a new customer enters.
#[derive(InputObject)]
pub(crate) struct AccountRegisterInput {
    /// The address to sign in with; capitals make no difference.
    email: String,
    /// 8 to 128 characters of any kind.
    password: String,
    /// What to call them; at most 200 characters.
    name: String,
    /// The token of the cart that they filled as a guest: its lines move to their account's cart.
    cart_token: Option<String>,
    /// Whether the tokens are to be in cookies that scripts cannot read, and not in the answer: for pages of this shop or of
    /// its `CORS_ORIGINS`. Requests with cookies need no Authorization header.
    #[graphql(default)]
    cookies: bool,
    #[graphql(flatten)]
    idempotency: Idempotency,
}

/// What came of a registration.
#[derive(SimpleObject)]
pub(crate) struct AccountRegisterPayload {
    /// The new account; null when there is none.
    user: Option<User>,
    /// Its first session; null when there is no new account.
    session: Option<Session>,
    /// What became of the guest's cart; null when no `cartToken` was given, when nobody was signed in, and when the cart
    /// could not be taken along, which `userErrors` tells.
    cart_merge: Option<CartMergeReport>,
    /// Why there is no new account: all the reasons. With one, only why the cart could not be taken along.
    user_errors: Vec<AccountUserError>,
}

/// Mutations that make accounts.
#[derive(Default)]
pub(crate) struct RegisterMutation;

#[Object]
impl RegisterMutation {
    /// Makes an account for a customer and signs them in. A letter with a link goes to the address: the account is good for
    /// shopping at once, and sees guest orders of the address when its token came back by `emailVerify`.
    #[graphql(directive = cost::apply(50, None, None))]
    async fn account_register(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who they are.")] input: AccountRegisterInput,
    ) -> Result<AccountRegisterPayload> {
        let app = ctx.app();
        expect_room(ctx, input.cookies)?;
        let registration =
            Registration { email: input.email, name: input.name, password: input.password.into() };
        let outcome =
            accounts::register(ctx.db(), &app.passwords, &app.tokens, app.clock.now(), registration).await;
        ctx.wake_worker().await;
        let (session, mut user_errors) = settle(outcome)?;
        if let Some(session) = &session {
            vouch(ctx, &session.user.email).await;
        }
        let user = session.as_ref().map(|session| User(session.user.clone()));
        let cart_merge = take_along(ctx, session.as_ref(), input.cart_token, &mut user_errors).await;
        Ok(AccountRegisterPayload {
            user,
            session: answered(ctx, session, input.cookies),
            cart_merge,
            user_errors,
        })
    }
}
