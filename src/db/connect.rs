//! One connection: over a unix socket, plain, or encrypted as the URL's `sslmode` says.

use std::net::IpAddr;

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres::{CancelToken, Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// What to do when a certificate is not trusted, behind the reason.
const REMEDY: &str = " (encryption needs a certificate that this system trusts for the server's name: name a file with that of \
                      its authority in SSL_CERT_FILE, or do without encryption by sslmode=disable in DATABASE_URL)";

/// Connects. An encrypted connection is made only to a server whose certificate the system trusts for its name (as
/// libpq's `verify-full`); with `sslmode=prefer`, the default, a server that offers no encryption gets a plain one, and
/// so does one on this machine: what Debian's package offers there is encrypted with a certificate that nobody trusts.
pub(super) async fn establish(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let config = parse(url)?;
    match encryption(&config)? {
        None => {
            let (client, connection) = config.connect(NoTls).await.map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
        Some(tls) => {
            let (client, connection) = config.connect(tls).await.map_err(|error| refused(&error))?;
            AsyncPgConnection::try_from_client_and_connection(client, connection).await
        }
    }
}

/// Connects in the same way for what Diesel has no words for, such as COPY.
pub(crate) async fn raw_client(url: &str) -> ConnectionResult<Client> {
    let config = parse(url)?;
    // What ends a connection is told by the client's next call as well, so that the task's own result is not needed.
    match encryption(&config)? {
        None => {
            let (client, connection) = config.connect(NoTls).await.map_err(|error| refused(&error))?;
            tokio::spawn(connection);
            Ok(client)
        }
        Some(tls) => {
            let (client, connection) = config.connect(tls).await.map_err(|error| refused(&error))?;
            tokio::spawn(connection);
            Ok(client)
        }
    }
}

/// Tells a server to stop what it does for a connection. That it was told does not mean that it has stopped.
pub(super) async fn cancel(url: &str, token: &CancelToken) -> ConnectionResult<()> {
    match encryption(&parse(url)?)? {
        None => token.cancel_query(NoTls).await,
        Some(tls) => token.cancel_query(tls).await,
    }
    .map_err(|error| refused(&error))
}

fn parse(url: &str) -> ConnectionResult<Config> {
    url.parse().map_err(|error: tokio_postgres::Error| refused(&error))
}

/// What to encrypt with, where that is wanted.
fn encryption(config: &Config) -> ConnectionResult<Option<MakeRustlsConnect>> {
    if !is_encrypted(config) {
        return Ok(None);
    }
    let tls = rustls::ClientConfig::with_platform_verifier()
        .map_err(|error| ConnectionError::BadConnection(format!("no certificates to trust: {error}")))?;
    Ok(Some(MakeRustlsConnect::new(tls)))
}

/// Whether to ask for encryption.
fn is_encrypted(config: &Config) -> bool {
    match config.get_ssl_mode() {
        SslMode::Disable => false,
        SslMode::Prefer => !stays_on_this_machine(config),
        _ => config.get_hosts().iter().any(|host| matches!(host, Host::Tcp(_))),
    }
}

/// Whether every address that may be tried is of this machine alone.
fn stays_on_this_machine(config: &Config) -> bool {
    let loopback = |host: &Host| match host {
        Host::Unix(_) => true,
        Host::Tcp(name) => {
            name.eq_ignore_ascii_case("localhost")
                || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
        }
    };
    // Where `hostaddr` is given, the names are only what certificates are checked for.
    match config.get_hostaddrs() {
        [] => config.get_hosts().iter().all(loopback),
        addresses => addresses.iter().all(IpAddr::is_loopback),
    }
}

/// The driver's error with its causes, which it leaves out of its own text, and with what to do about a certificate.
fn refused(error: &tokio_postgres::Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut untrusted = false;
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        untrusted |= is_about_a_certificate(error);
        cause = error.source();
    }
    if untrusted {
        text.push_str(REMEDY);
    }
    ConnectionError::BadConnection(text)
}

/// The TLS library's error comes wrapped in one of input and output.
fn is_about_a_certificate(error: &(dyn std::error::Error + 'static)) -> bool {
    let inner = error.downcast_ref().and_then(std::io::Error::get_ref);
    let inner = inner.and_then(|inner| inner.downcast_ref());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_leaves_the_machine_is_encrypted_and_what_stays_only_on_demand() {
        for (url, encrypted) in [
            ("postgres://u@127.0.0.1/shop", false),
            ("postgres://u@localhost/shop", false),
            ("postgres://u@[::1]/shop", false),
            ("postgres://u@%2Frun%2Fpostgresql/shop", false),
            ("postgres://u@127.0.0.1/shop?sslmode=require", true),
            ("postgres://u@%2Frun%2Fpostgresql/shop?sslmode=require", false),
            ("postgres://u@db.example.com/shop", true),
            ("postgres://u@db.example.com/shop?sslmode=require", true),
            ("postgres://u@db.example.com/shop?sslmode=disable", false),
            ("postgres://u@localhost,db.example.com/shop", true),
            ("postgres://u@localhost.example.com/shop", true),
            ("postgres://u@10.0.0.7/shop", true),
            ("postgres://u@localhost/shop?hostaddr=10.0.0.7", true),
            ("postgres://u@db.example.com/shop?hostaddr=127.0.0.1", false),
        ] {
            assert_eq!(is_encrypted(&parse(url).unwrap()), encrypted, "{url}");
        }
    }
}
