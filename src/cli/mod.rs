//! The subcommands: each reads the configuration, opens what it needs, does one thing.

mod admin;
mod answer;
mod database;
mod import;
mod migrate;
mod seed;
mod serve;

use std::process::ExitCode;

use clap::{Parser, Subcommand};

use crate::config::Config;

/// A self-hosted commerce backend: one GraphQL schema, one binary, one PostgreSQL.
///
/// Settings come from environment variables; README.md lists them. Without `DATABASE_URL` a private PostgreSQL is started
/// in `DATA_DIR`.
#[derive(Parser)]
#[command(version, arg_required_else_help = true)]
struct Cartograph {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the shop: GraphQL, live updates and, in development, the playground.
    ///
    /// Runs pending migrations first. In development an empty shop gets the demo catalogue and demo log-ins. Stops
    /// cleanly on SIGTERM and Ctrl-C.
    Serve,
    /// Bring the database's schema up to date, and stop.
    ///
    /// `serve` does the same at its start; run this first when several copies are rolled out one after the other.
    Migrate,
    /// Import products from a CSV file as Shopify exports it.
    ///
    /// The whole file or nothing: with bad rows in it nothing is imported, unless --skip-bad is given. Products are known
    /// by their handle and variants by their SKU (without one, by their option values), so a file that is imported again
    /// changes nothing. What the file does not mention stays as it is.
    Import(import::Arguments),
    /// Manage those who run the shop.
    #[command(subcommand)]
    Admin(admin::Command),
    /// Fill the shop with made-up products, customers, reviews and orders, to measure with.
    ///
    /// The same seed gives the same rows. Not for a shop that is in use: the whole is one transaction, and no event is
    /// published while it runs.
    Seed(seed::Arguments),
    /// Print the GraphQL schema in the schema definition language.
    Schema,
}

/// Runs the command line, and says in one line on stderr what went wrong.
///
/// Starts the runtime here and not in `main.rs`: futures are compiled where they are run, and the program's crate would
/// compile the whole server a second time.
#[tokio::main]
pub async fn main() -> ExitCode {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever happened: what went wrong, then why.
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("cartograph: {}", causes.join(": "));
            ExitCode::FAILURE
        }
    }
}

async fn run() -> anyhow::Result<()> {
    match Cartograph::parse().command {
        Command::Schema => answer::answer(crate::graphql::sdl().trim_end()),
        Command::Admin(command) => admin::run(start()?, command).await,
        Command::Serve => serve::run(start()?).await,
        Command::Import(arguments) => import::run(start()?, arguments).await,
        Command::Seed(arguments) => seed::run(start()?, arguments).await,
        Command::Migrate => migrate::run(start()?).await,
    }
}

/// The configuration, with the log already running as it says.
fn start() -> anyhow::Result<Config> {
    let config = Config::from_env()?;
    crate::telemetry::start(&config.log)?;
    Ok(config)
}
