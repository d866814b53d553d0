//! The two roundings there are, by name.
//!
//! **Half up**: an amount that lies in the middle between two units becomes the larger one, as in commerce (DIN 1333) and as
//! those who check an invoice by hand expect. Applied once to the sum of what is alike, never to each line: EN 16931
//! (BR-CO-17) reckons the tax of an invoice in the same way, and only so does it make no difference whether three pieces
//! are one line or two.
//!
//! **Largest remainder**: a rounded amount is handed out over parts so that their shares add up to it exactly.

/// The quotient of two numbers that are not negative, rounded half up. The divisor is not 0.
pub(super) fn half_up(dividend: i128, divisor: i128) -> i128 {
    dividend / divisor + i128::from(dividend % divisor * 2 >= divisor)
}

/// Hands an amount out over parts in proportion to their weights: each gets its quota without the fraction, and the units
/// that are left go one each to the largest fractions, of equal ones to the smaller key. So the shares depend on the parts
/// and not on their order, add up to the amount, and none is larger than its weight where the amount is no larger than
/// all weights together. Nothing is handed out over parts that weigh nothing.
pub(super) fn largest_remainder<K: Ord>(amount: i64, parts: &[(i64, K)]) -> Vec<i64> {
    let whole: i128 = parts.iter().map(|(weight, _)| i128::from(*weight)).sum();
    if whole == 0 {
        return vec![0; parts.len()];
    }
    let quota = |weight: i64| i128::from(amount) * i128::from(weight);
    let mut shares: Vec<i64> =
        parts.iter().map(|(weight, _)| i64::try_from(quota(*weight) / whole).unwrap_or(i64::MAX)).collect();
    let left = amount - shares.iter().sum::<i64>();
    let mut order: Vec<usize> = (0..parts.len()).collect();
    order.sort_by(|&one, &other| {
        let remainder = |index: usize| quota(parts[index].0) % whole;
        remainder(other).cmp(&remainder(one)).then_with(|| parts[one].1.cmp(&parts[other].1))
    });
    for index in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        shares[index] += 1;
    }
    shares
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_middle_goes_up() {
        for (dividend, divisor, expected) in [
            (0, 7, 0),
            (1, 2, 1),
            (3, 2, 2),
            (5, 10, 1),
            (4, 10, 0),
            (3, 7, 0),
            (4, 7, 1),
            (14, 7, 2),
            (10, 4, 3),
            (9, 4, 2),
        ] {
            assert_eq!(half_up(dividend, divisor), expected, "{dividend} / {divisor}");
        }
    }

    #[test]
    fn three_share_ten_and_a_hundred() {
        assert_eq!(largest_remainder(10, &[(1, 'a'), (1, 'b'), (1, 'c')]), [4, 3, 3]);
        assert_eq!(largest_remainder(10, &[(1, 'c'), (1, 'b'), (1, 'a')]), [3, 3, 4]);
        assert_eq!(largest_remainder(100, &[(50, 1), (25, 2), (0, 3)]), [67, 33, 0]);
        assert_eq!(largest_remainder(0, &[(0, 1), (0, 2)]), [0, 0]);
    }

    proptest! {
        #[test]
        fn half_up_is_the_nearest_unit(dividend in 0_i128..1_000_000_000_000_000_000_000, divisor in 1_i128..3_000_000) {
            let rounded = half_up(dividend, divisor);
            let twice = 2 * (dividend - rounded * divisor);
            prop_assert!(-divisor <= twice && twice < divisor, "{} off by {}/{}", rounded, twice, 2 * divisor);
        }

        #[test]
        fn shares_add_up_and_stay_within_their_weights(
            weights in prop::collection::vec(0_i64..=1_000_000_000_000, 1..40),
            part in 0_u32..=100,
        ) {
            let whole: i64 = weights.iter().sum();
            let amount = i64::try_from(i128::from(whole) * i128::from(part) / 100).unwrap();
            let parts: Vec<(i64, usize)> = weights.iter().copied().zip(0..).collect();
            let shares = largest_remainder(amount, &parts);
            prop_assert_eq!(shares.iter().sum::<i64>(), amount);
            for (share, weight) in shares.iter().zip(&weights) {
                prop_assert!(0 <= *share && share <= weight);
                // Nobody is further from their quota than one unit.
                let off = i128::from(*share) * i128::from(whole) - i128::from(amount) * i128::from(*weight);
                prop_assert!(off.abs() <= i128::from(whole));
            }
        }

        #[test]
        fn shares_follow_their_parts_into_another_order(
            weights in prop::collection::vec(0_i64..1000, 1..20),
            amount in 0_i64..100_000,
            turn in 0_usize..20,
        ) {
            let mut parts: Vec<(i64, usize)> = weights.into_iter().zip(0..).collect();
            let shares = largest_remainder(amount, &parts);
            let mut by_key: Vec<(usize, i64)> = parts.iter().map(|part| part.1).zip(shares).collect();
            let middle = turn % parts.len();
            parts.rotate_left(middle);
            let turned = largest_remainder(amount, &parts);
            let mut again: Vec<(usize, i64)> = parts.iter().map(|part| part.1).zip(turned).collect();
            by_key.sort_unstable();
            again.sort_unstable();
            prop_assert_eq!(by_key, again);
        }

        #[test]
        fn the_largest_amounts_do_not_overflow(weight in 1_i64..i64::MAX, amount in 0_i64..i64::MAX) {
            let shares = largest_remainder(amount, &[(weight, 0), (i64::MAX, 1)]);
            prop_assert_eq!(shares.iter().sum::<i64>(), amount);
        }
    }
}
