//! What is sent twice happens once, and is answered alike.

use std::collections::HashMap;
use std::sync::Arc;

use rand::RngExt;

use super::{Books, Findings};
use crate::keyed::{ask, data_of};
use crate::ledger::{Mark, Sent};

/// How many keys are sent once more at the end.
const ASKED_AGAIN: usize = 400;

/// What keys have left in the database, by their mark.
const MARKS: [(Mark, &str); 5] = [
    (
        Mark::Order,
        "SELECT split_part(email, '@', 1), count(*) FROM orders WHERE email LIKE '%@torture.test' GROUP BY 1",
    ),
    (
        Mark::Refund,
        "SELECT note, count(*) FROM (SELECT DISTINCT note, order_id, amount, created_at FROM refunds
        WHERE reason = 'REQUESTED' AND note IS NOT NULL) AS decided GROUP BY 1",
    ),
    (
        Mark::Shipment,
        "SELECT tracking_code, count(*) FROM shipments WHERE tracking_code IS NOT NULL GROUP BY 1",
    ),
    (Mark::Stock, "SELECT reason, count(*) FROM stock_changes GROUP BY 1"),
    (Mark::Return, "SELECT note, count(*) FROM returns WHERE note IS NOT NULL GROUP BY 1"),
];

impl Books<'_> {
    pub(super) async fn retries(&self, findings: &mut Findings) {
        self.once(findings).await;
        self.ask_again().await;
        let ledger = &self.shop.ledger;
        let repeated = *ledger.repeated.lock().expect("nobody panics with it");
        let differing = ledger.differing.lock().expect("nobody panics with it").clone();
        findings.note("requests sent again: each got the first answer", repeated, differing);
    }

    /// Each key that was answered has happened once, and each that was refused not at all.
    async fn once(&self, findings: &mut Findings) {
        let sent = self.shop.ledger.sent.lock().expect("nobody panics with it").clone();
        let (mut counted, mut wrong) = (0, Vec::new());
        for (mark, query) in MARKS {
            let found: HashMap<String, i64> = self.counts(query).await.into_iter().collect();
            for sent in sent.iter().filter(|sent| sent.mark == mark) {
                let times = found.get(&sent.key).copied().unwrap_or_default();
                let expected = match (sent.answer.is_some(), sent.refused) {
                    (true, _) => times == 1,
                    (false, true) => times == 0,
                    (false, false) => times <= 1,
                };
                counted += 1;
                if !expected {
                    let told = if sent.answer.is_some() { "done" } else { "refused" };
                    wrong.push(format!("{mark:?} {}: {told}, and there {times} times", sent.key));
                }
            }
        }
        findings.note("keys: what was answered happened once, what was refused did not", counted, wrong);
    }

    /// Sends some of what was answered once more, now that all is quiet.
    async fn ask_again(&self) {
        let mut chances = self.shop.plan.chances_of(5);
        let sent = self.shop.ledger.sent.lock().expect("nobody panics with it").clone();
        let answered: Vec<Arc<Sent>> =
            sent.into_iter().filter(|sent| sent.answer.is_some()).map(Arc::new).collect();
        for _ in 0..ASKED_AGAIN.min(answered.len()) {
            let sent = &answered[chances.random_range(0..answered.len())];
            let address = self.shop.servers.any(&mut chances).await;
            let text = ask(address, &sent.request, sent.authorization.as_deref()).await.unwrap_or_default();
            let first = sent.answer.as_deref().unwrap_or_default();
            self.shop.ledger.compare(&sent.request, first, data_of(&text));
        }
    }
}
