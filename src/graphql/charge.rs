//! What a request is charged: the points that were requested of it, before anything is executed, out of the bucket of
//! whoever asks.

use std::time::Duration;

use async_graphql::parser::types::{ExecutableDocument, OperationType};
use async_graphql::{Response, Value, value};
use http::HeaderMap;

use super::Schema;
use super::cost::{Bill, Limit};
use super::document::fields;
use super::error::{ApiError, failed};
use super::execute::Asked;
use crate::accounts::Viewer;
use crate::caller::Caller;
use crate::limits::{Class, Demand, Holder, Standing};

/// Mutations that check or hash a password, or send a letter to whoever asks: by them somebody gets in, or tries to.
const LOG_INS: [&str; 7] = [
    "accountDeactivate",
    "accountRegister",
    "emailChangeRequest",
    "passwordChange",
    "passwordReset",
    "passwordResetRequest",
    "sessionCreate",
];
/// Bytes of a document for a point.
const BYTES_FOR_A_POINT: usize = 256;

/// What was charged for an operation, and what that leaves.
#[derive(Debug, Clone)]
pub struct Account {
    requested: u64,
    /// None where there are no limits.
    standing: Option<Standing>,
    /// Whether the headers tell it. Those of a batch are told once.
    in_headers: bool,
}

impl Schema {
    /// Charges for an operation. Fails when there is not enough left to pay for it: then nothing was charged.
    pub(super) async fn charge(&self, asked: &Asked, caller: &Caller) -> Result<Account, Response> {
        let demand = demand(asked, caller);
        let standing = self.app.limits.take(&[demand], caller.address).await;
        let account = Account { requested: demand.points, standing, in_headers: true };
        account.refusal().map_or(Ok(account), Err)
    }

    /// The same for all operations of a batch at once, which together may not cost more than a single one. Each class pays
    /// for its own; the headers tell of the one that weighs most.
    pub(super) async fn charge_all(
        &self,
        batch: &[Asked],
        caller: &Caller,
    ) -> Result<Vec<Account>, Response> {
        let each: Vec<Demand> = batch.iter().map(|asked| demand(asked, caller)).collect();
        let sum = each.iter().fold(0, |sum: u64, demand| sum.saturating_add(demand.points));
        let values = batch.iter().filter_map(bill).fold(0, |sum: u64, bill| sum.saturating_add(bill.values));
        for (limit, found) in [(Limit::Cost, sum), (Limit::Values, values)] {
            if let Err(refused) = limit.check(usize::try_from(found).unwrap_or(usize::MAX)) {
                self.charge_reading(batch, caller).await;
                return Err(failed(refused));
            }
        }
        let standing = self.app.limits.take(&by_class(&each), caller.address).await;
        if let Some(refused) = (Account { requested: sum, standing, in_headers: true }).refusal() {
            return Err(refused);
        }
        let accounts = each.iter().enumerate();
        Ok(accounts
            .map(|(place, demand)| Account { requested: demand.points, standing, in_headers: place == 0 })
            .collect())
    }

    /// Charges for having read operations that will not be carried out, as far as the caller has anything left.
    pub(crate) async fn charge_reading(&self, read: &[Asked], caller: &Caller) {
        let demand = |asked| Demand { points: reading(asked), ..demand(asked, caller) };
        let each: Vec<Demand> = read.iter().map(demand).collect();
        let _ = self.app.limits.take(&by_class(&each), caller.address).await;
    }

    /// Pays for an event of a subscription, when the caller has enough; until then there is none.
    pub(super) async fn pay_for_event(&self, price: u64, caller: &Caller) {
        let (class, holder) = payer(Class::of_queries(&caller.viewer), caller);
        let demand = Demand { class, holder, points: price };
        while let Some(wait) =
            self.app.limits.take(&[demand], caller.address).await.and_then(|now| now.retry_after)
        {
            tokio::time::sleep(wait).await;
        }
    }
}

impl Account {
    /// The answer to whoever the limits refused.
    fn refusal(&self) -> Option<Response> {
        let wait = self.standing?.retry_after?;
        let mut response = failed(ApiError::RateLimited(wait));
        self.stamp(&mut response);
        Some(response)
    }
}

impl Class {
    fn of_queries(viewer: &Viewer) -> Self {
        match viewer {
            Viewer::Guest => Self::GuestQueries,
            Viewer::User(_) => Self::Queries,
        }
    }
}

/// Who pays for what is asked for of a class.
fn payer(class: Class, caller: &Caller) -> (Class, Holder) {
    match (class, caller.viewer) {
        (Class::Queries | Class::Mutations, Viewer::User(user)) => (class, Holder::User(user.user_id.0)),
        _ => (class, Holder::address(caller.address)),
    }
}

fn demand(asked: &Asked, caller: &Caller) -> Demand {
    let (class, holder) = payer(class(asked, caller), caller);
    Demand { class, holder, points: points(asked) }
}

/// The sums of what is asked for of each class, that of the weightiest first.
fn by_class(each: &[Demand]) -> Vec<Demand> {
    let mut sums: Vec<Demand> = Vec::new();
    for demand in each {
        match sums.iter_mut().find(|sum| sum.class == demand.class) {
            Some(sum) => sum.points = sum.points.saturating_add(demand.points),
            None => sums.push(*demand),
        }
    }
    let weight = |class| match class {
        Class::LogIns => 0,
        Class::Mutations => 1,
        Class::Queries | Class::GuestQueries | Class::Address => 2,
    };
    sums.sort_by_key(|sum| weight(sum.class));
    sums
}

/// What an operation costs: its bill, and no less than looking at it does.
fn points(asked: &Asked) -> u64 {
    bill(asked).map_or(0, |bill| bill.cost).max(reading(asked))
}

/// What looking at an operation costs.
fn reading(asked: &Asked) -> u64 {
    (asked.request.query.len() / BYTES_FOR_A_POINT).max(1) as u64
}

/// The bill of what will be executed.
fn bill(asked: &Asked) -> Option<Bill> {
    asked.prepared.as_ref().ok()?.as_ref()?.bill
}

fn class(asked: &Asked, caller: &Caller) -> Class {
    match (asked.kind(), &caller.viewer) {
        (Some(OperationType::Mutation), _) => match &asked.prepared {
            Ok(Some(prepared)) if prepared.document.logs_in => Class::LogIns,
            _ => Class::Mutations,
        },
        (_, viewer) => Class::of_queries(viewer),
    }
}

/// Whether a document may sign somebody in.
pub(super) fn logs_in(document: &ExecutableDocument) -> bool {
    fields(document).any(|field| LOG_INS.contains(&field.name.node.as_str()))
}

impl Account {
    /// Tells in a response what was charged, or would have been: in its `extensions` and, where it goes over HTTP, in its headers.
    pub(super) fn stamp(&self, response: &mut Response) {
        response.extensions.insert("cost".to_owned(), self.told());
        response.http_headers.extend(self.headers());
    }

    /// The same in the JSON of an answer that others get too: it has no `extensions` of its own.
    pub(super) fn stamped(&self, answer: &[u8]) -> Vec<u8> {
        let extensions =
            format!(r#","extensions":{{"cost":{}}}}}"#, self.told().into_json().unwrap_or_default());
        let open = answer.strip_suffix(b"}").unwrap_or(answer);
        [open, extensions.as_bytes()].concat()
    }

    fn told(&self) -> Value {
        let requested = self.requested;
        match self.standing {
            None => value!({ "requested": requested }),
            Some(Standing { remaining, restore_rate, .. }) => {
                value!({ "requested": requested, "remaining": remaining, "restoreRate": restore_rate })
            }
        }
    }

    /// `RateLimit` and `RateLimit-Policy` as draft-ietf-httpapi-ratelimit-headers-10 has them, and when to come again.
    #[must_use]
    pub fn headers(&self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let Some(standing) = self.standing.filter(|_| self.in_headers) else { return headers };
        let Standing { class, remaining, capacity, restore_rate, full_after, retry_after } = standing;
        let (name, window) = (class.name(), capacity.div_ceil(restore_rate));
        let mut add = |header: &'static str, value: String| {
            if let Ok(value) = value.parse() {
                headers.insert(header, value);
            }
        };
        add("ratelimit-policy", format!("\"{name}\";q={capacity};w={window}"));
        add("ratelimit", format!("\"{name}\";r={remaining};t={}", seconds(full_after)));
        if let Some(wait) = retry_after {
            add("retry-after", seconds(wait).to_string());
        }
        headers
    }
}

/// Whole seconds, none of them too few.
pub(super) fn seconds(wait: Duration) -> u64 {
    wait.as_secs() + u64::from(wait.subsec_nanos() > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::sdl;
    use super::*;

    fn account(retry_after: Option<Duration>) -> Account {
        let standing = Standing {
            class: Class::GuestQueries,
            remaining: 170,
            capacity: 200,
            restore_rate: 20,
            full_after: Duration::from_millis(1500),
            retry_after,
        };
        Account { requested: 30, standing: Some(standing), in_headers: true }
    }

    #[test]
    fn a_kept_answer_is_told_apart_by_its_cost_alone() {
        let kept = br#"{"data":{"a":[1]}}"#;
        let read = |stamped: Vec<u8>| serde_json::from_slice::<serde_json::Value>(&stamped).unwrap();
        let cost = json!({ "requested": 30, "remaining": 170, "restoreRate": 20 });
        let expected = json!({ "data": { "a": [1] }, "extensions": { "cost": cost } });
        assert_eq!(read(account(None).stamped(kept)), expected);
        let unlimited = Account { requested: 30, standing: None, in_headers: true };
        assert_eq!(read(unlimited.stamped(kept))["extensions"]["cost"], json!({ "requested": 30 }));
    }

    #[test]
    fn headers_say_how_much_is_left_and_when_to_come_again() {
        let headers = account(Some(Duration::from_millis(2001))).headers();
        assert_eq!(headers["ratelimit-policy"], "\"guest-queries\";q=200;w=10");
        assert_eq!(headers["ratelimit"], "\"guest-queries\";r=170;t=2");
        assert_eq!(headers["retry-after"], "3");
        assert!(!account(None).headers().contains_key("retry-after"));
    }

    #[test]
    fn what_counts_as_a_log_in_is_in_the_schema() {
        let definition = sdl();
        for name in LOG_INS {
            assert!(definition.contains(&format!("\n  {name}(")), "{name}");
        }
    }
}
