//! `cartograph admin`

use std::io::{BufRead, IsTerminal};

use clap::{Args, Subcommand};
use secrecy::SecretString;

use cartograph::accounts::{Appointed, Appointment, HashingCost, Passwords, Role, appoint};
use cartograph::config::Config;
use cartograph::error::ActionError;

use super::answer::answer;
use super::database::Database;

#[derive(Subcommand)]
pub(super) enum Command {
    /// Make an administrator, or an existing account one.
    ///
    /// The password of a new account is read from standard input, one line; that of an existing account stays.
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    /// The account's e-mail address.
    #[arg(long)]
    email: String,
    /// What to call them, when the account is new.
    #[arg(long, default_value = "Administrator")]
    name: String,
}

pub(super) async fn run(config: Config, command: Command) -> anyhow::Result<()> {
    let Command::Create(create) = command;
    let password = read_password()?;
    let database = Database::open_beside(&config).await?;
    let created = self::create(&config, &database, create, password).await;
    let closed = database.close().await;
    created.and(closed)
}

async fn create(
    config: &Config,
    database: &Database,
    create: Create,
    password: Option<SecretString>,
) -> anyhow::Result<()> {
    database.migrate().await?;
    let db = database.pool(config).await?;
    let passwords = Passwords::new(HashingCost::default(), config.mode)?;
    let Create { email, name } = create;
    let said = match appoint(&db, &passwords, Appointment { email, name, password, role: Role::Admin }).await
    {
        Ok(Appointed::Created(user)) => format!("{} is a new administrator", user.email),
        Ok(Appointed::Existing(user)) => format!("{} is an administrator; the password stays", user.email),
        Err(ActionError::Refused(reasons)) => {
            let reasons: Vec<String> = reasons.iter().map(ToString::to_string).collect();
            anyhow::bail!("{}", reasons.join(" "));
        }
        Err(ActionError::Failed(error)) => return Err(error.into()),
    };
    answer(said)
}

/// One line of standard input; none when it is empty.
fn read_password() -> anyhow::Result<Option<SecretString>> {
    if std::io::stdin().is_terminal() {
        eprintln!(
            "Password of the new account (shown while you type; pipe it in to keep it off the screen):"
        );
    }
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line)?;
    let password = line.trim_end_matches(['\r', '\n']);
    Ok((!password.is_empty()).then(|| SecretString::from(password)))
}
