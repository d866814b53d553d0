//! Nothing is sold twice, nothing gets lost.

use std::collections::HashMap;

use cartograph::ids::VariantId;

use super::{Books, Findings};

/// By variant: what there is, what is promised, what left, what came back, and what open orders hold.
const LEVELS: &str = "SELECT variant_id::text, on_hand::bigint, reserved::bigint,
    (SELECT coalesce(sum(shipment_lines.quantity), 0) FROM shipment_lines JOIN order_lines ON order_lines.id = order_line_id
        WHERE order_lines.variant_id = inventory.variant_id)::bigint,
    (SELECT coalesce(sum(return_lines.quantity), 0) FROM return_lines JOIN order_lines ON order_lines.id = order_line_id
        WHERE restocked AND order_lines.variant_id = inventory.variant_id)::bigint,
    (SELECT coalesce(sum(quantity - order_lines.cancelled - shipped), 0) FROM order_lines JOIN orders ON orders.id = order_id
        WHERE status IN ('PENDING', 'PAID', 'PROCESSING') AND order_lines.variant_id = inventory.variant_id)::bigint
    FROM inventory";

impl Books<'_> {
    pub(super) async fn stock(&self, findings: &mut Findings) {
        let rows = self.database.query(LEVELS, &[]).await.expect("the stock");
        let (mut counted, mut lost, mut unbacked) = (0, Vec::new(), Vec::new());
        let mut pieces = 0;
        let adjusted = self.adjusted().await;
        for row in rows {
            let id: String = row.get(0);
            let variant = VariantId(id.parse().expect("an id")).to_string();
            let Some(start) = self.shop.stock.get(&variant) else { continue };
            let [on_hand, reserved, sent, back, held] =
                [1, 2, 3, 4, 5].map(|column| row.get::<_, i64>(column));
            let came = start + adjusted.get(&variant).copied().unwrap_or_default();
            counted += 1;
            pieces += usize::try_from(sent).unwrap_or_default();
            if on_hand + sent - back != came {
                lost.push(format!("{variant}: {on_hand} on hand + {sent} sent - {back} back is not {came}"));
            }
            if reserved != held || reserved > on_hand {
                unbacked.push(format!(
                    "{variant}: {reserved} reserved, {held} held by orders, {on_hand} on hand"
                ));
            }
        }
        findings.note(
            "variants: stock on hand + sold = stock at the start + what was put there",
            counted,
            lost,
        );
        findings.note("variants: what is reserved is what open orders hold, and is there", counted, unbacked);
        let changes = self.count("SELECT count(*) FROM outbox WHERE type = 'inventory.changed'").await;
        findings.note(
            "changes of stock: never was more promised than there was",
            changes,
            self.texts(OVERSOLD).await,
        );
        findings.note("pieces that left the shop: each once", pieces, self.texts(SENT).await);
        findings.note(
            "uses of the code: counted, and never more than allowed",
            self.count(USES).await,
            self.texts(OVERUSED).await,
        );
    }

    /// What came to the shelves by hand, by variant. Of what nobody was answered, the database alone can tell.
    async fn adjusted(&self) -> HashMap<String, i64> {
        let found: HashMap<String, i64> = self
            .counts("SELECT reason, sum(delta) FROM stock_changes GROUP BY 1")
            .await
            .into_iter()
            .collect();
        let mut sums = HashMap::new();
        for (key, adjustment) in self.shop.ledger.adjusted.lock().expect("nobody panics with it").iter() {
            let happened = adjustment.done.unwrap_or_else(|| found.contains_key(key));
            *sums.entry(adjustment.variant.clone()).or_default() +=
                if happened { adjustment.delta } else { 0 };
        }
        sums
    }
}

/// What was told of stock at a moment when there was too little: it may be mended since by a delivery or a cancelled order.
const OVERSOLD: &str =
    "SELECT 'variant ' || aggregate_id || ': ' || (payload ->> 'reserved') || ' promised of '
        || (payload ->> 'onHand') || ' at ' || occurred_at
    FROM outbox WHERE type = 'inventory.changed' AND (payload ->> 'available')::bigint < 0";
/// Lines that say something else than their shipments.
const SENT: &str = "SELECT 'line ' || order_lines.id || ': ' || shipped || ' sent of ' || order_lines.quantity || ', by its shipments '
        || coalesce(sum(shipment_lines.quantity), 0)
    FROM order_lines LEFT JOIN shipment_lines ON order_line_id = order_lines.id
    WHERE EXISTS (SELECT FROM orders WHERE orders.id = order_id AND email LIKE '%@torture.test')
    GROUP BY order_lines.id HAVING shipped <> coalesce(sum(shipment_lines.quantity), 0) OR shipped + cancelled > order_lines.quantity";
const USES: &str = "SELECT coalesce(sum(used), 0)::bigint FROM discounts";
const OVERUSED: &str = "SELECT discounts.code || ': counted ' || used || ' of ' || usage_limit || ', used by ' || count(order_id)
    FROM discounts LEFT JOIN order_discounts ON discount_id = discounts.id AND given_back_at IS NULL
    WHERE usage_limit IS NOT NULL
    GROUP BY discounts.id HAVING used > usage_limit OR used <> count(order_id)";
