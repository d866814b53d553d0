//! Chance that repeats itself: what a thing looks like depends on the seed, its kind and its number alone, so that any
//! row can be made, or named by another, without the rows before it.
//!
//! `rand`'s generators promise no stable values between its releases; SplitMix64 (Steele, Lea and Flood, 2014) is fixed.

use chrono::DateTime;
use uuid::{Builder, Uuid};

/// The moment the shop opens: 1 January 2024, in milliseconds since 1970.
pub(super) const OPENING: i64 = 1_704_067_200_000;
/// How long it has been open: two years.
pub(super) const AGE: i64 = 731 * DAY;
/// Milliseconds of a day.
pub(super) const DAY: i64 = 24 * HOUR;
/// Milliseconds of an hour.
pub(super) const HOUR: i64 = 3_600_000;

/// A kind of row.
#[derive(Debug, Clone, Copy)]
pub(super) enum Kind {
    Category = 1,
    Product,
    Option,
    Variant,
    Image,
    User,
    Review,
    Order,
    OrderLine,
    OrderEvent,
    Payment,
    Refund,
    Shipment,
}

/// The dice of one row.
#[derive(Debug, Clone)]
pub(super) struct Dice(u64);

impl Dice {
    /// The dice of the `number`th row of a kind.
    pub(super) const fn new(seed: u64, kind: Kind, number: u64) -> Self {
        Self(mix(mix(mix(seed) ^ kind as u64) ^ number))
    }

    /// Any number.
    pub(super) const fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        mix(self.0)
    }

    /// A number below `limit`, each as likely as the next; 0 when there is none.
    pub(super) const fn below(&mut self, limit: u64) -> u64 {
        ((self.roll() as u128 * limit as u128) >> 64) as u64
    }

    /// A number below `limit`, small ones much more often: the first eighth comes up half of the time.
    pub(super) const fn skewed(&mut self, limit: u64) -> u64 {
        let thirds = self.below(1 << 20) as u128;
        ((limit as u128 * thirds * thirds * thirds) >> 60) as u64
    }

    /// Whether something happens that happens so many times in a hundred.
    pub(super) const fn percent(&mut self, chance: u64) -> bool {
        self.below(100) < chance
    }

    /// One of several.
    pub(super) const fn pick<'t, T>(&mut self, things: &'t [T]) -> &'t T {
        &things[self.below(things.len() as u64) as usize]
    }
}

const fn mix(value: u64) -> u64 {
    let value = (value ^ (value >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ (value >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ (value >> 31)
}

/// The id of the `number`th row of a kind, made at that moment.
pub(super) fn id(seed: u64, kind: Kind, number: u64, moment: i64) -> Uuid {
    // Far from the row's own dice, or the ids would give its looks away.
    let mut dice = Dice::new(!seed, kind, number);
    let mut random = [0; 10];
    random[..8].copy_from_slice(&dice.roll().to_be_bytes());
    random[8..].copy_from_slice(&dice.roll().to_be_bytes()[..2]);
    Builder::from_unix_timestamp_millis(moment.unsigned_abs(), &random).into_uuid()
}

/// The moment of the `number`th of so many things that happen evenly between two moments.
pub(super) fn moment(number: u64, count: u64, from: i64, to: i64) -> i64 {
    let span = i128::from(to - from) * i128::from(number) / i128::from(count.max(1));
    // Not beyond `to`, so within 64 bits.
    from + span as i64
}

/// A moment as PostgreSQL reads it.
pub(super) fn timestamp(moment: i64) -> String {
    DateTime::from_timestamp_millis(moment).unwrap_or_default().format("%F %T%.3f+00").to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_dice_roll_the_same() {
        let rolls = |seed| {
            std::array::from_fn::<_, 4, _>(|number| Dice::new(seed, Kind::Order, number as u64).roll())
        };
        assert_eq!(rolls(1), rolls(1));
        assert_ne!(rolls(1), rolls(2));
        // Pinned: a change here changes every seeded shop.
        assert_eq!(Dice::new(1, Kind::Product, 0).roll(), 0x1a3b_8970_452f_9558);
        assert_eq!(id(1, Kind::Product, 0, OPENING).to_string(), "018cc251-f400-7f0b-a4df-4feccaf6566b");
    }

    #[test]
    fn numbers_stay_below_their_limit_and_skew_to_the_small() {
        let mut dice = Dice::new(7, Kind::Order, 0);
        let rolls: Vec<u64> = (0..10_000).map(|_| dice.skewed(1000)).collect();
        assert!(rolls.iter().all(|roll| *roll < 1000));
        let small = rolls.iter().filter(|roll| **roll < 125).count();
        assert!((4500..5500).contains(&small), "{small}");
        assert_eq!((dice.below(0), dice.skewed(0), dice.below(1)), (0, 0, 0));
    }

    #[test]
    fn ids_are_of_version_7_and_lie_in_the_order_of_their_moments() {
        let (early, late) = (id(1, Kind::Order, 5, OPENING), id(1, Kind::Order, 4, OPENING + 1));
        assert_eq!(early.get_version_num(), 7);
        assert!(early < late);
        assert_eq!(timestamp(OPENING + 1), "2024-01-01 00:00:00.001+00");
    }
}
