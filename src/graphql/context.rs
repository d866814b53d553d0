//! What a resolver may ask of its surroundings.

use std::net::{IpAddr, Ipv4Addr};
use std::str::FromStr;

use async_graphql::{Context, ID};

use super::error::{ApiError, Code, Result};
use super::loaders::Loaders;
use crate::accounts::{Permission, SignedIn, Viewer};
use crate::app::App;
use crate::caller::{Caller, Cookies};
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
