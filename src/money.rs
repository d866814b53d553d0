//! Money: an exact number of a currency's smallest units. No float comes near it.
//!
//! The scale of a currency (2 for USD, 0 for JPY, 3 for KWD) is that of ISO 4217. Arithmetic is checked: what does not
//! fit is an error, never a wrapped number. Nothing here rounds; where a later rule must, it names its mode.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::pg::{Pg, PgValue};
use diesel::sql_types::Text;

/// An ISO 4217 currency in which a shop can sell.
#[derive(Clone, Copy, PartialEq, Eq, Hash, FromSqlRow)]
pub struct Currency(iso_currency::Currency);

impl Currency {
    /// US dollars, the currency of a shop that does not name another.
    pub const USD: Self = Self(iso_currency::Currency::USD);

    /// The three-letter code, such as `EUR`.
    #[must_use]
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// How many decimals an amount has: 2 for EUR, 0 for JPY, 3 for KWD.
    #[must_use]
    pub fn scale(self) -> u32 {
        self.0.exponent().map_or(0, u32::from)
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;

    fn from_str(code: &str) -> Result<Self, MoneyError> {
        iso_currency::Currency::from_code(code)
            // Codes without a minor unit are metals, funds and test codes, not money one pays with.
            .filter(|currency| currency.exponent().is_some())
            .map(Self)
            .ok_or(MoneyError::UnknownCurrency)
    }
}

/// A stored code that is none of ours is an error: to take it for another currency would be to make up amounts.
impl FromSql<Text, Pg> for Currency {
    fn from_sql(bytes: PgValue<'_>) -> deserialize::Result<Self> {
        let code = <String as FromSql<Text, Pg>>::from_sql(bytes)?;
        code.parse().map_err(|error| format!("'{code}': {error}").into())
    }
}

/// As it stands in JSON that the database makes of a row.
impl<'de> serde::Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        <String as serde::Deserialize>::deserialize(from)?.parse().map_err(serde::de::Error::custom)
    }
}

/// Why an amount could not be read or computed. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a plain decimal number.
    #[error("an amount is a decimal number such as \"12.50\"")]
    Malformed,
    /// More decimals than the currency has.
    #[error("the amount has more decimals than its currency allows")]
    TooPrecise,
    /// Beyond what can be stored.
    #[error("the amount is too large")]
    OutOfRange,
    /// Not an ISO 4217 code of a currency in use.
    #[error("the currency is not a known ISO 4217 code")]
    UnknownCurrency,
    /// Two currencies cannot be added up.
    #[error("the amounts are in different currencies")]
    MixedCurrencies,
}

/// An amount of one currency.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    /// The amount in the currency's smallest units: cents for USD, yen for JPY.
    pub minor: i64,
    /// What the amount is in.
    pub currency: Currency,
}

impl Money {
    /// An amount of `minor` smallest units.
    #[must_use]
    pub const fn new(minor: i64, currency: Currency) -> Self {
        Self { minor, currency }
    }

    /// Reads a decimal such as `12.5` as an amount of the currency: 1250 cents in USD, an error in JPY.
    pub fn parse(decimal: &str, currency: Currency) -> Result<Self, MoneyError> {
        let (negative, digits) = match decimal.strip_prefix('-') {
            Some(rest) => (true, rest),
            None => (false, decimal),
        };
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(MoneyError::Malformed);
        }
        let scale = currency.scale() as usize;
        // Zeros at the end say nothing: 12.500 is a fine amount of dollars.
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > scale {
            return Err(MoneyError::TooPrecise);
        }
        let minor: i64 = format!("{whole}{fraction:0<scale$}").parse().map_err(|_| MoneyError::OutOfRange)?;
        Ok(Self::new(if negative { -minor } else { minor }, currency))
    }

    /// The amount as a decimal with exactly the currency's scale, such as `12.50`.
    #[must_use]
    pub fn to_decimal(self) -> String {
        let scale = self.currency.scale() as usize;
        let digits = format!("{:0>width$}", self.minor.unsigned_abs(), width = scale + 1);
        let (whole, fraction) = digits.split_at(digits.len() - scale);
        let sign = if self.minor < 0 { "-" } else { "" };
        if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
    }

    /// The sum of two amounts of one currency.
    pub fn checked_add(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::OutOfRange)?;
        Ok(Self::new(minor, self.currency))
    }

    /// The price of `quantity` pieces.
    pub fn checked_mul(self, quantity: i32) -> Result<Self, MoneyError> {
        let minor = self.minor.checked_mul(i64::from(quantity)).ok_or(MoneyError::OutOfRange)?;
        Ok(Self::new(minor, self.currency))
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.to_decimal(), self.currency.code())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn currency(code: &str) -> Currency {
        code.parse().unwrap()
    }

    #[test]
    fn writes_as_many_decimals_as_the_currency_has() {
        for (code, minor, decimal) in [
            ("USD", 1250, "12.50"),
            ("USD", 5, "0.05"),
            ("USD", -5, "-0.05"),
            ("JPY", 1250, "1250"),
            ("KWD", 1250, "1.250"),
            ("USD", 0, "0.00"),
        ] {
            assert_eq!(Money::new(minor, currency(code)).to_decimal(), decimal);
        }
    }

    #[test]
    fn refuses_what_is_no_exact_amount() {
        for (given, code, error) in [
            ("", "USD", MoneyError::Malformed),
            ("1,5", "USD", MoneyError::Malformed),
            ("1e3", "USD", MoneyError::Malformed),
            (".5", "USD", MoneyError::Malformed),
            ("5.", "USD", MoneyError::Malformed),
            ("+5", "USD", MoneyError::Malformed),
            ("NaN", "USD", MoneyError::Malformed),
            ("--5", "USD", MoneyError::Malformed),
            ("1.005", "USD", MoneyError::TooPrecise),
            ("1.5", "JPY", MoneyError::TooPrecise),
            ("99999999999999999999", "USD", MoneyError::OutOfRange),
        ] {
            assert_eq!(Money::parse(given, currency(code)), Err(error), "{given} {code}");
        }
        assert_eq!(Money::parse("12.500", Currency::USD), Ok(Money::new(1250, Currency::USD)));
    }

    #[test]
    fn knows_currencies_and_only_those() {
        assert_eq!("XAU".parse::<Currency>(), Err(MoneyError::UnknownCurrency));
        assert_eq!("usd".parse::<Currency>(), Err(MoneyError::UnknownCurrency));
        assert_eq!(currency("JPY").scale(), 0);
        let sum = Money::new(1, Currency::USD).checked_add(Money::new(1, currency("EUR")));
        assert_eq!(sum, Err(MoneyError::MixedCurrencies));
    }

    proptest! {
        #[test]
        fn every_amount_survives_the_way_out_and_back(minor in -i64::MAX..i64::MAX, code in "USD|JPY|KWD|EUR") {
            let money = Money::new(minor, currency(&code));
            prop_assert_eq!(Money::parse(&money.to_decimal(), money.currency), Ok(money));
        }

        #[test]
        fn lines_sum_to_the_total_in_any_order(
            lines in prop::collection::vec((0_i64..1_000_000_000, 1_i32..1000), 0..50),
            turn in 0_usize..50,
        ) {
            let total = |lines: &[(i64, i32)]| lines.iter().try_fold(Money::new(0, Currency::USD), |sum, (price, quantity)| {
                sum.checked_add(Money::new(*price, Currency::USD).checked_mul(*quantity)?)
            });
            let mut turned = lines.clone();
            if !turned.is_empty() {
                turned.rotate_left(turn % lines.len());
            }
            prop_assert_eq!(total(&lines), total(&turned));
            let exact: i128 = lines.iter().map(|(price, quantity)| i128::from(*price) * i128::from(*quantity)).sum();
            prop_assert_eq!(i128::from(total(&lines).unwrap().minor), exact);
        }

        #[test]
        fn overflow_is_an_error(price in i64::MAX / 4..i64::MAX, quantity in 5_i32..i32::MAX) {
            let price = Money::new(price, Currency::USD);
            prop_assert_eq!(price.checked_mul(quantity), Err(MoneyError::OutOfRange));
        }
    }
}
