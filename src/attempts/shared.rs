//! Counts in Redis, which all copies of the server share.

use std::time::Duration;

use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use redis::{FromRedisValue, Script, ScriptInvocation};

use super::rule::{KNOWN_FOR, LONGEST_WAIT, MOST_OVER, RULES};
use super::{Begun, Ending, Names};
use crate::redis::Redis;

/// Counts in Redis.
pub(super) struct Shared {
    redis: Redis,
    begin: Script,
    end: Script,
}

impl Shared {
    pub(super) fn new(redis: Redis) -> Self {
        Self {
            redis,
            begin: Script::new(include_str!("begin.lua")),
            end: Script::new(include_str!("end.lua")),
        }
    }

    /// What came of beginning; none when Redis does not say.
    pub(super) async fn begin(&self, names: &Names, now: i64) -> Option<Begun> {
        let mut call = self.call(&self.begin, names);
        call.arg(now).arg(millis(LONGEST_WAIT)).arg(MOST_OVER);
        with_rules(&mut call);
        let (wait, known): (u64, u8) = self.ask(&call).await?;
        Some(match wait {
            0 => Begun::Go { known: known == 1 },
            wait => Begun::Wait(Duration::from_millis(wait)),
        })
    }

    /// Takes an end down; none when Redis does not say that it has.
    pub(super) async fn end(&self, names: &Names, known: bool, ending: Ending, now: i64) -> Option<u8> {
        let mut call = self.call(&self.end, names);
        call.arg(now);
        with_rules(&mut call);
        let ending = match ending {
            Ending::Nothing => 0,
            Ending::Success => 1,
            Ending::Known => 2,
        };
        call.arg(ending).arg(u8::from(known)).arg(millis(KNOWN_FOR));
        self.ask(&call).await
    }

    fn call<'a>(&self, script: &'a Script, names: &Names) -> ScriptInvocation<'a> {
        let mut call = script.prepare_invoke();
        for name in names.counts.iter().chain([&names.known]) {
            let name = BASE64_URL_SAFE_NO_PAD.encode(name);
            call.key(self.redis.name(&format!("v1:attempts:{name}")));
        }
        call
    }

    async fn ask<T: FromRedisValue>(&self, call: &ScriptInvocation<'_>) -> Option<T> {
        self.redis.ask(async |mut connection| call.invoke_async(&mut connection).await).await
    }
}

fn with_rules(call: &mut ScriptInvocation<'_>) {
    for rule in RULES {
        call.arg(rule.free).arg(millis(rule.cool));
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
