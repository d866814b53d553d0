//! Sends letters to accounts, and tells other domains of proven addresses.

use super::worker::Failure;
use crate::accounts::EmailVerified;
use crate::accounts::letters::{AccountLetter, Contents, prepare};
use crate::app::App;
use crate::ids::{JobId, UserId};
use crate::mail::{Letter, MailError, Subject};
use crate::orders::claim::claim_guest_orders;

/// Sends a letter, if it still has something to say.
pub(super) async fn send(app: App, job: JobId, letter: AccountLetter) -> Result<(), Failure> {
    // The connection goes back before the letter is sent.
    let ready = prepare(&mut *app.upkeep.get().await?, app.clock.now(), job, letter).await?;
    let Some(ready) = ready else {
        tracing::debug!(%job, "there is no letter to send");
        return Ok(());
    };
    let subject = match ready.contents {
        Contents::VerifyEmail(token) => Subject::VerifyEmail { token },
        Contents::ChangeEmail(token) => Subject::ChangeEmail { token },
        Contents::EmailTaken => Subject::EmailTaken,
        Contents::EmailChanged => Subject::EmailChanged,
        Contents::ResetPassword(token) => Subject::ResetPassword { token },
        Contents::PasswordChanged => Subject::PasswordChanged,
    };
    let letter = Letter { name: ready.name, subject };
    app.mail.send(&ready.to, &letter).await?;
    tracing::info!(%job, letter = ?letter.subject, "a letter was sent");
    Ok(())
}

/// Gives an account what was kept for its address.
pub(super) async fn settle_in(app: App, verified: EmailVerified) -> Result<(), Failure> {
    let claimed = claim_guest_orders(&*app.upkeep.get().await?, UserId(verified.user)).await?;
    if claimed > 0 {
        tracing::info!(orders = claimed, "orders of a guest are an account's now");
    }
    Ok(())
}

impl From<MailError> for Failure {
    fn from(error: MailError) -> Self {
        match error {
            MailError::NotNow(_) => Self::ForNow(error.into()),
            MailError::Never(_) => Self::ForGood(error.into()),
        }
    }
}
