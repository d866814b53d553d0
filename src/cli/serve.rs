//! `cartograph serve`

use std::time::Duration;

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::accounts::{HashingCost, expect_roles};
use crate::app::App;
use crate::catalog::expect_currency;
use crate::config::{Config, Mode};
use crate::graphql::Schema;
use crate::{demo, embedded, jobs, server};

use super::answer::answer;
use super::database::Database;

/// How long a second signal counts as the first one's echo.
const ECHO: Duration = Duration::from_secs(1);

pub(super) async fn run(mut config: Config) -> anyhow::Result<()> {
    let stop = Stop::on_signal()?;
    // The port first: nothing slow is started for a server that could not be reached.
    let listener = server::listen(&config.http).await?;
    config.listens_on(listener.local_addr()?);
    let mut database = tokio::select! {
        opened = Database::open(&config) => opened?,
        // A PostgreSQL that is on its way up by now is taken over by the next start.
        () = stop.urged.cancelled() => return Ok(()),
    };
    let served = serve(listener, config, &mut database, stop).await;
    let closed = database.close().await;
    served.and(closed)
}

async fn serve(
    listener: tokio::net::TcpListener,
    config: Config,
    database: &mut Database,
    stop: Stop,
) -> anyhow::Result<()> {
    let (app, schema) = tokio::select! {
        opened = open_shop(config, database) => opened?,
        () = stop.asked.cancelled() => return Ok(()),
    };
    let jobs = jobs::start(&app, &stop.asked);
    let served = tokio::select! {
        served = server::serve(listener, app, schema, stop.asked.clone()) => served,
        () = stop.urged.cancelled() => Ok(()),
        error = died(&mut database.embedded) => Err(error.into()),
    };
    // Whatever ended the server, the jobs stop with it, once what they are at is finished; who cannot wait for that finds it
    // done by another copy, or after the next start.
    stop.asked.cancel();
    tokio::select! { () = jobs.wait() => {}, () = stop.urged.cancelled() => {} }
    served
}

/// Makes everything ready that requests need.
async fn open_shop(config: Config, database: &Database) -> anyhow::Result<(App, Schema)> {
    database.migrate().await?;
    let (db, upkeep) = (database.pool(&config).await?, database.upkeep_pool(&config).await?);
    let app = App::open(config, db, upkeep, HashingCost::default())?;
    expect_currency(&*app.db.get().await?, app.config.shop.currency).await?;
    expect_roles(&*app.db.get().await?).await?;
    if app.config.mode == Mode::Development && demo::load(&app).await? {
        app.relay.wake();
    }
    let schema = Schema::open(app.clone()).await?;
    greet(&app).await?;
    if app.config.mode == Mode::Production {
        warn_of_demo_accounts(&app).await?;
    }
    Ok((app, schema))
}

/// Ends when the private server ends by itself; never without one.
async fn died(embedded: &mut Option<embedded::Embedded>) -> embedded::EmbeddedError {
    match embedded {
        Some(embedded) => embedded.died().await,
        None => std::future::pending().await,
    }
}

/// What the operator has asked for with signals.
#[derive(Clone, Default)]
struct Stop {
    /// To stop once the running requests are done.
    asked: CancellationToken,
    /// To stop without waiting for them.
    urged: CancellationToken,
}

impl Stop {
    /// Listens for SIGTERM and Ctrl-C. The first asks, a later one urges; neither leaves the private server running.
    fn on_signal() -> anyhow::Result<Self> {
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        let stop = Self::default();
        let listening = stop.clone();
        tokio::spawn(async move {
            let mut next = async || tokio::select! { _ = terminate.recv() => (), _ = interrupt.recv() => () };
            next().await;
            tracing::info!("stopping: running requests may finish");
            listening.asked.cancel();
            // One press reaches us twice where make or a supervisor passes it on to the group that it went to.
            let echo = tokio::time::sleep(ECHO);
            tokio::pin!(echo);
            loop {
                tokio::select! { () = next() => (), () = &mut echo => break }
            }
            next().await;
            tracing::info!("stopping now: running requests are cut off");
            listening.urged.cancel();
        });
        Ok(stop)
    }
}

/// Tells the one who started the server where everything is.
async fn greet(app: &App) -> anyhow::Result<()> {
    let config = &app.config;
    let url = |path| config.shop.absolute_url(path);
    answer(format_args!("{} is open\n  GraphQL     {}", config.shop.name, url("/graphql")))?;
    if config.graphql.playground {
        answer(format_args!("  Playground  {}", url("/playground")))?;
    }
    if config.mode == Mode::Development {
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

/// Tells the operator of a shop that was tried in development who is still in it.
async fn warn_of_demo_accounts(app: &App) -> anyhow::Result<()> {
    let accounts = demo::left_behind(&app.db).await?;
    if !accounts.is_empty() {
        tracing::warn!(
            accounts = accounts.join(", "),
            "accounts of the demo are still in this shop; the password that everybody knows opens none of them in production. \
             Make administrators with 'cartograph admin create', and close these: UPDATE users SET deleted_at = now() WHERE email = ..."
        );
    }
    Ok(())
}
