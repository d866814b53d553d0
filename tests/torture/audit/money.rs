//! Nobody is charged twice or for nothing, and nothing goes back twice: the books against the provider's journal.

use std::collections::HashMap;

use cartograph::ids::{PaymentId, RefundId};
use uuid::Uuid;

use super::{Books, Findings, id, named};
use crate::support::stripe::{JournalCharge, JournalRefund};

/// A payment and its order, as the books have them.
struct Payment {
    id: Uuid,
    order: Uuid,
    provider: String,
    captured: i64,
    refunded: i64,
    reference: Option<String>,
    /// Whether all of it went back because it came too late or was one too many.
    undone: bool,
}

struct Order {
    id: Uuid,
    status: String,
    total: i64,
    cancelled: i64,
    paid: i64,
    refunded: i64,
}

struct Refund {
    id: Uuid,
    payment: Uuid,
    amount: i64,
    status: String,
    stripe: bool,
}

const PAYMENTS: &str = "SELECT id::text, order_id::text, provider, captured, refunded, provider_ref,
    captured > 0 AND captured = (SELECT coalesce(sum(amount), 0) FROM refunds
        WHERE payment_id = payments.id AND reason IN ('OVERPAID', 'LATE_PAYMENT'))
    FROM payments WHERE order_id IN (SELECT id FROM orders WHERE email LIKE '%@torture.test')";
const ORDERS: &str =
    "SELECT id::text, status, total, cancelled, paid, refunded FROM orders WHERE email LIKE '%@torture.test'";
const REFUNDS: &str =
    "SELECT refunds.id::text, payment_id::text, refunds.amount, refunds.status, provider = 'stripe'
    FROM refunds JOIN payments ON payments.id = payment_id
    WHERE refunds.order_id IN (SELECT id FROM orders WHERE email LIKE '%@torture.test')";
const OVERDUE: &str = "SELECT 'order ' || number || ' since ' || expires_at FROM orders
    WHERE status = 'PENDING' AND (expires_at < now() OR expires_at IS NULL) AND email LIKE '%@torture.test'";
/// Amounts of an order that its history does not add up to.
const UNTOLD: &str =
    "SELECT 'order ' || orders.number || ': paid ' || orders.paid || ', told ' || told.paid || '; refunded '
        || orders.refunded || ', told ' || told.refunded
    FROM orders, LATERAL (SELECT
        coalesce((SELECT sum(captured) FROM payments WHERE order_id = orders.id), 0)::bigint AS paid,
        coalesce((SELECT sum(amount) FROM refunds WHERE order_id = orders.id), 0)::bigint AS refunded) AS told
    WHERE email LIKE '%@torture.test' AND (orders.paid <> told.paid OR orders.refunded <> told.refunded)";

impl Books<'_> {
    pub(super) async fn money(&self, findings: &mut Findings) {
        let payments = self.payments().await;
        let orders = self.orders().await;
        self.charges(findings, &payments);
        Self::paid_orders(findings, &orders, &payments);
        self.refunds(findings, &payments).await;
        findings.note(
            "orders: paid and refunded are what their payments and refunds come to",
            orders.len(),
            self.texts(UNTOLD).await,
        );
        let lapsed = self.count("SELECT count(*) FROM orders WHERE cancel_reason = 'EXPIRED'").await;
        findings.note("orders lapsed, and none is unpaid past its time", lapsed, self.texts(OVERDUE).await);
    }

    /// Each captured charge is one payment of one order, and the other way round.
    fn charges(&self, findings: &mut Findings, payments: &[Payment]) {
        let mut by_reference: HashMap<&str, Vec<&Payment>> = HashMap::new();
        for payment in payments {
            by_reference.entry(payment.reference.as_deref().unwrap_or_default()).or_default().push(payment);
        }
        let metadata: HashMap<&str, &str> = self
            .journal
            .intents
            .iter()
            .filter_map(|intent| Some((intent.id.as_str(), intent.metadata["cartograph_payment"].as_str()?)))
            .collect();
        let captured: Vec<&JournalCharge> = self
            .journal
            .charges
            .iter()
            .filter(|charge| charge.status == "succeeded" && charge.amount_captured > 0)
            .collect();
        let mut wrong = Vec::new();
        let mut charged: HashMap<Uuid, i64> = HashMap::new();
        for charge in &captured {
            let intent = charge.payment_intent.as_deref().unwrap_or_default();
            let found = by_reference.get(intent).map(Vec::as_slice).unwrap_or_default();
            let [payment] = found else {
                wrong.push(format!(
                    "charge {} of {} is {} payments",
                    charge.id,
                    charge.amount_captured,
                    found.len()
                ));
                continue;
            };
            *charged.entry(payment.id).or_default() += charge.amount_captured;
            if metadata.get(intent) != Some(&PaymentId(payment.id).to_string().as_str()) {
                wrong.push(format!("charge {} was begun for another payment", charge.id));
            }
        }
        for payment in payments.iter().filter(|payment| payment.provider == "stripe") {
            let charged = charged.get(&payment.id).copied().unwrap_or_default();
            if charged != payment.captured {
                wrong.push(named(
                    "payment",
                    payment.id,
                    format!("charged {charged}, entered {}", payment.captured),
                ));
            }
        }
        findings.note(
            "captured charges: each is one payment of one order, to the cent",
            captured.len(),
            wrong,
        );
    }

    /// Each order that is paid has one payment that pays for it, and no other keeps anything.
    fn paid_orders(findings: &mut Findings, orders: &[Order], payments: &[Payment]) {
        let mut by_order: HashMap<Uuid, Vec<&Payment>> = HashMap::new();
        for payment in payments.iter().filter(|payment| payment.captured > 0 && !payment.undone) {
            by_order.entry(payment.order).or_default().push(payment);
        }
        let (mut paid, mut wrong) = (0, Vec::new());
        for order in orders {
            let counting = by_order.get(&order.id).map(Vec::as_slice).unwrap_or_default();
            let keeps = order.paid - order.refunded;
            let status = order.status.as_str();
            match status {
                "PAID" | "PROCESSING" | "SHIPPED" | "DELIVERED" => {
                    paid += 1;
                    let due = order.total - order.cancelled;
                    // An order that is cancelled line by line before it is paid costs nothing in the end.
                    if counting.len() != 1 && due > 0 {
                        wrong.push(named(
                            "order",
                            order.id,
                            format!("{status} by {} payments", counting.len()),
                        ));
                    }
                    if order.paid < due || keeps > order.total {
                        wrong.push(named(
                            "order",
                            order.id,
                            format!("{status} with {keeps} of {}", order.total),
                        ));
                    }
                }
                "CANCELLED" | "REFUNDED" if keeps != 0 => {
                    wrong.push(named("order", order.id, format!("{status} and keeps {keeps}")));
                }
                "PENDING" if order.paid != 0 => wrong.push(named("order", order.id, "PENDING and paid")),
                _ => {}
            }
            let of_payments: i64 = payments
                .iter()
                .filter(|payment| payment.order == order.id)
                .map(|payment| payment.captured - payment.refunded)
                .sum();
            if of_payments != keeps {
                wrong.push(named("order", order.id, format!("keeps {keeps}, its payments {of_payments}")));
            }
        }
        findings.note("paid orders: each by one payment, and those given up keep nothing", paid, wrong);
    }

    /// What the books say went back went back, once; and never more than was charged.
    async fn refunds(&self, findings: &mut Findings, payments: &[Payment]) {
        let mut at_provider: HashMap<&str, Vec<&JournalRefund>> = HashMap::new();
        let made = self.journal.refunds.iter().filter(|refund| refund.status != "failed");
        let mut wrong = Vec::new();
        for refund in made {
            match refund.metadata["cartograph_refund"].as_str() {
                Some(ours) => at_provider.entry(ours).or_default().push(refund),
                None => wrong.push(format!("refund {} of {} is nobody's", refund.id, refund.amount)),
            }
        }
        let rows = self.database.query(REFUNDS, &[]).await.expect("the refunds");
        let refunds: Vec<Refund> = rows
            .iter()
            .map(|row| Refund {
                id: id(row, 0),
                payment: id(row, 1),
                amount: row.get(2),
                status: row.get(3),
                stripe: row.get(4),
            })
            .collect();
        for refund in refunds.iter().filter(|refund| refund.stripe) {
            let ours = RefundId(refund.id).to_string();
            let found = at_provider.remove(ours.as_str()).unwrap_or_default();
            let amounts: Vec<i64> = found.iter().map(|refund| refund.amount).collect();
            if refund.status != "SUCCEEDED" || amounts != [refund.amount] {
                wrong.push(named(
                    "refund",
                    refund.id,
                    format!("{} of {}, made: {amounts:?}", refund.status, refund.amount),
                ));
            }
            if payments.iter().all(|payment| payment.id != refund.payment) {
                wrong.push(named("refund", refund.id, "of no payment"));
            }
        }
        wrong.extend(at_provider.keys().map(|id| format!("refund {id} was made and is not in the books")));
        findings.note("refunds: each made once, and entered", refunds.len(), wrong);
        let over =
            self.journal.charges.iter().filter(|charge| charge.amount_refunded > charge.amount_captured);
        let over = over.map(|charge| {
            format!("charge {}: {} of {}", charge.id, charge.amount_refunded, charge.amount_captured)
        });
        findings.note(
            "charges: what went back is no more than what came in",
            self.journal.charges.len(),
            over.collect(),
        );
    }

    async fn payments(&self) -> Vec<Payment> {
        let rows = self.database.query(PAYMENTS, &[]).await.expect("the payments");
        let payment = |row: &tokio_postgres::Row| Payment {
            id: id(row, 0),
            order: id(row, 1),
            provider: row.get(2),
            captured: row.get(3),
            refunded: row.get(4),
            reference: row.get(5),
            undone: row.get(6),
        };
        rows.iter().map(payment).collect()
    }

    async fn orders(&self) -> Vec<Order> {
        let rows = self.database.query(ORDERS, &[]).await.expect("the orders");
        let order = |row: &tokio_postgres::Row| Order {
            id: id(row, 0),
            status: row.get(1),
            total: row.get(2),
            cancelled: row.get(3),
            paid: row.get(4),
            refunded: row.get(5),
        };
        rows.iter().map(order).collect()
    }
}
