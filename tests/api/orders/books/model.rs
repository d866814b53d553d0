//! An order as one would keep its books on paper: small, slow, and written without a look at the code it is to judge.

use cartograph::orders::OrderStatus::{
    self, Cancelled, Delivered, Paid, Pending, Processing, Refunded, Shipped,
};

/// Pieces of lines: the line's place, and how many.
pub(super) type Picked = Vec<(usize, i32)>;

/// What somebody does to an order.
#[derive(Debug, Clone)]
pub(super) enum Verb {
    /// Pays so many hundredths of what is due.
    Pay(i64),
    MoveTo(OrderStatus),
    ShipAll,
    Ship(Picked),
    Cancel(Picked, bool),
    /// Pieces, whether they are restocked, and whether their price goes back.
    Return(Picked, bool, bool),
    /// So many hundredths of what is kept go back.
    RefundAmount(i64),
    /// The price of pieces goes back; they may have come back.
    RefundPieces(Picked, bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) price: i64,
    pub(super) bought: i32,
    pub(super) cancelled: i32,
    /// Of the cancelled ones: before they were paid.
    pub(super) never_paid: i32,
    pub(super) shipped: i32,
    pub(super) returned: i32,
    pub(super) restocked: i32,
    pub(super) refunded: i32,
}

impl Line {
    fn left(&self) -> i32 {
        self.bought - self.cancelled - self.shipped
    }

    fn can_be_refunded(&self) -> i32 {
        self.bought - self.never_paid - self.refunded
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Model {
    pub(super) status: OrderStatus,
    pub(super) total: i64,
    pub(super) paid: i64,
    pub(super) refunded: i64,
    pub(super) cancelled: i64,
    pub(super) lines: Vec<Line>,
}

impl Model {
    pub(super) fn new(lines: &[(i64, i32)]) -> Self {
        let line = |(price, bought): &(i64, i32)| Line {
            price: *price,
            bought: *bought,
            cancelled: 0,
            never_paid: 0,
            shipped: 0,
            returned: 0,
            restocked: 0,
            refunded: 0,
        };
        let total = lines.iter().map(|(price, bought)| price * i64::from(*bought)).sum();
        let lines = lines.iter().map(line).collect();
        Self { status: Pending, total, paid: 0, refunded: 0, cancelled: 0, lines }
    }

    pub(super) fn kept(&self) -> i64 {
        self.paid - self.refunded
    }

    pub(super) fn due(&self) -> i64 {
        self.total - self.cancelled - self.kept()
    }

    pub(super) fn is_open(&self) -> bool {
        matches!(self.status, Pending | Paid | Processing)
    }

    /// How many pieces of a line the order holds of the stock.
    pub(super) fn holds(&self, line: usize) -> i32 {
        if self.is_open() { self.lines[line].left() } else { 0 }
    }

    /// Does it, or refuses it and stays as it was.
    pub(super) fn does(&mut self, verb: &Verb) -> bool {
        let before = self.clone();
        let done = self.attempt(verb).is_some();
        if !done {
            *self = before;
        }
        done
    }

    fn attempt(&mut self, verb: &Verb) -> Option<()> {
        match verb {
            Verb::Pay(hundredths) => self.pay(*hundredths),
            Verb::MoveTo(to) => self.move_to(*to),
            Verb::ShipAll => {
                self.ship(&(0..self.lines.len()).map(|at| (at, self.lines[at].left())).collect())
            }
            Verb::Ship(some) => {
                self.lines_have(some, Line::left)?;
                self.ship(some)
            }
            Verb::Cancel(some, refund) => self.cancel(some, *refund),
            Verb::Return(some, restock, refund) => self.take_back(some, *restock, *refund),
            Verb::RefundAmount(hundredths) => self.pay_back(part(self.kept(), *hundredths)),
            Verb::RefundPieces(some, restock) => {
                (self.kept() > 0).then_some(())?;
                self.lines_have(some, Line::can_be_refunded)?;
                let price = self.price_back(some).min(self.kept());
                if *restock {
                    self.come_back(some, true)?;
                }
                self.pay_back(price)
            }
        }
    }

    fn pay(&mut self, hundredths: i64) -> Option<()> {
        (self.status == Pending).then_some(())?;
        self.paid += part(self.due(), hundredths);
        if self.due() == 0 {
            self.status = Paid;
        }
        Some(())
    }

    fn move_to(&mut self, to: OrderStatus) -> Option<()> {
        let sent = self.lines.iter().any(|line| line.shipped > 0);
        match (self.status, to) {
            (Pending, Paid) => return self.pay(100),
            (Pending | Paid | Processing, Cancelled) if !sent => self.refunded = self.paid,
            (Paid | Processing | Shipped | Delivered, Refunded) => self.refunded = self.paid,
            (Processing, Shipped) => {
                self.lines.iter_mut().for_each(|line| line.shipped = line.bought - line.cancelled)
            }
            (Paid, Processing) | (Shipped, Delivered) => {}
            _ => return None,
        }
        self.status = to;
        Some(())
    }

    fn ship(&mut self, some: &Picked) -> Option<()> {
        matches!(self.status, Paid | Processing).then_some(())?;
        some.iter().for_each(|(at, pieces)| self.lines[*at].shipped += pieces);
        self.status = if self.lines.iter().all(|line| line.left() == 0) { Shipped } else { Processing };
        Some(())
    }

    fn cancel(&mut self, some: &Picked, refund: bool) -> Option<()> {
        self.is_open().then_some(())?;
        self.lines_have(some, Line::left)?;
        let left: i32 = self.lines.iter().map(Line::left).sum();
        let last = left == some.iter().map(|(_, pieces)| pieces).sum::<i32>();
        let sent = self.lines.iter().any(|line| line.shipped > 0);
        if last && !sent {
            return if refund || self.kept() == 0 { self.move_to(Cancelled) } else { None };
        }
        if self.status != Pending && refund {
            // Where nothing is kept, nothing goes back.
            let price = if self.kept() > 0 { self.price_back(some).min(self.kept()) } else { 0 };
            self.refunded += price;
        }
        for (at, pieces) in some {
            let line = &mut self.lines[*at];
            line.cancelled += pieces;
            line.never_paid += if self.status == Pending { line.can_be_refunded().min(*pieces) } else { 0 };
            self.cancelled += line.price * i64::from(*pieces);
        }
        if self.status == Pending && self.due() <= 0 {
            self.refunded -= self.due();
            self.status = Paid;
        }
        if last {
            self.status = Shipped;
        }
        Some(())
    }

    fn take_back(&mut self, some: &Picked, restock: bool, refund: bool) -> Option<()> {
        self.come_back(some, restock)?;
        if refund {
            let price = self.price_back(some).min(self.kept());
            self.pay_back(price)?;
        }
        Some(())
    }

    fn come_back(&mut self, some: &Picked, restock: bool) -> Option<()> {
        self.lines_have(some, |line| line.shipped - line.returned)?;
        for (at, pieces) in some {
            self.lines[*at].returned += pieces;
            self.lines[*at].restocked += if restock { *pieces } else { 0 };
        }
        Some(())
    }

    fn pay_back(&mut self, amount: i64) -> Option<()> {
        (amount > 0).then_some(())?;
        self.refunded += amount;
        Some(())
    }

    /// The price of these pieces, but for those whose price went back before; notes that it goes back.
    fn price_back(&mut self, some: &Picked) -> i64 {
        let mut price = 0;
        for (at, pieces) in some {
            let line = &mut self.lines[*at];
            let pieces = line.can_be_refunded().min(*pieces);
            line.refunded += pieces;
            price += line.price * i64::from(pieces);
        }
        price
    }

    fn lines_have(&self, some: &Picked, have: impl Fn(&Line) -> i32) -> Option<()> {
        let asked =
            |at: usize| some.iter().filter(|(other, _)| *other == at).map(|(_, pieces)| pieces).sum::<i32>();
        (0..self.lines.len()).all(|at| asked(at) <= have(&self.lines[at])).then_some(())
    }
}

/// So many hundredths, but at least something where there is something.
pub(super) fn part(whole: i64, hundredths: i64) -> i64 {
    (whole * hundredths / 100).max(1).min(whole)
}
