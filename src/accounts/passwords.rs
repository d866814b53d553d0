//! Passwords: what is accepted, how it is stored, how it is checked.
//!
//! Hashing is slow on purpose. It runs on blocking threads behind a semaphore, so that a flood of log-ins queues by itself
//! and leaves half of the processor to those who shop. The queue is short: whoever would wait longer than anybody watches
//! a log-in page is told at once to come back.

use std::num::NonZero;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use argon2::password_hash::phc::{Output, ParamsString, PasswordHash, Salt};
use argon2::password_hash::{self, PasswordHasher, PasswordVerifier};
use argon2::{ARGON2ID_IDENT, Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::common_passwords::is_common;
use super::published;
use crate::config::Mode;
use crate::error;

/// The shortest and longest password, in characters (NIST SP 800-63B, 3.1.1.2).
const MIN_LENGTH: usize = 8;
const MAX_LENGTH: usize = 128;

/// Why a text cannot become a password. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PasswordError {
    /// Too easy to guess.
    #[error("a password has at least {MIN_LENGTH} characters")]
    TooShort,
    /// More than we hash.
    #[error("a password has at most {MAX_LENGTH} characters")]
    TooLong,
    /// Everybody knows it, or tries it first.
    #[error("this one is among those that are guessed first")]
    TooCommon,
    /// It is the account's address or the name on it.
    #[error("your e-mail address and your name are guessed first")]
    Personal,
}

/// A password that an account may be given.
pub(crate) struct NewPassword(SecretString);

impl NewPassword {
    /// The same for the account with this address and name, which it must not be; nor the part of the address before the
    /// `@`. Capitals make no difference.
    pub(crate) fn of(self, email: &str, name: &str) -> Result<Self, PasswordError> {
        let password = self.0.expose_secret().to_lowercase();
        let local = email.split_once('@').map_or(email, |(local, _)| local);
        match [email, local, name].into_iter().any(|own| own.to_lowercase() == password) {
            true => Err(PasswordError::Personal),
            false => Ok(self),
        }
    }
}

/// What one hash costs whoever computes it, how many are computed at a time, and how many wait for that.
#[derive(Debug, Clone, Copy)]
pub struct HashingCost {
    /// Memory in KiB.
    pub memory: u32,
    /// Passes over the memory.
    pub passes: u32,
    /// Lanes of the memory.
    pub lanes: u32,
    /// How many hashes are computed at the same time.
    pub concurrency: usize,
    /// How many more may wait for their turn.
    pub waiting: usize,
    /// How long each of those waits.
    pub patience: Duration,
}

impl Default for HashingCost {
    /// OWASP's Password Storage Cheat Sheet: argon2id with 19 MiB, two passes, one lane. On half of the cores, at least one.
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        Self {
            memory: 19 * 1024,
            passes: 2,
            lanes: 1,
            concurrency: (cores / 2).max(1),
            waiting: 64,
            patience: Duration::from_secs(10),
        }
    }
}

/// Accepts, hashes and checks passwords; hashes are argon2id's.
pub struct Passwords {
    mode: Mode,
    argon2: Argon2<'static>,
    permits: Arc<Semaphore>,
    /// Places in the queue for a permit.
    places: Semaphore,
    patience: Duration,
    /// A hash that no password has, and that costs as much to check as any other.
    nobodys: String,
}

impl Passwords {
    /// In production the demo's password is nobody's. Fails when argon2 cannot work at this cost.
    pub fn new(cost: HashingCost, mode: Mode) -> anyhow::Result<Self> {
        let params = Params::new(cost.memory, cost.passes, cost.lanes, None)
            .context("argon2 refuses its parameters")?;
        let nobodys = nobodys_hash(&params).context("no hash to compare unknown accounts with")?;
        Ok(Self {
            mode,
            argon2: Argon2::new(Algorithm::Argon2id, Version::V0x13, params),
            permits: Arc::new(Semaphore::new(cost.concurrency)),
            places: Semaphore::new(cost.waiting),
            patience: cost.patience,
            nobodys,
        })
    }

    /// A password that may be chosen: of any characters, only their number counts.
    pub(crate) fn accept(&self, password: SecretString) -> Result<NewPassword, PasswordError> {
        match password.expose_secret().chars().take(MAX_LENGTH + 1).count() {
            length if length < MIN_LENGTH => Err(PasswordError::TooShort),
            length if length > MAX_LENGTH => Err(PasswordError::TooLong),
            _ if self.is_void(&password) || is_common(password.expose_secret()) => {
                Err(PasswordError::TooCommon)
            }
            _ => Ok(NewPassword(password)),
        }
    }

    /// Whether it opens nothing here, whoever stored it when.
    fn is_void(&self, password: &SecretString) -> bool {
        self.mode == Mode::Production && password.expose_secret() == published::PASSWORD
    }

    /// The hash to store for a password, with a salt of its own.
    pub(crate) async fn hash(&self, password: NewPassword) -> error::Result<String> {
        let argon2 = self.argon2.clone();
        let hashed =
            self.in_turn(move || argon2.hash_password(password.0.expose_secret().as_bytes())).await?;
        Ok(hashed.context("a password could not be hashed")?.to_string())
    }

    /// Whether the password is the one stored. Without a stored one, or in production with the demo's, the
    /// answer is no, after the same work: how long it takes tells nobody whether an account exists.
    pub(super) async fn verify(&self, password: SecretString, stored: Option<String>) -> error::Result<bool> {
        let argon2 = self.argon2.clone();
        let good = stored.is_some() && !self.is_void(&password);
        let stored = stored.unwrap_or_else(|| self.nobodys.clone());
        let verified = self
            .in_turn(move || argon2.verify_password(password.expose_secret().as_bytes(), stored.as_str()));
        match verified.await? {
            Ok(()) => Ok(good),
            Err(password_hash::Error::PasswordInvalid) => Ok(false),
            Err(error) => Err(anyhow::Error::new(error).context("a stored password hash is unusable").into()),
        }
    }

    /// Whether a stored hash was made with other parameters than are used now.
    pub(super) fn is_outdated(&self, stored: &str) -> bool {
        let current = ParamsString::try_from(self.argon2.params()).ok();
        PasswordHash::new(stored).is_ok_and(|hash| {
            hash.algorithm != ARGON2ID_IDENT
                || hash.version != Some(Version::V0x13.into())
                || current.is_some_and(|current| hash.params != current)
        })
    }

    /// The hash to store in place of an outdated one, for a password that was found to be right: what it must be today is
    /// not asked of it.
    pub(super) async fn hash_anew(&self, password: SecretString) -> error::Result<String> {
        self.hash(NewPassword(password)).await
    }

    async fn in_turn<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> error::Result<T> {
        let permit = self.turn().await?;
        let work = tokio::task::spawn_blocking(move || {
            // Held by the work itself: a client that hangs up does not make room while its hash is still computed.
            let _permit = permit;
            work()
        });
        Ok(work.await.context("password hashing was interrupted")?)
    }

    /// A permit at once, or after waiting in the queue.
    async fn turn(&self) -> error::Result<OwnedSemaphorePermit> {
        let permits = || Arc::clone(&self.permits);
        if let Ok(permit) = permits().try_acquire_owned() {
            return Ok(permit);
        }
        let _place = self.places.try_acquire().map_err(|_| error::Error::Busy("password hashing"))?;
        let turn = tokio::time::timeout(self.patience, permits().acquire_owned()).await;
        let turn = turn.map_err(|_| error::Error::Busy("password hashing"))?;
        Ok(turn.context("password hashing has ended")?)
    }
}

fn nobodys_hash(params: &Params) -> password_hash::Result<String> {
    let hash = PasswordHash {
        algorithm: ARGON2ID_IDENT,
        version: Some(Version::V0x13.into()),
        params: ParamsString::try_from(params)?,
        salt: Some(Salt::new(&rand::random::<[u8; Salt::RECOMMENDED_LENGTH]>())?),
        hash: Some(Output::new(&rand::random::<[u8; Params::DEFAULT_OUTPUT_LEN]>())?),
    };
    Ok(hash.to_string())
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    fn passwords() -> Passwords {
        passwords_in(Mode::Development)
    }

    fn passwords_in(mode: Mode) -> Passwords {
        let cost = HashingCost { memory: 8, passes: 1, concurrency: 1, ..HashingCost::default() };
        Passwords::new(cost, mode).unwrap()
    }

    fn parse(password: &str) -> Result<NewPassword, PasswordError> {
        passwords().accept(SecretString::from(password))
    }

    #[tokio::test]
    async fn the_demos_password_is_none_in_production() {
        let (development, production) = (passwords(), passwords_in(Mode::Production));
        let demo = || SecretString::from(published::PASSWORD);
        let stored = development.hash(parse(published::PASSWORD).unwrap_or_else(|_| panic!())).await.unwrap();
        assert!(development.verify(demo(), Some(stored.clone())).await.unwrap());
        assert!(!production.verify(demo(), Some(stored)).await.unwrap());
        assert!(production.accept(demo()).is_err_and(|error| error == PasswordError::TooCommon));
        assert!(production.accept("cartograph-demo2".into()).is_ok());
    }

    #[test]
    fn the_length_counts_in_characters() {
        assert!(parse("ééééé é").is_err_and(|error| error == PasswordError::TooShort));
        assert!(parse("ééééé éé").is_ok());
        assert!(parse(&"é".repeat(128)).is_ok());
        assert!(parse(&"é".repeat(129)).is_err_and(|error| error == PasswordError::TooLong));
    }

    #[test]
    fn what_is_guessed_first_is_refused() {
        for common in ["password", "PASSWORD1", "iloveyou", "Qwertyuiop"] {
            assert!(parse(common).is_err_and(|error| error == PasswordError::TooCommon), "{common}");
        }
        let own = |password: &str| {
            parse(password).unwrap_or_else(|_| panic!()).of("ada.lovelace@example.com", "Ada of Lovelace")
        };
        for personal in ["ada.lovelace", "ADA.Lovelace@Example.com", "ada of lovelace"] {
            assert!(own(personal).is_err_and(|error| error == PasswordError::Personal), "{personal}");
        }
        assert!(own("ada of lovelace's").is_ok());
    }

    #[tokio::test]
    async fn a_hash_of_other_parameters_is_outdated() {
        let passwords = passwords();
        let hash = |password| passwords.hash_anew(SecretString::from(password));
        let stored = hash("correct horse").await.unwrap();
        assert!(!passwords.is_outdated(&stored));
        assert!(!passwords.is_outdated(&passwords.nobodys));
        for (part, other) in [("m=8", "m=16"), ("t=1", "t=2"), ("argon2id", "argon2i"), ("v=19", "v=16")] {
            assert!(passwords.is_outdated(&stored.replacen(part, other, 1)), "{part}");
        }
        assert!(!passwords.is_outdated("broken"), "what cannot be read is not checked either");
    }

    #[tokio::test]
    async fn only_the_password_itself_fits_its_hash() {
        let passwords = passwords();
        let stored = passwords.hash(parse("correct horse").unwrap_or_else(|_| panic!())).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{stored}");
        assert!(passwords.verify("correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("Correct horse".into(), Some(stored.clone())).await.unwrap());
        assert!(!passwords.verify("".into(), Some(stored)).await.unwrap());
    }

    #[tokio::test]
    async fn an_unknown_account_costs_as_much_as_a_known_one() {
        let passwords = passwords();
        let stored = passwords.hash(parse("correct horse").unwrap_or_else(|_| panic!())).await.unwrap();
        let (stored, nobodys) =
            (PasswordHash::new(&stored).unwrap(), PasswordHash::new(&passwords.nobodys).unwrap());
        assert_eq!(stored.algorithm, nobodys.algorithm);
        assert_eq!(stored.version, nobodys.version);
        assert_eq!(stored.params, nobodys.params);
        assert_eq!(stored.salt.map(|salt| salt.len()), nobodys.salt.map(|salt| salt.len()));
        assert_eq!(stored.hash.map(|hash| hash.len()), nobodys.hash.map(|hash| hash.len()));
        assert!(!passwords.verify("correct horse".into(), None).await.unwrap());
    }

    #[tokio::test]
    async fn a_broken_hash_is_our_fault_and_not_a_wrong_password() {
        assert!(passwords().verify("correct horse".into(), Some("plain".to_owned())).await.is_err());
    }

    #[tokio::test]
    async fn a_full_queue_turns_away_at_once_and_a_slow_one_in_time() {
        let patience = Duration::from_millis(50);
        let cost = HashingCost { concurrency: 1, waiting: 1, patience, ..HashingCost::default() };
        let passwords = Passwords::new(cost, Mode::Development).unwrap();
        let working = passwords.turn().await.unwrap();
        let begun = Instant::now();
        let timed = async || (passwords.turn().await, begun.elapsed());
        let ((slow, waited), (full, at_once)) = tokio::join!(biased; timed(), timed());
        assert!(matches!((slow, full), (Err(error::Error::Busy(_)), Err(error::Error::Busy(_)))));
        assert!(waited >= patience && at_once < waited, "{waited:?} {at_once:?}");

        let (next, ()) = tokio::join!(biased; passwords.turn(), async { drop(working) });
        assert!(next.is_ok(), "a turn comes up when the one before is over");
    }

    #[test]
    fn the_default_is_what_owasp_recommends() {
        let HashingCost { memory, passes, lanes, .. } = HashingCost::default();
        assert_eq!((memory, passes, lanes), (19_456, 2, 1));
    }
}
