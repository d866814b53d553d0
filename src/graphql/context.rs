//! What a resolver may ask of its surroundings.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;
use std::sync::Arc;

use async_graphql::{Context, ID};

use super::error::{ApiError, Code, Result};
use super::keyed::KeyedRequest;
use super::loaders::Loaders;
use crate::accounts::{Permission, SignedIn, Viewer};
use crate::app::App;
use crate::caller::{Caller, Cookies};
use crate::db::{Connection, Db};
use crate::ids::IdError;

/// Access to the request's surroundings; resolvers use nothing of [`Context`] but this.
pub(super) trait ContextExt {
    /// What the process owns.
    fn app(&self) -> &App;
    /// Who asks.
    fn viewer(&self) -> Viewer;
    /// What cookies are to the request.
    fn cookies(&self) -> &Cookies;
    /// The request's loaders.
    fn loaders(&self) -> &Loaders;
    /// The database, for verbs that take their connections themselves.
    fn db(&self) -> &Db;
    /// A connection for what a domain does or reads. Give it back before anything else is waited for: the rest of the answer
    /// may need the same one.
    fn conn(&self) -> impl Future<Output = crate::error::Result<Connection>> + Send;
    /// Does something that belongs behind the commit of what the mutation writes: telling others of it, above all.
    fn after_commit(
        &self,
        effect: impl Future<Output = ()> + Send + 'static,
    ) -> impl Future<Output = ()> + Send;
    /// Has everybody learn of access tokens that were recalled.
    fn spread_recalls(&self) -> impl Future<Output = ()> + Send;
    /// Has the worker look for the jobs that were written.
    fn wake_worker(&self) -> impl Future<Output = ()> + Send;
    /// Sets a cookie with the answer.
    fn set_cookie(&self, cookie: String);
    /// Whether the mutation's idempotency key was used with another input. Only those are asked that tell it by themselves.
    fn is_reused(&self) -> bool;
    /// What mutations that carry a key have in common.
    fn keyed(&self) -> Option<&KeyedRequest>;
    /// Who asks, when it must not be a guest.
    fn signed_in(&self) -> Result<SignedIn>;
    /// The address they ask from.
    fn address(&self) -> IpAddr;
    /// Whether the one who asks has the permission.
    fn may(&self, permission: Permission) -> bool {
        self.viewer().may(permission)
    }
}

impl ContextExt for Context<'_> {
    fn app(&self) -> &App {
        // Given to the schema when it was built.
        self.data_unchecked::<App>()
    }

    fn viewer(&self) -> Viewer {
        // A request that came in without saying who asks is a guest's: deny by default.
        self.data_opt::<Caller>().map_or(Viewer::Guest, |caller| caller.viewer)
    }

    fn cookies(&self) -> &Cookies {
        self.data_opt::<Caller>().map_or(&Cookies::Unavailable, |caller| &caller.cookies)
    }

    fn address(&self) -> IpAddr {
        self.data_opt::<Caller>().map_or(Ipv4Addr::UNSPECIFIED.into(), |caller| caller.address)
    }

    fn loaders(&self) -> &Loaders {
        // Given to each request by `Schema::execute`.
        self.data_unchecked::<Loaders>()
    }

    fn keyed(&self) -> Option<&KeyedRequest> {
        // Given to requests with keys by `Schema::execute`.
        self.data_opt::<Arc<KeyedRequest>>().map(Arc::as_ref)
    }

    fn db(&self) -> &Db {
        self.keyed().map_or(&self.app().db, |request| &request.db)
    }

    async fn conn(&self) -> crate::error::Result<Connection> {
        self.db().work().await
    }

    async fn after_commit(&self, effect: impl Future<Output = ()> + Send + 'static) {
        match self.keyed() {
            Some(request) => request.after_commit(Box::pin(effect)).await,
            None => effect.await,
        }
    }

    async fn spread_recalls(&self) {
        let app = self.app().clone();
        self.after_commit(async move { app.spread_recalls().await }).await;
    }

    async fn wake_worker(&self) {
        let app = self.app().clone();
        self.after_commit(async move { app.worker.wake() }).await;
    }

    fn set_cookie(&self, cookie: String) {
        match self.keyed() {
            Some(request) => request.set_cookie(cookie),
            None => {
                self.append_http_header("set-cookie", cookie);
            }
        }
    }

    fn is_reused(&self) -> bool {
        self.keyed().is_some_and(KeyedRequest::is_reused)
    }

    fn signed_in(&self) -> Result<SignedIn> {
        match self.viewer() {
            Viewer::User(user) => Ok(user),
            Viewer::Guest => Err(unauthenticated()),
        }
    }
}

/// The answer to a guest where an account is needed.
pub(super) fn unauthenticated() -> ApiError {
    ApiError::Client(
        Code::Unauthenticated,
        "Sign in first: send 'Authorization: Bearer <accessToken>' from sessionCreate.".to_owned(),
    )
}

/// The answer to somebody whose token is good and whose account is not there: the database is another one.
pub(super) fn account_gone() -> ApiError {
    let message = "The account of this access token is gone: sign in with another, or register.";
    ApiError::Client(Code::Unauthenticated, message.to_owned())
}

/// Reads an id argument as the id of one kind of thing.
pub(super) fn parse_id<T: FromStr<Err = IdError>>(id: &ID) -> Result<T> {
    Ok(id.as_str().parse()?)
}
