//! `cartograph admin`

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};
use secrecy::SecretString;

use crate::accounts::{self, AppointRefusal, Appointment, HashingCost, Passwords, RegisterRefusal, Role};
use crate::config::Config;
use crate::error::ActionError;

use super::answer::answer;
use super::database::Database;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an administrator.
    ///
    /// The password is read from standard input, one line. An address that has an account already is refused: it may have
    /// been registered by somebody else.
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    /// The account's e-mail address.
    #[arg(long)]
    email: String,
    /// What to call them.
    #[arg(long, default_value = "Administrator", conflicts_with = "promote")]
    name: String,
    /// Make the existing account with this address an administrator. Its password stays, and none is read.
    #[arg(long)]
    promote: bool,
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    let Command::Create(create) = command;
    let password = if create.promote { None } else { Some(read_password()?) };
    let database = Database::open_beside(&config).await?;
    let created = self::create(&config, &database, create, password).await;
    let closed = database.close().await;
    created.and(closed)
}

/// Makes the account with this password; without one it is there, and promoted.
async fn create(
    config: &Config,
    database: &Database,
    create: Create,
    password: Option<SecretString>,
) -> anyhow::Result<()> {
    database.migrate().await?;
    let db = database.pool(config).await?;
    let Create { email, name, promote: _ } = create;
    let role = Role::Admin;
    let said = match password {
        None => {
            let user = accounts::promote(&db, &email, role).await.map_err(|error| refused(&email, error))?;
            format!("{} is an administrator now, with the password the account had before", user.email)
        }
        Some(password) => {
            let passwords = Passwords::new(HashingCost::default(), config.mode)?;
            let appointment = Appointment { email: email.clone(), name, password, role };
            let appointed = accounts::appoint(&db, &passwords, appointment).await;
            format!("{} is a new administrator", appointed.map_err(|error| refused(&email, error))?.email)
        }
    };
    answer(said)
}

/// Why not, on one line.
fn refused(email: &str, error: ActionError<AppointRefusal>) -> anyhow::Error {
    match error {
        ActionError::Refused(reasons) if reasons.contains(&RegisterRefusal::EmailTaken.into()) => {
            anyhow::anyhow!(
                "{email} has an account already, and whoever registered it knows its password; if that is the administrator \
             to be, add --promote"
            )
        }
        ActionError::Refused(reasons) => {
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            anyhow::anyhow!("{}", reasons.join(" "))
        }
        ActionError::Failed(error) => error.into(),
    }
}

/// One line of standard input.
fn read_password() -> anyhow::Result<SecretString> {
    if std::io::stdin().is_terminal() {
        eprintln!(
            "Password of the new account (shown while you type; pipe it in to keep it off the screen):"
        );
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    anyhow::ensure!(!password.is_empty(), "a password is needed: one line of standard input");
    Ok(SecretString::from(password))
}
