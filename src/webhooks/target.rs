//! What an endpoint may be: its address, what it is for, what it wants.

use url::{Host, Url};

use super::event_type::EventType;
use super::refusal::{MAX_DESCRIPTION_LENGTH, MAX_URL_LENGTH, WebhookRefusal};
use crate::routable::is_routable;

/// Where endpoints may be.
#[derive(Debug, Clone, Copy)]
pub struct TargetRules {
    /// On this machine and in private networks, too.
    pub allow_private: bool,
    /// Over plain HTTP, too.
    pub allow_http: bool,
}

impl TargetRules {
    /// The address as it is stored. Where its name leads is looked at again with each delivery.
    pub(super) fn check_url(self, given: &str) -> Result<String, WebhookRefusal> {
        let given = given.trim();
        let url = Url::parse(given).map_err(|_| WebhookRefusal::MalformedUrl)?;
        let plain = url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        let Some(host) = url.host() else { return Err(WebhookRefusal::MalformedUrl) };
        if !plain || url.as_str().len() > MAX_URL_LENGTH {
            return Err(WebhookRefusal::MalformedUrl);
        }
        match url.scheme() {
            "https" => {}
            "http" if self.allow_http => {}
            "http" => return Err(WebhookRefusal::Insecure),
            _ => return Err(WebhookRefusal::MalformedUrl),
        }
        let private = match host {
            Host::Ipv4(address) => !is_routable(address.into()),
            Host::Ipv6(address) => !is_routable(address.into()),
            Host::Domain(name) => {
                let name = name.trim_end_matches('.');
                name == "localhost" || name.ends_with(".localhost")
            }
        };
        if private && !self.allow_private {
            return Err(WebhookRefusal::PrivateAddress);
        }
        Ok(url.into())
    }
}

/// The description as it is stored.
pub(super) fn check_description(given: &str) -> Result<String, WebhookRefusal> {
    let given = given.trim();
    if given.contains('\0') {
        return Err(WebhookRefusal::DescriptionUnstorable);
    }
    if given.chars().nth(MAX_DESCRIPTION_LENGTH).is_some() {
        return Err(WebhookRefusal::DescriptionTooLong);
    }
    Ok(given.to_owned())
}

/// The types as they are stored: each once.
pub(super) fn check_event_types(given: &[EventType]) -> Result<Vec<&'static str>, WebhookRefusal> {
    let wanted: Vec<&'static str> =
        EventType::ALL.into_iter().filter(|event| given.contains(event)).map(EventType::as_str).collect();
    if wanted.is_empty() { Err(WebhookRefusal::NoEventTypes) } else { Ok(wanted) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STRICT: TargetRules = TargetRules { allow_private: false, allow_http: false };
    const LAX: TargetRules = TargetRules { allow_private: true, allow_http: true };

    #[test]
    fn endpoints_are_in_the_open_internet_and_called_over_https() {
        for url in ["https://example.com/hooks?a=b", "https://8.8.8.8/x", "https://[2606:4700::1111]/"] {
            assert_eq!(STRICT.check_url(url).as_deref(), Ok(url));
        }
        assert_eq!(STRICT.check_url("http://example.com/"), Err(WebhookRefusal::Insecure));
        for url in [
            "https://localhost/",
            "https://a.localhost./",
            "https://127.0.0.1/",
            "https://2130706433/",
            "https://0x7f.1/",
            "https://10.0.0.7/",
            "https://169.254.169.254/latest",
            "https://[::1]/",
            "https://[::ffff:10.0.0.1]/",
            "https://0/",
        ] {
            assert_eq!(STRICT.check_url(url), Err(WebhookRefusal::PrivateAddress), "{url}");
            assert!(LAX.check_url(url).is_ok(), "{url}");
        }
    }

    #[test]
    fn what_is_no_address_is_refused_everywhere() {
        let long = format!("https://example.com/{}", "a".repeat(MAX_URL_LENGTH));
        for url in [
            "",
            "x",
            "example.com",
            "ftp://example.com/",
            "file:///etc/passwd",
            "https://ada:secret@example.com/",
            "https://ada@example.com/",
            "https://example.com/#part",
            "javascript:alert(1)",
            &long,
        ] {
            assert_eq!(LAX.check_url(url), Err(WebhookRefusal::MalformedUrl), "{url}");
        }
    }
}
