//! The shape that every change of stock has.
//!
//! One statement for any number of variants: it locks their rows in the order of their ids, so that two changes which
//! share variants wait for each other instead of deadlocking; it changes those rows that allow it, judged by what they
//! hold once locked; and it announces each change in the outbox. A variant that does not allow the change is not among
//! the rows returned: the caller compares, and rolls back.

/// The statement that changes stock by `$set` where `$allowed` holds. In both, `i` is the row of `inventory` and
/// `w.quantity` the number given for its variant. `$1` is the variants, `$2` the numbers; what is given twice adds up.
macro_rules! change_stock {
    ($set:literal, $allowed:literal $(, $also:literal)?) => {
        concat!(
            "WITH wanted AS (\
                 SELECT variant_id, sum(quantity)::integer AS quantity \
                 FROM unnest($1, $2) AS given (variant_id, quantity) GROUP BY variant_id\
             ), w AS MATERIALIZED (\
                 SELECT i.variant_id, wanted.quantity, i.on_hand FROM inventory i JOIN wanted USING (variant_id) \
                 ORDER BY i.variant_id FOR UPDATE OF i\
             ), changed AS (\
                 UPDATE inventory i SET ", $set, " FROM w WHERE i.variant_id = w.variant_id AND ", $allowed, " \
                 RETURNING i.variant_id, i.on_hand, i.reserved, i.on_hand - w.on_hand AS delta\
             ), announced AS (\
                 INSERT INTO outbox (id, aggregate_type, aggregate_id, type, payload) \
                 SELECT uuid_v7(), 'variant', variant_id, 'inventory.changed', jsonb_build_object(\
                     'variantId', variant_id, 'onHand', on_hand, 'reserved', reserved, \
                     'available', on_hand - reserved) \
                 FROM changed\
             )", $($also,)? "\
             SELECT variant_id, on_hand, reserved FROM changed ORDER BY variant_id"
        )
    };
}

/// As [`change_stock`], and enters each change into the stock taker's book: `$3` is the reason, `$4` who does it.
macro_rules! change_stock_by_hand {
    ($set:literal, $allowed:literal) => {
        crate::inventory::statement::change_stock!(
            $set,
            $allowed,
            ", entered AS (\
                 INSERT INTO stock_changes (id, variant_id, actor_id, delta, on_hand, reason) \
                 SELECT uuid_v7(), variant_id, $4, delta, on_hand, $3 FROM changed WHERE delta <> 0\
             )"
        )
    };
}

pub(super) use {change_stock, change_stock_by_hand};
