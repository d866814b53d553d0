//! The cookies of a browser's session: what they are called, how they are written, how they are read.
//!
//! Scripts cannot read them, and no page of another site can have them sent. Over HTTPS their names begin with `__Host-`:
//! browsers take such a cookie from this very host only, and over an encrypted connection, so that no neighbouring
//! host can plant one.

use std::time::Duration;

use crate::config;

/// The cookies of a shop.
#[derive(Debug, Clone, Copy)]
pub struct SessionCookies {
    secure: bool,
}

/// Which of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Holds the access token.
    Access,
    /// Holds the refresh token.
    Refresh,
}

/// There are two cookies of one name: nobody can tell which is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ambiguous;

impl SessionCookies {
    /// Those of a shop that clients reach by its `PUBLIC_URL`.
    #[must_use]
    pub fn of(shop: &config::Shop) -> Self {
        Self { secure: shop.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) }
    }

    /// Whether browsers send them over encrypted connections alone.
    #[must_use]
    pub const fn are_secure(self) -> bool {
        self.secure
    }

    /// What a cookie is called.
    #[must_use]
    pub const fn name(self, kind: Kind) -> &'static str {
        match (kind, self.secure) {
            (Kind::Access, true) => "__Host-cartograph-access",
            (Kind::Refresh, true) => "__Host-cartograph-refresh",
            (Kind::Access, false) => "cartograph-access",
            (Kind::Refresh, false) => "cartograph-refresh",
        }
    }

    /// The `Set-Cookie` header that gives a browser a token for so long. `Strict`: no address that somebody follows leads to
    /// the API, so that nothing is lost by never sending cookies from elsewhere.
    #[must_use]
    pub fn set(self, kind: Kind, token: &str, max_age: Duration) -> String {
        let secure = if self.secure { "; Secure" } else { "" };
        let seconds = max_age.as_secs();
        format!("{}={token}; Path=/; Max-Age={seconds}; HttpOnly; SameSite=Strict{secure}", self.name(kind))
    }

    /// The one that takes it away again.
    #[must_use]
    pub fn clear(self, kind: Kind) -> String {
        self.set(kind, "", Duration::ZERO)
    }

    /// The token in the `Cookie` headers of a request, if there is one.
    pub fn find<'a>(
        self,
        kind: Kind,
        headers: impl IntoIterator<Item = &'a str>,
    ) -> Result<Option<&'a str>, Ambiguous> {
        let pairs = headers.into_iter().flat_map(|header| header.split(';'));
        let mut tokens = pairs.filter_map(|pair| {
            let (name, token) = pair.trim().split_once('=')?;
            (name == self.name(kind)).then_some(token)
        });
        match (tokens.next(), tokens.next()) {
            (_, Some(_)) => Err(Ambiguous),
            (token, None) => Ok(token.filter(|token| !token.is_empty())),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HTTPS: SessionCookies = SessionCookies { secure: true };
    const HTTP: SessionCookies = SessionCookies { secure: false };

    #[test]
    fn cookies_are_as_browsers_demand_of_their_names() {
        assert_eq!(
            HTTPS.set(Kind::Access, "token", Duration::from_mins(1)),
            "__Host-cartograph-access=token; Path=/; Max-Age=60; HttpOnly; SameSite=Strict; Secure"
        );
        assert_eq!(
            HTTP.clear(Kind::Refresh),
            "cartograph-refresh=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict"
        );
    }

    #[test]
    fn a_token_is_found_among_other_cookies_and_only_by_its_whole_name() {
        let find = |cookies: SessionCookies, headers: &[&'static str]| {
            cookies.find(Kind::Access, headers.iter().copied())
        };
        assert_eq!(find(HTTP, &["a=1; cartograph-access=t.o=k; b=2"]), Ok(Some("t.o=k")));
        assert_eq!(find(HTTP, &["a=1", "cartograph-access=token"]), Ok(Some("token")));
        assert_eq!(find(HTTP, &["cartograph-access="]), Ok(None));
        for other in
            ["xcartograph-access=t", "cartograph-access2=t", "cartograph-access", "Cartograph-Access=t", ""]
        {
            assert_eq!(find(HTTP, &[other]), Ok(None), "{other}");
        }
        // A name that any host may set is not that of a shop on HTTPS, nor the other way round.
        assert_eq!(find(HTTPS, &["cartograph-access=t"]), Ok(None));
        assert_eq!(find(HTTP, &["__Host-cartograph-access=t"]), Ok(None));
        assert_eq!(find(HTTP, &["cartograph-access=t; cartograph-access=u"]), Err(Ambiguous));
        assert_eq!(find(HTTP, &["cartograph-access=t", "cartograph-access=t"]), Err(Ambiguous));
    }
}
