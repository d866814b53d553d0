//! Quick repetitions of a call that came to nothing: two, with the same key, within the time the caller has.

use std::time::{Duration, Instant};

use rand::RngExt;

use super::breaker::Breaker;
use super::error::{Earlier, Word};
use super::{Answer, GatewayError};

/// How often a call is repeated.
const REPETITIONS: u32 = 2;
/// The pause before the first repetition; the second one's is four times as long.
const FIRST_PAUSE: Duration = Duration::from_millis(150);
/// Whoever is told to wait for longer leaves it to somebody who has the time.
const LONGEST_PAUSE: Duration = Duration::from_secs(2);
/// The part of the time that is left which an attempt gets when another one may follow it.
const SHARE: f64 = 0.6;

/// Why an attempt came to nothing.
pub(super) struct Failed {
    /// What to tell the caller if there is no further one.
    pub(super) error: GatewayError,
    /// Whether a further one may help.
    pub(super) again: bool,
    /// Whether the provider did not answer or is unwell, by its own word; otherwise this is an answer like others.
    pub(super) away: bool,
}

impl Failed {
    /// An answer, and the last one.
    pub(super) fn answer(error: GatewayError) -> Self {
        Self { error, again: false, away: false }
    }

    /// The provider is away, or might be.
    pub(super) fn away(error: GatewayError) -> Self {
        Self { error, again: true, away: true }
    }
}

/// What an attempt comes to, which is made anew as long as that may help and there is time.
pub(super) async fn persist<T, F>(breaker: &Breaker, patience: Duration, attempt: impl Fn() -> F) -> Answer<T>
where
    F: Future<Output = Result<T, Failed>>,
{
    let deadline = Instant::now() + patience;
    let mut earlier = Earlier::default();
    for repetition in 0..=REPETITIONS {
        let pass = match breaker.enter() {
            Ok(pass) => pass,
            Err(left) => return Err(not_sent(left).after(earlier)),
        };
        let last = repetition == REPETITIONS;
        let left = deadline.saturating_duration_since(Instant::now());
        let limit = if last { left } else { left.mul_f64(SHARE) };
        let failed = match tokio::time::timeout(limit, attempt()).await {
            Ok(Ok(answer)) => {
                pass.answered();
                return Ok(answer);
            }
            Ok(Err(failed)) => failed,
            Err(_) => Failed::away(GatewayError::unknown(format!("no answer within {limit:.1?}"))),
        };
        if failed.away {
            pass.failed(&failed.error.to_string());
        } else {
            pass.answered();
        }
        let error = failed.error.after(earlier);
        let GatewayError::Unavailable { after_effect_possible, word, retry_after, .. } = &error else {
            return Err(error);
        };
        earlier = Earlier {
            effect_possible: *after_effect_possible,
            silent: *after_effect_possible && *word == Word::None,
        };
        let pause = pause(repetition).max(retry_after.unwrap_or_default());
        if !failed.again || last || pause > LONGEST_PAUSE || Instant::now() + pause >= deadline {
            return Err(error);
        }
        tokio::time::sleep(pause).await;
    }
    // The last repetition returns.
    Err(GatewayError::unknown("no answer"))
}

fn not_sent(left: Duration) -> GatewayError {
    GatewayError::Unavailable {
        after_effect_possible: false,
        word: Word::None,
        retry_after: Some(left),
        why: "it was away a moment ago, and is left alone for a while".to_owned(),
    }
}

/// Between half and one and a half by chance, so that what failed together does not come back together.
fn pause(repetition: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(4_u32.saturating_pow(repetition)).mul_f64(rand::rng().random_range(0.5..1.5))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;
    use crate::clock::Clock;

    const PATIENCE: Duration = Duration::from_secs(5);

    /// What becomes of a call whose attempts go like this, one after the other, and how many there were.
    async fn persisted(
        breaker: &Breaker,
        attempts: &[fn() -> Result<&'static str, Failed>],
    ) -> (Answer<&'static str>, u32) {
        let made = AtomicU32::new(0);
        let answer =
            persist(breaker, PATIENCE, async || attempts[made.fetch_add(1, Ordering::Relaxed) as usize]());
        (answer.await, made.load(Ordering::Relaxed))
    }

    fn lost() -> Result<&'static str, Failed> {
        Err(Failed::away(GatewayError::unknown("lost")))
    }

    fn refused_to_connect() -> Result<&'static str, Failed> {
        Err(Failed::away(GatewayError::not_asked("nobody there")))
    }

    fn busy() -> Result<&'static str, Failed> {
        let retry_after = Some(Duration::from_secs(30));
        let why = "too many requests".to_owned();
        let error =
            GatewayError::Unavailable { after_effect_possible: false, word: Word::None, retry_after, why };
        Err(Failed { error, again: true, away: false })
    }

    #[tokio::test]
    async fn what_fails_for_now_is_tried_again_and_what_is_an_answer_is_not() {
        let breaker = Breaker::new("test", Clock::default());
        assert_eq!(persisted(&breaker, &[lost, refused_to_connect, || Ok("done")]).await, (Ok("done"), 3));
        let refused = || Err(Failed::answer(GatewayError::NotFound));
        assert_eq!(persisted(&breaker, &[refused]).await, (Err(GatewayError::NotFound), 1));
    }

    #[tokio::test]
    async fn an_effect_that_an_earlier_attempt_may_have_had_is_not_forgotten() {
        let breaker = Breaker::new("test", Clock::default());
        let (answer, made) = persisted(&breaker, &[lost, refused_to_connect, refused_to_connect]).await;
        assert!(matches!(answer, Err(GatewayError::Unavailable { after_effect_possible: true, .. })));
        assert_eq!(made, 3);
        let breaker = Breaker::new("test", Clock::default());
        let (answer, _) =
            persisted(&breaker, &[refused_to_connect, refused_to_connect, refused_to_connect]).await;
        assert!(matches!(answer, Err(GatewayError::Unavailable { after_effect_possible: false, .. })));
    }

    #[tokio::test]
    async fn who_is_told_to_wait_for_long_is_told_so_at_once() {
        let breaker = Breaker::new("test", Clock::default());
        let (answer, made) = persisted(&breaker, &[busy]).await;
        let Err(GatewayError::Unavailable { retry_after: Some(wait), .. }) = answer else {
            panic!("{answer:?}")
        };
        assert_eq!((wait, made), (Duration::from_secs(30), 1));
        assert!(!breaker.is_open());
    }

    #[tokio::test]
    async fn an_attempt_that_hangs_leaves_time_for_others_and_all_of_them_end() {
        let breaker = Breaker::new("test", Clock::default());
        let (began, made) = (Instant::now(), AtomicU32::new(0));
        let answer = persist::<(), _>(&breaker, Duration::from_secs(2), || {
            made.fetch_add(1, Ordering::Relaxed);
            std::future::pending()
        });
        assert!(matches!(answer.await, Err(GatewayError::Unavailable { after_effect_possible: true, .. })));
        assert!(made.load(Ordering::Relaxed) >= 2);
        assert!(began.elapsed() < Duration::from_secs(3));
    }
}
