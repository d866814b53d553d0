//! Accounts, and the reviews they write.

use uuid::Uuid;

use super::catalog::Catalog;
use super::copy::{Rows, Table};
use super::dice::{self, AGE, Dice, Kind, OPENING, moment, timestamp};
use super::words::{FIRST_NAMES, LAST_NAMES, OPINIONS};
use crate::accounts::published::SEED_DOMAIN;

const USERS: Table = Table {
    name: "users",
    columns: "id, email, name, password_hash, roles, created_at, updated_at, email_verified_at",
};
const REVIEWS: Table = Table {
    name: "reviews",
    columns: "id, product_id, author_id, rating, title, body, created_at, updated_at",
};

/// Stars, as often as they are given.
const RATINGS: [u8; 20] = [5, 5, 5, 5, 5, 5, 5, 5, 5, 4, 4, 4, 4, 4, 4, 3, 3, 3, 2, 1];

/// The people of a shop being made. The first of them works there.
#[derive(Debug)]
pub(super) struct People {
    pub(super) seed: u64,
    pub(super) users: u64,
    pub(super) password_hash: Option<String>,
}

impl People {
    /// These accounts.
    pub(super) fn accounts(&self, numbers: std::ops::Range<u64>) -> Rows {
        let mut rows = Rows::of(USERS);
        for number in numbers {
            let made = timestamp(self.made_at(number));
            let roles = if number == 0 { "{customer,staff}" } else { "{customer}" };
            rows.field(self.id(number)).field(self.email(number)).field(self.name(number));
            rows.maybe(self.password_hash.as_ref()).field(roles).field(&made).field(&made).field(&made).end();
        }
        rows
    }

    /// An account's id.
    pub(super) fn id(&self, number: u64) -> Uuid {
        dice::id(self.seed, Kind::User, number, self.made_at(number))
    }

    /// An account's address.
    pub(super) fn email(&self, number: u64) -> String {
        format!("user{number}.s{}@{SEED_DOMAIN}", self.seed)
    }

    /// What to call somebody.
    pub(super) fn name(&self, number: u64) -> String {
        let mut dice = Dice::new(self.seed, Kind::User, number);
        format!("{} {}", dice.pick(&FIRST_NAMES), dice.pick(&LAST_NAMES))
    }

    /// How many of so many reviews each product gets: a few products get most of them, none gets two of one account.
    pub(super) fn review_counts(&self, products: u64, reviews: u64) -> Vec<u64> {
        let mut counts = vec![0; products as usize];
        let mut dice = Dice::new(self.seed, Kind::Review, u64::MAX);
        for _ in 0..reviews.min(products.saturating_mul(self.users)) {
            let mut product = dice.skewed(products) as usize;
            while counts[product] >= self.users {
                product = (product + 1) % counts.len();
            }
            counts[product] += 1;
        }
        counts
    }

    /// The reviews of one product; `first` is the number of the first of them among all.
    pub(super) fn reviews(&self, rows: &mut Rows, catalog: &Catalog, product: u64, first: u64, count: u64) {
        let start = Dice::new(self.seed, Kind::Review, product).below(self.users);
        for ordinal in 0..count {
            let number = first + ordinal;
            let mut dice = Dice::new(self.seed, Kind::Review, number);
            let written = OPENING + AGE / 2 + dice.below(AGE.unsigned_abs() / 2) as i64;
            let made = timestamp(written);
            rows.field(dice::id(self.seed, Kind::Review, number, written)).field(catalog.product_id(product));
            rows.field(self.id((start + ordinal) % self.users)).field(dice.pick(&RATINGS));
            rows.field(dice.pick(&OPINIONS).trim_end_matches('.'));
            rows.field(format_args!("{} {}", dice.pick(&OPINIONS), dice.pick(&OPINIONS)));
            rows.field(&made).field(&made).end();
        }
    }

    /// An empty table of reviews.
    pub(super) const fn no_reviews() -> Rows {
        Rows::of(REVIEWS)
    }

    /// Accounts are opened over the shop's first year.
    fn made_at(&self, number: u64) -> i64 {
        moment(number, self.users, OPENING, OPENING + AGE / 2)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reviews_are_all_given_out_and_nobody_reviews_a_thing_twice() {
        let people = People { seed: 1, users: 5, password_hash: None };
        let counts = people.review_counts(10, 30);
        assert_eq!(counts.iter().sum::<u64>(), 30);
        assert!(counts.iter().all(|count| *count <= 5));
        // No more than every account on every product.
        assert_eq!(people.review_counts(10, 1000), vec![5; 10]);
        assert_eq!(people.review_counts(0, 10), Vec::<u64>::new());
    }
}
