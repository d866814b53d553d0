//! Counting a use of a code along with the order that uses it.
//!
//! Whoever counts a use or gives one back holds the discount's row until its transaction ends, several in the order of
//! their ids, and after any stock: so no two wait for each other. The counts of customers change under that lock alone.

use crate::error::violated_constraint;

/// Parts of a `WITH` that count one use of each discount of the array `$discounts` by the customer `$customer`. The CHECKs
/// `discounts_used_up` and `discount_uses_used_up` refuse one use too many, whoever came first.
macro_rules! count_uses {
    ($discounts:literal, $customer:literal) => {
        concat!(
            "held AS MATERIALIZED (\
                 SELECT d.id, d.usage_limit_per_customer FROM discounts d WHERE d.id = ANY (",
            $discounts,
            ") \
                 ORDER BY d.id FOR NO KEY UPDATE\
             ), used AS (\
                 UPDATE discounts d SET used = d.used + 1 FROM held WHERE d.id = held.id\
             ), used_by_customer AS (\
                 INSERT INTO discount_uses AS u (discount_id, customer, used, usage_limit) \
                 SELECT held.id, ",
            $customer,
            ", 1, held.usage_limit_per_customer FROM held \
                 ON CONFLICT (discount_id, customer) \
                 DO UPDATE SET used = u.used + 1, usage_limit = excluded.usage_limit\
             )"
        )
    };
}
pub(crate) use count_uses;

/// Whose limit an order that uses a code ran into.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitReached {
    /// That of the code.
    OfCode,
    /// That of the customer.
    OfCustomer,
}

/// The limit that a statement ran into, if that is why it failed.
#[must_use]
pub fn limit_reached(error: &diesel::result::Error) -> Option<LimitReached> {
    match violated_constraint(error) {
        Some("discounts_used_up") => Some(LimitReached::OfCode),
        Some("discount_uses_used_up") => Some(LimitReached::OfCustomer),
        _ => None,
    }
}
