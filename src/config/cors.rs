//! Which pages of other origins may use the API.

use super::ConfigError;
use super::vars::Vars;

/// Which pages of other origins may use the API.
#[derive(Debug, Clone, Default)]
pub struct Cors {
    /// `CORS_ORIGINS`: their origins, as browsers send them; none unless said otherwise.
    pub origins: Vec<String>,
}

impl Cors {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        let origins = vars.list("CORS_ORIGINS")?;
        match origins.iter().find(|origin| !is_origin(origin)) {
            None => Ok(Self { origins }),
            Some(wrong) => Err(vars.wrong(
                "CORS_ORIGINS",
                format!(
                    "'{wrong}' is no origin: write each as https://shop.example or http://localhost:3000, in lower case, \
                     without a path, separated by commas"
                ),
            )),
        }
    }
}

/// Whether this is an origin as a browser would write it. `*` and `null` are none: anybody's page can have the latter.
fn is_origin(text: &str) -> bool {
    let (host, default_port) = match text.split_once("://") {
        Some(("https", rest)) => (rest, ":443"),
        Some(("http", rest)) => (rest, ":80"),
        _ => return false,
    };
    let (name, port) = match host.rsplit_once(':') {
        Some((name, port)) if !port.ends_with(']') => (name, Some(port)),
        _ => (host, None),
    };
    let named = !name.is_empty()
        && name.bytes().all(|byte| {
            byte.is_ascii_lowercase()
                || byte.is_ascii_digit()
                || matches!(byte, b'.' | b'-' | b'[' | b']' | b':')
        });
    named && !host.ends_with(default_port) && port.is_none_or(|port| port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_what_a_browser_sends() {
        for right in [
            "https://shop.example",
            "http://localhost:3000",
            "https://xn--mnchen-3ya.example:8443",
            "http://[::1]:8000",
            "http://[::1]",
        ] {
            assert!(is_origin(right), "{right}");
        }
        for wrong in [
            "*",
            "null",
            "shop.example",
            "https://",
            "https://shop.example/",
            "https://Shop.example",
            "https://*.shop.example",
            "https://shop.example:443",
            "https://user@shop.example",
            "ftp://shop.example",
            "https://shop.example:port",
        ] {
            assert!(!is_origin(wrong), "{wrong}");
        }
    }
}
