//! `cartograph serve`

use anyhow::Context;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use cartograph::accounts::{HashingCost, Passwords, TokenKeys, development_secret};
use cartograph::app::{App, Parts};
use cartograph::bus::Bus;
use cartograph::clock::Clock;
use cartograph::config::{Config, Mode, Tokens};
use cartograph::jobs::cleanup;
use cartograph::jobs::relay::{Relay, Waker};
use cartograph::{demo, embedded, server};

use super::answer::answer;
use super::database::Database;

pub(super) async fn run(mut config: Config) -> anyhow::Result<()> {
    let shutdown = CancellationToken::new();
    stop_on_signal(shutdown.clone())?;
    // The port first: nothing slow is started for a server that could not be reached.
    let listener = server::listen(&config.http).await?;
    config.http.port = listener.local_addr()?.port();
    let mut database = Database::open(&config).await?;
    let served = serve(listener, config, &mut database, shutdown).await;
    let closed = database.close().await;
    served.and(closed)
}

async fn serve(
    listener: tokio::net::TcpListener,
    config: Config,
    database: &mut Database,
    shutdown: CancellationToken,
) -> anyhow::Result<()> {
    database.migrate().await?;
    let db = database.pool(&config).await?;
    let tokens = token_keys(&config)?;
    let passwords = Passwords::new(HashingCost::default())?;
    let relay_db = database.relay_pool(&config).await?;
    let app = App::new(Parts {
        bus: Bus::open(&config)?,
        relay: Waker::default(),
        clock: Clock::default(),
        tokens,
        passwords,
        config,
        db,
    });
    if app.config.mode == Mode::Development && demo::load(&app).await? {
        app.relay.wake();
    }
    greet(&app).await?;
    tokio::spawn(cleanup::run(app.clone(), shutdown.clone()));
    let relay = Relay::new(relay_db, app.bus.clone(), app.relay.clone());
    let relay = tokio::spawn(relay.run(shutdown.clone()));
    let served = tokio::select! {
        served = server::serve(listener, app, shutdown.clone()) => served,
        error = died(&mut database.embedded) => Err(error.into()),
    };
    // Whatever ended the server, the relay stops with it, once its round is finished.
    shutdown.cancel();
    relay.await.context("the relay failed")?;
    served
}

/// Keys made of the operator's secret; in development, where there need be none, of one kept in the data folder.
fn token_keys(config: &Config) -> anyhow::Result<TokenKeys> {
    let Tokens { secret, access_ttl, refresh_ttl } = &config.tokens;
    let secret = match secret {
        Some(secret) => secret.clone(),
        None => development_secret(&config.data_dir)?,
    };
    Ok(TokenKeys::new(&secret, *access_ttl, *refresh_ttl))
}

/// Ends when the private server ends by itself; never without one.
async fn died(embedded: &mut Option<embedded::Embedded>) -> embedded::EmbeddedError {
    match embedded {
        Some(embedded) => embedded.died().await,
        None => std::future::pending().await,
    }
}

/// Cancels the token on SIGTERM and Ctrl-C; a second signal ends the process at once.
fn stop_on_signal(shutdown: CancellationToken) -> anyhow::Result<()> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    tokio::spawn(async move {
        let mut next = async || tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () };
        next().await;
        tracing::info!("stopping: running requests may finish");
        shutdown.cancel();
        next().await;
        std::process::exit(130);
    });
    Ok(())
}

/// Tells the one who started the server where everything is.
async fn greet(app: &App) -> anyhow::Result<()> {
    let config = &app.config;
    let url = format!("http://{}:{}", config.http.host, config.http.port);
    answer(format_args!("{} is open\n  GraphQL     {url}/graphql", config.shop.name))?;
    if config.mode == Mode::Development {
        answer(format_args!("  Playground  {url}/playground"))?;
        // A shop that was filled by other means has no demo accounts.
        let log_ins = demo::log_ins(&app.db).await?;
        if !log_ins.is_empty() {
            answer(format_args!("  Log-ins     {}", log_ins.join(", ")))?;
            answer(format_args!("              password: {}", demo::PASSWORD))?;
        }
        if !log_ins.is_empty() && !config.http.host.is_loopback() {
            tracing::warn!(
                "development mode on an address others can reach: anyone may log in with the demo accounts; \
                 set CARTOGRAPH_ENV=production"
            );
        }
    }
    Ok(())
}
