//! Orders with their lines and history, and the stock that fits them.

use uuid::Uuid;

use super::catalog::{Catalog, Variant};
use super::copy::{Rows, Table};
use super::dice::{self, AGE, DAY, Dice, HOUR, Kind, OPENING, moment, timestamp};
use super::people::People;
use super::words::TOWNS;
use crate::address::Address;
use crate::ids::UserId;
use crate::orders::OrderStatus::{self, Cancelled, Delivered, Paid, Pending, Processing, Refunded, Shipped};
use crate::orders::events::{Actor, CancelReason, EventKind};
use crate::payments::Provider;
use crate::secrets;

const ORDERS: Table = Table {
    name: "orders",
    columns: "id, number, user_id, token_hash, email, status, currency, subtotal, total, shipping_address, \
              last_sequence, created_at, updated_at, paid, refunded, cancel_reason",
};
const PAYMENTS: Table = Table {
    name: "payments",
    columns: "id, order_id, provider, status, currency, amount, captured, refunded, provider_ref, created_at",
};
const REFUNDS: Table = Table {
    name: "refunds",
    columns: "id, order_id, payment_id, currency, amount, reason, status, provider_ref, actor_kind, created_at",
};
const LINES: Table = Table {
    name: "order_lines",
    columns: "id, order_id, position, product_id, variant_id, product_name, variant_name, sku, unit_price, quantity, \
              total, shipped",
};
const SHIPMENTS: Table =
    Table { name: "shipments", columns: "id, order_id, actor_kind, actor_id, created_at, delivered_at" };
const SHIPMENT_LINES: Table =
    Table { name: "shipment_lines", columns: "shipment_id, order_line_id, quantity" };
const EVENTS: Table = Table {
    name: "order_events",
    columns: "id, order_id, sequence, type, from_status, to_status, actor_kind, actor_id, occurred_at, feed_position",
};
/// Where stock waits to be entered: the rows of `inventory` are there since their variants are.
const STOCK: Table = Table { name: "seed_stock", columns: "variant_id, on_hand, reserved" };

/// The lives an order can have had, and how often in a hundred.
const LIVES: [(u64, &[OrderStatus]); 5] = [
    (84, &[Pending, Paid, Processing, Shipped, Delivered]),
    (5, &[Pending, Cancelled]),
    (3, &[Pending, Paid, Processing, Cancelled]),
    (3, &[Pending, Paid, Refunded]),
    (5, &[Pending, Paid, Processing, Shipped, Delivered, Refunded]),
];

/// Orders, as many as are asked for.
pub(super) struct Orders<'s> {
    pub(super) catalog: &'s Catalog,
    pub(super) people: &'s People,
    pub(super) variants: &'s [Variant],
    pub(super) count: u64,
    /// The number of the first order, for people.
    pub(super) first_number: i64,
    /// The place of the next event in the shop's feed.
    pub(super) next_feed_position: i64,
    /// How many pieces of each variant open orders were promised.
    pub(super) reserved: Vec<u64>,
}

impl Orders<'_> {
    /// These orders, then their lines, their events, their money, and their shipments.
    pub(super) fn orders(&mut self, numbers: std::ops::Range<u64>) -> [Rows; 7] {
        let mut rows = [ORDERS, LINES, EVENTS, PAYMENTS, REFUNDS, SHIPMENTS, SHIPMENT_LINES].map(Rows::of);
        for number in numbers {
            self.order(number, &mut rows);
        }
        rows
    }

    fn order(&mut self, number: u64, rows: &mut [Rows; 7]) {
        let [orders, lines, events, payments, refunds, shipments, sent] = rows;
        let seed = self.catalog.seed;
        let mut dice = Dice::new(seed, Kind::Order, number);
        let placed = self.placed_at(number);
        let id = dice::id(seed, Kind::Order, number, placed);
        let buyer = dice.skewed(self.people.users);
        let guest = dice.percent(10);
        let life = life(&mut dice, placed);
        let status = life.last().map_or(Pending, |(status, _)| *status);
        let at = |wanted| life.iter().find(|(status, _)| *status == wanted).map(|(_, at)| *at);
        let shipment = at(Shipped).map(|at| (dice::id(seed, Kind::Shipment, number, at), at));
        let sent = shipment.map(|(shipment, _)| (sent, shipment));
        let total = self.lines(lines, sent, &mut dice, (number, placed, id), status.holds_stock());
        if let Some((shipment, left)) = shipment {
            let staff = Actor::Staff(UserId(self.people.id(0)));
            shipments.field(shipment).field(id).field(staff.as_str()).maybe(staff.user_id().map(|id| id.0));
            shipments.field(timestamp(left)).maybe(at(Delivered).map(timestamp)).end();
        }
        let user = (!guest).then(|| self.people.id(buyer));
        self.events(events, number, id, user, &life);
        let token = guest.then(|| secrets::sha256(format!("seed {seed} order {number}").as_bytes()));
        let changed = life.last().map_or(placed, |(_, at)| *at);
        orders.field(id).field(self.first_number + number as i64).maybe(user).maybe(token.as_ref().map(hex));
        orders.field(self.people.email(buyer)).field(status.as_str()).field(self.catalog.currency.code());
        orders.field(total).field(total).field(address(&mut dice, self.people.name(buyer)));
        orders.field(life.len()).field(timestamp(placed)).field(timestamp(changed));
        let paid = at(Paid);
        let back = paid.is_some() && matches!(status, Cancelled | Refunded);
        orders.field(if paid.is_some() { total } else { 0 }).field(if back { total } else { 0 });
        let reason = if paid.is_some() { CancelReason::Staff } else { CancelReason::Customer };
        orders.maybe((status == Cancelled).then_some(reason.as_str())).end();
        if let Some(paid) = paid {
            self.money(payments, refunds, (number, id, total), paid, back.then_some(changed));
        }
    }

    /// How the order was paid by hand, and paid back.
    fn money(
        &self,
        payments: &mut Rows,
        refunds: &mut Rows,
        (number, order, total): (u64, Uuid, i64),
        paid: i64,
        back: Option<i64>,
    ) {
        let (seed, currency) = (self.catalog.seed, self.catalog.currency.code());
        let payment = dice::id(seed, Kind::Payment, number, paid);
        payments
            .field(payment)
            .field(order)
            .field(Provider::Manual.as_str())
            .field("CAPTURED")
            .field(currency);
        payments.field(total).field(total).field(if back.is_some() { total } else { 0 });
        payments.field(format_args!("seed_{payment}")).field(timestamp(paid)).end();
        if let Some(back) = back {
            let refund = dice::id(seed, Kind::Refund, number, back);
            refunds.field(refund).field(order).field(payment).field(currency).field(total).field("REQUESTED");
            refunds
                .field("SUCCEEDED")
                .field(format_args!("seed_{refund}"))
                .field("STAFF")
                .field(timestamp(back))
                .end();
        }
    }

    /// One to five lines of different variants, all of whose pieces are in the shipment if there is one; returns what they
    /// cost together.
    fn lines(
        &mut self,
        rows: &mut Rows,
        mut sent: Option<(&mut Rows, Uuid)>,
        dice: &mut Dice,
        of: (u64, i64, Uuid),
        open: bool,
    ) -> i64 {
        let (number, placed, order) = of;
        let count = (1 + dice.skewed(5)).min(self.variants.len() as u64);
        let first = dice.skewed(self.variants.len() as u64);
        let mut total = 0;
        for ordinal in 0..count {
            // Steps of a seventh of the list: five lines never come around to the first.
            let step = (self.variants.len() as u64 / 7).max(1);
            let place = ((first + ordinal * step) % self.variants.len() as u64) as usize;
            let variant = &self.variants[place];
            let quantity = 1 + dice.skewed(4);
            let sum = variant.price * quantity as i64;
            let (variant_id, product_id) = self.catalog.ids(variant);
            let line = dice::id(self.catalog.seed, Kind::OrderLine, number * 5 + ordinal, placed);
            rows.field(line).field(order);
            rows.field(ordinal + 1).field(product_id).field(variant_id).field(self.catalog.name_of(variant));
            rows.field(variant.name()).field(self.catalog.sku(variant)).field(variant.price);
            rows.field(quantity).field(sum).field(if sent.is_some() { quantity } else { 0 }).end();
            if let Some((sent, shipment)) = &mut sent {
                sent.field(*shipment).field(line).field(quantity).end();
            }
            total += sum;
            if open {
                self.reserved[place] += quantity;
            }
        }
        total
    }

    fn events(
        &mut self,
        rows: &mut Rows,
        number: u64,
        order: Uuid,
        user: Option<Uuid>,
        life: &[(OrderStatus, i64)],
    ) {
        let staff = Actor::Staff(UserId(self.people.id(0)));
        let buyer = user.map_or(Actor::Guest, |user| Actor::Customer(UserId(user)));
        let mut from = None;
        for (sequence, (to, at)) in (1_u64..).zip(life) {
            let kind = if from.is_none() { EventKind::Placed } else { EventKind::StatusChanged };
            let actor = match (from, to) {
                (None, _) | (Some(Pending), Cancelled) => buyer,
                (_, Paid) => Actor::System,
                _ => staff,
            };
            let event = number * 8 + sequence;
            rows.field(dice::id(self.catalog.seed, Kind::OrderEvent, event, *at))
                .field(order)
                .field(sequence);
            rows.field(kind.as_str()).maybe(from.map(OrderStatus::as_str)).field(to.as_str());
            rows.field(actor.as_str()).maybe(actor.user_id().map(|id| id.0)).field(timestamp(*at));
            rows.field(self.next_feed_position).end();
            self.next_feed_position += 1;
            from = Some(*to);
        }
    }

    /// What there is of each variant: what was promised, and usually some more.
    pub(super) fn stock(&self) -> Rows {
        let mut rows = Rows::of(STOCK);
        for (number, (variant, reserved)) in (0_u64..).zip(self.variants.iter().zip(&self.reserved)) {
            let mut dice = Dice::new(self.catalog.seed, Kind::Variant, number);
            let free = if dice.percent(8) { 0 } else { 1 + dice.below(400) };
            rows.field(self.catalog.ids(variant).0).field(reserved + free).field(reserved).end();
        }
        rows
    }

    /// Orders come in from the second half of the first year on.
    fn placed_at(&self, number: u64) -> i64 {
        moment(number, self.count, OPENING + AGE / 4, OPENING + AGE)
    }
}

/// Statuses and when the order came to each. What would lie in the future has not happened yet.
fn life(dice: &mut Dice, placed: i64) -> Vec<(OrderStatus, i64)> {
    let mut chance = dice.below(100);
    let life = LIVES.iter().find_map(|(weight, life)| {
        let found = chance < *weight;
        chance = chance.saturating_sub(*weight);
        found.then_some(*life)
    });
    let mut at = placed;
    let steps = life.unwrap_or(&[Pending]).iter().map(|status| {
        at += match status {
            Pending => 0,
            Paid => HOUR / 60 + dice.below(HOUR.unsigned_abs()) as i64,
            Refunded => 2 * DAY + dice.below(10 * DAY.unsigned_abs()) as i64,
            _ => 2 * HOUR + dice.below(2 * DAY.unsigned_abs()) as i64,
        };
        (*status, at)
    });
    steps.take_while(|(status, at)| *status == Pending || *at < OPENING + AGE).collect()
}

fn address(dice: &mut Dice, name: String) -> String {
    let (city, region, postal_code, country) = *dice.pick(&TOWNS);
    let address = Address {
        name,
        line1: format!("{} Example Street", 1 + dice.below(200)),
        city: city.to_owned(),
        region: region.to_owned(),
        postal_code: postal_code.to_owned(),
        country: country.to_owned(),
        ..Address::default()
    };
    serde_json::to_string(&address).unwrap_or_default()
}

/// Bytes as COPY reads them: its own backslash, then PostgreSQL's mark of hexadecimal digits.
fn hex(bytes: &[u8; 32]) -> String {
    bytes.iter().fold("\\\\x".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_life_is_one_that_an_order_can_have() {
        for (_, life) in LIVES {
            assert_eq!(life[0], Pending);
            assert!(life.windows(2).all(|step| step[0].may_become(step[1])), "{life:?}");
        }
        assert_eq!(LIVES.iter().map(|(weight, _)| weight).sum::<u64>(), 100);
    }

    #[test]
    fn old_orders_are_done_and_new_ones_are_open() {
        let last = |placed| {
            let lives = (0..200).map(move |number| life(&mut Dice::new(1, Kind::Order, number), placed));
            lives.map(|life| life[life.len() - 1].0).collect::<Vec<_>>()
        };
        assert!(last(OPENING).iter().all(|status| matches!(status, Delivered | Cancelled | Refunded)));
        assert!(last(OPENING + AGE - 1).iter().all(|status| *status == Pending));
        let lately = last(OPENING + AGE - 2 * DAY);
        for status in [Paid, Processing, Shipped] {
            assert!(lately.contains(&status), "{status:?}");
        }
    }
}
