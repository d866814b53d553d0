//! Amounts as Stripe writes them: a currency's smallest units, but for some exceptions of its own.
//!
//! <https://docs.stripe.com/currencies>, "Minor units in API amounts" and "Special cases". (What it says there of HUF and TWD is
//! about payouts.) An amount that Stripe cannot take is refused here, never rounded.

use super::super::{Answer, GatewayError};
use crate::money::{Currency, Money};

/// Nothing is smaller in these than what ISO 4217 calls their unit, and Stripe writes two zeros behind it all the same.
const WITH_TWO_ZEROS: [&str; 2] = ["ISK", "UGX"];
/// ISO 4217 divides these, Stripe does not.
const UNDIVIDED: [&str; 1] = ["MGA"];
/// How many decimals Stripe knows at most, and what the last of three has to be.
const MOST_DECIMALS: u32 = 3;
const LAST_OF_THREE: i64 = 10;

/// By how much Stripe's number for an amount differs from ours.
enum Factor {
    Same,
    /// Ours times this is Stripe's.
    Times(i64),
    /// Ours through this is Stripe's.
    Through(i64),
}

fn factor(currency: Currency) -> Factor {
    if WITH_TWO_ZEROS.contains(&currency.code()) {
        Factor::Times(100)
    } else if UNDIVIDED.contains(&currency.code()) {
        Factor::Through(10_i64.pow(currency.scale()))
    } else {
        Factor::Same
    }
}

/// The amount and the currency as Stripe writes them.
pub(super) fn to_stripe(money: Money) -> Answer<(String, String)> {
    let refused = |why: &str| GatewayError::Refused { message: format!("{money:?}: {why}") };
    if money.minor <= 0 {
        return Err(refused("an amount is more than nothing"));
    }
    let currency = money.currency;
    if currency.scale() > MOST_DECIMALS {
        return Err(refused("Stripe does not know this currency"));
    }
    if currency.scale() == MOST_DECIMALS && money.minor % LAST_OF_THREE != 0 {
        return Err(refused("Stripe wants the last of three decimals to be 0"));
    }
    let amount = match factor(currency) {
        Factor::Same => money.minor,
        Factor::Times(factor) => {
            money.minor.checked_mul(factor).ok_or_else(|| refused("the amount is too large"))?
        }
        Factor::Through(factor) if money.minor % factor == 0 => money.minor / factor,
        Factor::Through(_) => return Err(refused("Stripe knows no parts of this currency's unit")),
    };
    Ok((amount.to_string(), currency.code().to_ascii_lowercase()))
}

/// The amount that Stripe writes so.
pub(super) fn from_stripe(amount: i64, currency: &str) -> Answer<Money> {
    let unreadable = || GatewayError::unknown("Stripe tells of an amount that is none");
    let currency: Currency = currency.to_ascii_uppercase().parse().map_err(|_| unreadable())?;
    let minor = match factor(currency) {
        Factor::Same => amount,
        Factor::Times(factor) if amount % factor == 0 => amount / factor,
        Factor::Times(_) => return Err(unreadable()),
        Factor::Through(factor) => amount.checked_mul(factor).ok_or_else(unreadable)?,
    };
    Ok(Money::new(minor, currency))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn money(minor: i64, code: &str) -> Money {
        Money::new(minor, code.parse().unwrap())
    }

    #[test]
    fn amounts_are_written_as_stripe_writes_them() {
        for (minor, code, amount) in [
            (1250, "USD", "1250"),
            (500, "JPY", "500"),
            (5120, "KWD", "5120"),
            (5, "ISK", "500"),
            (5, "UGX", "500"),
            (1045, "HUF", "1045"),
            (80_000, "TWD", "80000"),
            (1200, "MGA", "12"),
            (500, "XOF", "500"),
        ] {
            let written = to_stripe(money(minor, code)).unwrap();
            assert_eq!(written, (amount.to_owned(), code.to_ascii_lowercase()));
            assert_eq!(from_stripe(amount.parse().unwrap(), &written.1).unwrap(), money(minor, code));
        }
    }

    #[test]
    fn what_stripe_cannot_take_is_refused_and_not_rounded() {
        for (minor, code) in
            [(5124, "KWD"), (1250, "MGA"), (0, "USD"), (-1, "USD"), (i64::MAX, "ISK"), (10_000, "CLF")]
        {
            let refused = to_stripe(money(minor, code));
            assert!(matches!(refused, Err(GatewayError::Refused { .. })), "{minor} {code}: {refused:?}");
        }
        for (amount, code) in [(550, "isk"), (i64::MAX, "mga"), (1, "xxx"), (1, "")] {
            assert!(from_stripe(amount, code).is_err(), "{amount} {code}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_is_what_comes_back(minor in 1..i64::MAX, code in "USD|EUR|JPY|KWD|ISK|UGX|MGA|HUF") {
            if let Ok((amount, currency)) = to_stripe(money(minor, &code)) {
                prop_assert_eq!(from_stripe(amount.parse().unwrap(), &currency), Ok(money(minor, &code)));
            }
        }
    }
}
