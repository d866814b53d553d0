//! Whatever is done to an order, and in whatever order: its books and those of the stock add up.
//!
//! Chance makes up what shoppers and staff do. A model on paper says what comes of it, the real verbs do it to a real
//! database, and after each step both are compared, and the books audited without a look at the model.

mod model;

use cartograph::db::schema::{inventory, order_events, order_lines, orders};
use cartograph::error::ActionError;
use cartograph::ids::{OrderId, OrderLineId, UserId, VariantId};
use cartograph::orders::cancel_lines::{CancelLines, cancel_lines};
use cartograph::orders::change_status::{ChangeStatus, change_status};
use cartograph::orders::events::Actor;
use cartograph::orders::parcel::Parcel;
use cartograph::orders::pieces::Pieces;
use cartograph::orders::refund::{RefundOrder, refund_order};
use cartograph::orders::return_lines::{ReturnLines, ReturnRefund, return_lines};
use cartograph::orders::settle_payment::{SettlePayment, settle_payment};
use cartograph::orders::ship::{Ship, ship};
use cartograph::orders::start_payment::{StartPayment, start_payment};
use cartograph::orders::{OrderStatus, queries};
use cartograph::payments::{CaptureMode, Provider, Told};
use chrono::{TimeDelta, Utc};
use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};

use self::model::{Model, Picked, Verb, part};
use super::{fill, input, place};
use crate::support::db::count;
use crate::support::{Client, ProductBuilder, TestApp, UserBuilder};

/// How much of each variant there is before the first order.
const STOCK: i32 = 1000;

fn pieces() -> impl Strategy<Value = Picked> {
    prop::collection::vec((0_usize..3, 1_i32..4), 1..4)
}

fn verb() -> impl Strategy<Value = Verb> {
    let statuses = prop::sample::select(OrderStatus::ALL.to_vec());
    prop_oneof![
        3 => (1_i64..=100).prop_map(Verb::Pay),
        2 => Just(Verb::Pay(100)),
        3 => statuses.prop_map(Verb::MoveTo),
        1 => Just(Verb::ShipAll),
        6 => pieces().prop_map(Verb::Ship),
        5 => (pieces(), any::<bool>()).prop_map(|(some, refund)| Verb::Cancel(some, refund)),
        5 => (pieces(), any::<bool>(), any::<bool>()).prop_map(|(some, restock, refund)| Verb::Return(some, restock, refund)),
        2 => (1_i64..=60).prop_map(Verb::RefundAmount),
        2 => (pieces(), any::<bool>()).prop_map(|(some, restock)| Verb::RefundPieces(some, restock)),
    ]
}

/// An order to be: how many pieces of each of three things are bought, and what is done to it then.
fn life() -> impl Strategy<Value = (Vec<i32>, Vec<Verb>)> {
    (prop::collection::vec(1_i32..5, 3), prop::collection::vec(verb(), 1..25))
}

#[test]
fn whatever_is_done_to_orders_their_books_add_up() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let shop = runtime.block_on(Shop::open());
    let config = Config { cases: 80, max_shrink_iters: 200, failure_persistence: None, ..Config::default() };
    let done = std::cell::Cell::new(0);
    TestRunner::new(config)
        .run(&life(), |(bought, verbs)| {
            done.set(done.get() + runtime.block_on(shop.live(&bought, &verbs))?);
            Ok(())
        })
        .unwrap_or_else(|wrong| panic!("{wrong}"));
    assert!(done.get() > 200, "only {} things were done", done.get());
}

/// A shop of three things, and one who buys them.
struct Shop {
    app: TestApp,
    customer: Client,
    staff: UserId,
    prices: [i64; 3],
    variants: Vec<VariantId>,
}

impl Shop {
    async fn open() -> Self {
        let app = TestApp::start().await;
        let prices = [1000, 333, 7];
        let mut variants = Vec::new();
        for (at, price) in prices.into_iter().enumerate() {
            let product = ProductBuilder::new(&format!("thing-{at}")).price(price).stock(STOCK);
            variants.push(product.create(&app).await.variant);
        }
        let (customer, staff) = (app.customer().await, UserBuilder::new().create(&app).await);
        Self { app, customer, staff, prices, variants }
    }

    /// Places an order and does all this to it; how much of it was done rather than refused.
    async fn live(&self, bought: &[i32], verbs: &[Verb]) -> Result<usize, TestCaseError> {
        let mut conn = self.app.database().connect().await;
        // Every order of before is as good as forgotten.
        diesel::update(inventory::table)
            .set((inventory::on_hand.eq(STOCK), inventory::reserved.eq(0)))
            .execute(&mut conn)
            .await
            .expect("the stock can be set");
        for (variant, pieces) in self.variants.iter().zip(bought) {
            fill(&self.customer, *variant, *pieces).await;
        }
        let placed = place(&self.customer, input(None)).await;
        let order: OrderId = placed.text("/orderPlace/order/id").parse().expect("an id");
        let lines = queries::lines_by_orders(&conn, &[order]).await.expect("the lines can be read");
        let lines: Vec<OrderLineId> = lines.iter().map(|line| line.id).collect();
        let priced: Vec<(i64, i32)> = self.prices.into_iter().zip(bought.iter().copied()).collect();
        let mut model = Model::new(&priced);
        let mut done = 0;
        for verb in verbs {
            let before = model.clone();
            let expected = model.does(verb);
            let happened = self.act(&mut conn, order, &lines, &before, verb).await;
            prop_assert_eq!(happened, expected, "{:?} of {:#?}", verb, before);
            done += usize::from(happened);
            self.compare(&mut conn, order, &model, verb).await?;
            audit(&mut conn, verb).await?;
        }
        Ok(done)
    }

    /// Does it to the order; whether it was not refused.
    async fn act(
        &self,
        conn: &mut AsyncPgConnection,
        order_id: OrderId,
        lines: &[OrderLineId],
        before: &Model,
        verb: &Verb,
    ) -> bool {
        let (actor, at, note) = (Actor::Staff(self.staff), Utc::now(), None);
        let some = |some: &Picked| -> Vec<Pieces> {
            some.iter().map(|(at, quantity)| Pieces { line: lines[*at], quantity: *quantity }).collect()
        };
        let came_back = |pieces: &Picked, restock: bool| {
            some(pieces).into_iter().map(|pieces| (pieces, restock)).collect::<Vec<_>>()
        };
        let refund = |amount, pieces| RefundOrder { order_id, amount, pieces, note: None, actor, at };
        match verb {
            Verb::Pay(hundredths) => pay(conn, order_id, part(before.due(), *hundredths)).await,
            Verb::MoveTo(to) => {
                let change = ChangeStatus { order_id, to: *to, actor, may_pay_back: true, note, at };
                was_done(change_status(conn, &change).await)
            }
            Verb::ShipAll => {
                let all = Ship { order_id, pieces: Vec::new(), parcel: Parcel::default(), note, actor };
                was_done(ship(conn, &all).await)
            }
            Verb::Ship(pieces) => {
                let part = Ship { order_id, pieces: some(pieces), parcel: Parcel::default(), note, actor };
                was_done(ship(conn, &part).await)
            }
            Verb::Cancel(pieces, refund) => {
                let (pieces, refund) = (some(pieces), *refund);
                let cancel = CancelLines { order_id, pieces, refund, may_pay_back: true, note, actor, at };
                was_done(cancel_lines(conn, &cancel).await)
            }
            Verb::Return(pieces, restock, refund) => {
                let pieces = came_back(pieces, *restock);
                let refund = if *refund { ReturnRefund::Price } else { ReturnRefund::Nothing };
                let back = ReturnLines { order_id, pieces, refund, note, actor, at };
                was_done(return_lines(conn, &back).await)
            }
            Verb::RefundAmount(hundredths) => {
                let amount = Some(part(before.kept(), *hundredths));
                was_done(refund_order(conn, &refund(amount, Vec::new())).await)
            }
            Verb::RefundPieces(pieces, restock) => {
                was_done(refund_order(conn, &refund(None, came_back(pieces, *restock))).await)
            }
        }
    }

    /// The order and the stock are as the model says.
    async fn compare(
        &self,
        conn: &mut AsyncPgConnection,
        order: OrderId,
        model: &Model,
        verb: &Verb,
    ) -> Result<(), TestCaseError> {
        let books: (String, i64, i64, i64) = orders::table
            .find(order)
            .select((orders::status, orders::paid, orders::refunded, orders::cancelled))
            .first(conn)
            .await
            .expect("the order is there");
        let expected = (model.status.as_str().to_owned(), model.paid, model.refunded, model.cancelled);
        prop_assert_eq!(books, expected, "after {:?}: {:#?}", verb, model);
        let lines: Vec<(i32, i32, i32, i32, i32)> = order_lines::table
            .filter(order_lines::order_id.eq(order))
            .order(order_lines::position)
            .select((
                order_lines::cancelled,
                order_lines::uncharged,
                order_lines::shipped,
                order_lines::returned,
                order_lines::refunded,
            ))
            .load(conn)
            .await
            .expect("the lines are there");
        let expected: Vec<_> = model
            .lines
            .iter()
            .map(|line| (line.cancelled, line.never_paid, line.shipped, line.returned, line.refunded))
            .collect();
        prop_assert_eq!(lines, expected, "after {:?}: {:#?}", verb, model);
        for (at, variant) in self.variants.iter().enumerate() {
            let stock: (i32, i32) = inventory::table
                .find(variant)
                .select((inventory::on_hand, inventory::reserved))
                .first(conn)
                .await
                .expect("the stock is there");
            let line = model.lines[at];
            let expected = (STOCK - line.shipped + line.restocked, model.holds(at));
            prop_assert_eq!(stock, expected, "thing {} after {:?}: {:#?}", at, verb, model);
        }
        let sequences: Vec<i32> = order_events::table
            .filter(order_events::order_id.eq(order))
            .order(order_events::sequence)
            .select(order_events::sequence)
            .load(conn)
            .await
            .expect("the events are there");
        let gapless: Vec<i32> = (1..).take(sequences.len()).collect();
        prop_assert_eq!(sequences, gapless);
        Ok(())
    }
}

/// What holds of all orders, whatever was done to them: each counts those of which it does not.
async fn audit(conn: &mut AsyncPgConnection, verb: &Verb) -> Result<(), TestCaseError> {
    for (what, query) in [
        (
            "no order keeps more than it costs, nor pays back what it has not",
            "SELECT count(*) AS n FROM orders WHERE paid - refunded > total OR refunded > paid",
        ),
        (
            "an order's money is that of its payments",
            "SELECT count(*) AS n FROM orders o WHERE (paid, refunded) <> \
             (SELECT coalesce(sum(captured), 0), coalesce(sum(refunded), 0) FROM payments WHERE order_id = o.id)",
        ),
        (
            "what goes back is that of the refunds",
            "SELECT count(*) AS n FROM orders o WHERE refunded <> \
             (SELECT coalesce(sum(amount), 0) FROM refunds WHERE order_id = o.id)",
        ),
        (
            "of no line more is sent, cancelled, taken back or paid back than was bought",
            "SELECT count(*) AS n FROM order_lines \
             WHERE cancelled + shipped > quantity OR returned > shipped OR refunded > quantity",
        ),
        (
            "shipments and returns hold what the lines count",
            "SELECT count(*) AS n FROM order_lines l WHERE (shipped, returned, refunded) <> ( \
             (SELECT coalesce(sum(quantity), 0) FROM shipment_lines WHERE order_line_id = l.id), \
             (SELECT coalesce(sum(quantity), 0) FROM return_lines WHERE order_line_id = l.id), \
             (SELECT coalesce(sum(quantity), 0) FROM refund_lines WHERE order_line_id = l.id))",
        ),
        (
            "what is cancelled is worth what its pieces are",
            "SELECT count(*) AS n FROM orders o WHERE cancelled <> \
             (SELECT sum(unit_price * cancelled) FROM order_lines WHERE order_id = o.id)",
        ),
        (
            "an order is shipped when nothing is left of it, and not before",
            "SELECT count(*) AS n FROM orders o JOIN LATERAL (SELECT sum(quantity - cancelled - shipped) AS left_over \
             FROM order_lines WHERE order_id = o.id) l ON true \
             WHERE status IN ('SHIPPED', 'DELIVERED') AND left_over > 0 \
                OR status IN ('PENDING', 'PAID', 'PROCESSING') AND left_over = 0",
        ),
    ] {
        let wrong = count(conn, query).await;
        prop_assert_eq!(wrong, 0, "{} after {:?}", what, verb);
    }
    Ok(())
}

/// Has so much come in by a provider, if the order waits for it.
async fn pay(conn: &mut AsyncPgConnection, order_id: OrderId, amount: i64) -> bool {
    let (provider, capture, at) = (Provider::Stripe, CaptureMode::Automatic, Utc::now());
    let hold = TimeDelta::hours(1);
    let start = StartPayment { order_id, provider, capture, hold, at };
    let payment = match start_payment(conn, &start).await {
        Ok(started) => started.payment.id,
        Err(ActionError::Refused(_)) => return false,
        Err(ActionError::Failed(error)) => panic!("{error}"),
    };
    let reference = Some(payment.to_string());
    let settle = SettlePayment { payment, reference, told: Told::Captured { amount }, hold, at };
    settle_payment(conn, &settle).await.expect("the payment can be settled");
    true
}

/// Whether it was done rather than refused. Anything else must not happen.
fn was_done<T, R: std::fmt::Debug>(outcome: Result<T, ActionError<R>>) -> bool {
    match outcome {
        Ok(_) => true,
        Err(ActionError::Refused(_)) => false,
        Err(ActionError::Failed(error)) => panic!("{error}"),
    }
}
