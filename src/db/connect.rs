//! One connection: over a unix socket, plain, or encrypted as the URL's `sslmode` says.

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use rustls_platform_verifier::ConfigVerifierExt;
use tokio_postgres::NoTls;
use tokio_postgres::config::{Config, Host, SslMode};
use tokio_postgres_rustls::MakeRustlsConnect;

/// Connects. An encrypted connection is made only to a server whose certificate the system trusts for its name (as
/// libpq's `verify-full`); with `sslmode=prefer`, the default, a server that offers no encryption gets a plain one.
pub(super) async fn establish(url: &str) -> ConnectionResult<AsyncPgConnection> {
    let config: Config = url.parse().map_err(|error: tokio_postgres::Error| refused(&error))?;
    let local = config.get_hosts().iter().all(|host| matches!(host, Host::Unix(_)));
    if local || config.get_ssl_mode() == SslMode::Disable {
        let (client, connection) = config.connect(NoTls).await.map_err(|error| refused(&error))?;
        return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
    }
    let tls = rustls::ClientConfig::with_platform_verifier()
        .map_err(|error| ConnectionError::BadConnection(format!("no certificates to trust: {error}")))?;
    let tls = MakeRustlsConnect::new(tls);
    let (client, connection) = config.connect(tls).await.map_err(|error| refused(&error))?;
    AsyncPgConnection::try_from_client_and_connection(client, connection).await
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
