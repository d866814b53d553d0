//! Who sends a request: by its `Authorization` header or, without one, by a browser's cookies.
//!
//! A browser sends cookies whoever wrote the page that asks. So they count only in requests of which the browser itself
//! says that they come from a page of this shop, or from one that the operator has let in: by `Origin`, which it sends
//! with everything but plain reading within a site, and there by `Sec-Fetch-Site`. No page can forge either.

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use secrecy::SecretString;

use super::refusal::{Refused, refuse};
use super::{ClientAddress, RequestId, State};
use crate::accounts::{AuthError, Viewer, authenticate};
use crate::caller::{Caller, Cookies};
use crate::cookies::{Kind, SessionCookies};
use crate::graphql::{Asked, Code};

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Who sends a request.
pub(super) struct Credentials {
    /// Whoever it is; a guest where a token came by cookie that is good no longer.
    pub(super) caller: Caller,
    /// Why the token in the cookie is not good.
    lapsed: Option<AuthError>,
}

impl Credentials {
    /// Whoever sends this, unless what they send to prove it is not good.
    pub(super) fn read(
        state: &State,
        ClientAddress(address): ClientAddress,
        headers: &HeaderMap,
        id: &RequestId,
    ) -> Result<Self, Refused> {
        let app = &state.app;
        let authenticate =
            |header: Option<&[u8]>| authenticate(header, &app.tokens, &app.recalls, app.clock.now());
        let (access, refresh) = tokens(state, headers, id)?;
        let trusted = is_trusted(headers, state);
        let mut sent = headers.get_all(header::AUTHORIZATION).into_iter();
        let (viewer, lapsed) = match (sent.next(), sent.next(), &access) {
            (_, Some(_), _) => return Err(unauthenticated(AuthError::Malformed, id)),
            (Some(header), None, _) => {
                let viewer = authenticate(Some(header.as_bytes()));
                (viewer.map_err(|error| unauthenticated(error, id))?, None)
            }
            (None, None, _) if !trusted && (access.is_some() || refresh.is_some()) => {
                return Err(foreign(id));
            }
            (None, None, Some(token)) => match authenticate(Some(format!("Bearer {token}").as_bytes())) {
                Ok(viewer) => (viewer, None),
                Err(error) => (Viewer::Guest, Some(error)),
            },
            (None, None, None) => (Viewer::Guest, None),
        };
        let cookies = if trusted {
            let sent = access.is_some() || refresh.is_some();
            Cookies::Open { refresh: refresh.map(SecretString::from), sent }
        } else {
            Cookies::Foreign
        };
        Ok(Self { caller: Caller { viewer, address, cookies }, lapsed })
    }

    /// Refuses an operation for which a token in a cookie would have to be good. A browser sends the one it has, also with
    /// what gets it another.
    pub(super) fn admit(&self, asked: &mut Asked, id: &RequestId) -> Result<(), Refused> {
        self.allows(asked).map_err(|error| unauthenticated(error, id))
    }

    /// The same for one operation of several.
    pub(super) fn allows(&self, asked: &mut Asked) -> Result<(), AuthError> {
        match self.lapsed {
            Some(error) if !asked.is_about_sessions() => Err(error),
            _ => Ok(()),
        }
    }
}

/// The `Authorization` of a request that becomes a socket: its header, or what a cookie stands for. A page of another site
/// may open sockets and has cookies sent with them, so that it gets none that has cookies.
pub(super) fn of_upgrade(
    state: &State,
    headers: &HeaderMap,
    id: &RequestId,
) -> Result<Option<HeaderValue>, Refused> {
    match only(headers, &header::AUTHORIZATION) {
        Some(Ok(header)) => return Ok(Some(header.clone())),
        Some(Err(())) => return Err(unauthenticated(AuthError::Malformed, id)),
        None => {}
    }
    let (access, refresh) = tokens(state, headers, id)?;
    if (access.is_some() || refresh.is_some()) && !is_trusted(headers, state) {
        return Err(foreign(id));
    }
    Ok(access.and_then(|token| HeaderValue::try_from(format!("Bearer {token}")).ok()))
}

/// The access and the refresh token in a request's cookies.
fn tokens<'a>(
    state: &State,
    headers: &'a HeaderMap,
    id: &RequestId,
) -> Result<(Option<&'a str>, Option<&'a str>), Refused> {
    let cookies = SessionCookies::of(&state.app.config.shop);
    let find = |kind| {
        let headers = headers.get_all(header::COOKIE).into_iter().filter_map(|value| value.to_str().ok());
        cookies.find(kind, headers).map_err(|_| {
            let message = format!("There are two cookies of the name {}.", cookies.name(kind));
            refuse(StatusCode::BAD_REQUEST, Code::BadRequest, &message, id)
        })
    };
    Ok((find(Kind::Access)?, find(Kind::Refresh)?))
}

/// Whether a browser says that the page that asks is one of this shop, or one that it lets in.
fn is_trusted(headers: &HeaderMap, state: &State) -> bool {
    match (only(headers, &header::ORIGIN), only(headers, &FETCH_SITE)) {
        (Some(Ok(origin)), _) => {
            let config = &state.app.config;
            config.cors.origins.iter().any(|allowed| allowed.as_bytes() == origin.as_bytes())
                || config.shop.public_url.as_deref().is_some_and(|url| is_own(origin.as_bytes(), url))
        }
        (None, Some(Ok(site))) => matches!(site.as_bytes(), b"same-origin" | b"none"),
        _ => false,
    }
}

/// The one value of a header; an error where there are several.
fn only<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Result<&'a HeaderValue, ()>> {
    let mut values = headers.get_all(name).into_iter();
    match (values.next(), values.next()) {
        (None, _) => None,
        (Some(value), None) => Some(Ok(value)),
        (Some(_), Some(_)) => Some(Err(())),
    }
}

/// Whether an origin is that of this URL. This machine has three names, whichever of them a browser was given.
fn is_own(origin: &[u8], url: &str) -> bool {
    const HERE: [&str; 3] = ["127.0.0.1", "localhost", "[::1]"];
    let Some((scheme, rest)) = url.split_once("://") else { return false };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    let is = |authority: &str| origin == format!("{scheme}://{authority}").as_bytes();
    is(&authority)
        || HERE.iter().find_map(|name| authority.strip_prefix(name)).is_some_and(|port| {
            (port.is_empty() || port.starts_with(':')) && HERE.iter().any(|name| is(&format!("{name}{port}")))
        })
}

fn unauthenticated(error: AuthError, id: &RequestId) -> Refused {
    let refused = refuse(StatusCode::UNAUTHORIZED, Code::Unauthenticated, &error.to_string(), id);
    refused.with(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")
}

fn foreign(id: &RequestId) -> Refused {
    let message = "Session cookies count only in requests from pages of this shop or of CORS_ORIGINS, which browsers tell \
                   by 'Origin' or 'Sec-Fetch-Site'. Other clients send 'Authorization: Bearer <accessToken>'.";
    refuse(StatusCode::FORBIDDEN, Code::Forbidden, message, id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shops_own_origin_is_its_public_urls() {
        for (origin, url) in [
            ("https://shop.example", "https://shop.example"),
            ("https://shop.example", "https://Shop.Example/api"),
            ("http://shop.example:8080", "http://shop.example:8080"),
            ("http://localhost:8000", "http://127.0.0.1:8000"),
            ("http://[::1]:8000", "http://localhost:8000"),
        ] {
            assert!(is_own(origin.as_bytes(), url), "{origin} {url}");
        }
        for (origin, url) in [
            ("null", "https://shop.example"),
            ("", "https://shop.example"),
            ("http://shop.example", "https://shop.example"),
            ("https://shop.example:8443", "https://shop.example"),
            ("https://shop.example.evil.example", "https://shop.example"),
            ("https://evil.example/https://shop.example", "https://shop.example"),
            ("http://localhost:9000", "http://127.0.0.1:8000"),
            ("http://localhost:8000", "http://127.0.0.1.evil.example:8000"),
            ("http://localhost.evil.example", "http://127.0.0.1"),
            ("https://localhost:8000", "http://127.0.0.1:8000"),
        ] {
            assert!(!is_own(origin.as_bytes(), url), "{origin} {url}");
        }
    }
}
