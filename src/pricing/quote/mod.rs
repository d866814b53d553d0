//! What an order of these goods would cost under these terms: the one function that carts are shown by and orders are
//! placed by. Pure.

use super::discount::{DiscountKind, DiscountProblem, OfferedDiscount};
use super::shipping::ShippingMethod;
use super::terms::{Shop, Terms};
use super::totals::{Goods, Line, Reduction, Shipping, Taxes, Totals};
use crate::ids::{DiscountId, ShippingMethodId};
use crate::money::{Money, MoneyError};

#[cfg(test)]
mod tests;

/// What an order costs, and why.
#[derive(Debug, Clone)]
pub struct Quote {
    /// Its amounts. While it is open how the goods are sent or taxed, they cost nothing there.
    pub totals: Totals,
    /// What becomes of each code.
    pub codes: Vec<JudgedCode>,
    /// How the goods are sent.
    pub delivery: Delivery,
    /// The ways in which they could be, in the order to show them.
    pub options: Vec<ShippingOption>,
    /// Whether the tax is known: it is where something is taxed only once it is known where the goods go.
    pub tax_known: bool,
}

/// A code, and what it takes off.
#[derive(Debug, Clone)]
pub struct JudgedCode {
    /// The discount.
    pub id: DiscountId,
    /// The code.
    pub code: String,
    /// What it takes off: of the goods, or what shipping would cost without it. Or why it does not apply.
    pub outcome: Result<Money, DiscountProblem>,
}

/// How goods are sent.
#[derive(Debug, Clone)]
#[expect(clippy::large_enum_variant, reason = "there is one of it in a quote")]
pub enum Delivery {
    /// For nothing: the shop has no shipping methods, or there are no goods.
    NotCharged,
    /// By this method.
    By(ShippingOption),
    /// It is not known yet where to.
    NoDestination,
    /// No method goes there, or none with so much weight.
    Unavailable,
    /// There are methods, and the one that was chosen is none of them.
    ChosenUnavailable,
}

/// A method that goods can be sent by.
#[derive(Debug, Clone)]
pub struct ShippingOption {
    /// The method.
    pub method: ShippingMethod,
    /// What it costs for these goods, before a code for free shipping.
    pub price: Money,
}

/// What an order of the lines costs. `chosen` is the method that is asked for now; else that of the terms counts, else the
/// cheapest that there is, of equally cheap ones the first. Of the codes that apply, one for the goods and one for shipping
/// count; carts hold no more.
pub fn quote(
    lines: &[Line],
    terms: &Terms,
    chosen: Option<ShippingMethodId>,
    shop: Shop,
) -> Result<Quote, MoneyError> {
    let mut goods = Goods::of(lines)?;
    let problem = |offered: &OfferedDiscount| offered.problem(goods.subtotal, shop.currency, terms.now);
    let problems: Vec<Option<DiscountProblem>> = terms.discounts.iter().map(problem).collect();
    let applicable = || {
        let both = terms.discounts.iter().zip(&problems);
        both.filter(|(_, problem)| problem.is_none()).map(|(offered, _)| offered.discount.kind())
    };
    let reduction = applicable().find_map(|kind| match kind {
        DiscountKind::Percent(rate) => Some(Reduction::Share(rate)),
        DiscountKind::Amount(amount) => Some(Reduction::Amount(amount.minor)),
        DiscountKind::FreeShipping => None,
    });
    let ships_free = applicable().any(|kind| kind == DiscountKind::FreeShipping);
    if let Some(reduction) = reduction {
        goods = goods.reduced(reduction);
    }
    let options = options(&goods, terms, shop);
    let delivery = delivery(lines, terms, chosen.or(terms.chosen), &options);
    let (price, tax_class) = match &delivery {
        Delivery::By(option) => (option.price.minor, option.method.tax_class.as_str()),
        _ => (0, ""),
    };
    let shipping = Shipping { price: if ships_free { 0 } else { price }, tax_class };
    let taxes = Taxes { rates: &terms.rates, within: shop.prices_include_tax };
    let totals = goods.totals(shipping, taxes)?;
    let codes = terms.discounts.iter().zip(problems).map(|(OfferedDiscount { discount, .. }, problem)| {
        let amount = match discount.kind() {
            DiscountKind::FreeShipping => price,
            DiscountKind::Percent(_) | DiscountKind::Amount(_) => totals.discount,
        };
        let outcome = problem.map_or(Ok(Money::new(amount, shop.currency)), Err);
        JudgedCode { id: discount.id, code: discount.code.clone(), outcome }
    });
    let codes = codes.collect();
    Ok(Quote { totals, codes, delivery, options, tax_known: terms.country.is_some() || !terms.taxed })
}

/// The methods that take the goods. One whose price is in a currency that the shop does not sell in takes none.
fn options(goods: &Goods<'_>, terms: &Terms, shop: Shop) -> Vec<ShippingOption> {
    let (paid, grams) = (goods.paid(), goods.grams());
    let option = |method: &ShippingMethod| {
        let price = method.price_for(paid, grams).filter(|_| method.currency == shop.currency)?;
        Some(ShippingOption { method: method.clone(), price: Money::new(price, shop.currency) })
    };
    terms.methods.iter().filter_map(option).collect()
}

fn delivery(
    lines: &[Line],
    terms: &Terms,
    chosen: Option<ShippingMethodId>,
    options: &[ShippingOption],
) -> Delivery {
    if !terms.ships || lines.is_empty() {
        return Delivery::NotCharged;
    }
    if terms.country.is_none() {
        return Delivery::NoDestination;
    }
    let option = match chosen {
        Some(chosen) => options.iter().find(|option| option.method.id == chosen),
        None => options.iter().min_by_key(|option| option.price.minor),
    };
    match option {
        Some(option) => Delivery::By(option.clone()),
        None if options.is_empty() => Delivery::Unavailable,
        None => Delivery::ChosenUnavailable,
    }
}
