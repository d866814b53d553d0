//! The auditor: reads the database, the provider's journal and what everybody was told, and prints a line for each thing that
//! must hold.

mod history;
mod money;
mod retries;
mod stock;

use std::collections::HashMap;
use std::fmt::Display;

use uuid::Uuid;

use crate::shop::Shop;

/// How many of what is wrong are shown.
const SHOWN: usize = 5;

/// What the auditor found.
#[derive(Default)]
pub(crate) struct Findings {
    lines: Vec<Line>,
}

struct Line {
    invariant: &'static str,
    counted: usize,
    wrong: Vec<String>,
}

impl Findings {
    /// Notes that this holds for all that were counted but those.
    fn note(&mut self, invariant: &'static str, counted: usize, wrong: Vec<String>) {
        self.lines.push(Line { invariant, counted, wrong });
    }

    /// Prints a line for each; whether all hold.
    fn print(&self) -> bool {
        for line in &self.lines {
            let verdict = if line.wrong.is_empty() { "holds" } else { "BROKEN" };
            println!("{verdict:6} {:>8}  {}", line.counted, line.invariant);
            for wrong in line.wrong.iter().take(SHOWN) {
                println!("                 {wrong}");
            }
            if line.wrong.len() > SHOWN {
                println!("                 … {} in all", line.wrong.len());
            }
        }
        self.lines.iter().all(|line| line.wrong.is_empty())
    }
}

/// The books, and the journal that they are held against.
struct Books<'a> {
    shop: &'a Shop,
    database: tokio_postgres::Client,
    journal: crate::support::stripe::Journal,
}

/// Audits the shop; whether everything holds.
pub(crate) async fn audit(shop: &Shop, quiet: Result<(), String>) -> bool {
    let database = shop.postgres.lock().await.connect().await;
    // One look at all of it: where something is still being done, what is wrong shall not be that it was read too early.
    let begun = database.batch_execute("START TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY").await;
    begun.expect("the books can be read");
    let books = Books { shop, database, journal: shop.stripe.journal().await };
    let mut findings = Findings::default();
    books.effort(&mut findings, quiet).await;
    books.stock(&mut findings).await;
    books.money(&mut findings).await;
    books.history(&mut findings).await;
    books.retries(&mut findings).await;
    let holds = findings.print();
    books.tell_what_happened().await;
    if !holds {
        println!("what the servers logged: {}", shop.servers.log_path());
        println!(
            "once more: TORTURE_SEED={} TORTURE_SECONDS={} make torture",
            shop.plan.seed,
            shop.plan.length.as_secs()
        );
    }
    holds
}

impl Books<'_> {
    /// Whether it was a torture at all, and is over.
    async fn effort(&self, findings: &mut Findings, quiet: Result<(), String>) {
        let (plan, kills) = (&self.shop.plan, self.shop.servers.kills());
        let placed = *self.shop.ledger.placed.lock().expect("nobody panics with it");
        let enough = |counted: usize, least: usize| {
            if counted >= least { vec![] } else { vec![format!("of {least}")] }
        };
        findings.note("orders placed, as many as there were to be", placed, enough(placed, plan.orders));
        findings.note("servers killed, as often as they were to be", kills, enough(kills, plan.kills));
        findings.note("no server panicked or ended by itself", kills, self.shop.servers.panics());
        let done = self.count("SELECT count(*) FROM jobs WHERE finished_at IS NOT NULL").await;
        findings.note("jobs: all done, none given up", done, self.left_over(quiet).await);
    }

    async fn left_over(&self, quiet: Result<(), String>) -> Vec<String> {
        let dead = "SELECT kind || ' ' || coalesce(subject, '') || ': ' || coalesce(last_error, '')
                    FROM jobs WHERE died_at IS NOT NULL";
        let open =
            "SELECT kind || ': ' || count(*) || ' open, ' || max(attempts) || ' attempts at most' FROM jobs
                    WHERE finished_at IS NULL AND died_at IS NULL GROUP BY kind";
        quiet.err().into_iter().chain(self.texts(dead).await).chain(self.texts(open).await).collect()
    }

    /// Not an invariant, but what shows whether everything was tried.
    async fn tell_what_happened(&self) {
        let by = |what: &str, counts: Vec<(String, i64)>| {
            let told: Vec<String> =
                counts.into_iter().map(|(name, count)| format!("{name} {count}")).collect();
            println!("{what}: {}", told.join(", "));
        };
        let orders =
            "SELECT status || coalesce(' ' || cancel_reason, ''), count(*) FROM orders GROUP BY 1 ORDER BY 1";
        by("orders", self.counts(orders).await);
        by("refunds", self.counts("SELECT reason, count(*) FROM refunds GROUP BY 1 ORDER BY 1").await);
        let sent = self.shop.ledger.sent.lock().expect("nobody panics with it").clone();
        let by_staff = sent.iter().filter(|sent| sent.authorization.is_some());
        let answered = sent.iter().filter(|sent| sent.answer.is_some());
        println!(
            "mutations: {} in all, {} answered, {} by staff",
            sent.len(),
            answered.count(),
            by_staff.count()
        );
        let mut refusals: HashMap<String, usize> = HashMap::new();
        refusals.extend(self.shop.ledger.refusals.lock().expect("nobody panics with it").clone());
        let mut refusals: Vec<_> = refusals.into_iter().map(|(code, count)| (code, count as i64)).collect();
        refusals.sort();
        by("heard", refusals);
    }

    async fn count(&self, query: &str) -> usize {
        let count: i64 = self.database.query_one(query, &[]).await.expect("a count").get(0);
        usize::try_from(count).unwrap_or_default()
    }

    async fn counts(&self, query: &str) -> Vec<(String, i64)> {
        let rows = self.database.query(query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        rows.iter().map(|row| (row.get(0), row.get(1))).collect()
    }

    /// Rows that tell of something wrong, as texts.
    async fn texts(&self, query: &str) -> Vec<String> {
        let rows = self.database.query(query, &[]).await.unwrap_or_else(|error| panic!("{query}: {error:?}"));
        rows.iter().map(|row| row.get(0)).collect()
    }
}

/// An id that was read as a text.
fn id(row: &tokio_postgres::Row, column: usize) -> Uuid {
    row.get::<_, String>(column).parse().expect("an id")
}

/// Names a thing by its kind and its id in the database.
fn named(kind: &str, id: Uuid, told: impl Display) -> String {
    format!("{kind} {id}: {told}")
}
