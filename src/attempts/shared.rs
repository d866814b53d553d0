//! Counts in Redis, which all copies of the server share.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::rule::{KNOWN_FOR, LONGEST_WAIT, MOST_OVER, RULES};
use super::{Begun, Ending, Names};
use crate::error::Result;
use crate::redis::Redis;

const BEGIN: &str = include_str!("begin.lua");
const END: &str = include_str!("end.lua");
/// How long Redis may take to answer. A round trip takes a millisecond, a hash of a password thirty.
const PATIENCE: Duration = Duration::from_millis(500);
/// For how many milliseconds nobody asks a Redis that did not answer.
const REST: i64 = 5_000;

/// Counts in Redis.
pub(super) struct Shared {
    redis: Redis,
    /// When Redis may be asked again, in milliseconds since 1970; 0 while it answers.
    rests_until: AtomicI64,
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        Self { redis, rests_until: AtomicI64::new(0) }
    }

    /// What came of beginning; none when Redis does not say.
    pub(super) async fn begin(&self, names: &Names, now: i64) -> Option<Begun> {
        let mut call = self.call(BEGIN, names);
        call.arg(now).arg(millis(LONGEST_WAIT)).arg(MOST_OVER);
        with_rules(&mut call);
        let (wait, known): (u64, u8) = self.ask(&call, now).await?;
        Some(match wait {
            0 => Begun::Go { known: known == 1 },
            wait => Begun::Wait(Duration::from_millis(wait)),
        })
    }

    /// Takes an end down; none when Redis does not say that it has.
    pub(super) async fn end(&self, names: &Names, known: bool, ending: Ending, now: i64) -> Option<u8> {
        let mut call = self.call(END, names);
        call.arg(now);
        with_rules(&mut call);
        call.arg(u8::from(ending == Ending::Success)).arg(u8::from(known)).arg(millis(KNOWN_FOR));
        self.ask(&call, now).await
    }

    fn call(&self, script: &str, names: &Names) -> redis::Cmd {
        let mut call = redis::cmd("EVAL");
        call.arg(script).arg(names.counts.len() + 1);
        for name in names.counts.iter().chain([&names.known]) {
            let name = BASE64_URL_SAFE_NO_PAD.encode(name);
            call.arg(self.redis.name(&format!("v1:attempts:{name}")));
        }
        call
    }

    /// Asks, unless Redis failed a moment ago. Its loss and its return are logged once each.
    async fn ask<T: redis::FromRedisValue>(&self, call: &redis::Cmd, now: i64) -> Option<T> {
        let rests = self.rests_until.load(Ordering::Relaxed).saturating_sub(now);
        if (1..=REST).contains(&rests) {
            return None;
        }
        let asked = async { Ok(call.query_async(&mut *self.redis.get().await?).await?) };
        let answer: Result<T> = match tokio::time::timeout(PATIENCE, asked).await {
            Ok(answer) => answer,
            Err(_) => Err(anyhow::anyhow!("Redis does not answer within {PATIENCE:?}").into()),
        };
        match answer {
            Ok(answer) => {
                if self.rests_until.swap(0, Ordering::Relaxed) != 0 {
                    tracing::info!("Redis is back: attempts to log in are counted together again");
                }
                Some(answer)
            }
            Err(error) => {
                if self.rests_until.swap(now.saturating_add(REST), Ordering::Relaxed) == 0 {
                    tracing::warn!(
                        %error,
                        "Redis cannot be asked: each copy of the server counts attempts to log in by itself until it can"
                    );
                }
                None
            }
        }
    }
}

fn with_rules(call: &mut redis::Cmd) {
    for rule in RULES {
        call.arg(rule.free).arg(millis(rule.cool));
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
