use std::collections::BTreeMap;

use chrono::Utc;
use proptest::prelude::*;
use uuid::Uuid;

use super::super::discount::DiscountKind;
use super::super::discount::samples::offered;
use super::super::rate::Rate;
use super::super::shipping::samples::method;
use super::super::totals::LineShare;
use super::*;
use crate::money::Currency;

/// The highest price that the database allows, and the most pieces of a line and lines of a cart.
const MAX_PRICE: i64 = 100_000_000_000;
const MAX_QUANTITY: i32 = 1000;
const MAX_LINES: usize = 100;
const CLASSES: [&str; 3] = ["standard", "reduced", "none"];

fn shop(prices_include_tax: bool) -> Shop {
    Shop { currency: Currency::USD, prices_include_tax }
}

/// Terms of a destination where nothing is charged, taxed or taken off.
fn terms() -> Terms {
    Terms {
        now: Utc::now(),
        country: Some("DE".to_owned()),
        region: String::new(),
        chosen: None,
        ships: false,
        taxed: false,
        methods: Vec::new(),
        rates: BTreeMap::new(),
        discounts: Vec::new(),
    }
}

fn line(number: u128, unit_price: i64, quantity: i32, tax_class: &str) -> Line {
    Line { id: Uuid::from_u128(number), unit_price, quantity, grams: 100, tax_class: tax_class.to_owned() }
}

/// Lines of different things.
fn lines() -> impl Strategy<Value = Vec<Line>> {
    let price = prop_oneof![0..=MAX_PRICE, 0_i64..5000, Just(0)];
    let one = (price, 1..=MAX_QUANTITY, prop::sample::select(CLASSES.to_vec()));
    prop::collection::vec(one, 1..MAX_LINES).prop_map(|goods| {
        let numbered = goods.into_iter().zip(1..);
        numbered.map(|((price, quantity, class), number)| line(number, price, quantity, class)).collect()
    })
}

/// A code for the goods, or none; half of them with one for free shipping beside it.
fn codes() -> impl Strategy<Value = Vec<OfferedDiscount>> {
    let amount = |minor| DiscountKind::Amount(Money::new(minor, Currency::USD));
    let goods = prop_oneof![
        (1_i64..=1_000_000).prop_map(|ppm| Some(DiscountKind::Percent(Rate::from_millionths(ppm)))),
        (1..=MAX_PRICE).prop_map(move |minor| Some(amount(minor))),
        (1_i64..5000).prop_map(move |minor| Some(amount(minor))),
        Just(None),
    ];
    (goods, any::<bool>()).prop_map(|(goods, ships_free)| {
        let free = ships_free.then_some(DiscountKind::FreeShipping);
        goods.into_iter().chain(free).map(|kind| offered("CODE", kind)).collect()
    })
}

/// Terms with rates for some classes, a way of shipping, and codes.
fn all_terms() -> impl Strategy<Value = Terms> {
    let rate = || prop_oneof![Just(0_i64), 1_i64..=300_000, Just(1_000_000), Just(190_000), Just(70_000)];
    let shipping = prop::option::of((0..=MAX_PRICE, prop::option::of(0_i64..100_000)));
    (rate(), rate(), shipping, codes()).prop_map(|(standard, reduced, shipping, discounts)| Terms {
        ships: shipping.is_some(),
        taxed: true,
        methods: shipping.map(|(price, free)| method("parcel", &[(None, price)], free)).into_iter().collect(),
        rates: [("standard".to_owned(), standard), ("reduced".to_owned(), reduced)].into(),
        discounts,
        ..terms()
    })
}

fn totals(lines: &[Line], terms: &Terms, inclusive: bool) -> Totals {
    quote(lines, terms, None, shop(inclusive)).expect("amounts that a cart can have").totals
}

/// The amounts without the lines' shares.
fn sums(totals: &Totals) -> [i64; 6] {
    [totals.subtotal, totals.discount, totals.shipping, totals.tax, totals.shipping_tax, totals.total]
}

#[test]
fn an_order_of_two_classes_with_a_code_and_shipping() {
    // 3 x 9.99 at 19 % and 1 x 20.00 at 7 %, a tenth off, sent for 4.90 at 19 %.
    let goods = [line(1, 999, 3, "standard"), line(2, 2000, 1, "reduced")];
    let terms = Terms {
        ships: true,
        taxed: true,
        methods: vec![method("parcel", &[(None, 490)], None)],
        rates: [("standard".to_owned(), 190_000), ("reduced".to_owned(), 70_000)].into(),
        discounts: vec![offered("TENTH", DiscountKind::Percent(Rate::from_millionths(100_000)))],
        ..terms()
    };
    // 49.97, of which 5.00 (4.997); 3.00 (2.9985) of it of the first class, 2.00 of the second.
    let within = totals(&goods, &terms, true);
    // 26.97 + 4.90 = 31.87 holds 5.09 (5.0885); 18.00 holds 1.18 (1.1776).
    assert_eq!(sums(&within), [4997, 500, 490, 509 + 118, 78, 4997 - 500 + 490]);
    assert_eq!(within.lines[0], LineShare { total: 2997, discount: 300, tax: 431 });
    assert_eq!(within.lines[1], LineShare { total: 2000, discount: 200, tax: 118 });
    // On top: 6.06 (6.0553) and 1.26.
    let on_top = totals(&goods, &terms, false);
    assert_eq!((on_top.tax, on_top.total), (606 + 126, 4997 - 500 + 490 + 606 + 126));
}

#[test]
fn yen_have_no_cents_to_round_to() {
    // 3 x 110 yen at 10 %, within: 30 yen. On top: 33 yen. Of 105 yen, 8 % on top are 8.4.
    let taxed = |ppm| Terms { rates: [("standard".to_owned(), ppm)].into(), taxed: true, ..terms() };
    let yen = |inclusive| Shop { currency: "JPY".parse().unwrap(), prices_include_tax: inclusive };
    let tax =
        |lines: &[Line], ppm, inclusive| quote(lines, &taxed(ppm), None, yen(inclusive)).unwrap().totals.tax;
    assert_eq!(tax(&[line(1, 110, 3, "standard")], 100_000, true), 30);
    assert_eq!(tax(&[line(1, 110, 3, "standard")], 100_000, false), 33);
    assert_eq!(tax(&[line(1, 105, 1, "standard")], 80_000, false), 8);
}

#[test]
fn the_cheapest_method_is_taken_unless_another_is_chosen() {
    let [slow, fast, heavy] = [
        method("slow", &[(None, 490)], Some(10_000)),
        method("fast", &[(None, 990)], None),
        method("letter", &[(Some(50), 100)], None),
    ];
    let (chosen, unknown) = (fast.id, heavy.id);
    let terms = Terms { ships: true, methods: vec![fast, slow, heavy], ..terms() };
    let by = |lines: &[Line], terms: &Terms, chosen| match quote(lines, terms, chosen, shop(true))
        .unwrap()
        .delivery
    {
        Delivery::By(option) => format!("{} {}", option.method.code, option.price.minor),
        other => format!("{other:?}"),
    };
    let one = [line(1, 1000, 1, "standard")];
    assert_eq!(by(&one, &terms, None), "slow 490");
    assert_eq!(by(&one, &terms, Some(chosen)), "fast 990");
    assert_eq!(by(&one, &terms, Some(unknown)), "ChosenUnavailable", "it takes no 100 grams");
    assert_eq!(by(&[line(1, 1000, 10, "standard")], &terms, None), "slow 0");
    assert_eq!(by(&[], &terms, None), "NotCharged");
    assert_eq!(by(&one, &Terms { methods: Vec::new(), ..terms.clone() }, None), "Unavailable");
    assert_eq!(by(&one, &Terms { country: None, ..terms.clone() }, None), "NoDestination");
    assert_eq!(by(&one, &Terms { ships: false, methods: Vec::new(), ..terms.clone() }, None), "NotCharged");
    assert_eq!(by(&one, &Terms { chosen: Some(chosen), ..terms }, None), "fast 990");
}

#[test]
fn what_a_code_took_off_counts_for_free_shipping() {
    let terms = Terms {
        ships: true,
        methods: vec![method("parcel", &[(None, 490)], Some(5000))],
        discounts: vec![offered("TENTH", DiscountKind::Percent(Rate::from_millionths(100_000)))],
        ..terms()
    };
    assert_eq!(totals(&[line(1, 5555, 1, "none")], &terms, true).shipping, 490, "49.99 are left");
    assert_eq!(totals(&[line(1, 5556, 1, "none")], &terms, true).shipping, 0);
}

#[test]
fn a_code_that_does_not_apply_changes_nothing_and_says_why() {
    let mut late = offered("LATE", DiscountKind::Percent(Rate::from_millionths(500_000)));
    late.discount.ends_at = Some(Utc::now() - chrono::TimeDelta::hours(1));
    let terms = Terms { discounts: vec![late, offered("FREE", DiscountKind::FreeShipping)], ..terms() };
    let quote = quote(&[line(1, 1000, 1, "none")], &terms, None, shop(true)).unwrap();
    assert_eq!(quote.totals.total, 1000);
    assert_eq!(quote.codes[0].outcome, Err(DiscountProblem::Expired));
    assert_eq!(quote.codes[1].outcome, Ok(Money::new(0, Currency::USD)), "there is nothing to take off");
}

#[test]
fn what_no_order_can_cost_is_an_error() {
    let dear = [line(1, i64::MAX / 2, 2, "standard"), line(2, i64::MAX / 2, 2, "standard")];
    assert_eq!(quote(&dear, &terms(), None, shop(true)).unwrap_err(), MoneyError::OutOfRange);
    let taxed = Terms { rates: [("standard".to_owned(), 1_000_000)].into(), ..terms() };
    assert_eq!(quote(&dear[..1], &taxed, None, shop(false)).unwrap_err(), MoneyError::OutOfRange);
    for wrong in [line(1, -1, 1, "standard"), line(1, 1, -1, "standard"), line(1, i64::MAX, 2, "standard")] {
        assert_eq!(quote(&[wrong], &terms(), None, shop(true)).unwrap_err(), MoneyError::OutOfRange);
    }
}

proptest! {
    #[test]
    fn amounts_add_up_and_stay_in_their_bounds(lines in lines(), terms in all_terms(), inclusive: bool) {
        let totals = totals(&lines, &terms, inclusive);
        let sum = |field: fn(&LineShare) -> i64| totals.lines.iter().map(field).sum::<i64>();
        prop_assert_eq!(sum(|share| share.total), totals.subtotal);
        prop_assert_eq!(sum(|share| share.discount), totals.discount);
        prop_assert_eq!(sum(|share| share.tax) + totals.shipping_tax, totals.tax);
        let on_top = if inclusive { 0 } else { totals.tax };
        prop_assert_eq!(totals.total, totals.subtotal - totals.discount + totals.shipping + on_top);
        prop_assert!(0 <= totals.discount && totals.discount <= totals.subtotal);
        prop_assert!(sums(&totals).iter().all(|amount| *amount >= 0));
        for (line, share) in lines.iter().zip(&totals.lines) {
            prop_assert_eq!(share.total, line.unit_price * i64::from(line.quantity));
            prop_assert!(0 <= share.discount && share.discount <= share.total);
            // Rates go up to the whole, on which a line's tax is the line.
            prop_assert!(0 <= share.tax && share.tax <= share.total - share.discount);
            if terms.rates.get(&line.tax_class).is_none_or(|rate| *rate == 0) {
                prop_assert_eq!(share.tax, 0);
            }
        }
        if inclusive {
            prop_assert!(totals.tax <= totals.total);
        }
    }

    #[test]
    fn the_order_of_lines_makes_no_difference(
        (lines, shuffled) in lines().prop_flat_map(|lines| (Just(lines.clone()), Just(lines).prop_shuffle())),
        terms in all_terms(),
        inclusive: bool,
    ) {
        let (one, other) = (totals(&lines, &terms, inclusive), totals(&shuffled, &terms, inclusive));
        prop_assert_eq!(sums(&one), sums(&other));
        let by_id = |lines: &[Line], totals: &Totals| -> BTreeMap<Uuid, LineShare> {
            lines.iter().map(|line| line.id).zip(totals.lines.iter().copied()).collect()
        };
        prop_assert_eq!(by_id(&lines, &one), by_id(&shuffled, &other), "nor to any line's share");
    }

    #[test]
    fn it_makes_no_difference_how_pieces_are_split_over_lines(
        lines in lines(),
        cut in prop::collection::vec(any::<prop::sample::Index>(), MAX_LINES),
        terms in all_terms(),
        inclusive: bool,
    ) {
        let split: Vec<Line> = lines.iter().zip(cut).flat_map(|(line, cut)| {
            let first = i32::try_from(cut.index(usize::try_from(line.quantity).unwrap())).unwrap();
            let part = |quantity| Line { quantity, ..line.clone() };
            [part(first), part(line.quantity - first)].into_iter().filter(|part| part.quantity > 0)
        }).collect();
        prop_assert_eq!(sums(&totals(&lines, &terms, inclusive)), sums(&totals(&split, &terms, inclusive)));
    }

    /// The same prices in a currency with one more decimal, or three fewer: each rounding is off by half a unit of the
    /// coarser currency at most, and there is one for a code and one for each class.
    #[test]
    fn a_finer_currency_only_rounds_more_finely(
        goods in prop::collection::vec((0_i64..100_000, 1..=MAX_QUANTITY, prop::sample::select(CLASSES.to_vec())), 1..20),
        percent in 1_i64..=1_000_000,
        (standard, reduced) in (0_i64..300_000, 0_i64..300_000),
        factor in prop::sample::select(vec![10_i64, 100, 1000]),
        inclusive: bool,
    ) {
        let coarse: Vec<Line> = goods.iter().zip(1..)
            .map(|((price, quantity, class), number)| line(number, *price, *quantity, class)).collect();
        let fine: Vec<Line> = coarse.iter().map(|line| Line { unit_price: line.unit_price * factor, ..line.clone() }).collect();
        let terms = Terms {
            rates: [("standard".to_owned(), standard), ("reduced".to_owned(), reduced)].into(),
            discounts: vec![offered("SHARE", DiscountKind::Percent(Rate::from_millionths(percent)))],
            ..terms()
        };
        let (coarse, fine) = (totals(&coarse, &terms, inclusive), totals(&fine, &terms, inclusive));
        prop_assert_eq!(coarse.subtotal * factor, fine.subtotal);
        prop_assert!((coarse.discount * factor - fine.discount).abs() <= factor);
        // The discount's rounding moves the taxed amount, and its handing out moves a unit between classes.
        prop_assert!((coarse.tax * factor - fine.tax).abs() <= factor * (2 + 2));
    }

    #[test]
    fn more_pieces_never_cost_less(
        price in 0_i64..100_000, quantity in 1..MAX_QUANTITY, more in 1_i32..100,
        rate in 0_i64..=1_000_000, codes in codes(), inclusive: bool,
    ) {
        let terms = Terms { rates: [("standard".to_owned(), rate)].into(), discounts: codes, ..terms() };
        let total = |quantity| totals(&[line(1, price, quantity, "standard")], &terms, inclusive).total;
        prop_assert!(total(quantity) <= total(quantity + more));
    }

    #[test]
    fn a_higher_rate_is_no_lower_tax(lines in lines(), terms in all_terms(), inclusive: bool, more in 0_i64..700_000) {
        let mut higher = terms.clone();
        for rate in higher.rates.values_mut() {
            *rate = (*rate + more).min(1_000_000);
        }
        prop_assert!(totals(&lines, &terms, inclusive).tax <= totals(&lines, &higher, inclusive).tax);
    }
}
