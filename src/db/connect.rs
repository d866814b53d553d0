//! One connection: over a unix socket, plain, or encrypted as the URL's `sslmode` says.

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres::{Client, NoTls};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Connects. An encrypted connection is made only to a server whose certificate the system trusts for its name (as
/// libpq's `verify-full`); with `sslmode=prefer`, the default, a server that offers no encryption gets a plain one.
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

fn parse(url: &str) -> ConnectionResult<Config> {
    url.parse().map_err(|error: tokio_postgres::Error| refused(&error))
}

/// What to encrypt with, where that is wanted.
fn encryption(config: &Config) -> ConnectionResult<Option<MakeRustlsConnect>> {
    let local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    if local || config.get_ssl_mode() == SslMode::Disable {
        return Ok(None);
    }
    let tls = rustls::ClientConfig::with_platform_verifier()
        .map_err(|error| ConnectionError::BadConnection(format!("no certificates to trust: {error}")))?;
    Ok(Some(MakeRustlsConnect::new(tls)))
}

/// The driver's error with its causes, which it leaves out of its own text.
fn refused(error: &tokio_postgres::Error) -> ConnectionError {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    ConnectionError::BadConnection(text)
}
