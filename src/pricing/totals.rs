//! From goods, a discount, a shipping price and tax rates to amounts: pure arithmetic in minor units.
//!
//! Every amount follows from the sums of its tax classes, so that it makes no difference in which order the lines are, nor
//! whether three pieces are one line or two:
//!
//! 1. the discount is reckoned once, from the goods' sum; a share of it is rounded half up;
//! 2. it is handed out over the tax classes, then within each class over the lines, by the largest remainder;
//! 3. shipping joins the class of its method;
//! 4. tax is reckoned once for each class, from what is to be paid of it, rounded half up, and handed out in the same way.
//!
//! Products and sums are made in 128 bits; what does not fit into an amount is an error.

use std::collections::BTreeMap;

use uuid::Uuid;

use super::rate::Rate;
use super::rounding::{half_up, largest_remainder};
use crate::money::MoneyError;

/// Some pieces of one thing that is bought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// What it is: of two lines that a unit could go to, the smaller id gets it.
    pub id: Uuid,
    /// The price of one piece, in minor units.
    pub unit_price: i64,
    /// How many pieces.
    pub quantity: i32,
    /// The weight of one piece; what is unknown weighs nothing.
    pub grams: i32,
    /// How it is taxed.
    pub tax_class: String,
}

/// What is taken off the goods.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Reduction {
    /// A share of them.
    Share(Rate),
    /// An amount, but no more than they cost.
    Amount(i64),
}

/// What shipping costs.
#[derive(Debug, Clone, Copy)]
pub(super) struct Shipping<'a> {
    pub(super) price: i64,
    pub(super) tax_class: &'a str,
}

/// How things are taxed where they go.
#[derive(Debug, Clone, Copy)]
pub(super) struct Taxes<'a> {
    /// Millionths by tax class; a class that is not there is not taxed.
    pub(super) rates: &'a BTreeMap<String, i64>,
    /// Whether tax is within prices, or comes on top of them.
    pub(super) within: bool,
}

/// What an order costs, in minor units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Totals {
    /// The goods, before any discount.
    pub subtotal: i64,
    /// What is taken off them.
    pub discount: i64,
    /// Shipping, after any discount on it.
    pub shipping: i64,
    /// The tax of goods and shipping, within their prices or on top.
    pub tax: i64,
    /// The part of it that is shipping's.
    pub shipping_tax: i64,
    /// What is to be paid.
    pub total: i64,
    /// Each line's part, in the order of the lines.
    pub lines: Vec<LineShare>,
}

/// A line's part of an order's amounts, in minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LineShare {
    /// The price of its pieces, before any discount.
    pub total: i64,
    /// What is taken off that.
    pub discount: i64,
    /// Its tax.
    pub tax: i64,
}

/// Goods with what is taken off them.
#[derive(Debug)]
pub(super) struct Goods<'a> {
    lines: &'a [Line],
    shares: Vec<LineShare>,
    pub(super) subtotal: i64,
    pub(super) discount: i64,
}

impl<'a> Goods<'a> {
    /// Adds the lines up. An error for amounts that no order can have.
    pub(super) fn of(lines: &'a [Line]) -> Result<Self, MoneyError> {
        let mut shares = Vec::with_capacity(lines.len());
        let mut subtotal = 0_i64;
        for line in lines {
            let total = line.unit_price.checked_mul(line.quantity.into()).ok_or(MoneyError::OutOfRange)?;
            // Then no sum of lines can fall, and nothing below divides by less than it adds.
            if line.unit_price < 0 || line.quantity < 0 {
                return Err(MoneyError::OutOfRange);
            }
            subtotal = subtotal.checked_add(total).ok_or(MoneyError::OutOfRange)?;
            shares.push(LineShare { total, discount: 0, tax: 0 });
        }
        Ok(Self { lines, shares, subtotal, discount: 0 })
    }

    /// Takes something off, each line's part from it.
    pub(super) fn reduced(mut self, reduction: Reduction) -> Self {
        self.discount = match reduction {
            Reduction::Share(rate) => {
                let share = i128::from(self.subtotal) * i128::from(rate.millionths());
                // A rate is at most the whole.
                i64::try_from(half_up(share, Rate::WHOLE.into())).unwrap_or(self.subtotal)
            }
            Reduction::Amount(amount) => amount.clamp(0, self.subtotal),
        };
        let classes = self.by_class();
        let sums: Vec<(i64, &str)> = classes
            .iter()
            .map(|(class, members)| (members.iter().map(|line| self.shares[*line].total).sum(), *class))
            .collect();
        let of_classes = largest_remainder(self.discount, &sums);
        for (members, of_class) in classes.values().zip(of_classes) {
            let parts: Vec<(i64, Uuid)> =
                members.iter().map(|line| (self.shares[*line].total, self.lines[*line].id)).collect();
            for (line, discount) in members.iter().zip(largest_remainder(of_class, &parts)) {
                self.shares[*line].discount = discount;
            }
        }
        self
    }

    /// What is to be paid for the goods, but for tax on top.
    pub(super) fn paid(&self) -> i64 {
        self.subtotal - self.discount
    }

    /// What they weigh together.
    pub(super) fn grams(&self) -> i64 {
        // Fewer lines than fit into memory, of less than 2^62 each.
        let weight = |line: &Line| i64::from(line.grams.max(0)) * i64::from(line.quantity);
        self.lines.iter().map(weight).fold(0, i64::saturating_add)
    }

    /// The amounts of an order of these goods with this shipping.
    pub(super) fn totals(mut self, shipping: Shipping<'_>, taxes: Taxes<'_>) -> Result<Totals, MoneyError> {
        let paid = self.paid();
        let classes = self.by_class();
        let mut shipping_tax = 0;
        let mut tax = 0_i64;
        let names = classes.keys().copied().chain([shipping.tax_class]);
        for class in names.collect::<std::collections::BTreeSet<&str>>() {
            let members = classes.get(class).map(Vec::as_slice).unwrap_or_default();
            let shipped = if class == shipping.tax_class { shipping.price } else { 0 };
            let parts: Vec<(i64, Uuid)> = members
                .iter()
                .map(|line| (self.shares[*line].total - self.shares[*line].discount, self.lines[*line].id))
                .collect();
            let goods: i64 = parts.iter().map(|part| part.0).sum();
            let rate =
                taxes.rates.get(class).map_or(Rate::ZERO, |millionths| Rate::from_millionths(*millionths));
            let of_class = tax_of(i128::from(goods) + i128::from(shipped), rate, taxes.within)?;
            // First between goods and shipping, or the lines that goods are split over would make a difference to it.
            // Shipping comes behind the goods where a unit could go to either.
            let handed = largest_remainder(of_class, &[(goods, false), (shipped, true)]);
            shipping_tax += handed[1];
            for (line, tax) in members.iter().zip(largest_remainder(handed[0], &parts)) {
                self.shares[*line].tax = tax;
            }
            tax = tax.checked_add(of_class).ok_or(MoneyError::OutOfRange)?;
        }
        let on_top = if taxes.within { 0 } else { tax };
        let total = paid.checked_add(shipping.price).and_then(|sum| sum.checked_add(on_top));
        Ok(Totals {
            subtotal: self.subtotal,
            discount: self.discount,
            shipping: shipping.price,
            tax,
            shipping_tax,
            total: total.ok_or(MoneyError::OutOfRange)?,
            lines: self.shares,
        })
    }

    /// The places of the lines of each tax class.
    fn by_class(&self) -> BTreeMap<&'a str, Vec<usize>> {
        let mut classes: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        for (place, line) in self.lines.iter().enumerate() {
            classes.entry(&line.tax_class).or_default().push(place);
        }
        classes
    }
}

/// The tax of an amount, rounded half up: a share of it where tax comes on top; where it is within, as much as makes the
/// rest of the amount, taxed at the rate, the amount.
fn tax_of(amount: i128, rate: Rate, within: bool) -> Result<i64, MoneyError> {
    let rate = i128::from(rate.millionths());
    let whole = i128::from(Rate::WHOLE) + if within { rate } else { 0 };
    i64::try_from(half_up(amount * rate, whole)).map_err(|_| MoneyError::OutOfRange)
}
