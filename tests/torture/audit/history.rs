//! What happened is told: in each order's history without a gap, to the endpoint, and live.

use std::collections::{BTreeMap, HashMap, HashSet};

use cartograph::ids::{OrderId, OutboxId};
use uuid::Uuid;

use super::{Books, Findings, id};

/// Histories that have a gap, or end elsewhere than their order.
const GAPS: &str = "SELECT 'order ' || orders.number || ': ' || count(*) || ' events up to ' || max(sequence)
        || ', the order knows of ' || last_sequence
    FROM orders JOIN order_events ON order_id = orders.id
    GROUP BY orders.id HAVING count(*) <> max(sequence) OR min(sequence) <> 1 OR max(sequence) <> last_sequence
    UNION ALL SELECT 'order ' || number || ': ' || status || ', told last: ' || to_status
    FROM orders, LATERAL (SELECT to_status FROM order_events WHERE order_id = orders.id AND to_status IS NOT NULL
                          ORDER BY sequence DESC LIMIT 1) AS last
    WHERE status <> to_status";
/// What the endpoint is to hear of, in order. What has no name of its own outside is for live views alone.
const OUTBOX: &str = "SELECT outbox.id::text, outbox.aggregate_id::text, CASE
        WHEN fanned_out_at IS NULL THEN 'nobody was asked who wants it'
        WHEN webhook_deliveries.id IS NULL THEN 'no delivery was written'
        WHEN delivered_at IS NULL THEN 'tried ' || jsonb_array_length(attempts) || ' times'
        ELSE 'said to have arrived at ' || delivered_at END
    FROM outbox JOIN orders ON orders.id = aggregate_id LEFT JOIN webhook_deliveries ON event_id = outbox.id
    WHERE email LIKE '%@torture.test' AND outbox.type <> 'order.updated' ORDER BY position";
const EVENTS: &str = "SELECT order_id::text, sequence::bigint FROM order_events
    WHERE order_id IN (SELECT id FROM orders WHERE email LIKE '%@torture.test')";

impl Books<'_> {
    pub(super) async fn history(&self, findings: &mut Findings) {
        let events = self.count("SELECT count(*) FROM order_events").await;
        findings.note(
            "events of orders: sequences without a gap, and the last is where the order is",
            events,
            self.texts(GAPS).await,
        );
        self.deliveries(findings).await;
        self.feed(findings).await;
    }

    /// Each event arrived, and those of one order in their order.
    async fn deliveries(&self, findings: &mut Findings) {
        // When each was taken first.
        let mut arrived: HashMap<String, usize> = HashMap::new();
        let heard = self.shop.receiver.heard();
        let mut forged = Vec::new();
        for (place, request) in heard.iter().enumerate().filter(|(_, request)| request.answered == 204) {
            let event = request.header("webhook-id").to_owned();
            if request.json()["id"] != event.as_str() {
                forged.push(format!("{event} has another body"));
            }
            arrived.entry(event).or_insert(place);
        }
        let rows = self.database.query(OUTBOX, &[]).await.expect("the outbox");
        let mut missing = Vec::new();
        let mut by_order: BTreeMap<Uuid, Vec<usize>> = BTreeMap::new();
        for row in &rows {
            let event = OutboxId(id(row, 0)).to_string();
            match arrived.get(&event) {
                Some(place) => by_order.entry(id(row, 1)).or_default().push(*place),
                None => missing.push(format!("{event} of order {}: {}", id(row, 1), row.get::<_, String>(2))),
            }
        }
        let disordered = by_order.iter().filter(|(_, places)| !places.is_sorted());
        let disordered = disordered.map(|(order, places)| format!("order {order}: {places:?}")).collect();
        findings.note("events in the outbox: each delivered at least once", rows.len(), missing);
        findings.note("orders: their events delivered in order", by_order.len(), disordered);
        findings.note("deliveries: what is told is what it is called", heard.len(), forged);
    }

    /// Whoever watched live saw each event once, those of one order in order, whatever sockets broke.
    async fn feed(&self, findings: &mut Findings) {
        let told = self.shop.ledger.told.lock().expect("nobody panics with it").clone();
        let mut last: HashMap<&str, i64> = HashMap::new();
        let mut wrong = Vec::new();
        for (order, sequence) in &told {
            let before = last.insert(order, *sequence).unwrap_or_default();
            if *sequence != before + 1 {
                wrong.push(format!("{order}: {sequence} behind {before}"));
            }
        }
        let seen: HashSet<(&str, i64)> =
            told.iter().map(|(order, sequence)| (order.as_str(), *sequence)).collect();
        let rows = self.database.query(EVENTS, &[]).await.expect("the events");
        for row in &rows {
            let (order, sequence) = (OrderId(id(row, 0)).to_string(), row.get::<_, i64>(1));
            if !seen.contains(&(order.as_str(), sequence)) {
                wrong.push(format!("{order}: {sequence} was not seen"));
            }
        }
        findings.note("events watched live: each seen once, in order, none missed", told.len(), wrong);
    }
}
