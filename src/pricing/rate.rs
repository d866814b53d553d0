//! Shares of an amount: tax rates, and what codes take off.

/// A share of an amount in millionths, from nothing to the whole: 200,000 is 20 %. Exact, where a float would not be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Rate(i32);

/// Why a text is no rate. The text is meant for the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum RateError {
    /// Not a plain decimal number.
    #[error("must be a number of percent such as \"7.5\"")]
    Malformed,
    /// More decimals than are kept.
    #[error("can have at most 4 decimals")]
    TooPrecise,
    /// Less than nothing, or more than all.
    #[error("must be between 0 and 100 percent")]
    OutOfRange,
}

impl Rate {
    /// Nothing.
    pub const ZERO: Self = Self(0);
    /// How many millionths are the whole.
    pub(super) const WHOLE: i32 = 1_000_000;
    /// Decimals of a rate in percent.
    const DECIMALS: usize = 4;

    /// So many millionths; what lies outside is brought to the nearer end, though the database lets no such rate in.
    #[must_use]
    pub fn from_millionths(millionths: i64) -> Self {
        Self(i32::try_from(millionths.clamp(0, i64::from(Self::WHOLE))).unwrap_or_default())
    }

    /// How many millionths it is.
    #[must_use]
    pub const fn millionths(self) -> i32 {
        self.0
    }

    /// Reads a number of percent such as `7.5`.
    pub fn parse_percent(text: &str) -> Result<Self, RateError> {
        let (whole, fraction) = text.split_once('.').unwrap_or((text, "0"));
        let all_digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if text.strip_prefix('-').is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()))
        {
            return Err(RateError::OutOfRange);
        }
        if !all_digits(whole) || !all_digits(fraction) {
            return Err(RateError::Malformed);
        }
        let fraction = fraction.trim_end_matches('0');
        if fraction.len() > Self::DECIMALS {
            return Err(RateError::TooPrecise);
        }
        let millionths: i32 = format!("{whole}{fraction:0<width$}", width = Self::DECIMALS)
            .parse()
            .map_err(|_| RateError::OutOfRange)?;
        if millionths > Self::WHOLE { Err(RateError::OutOfRange) } else { Ok(Self(millionths)) }
    }

    /// The rate in percent without zeros at the end, such as `7.5` or `20`.
    #[must_use]
    pub fn to_percent(self) -> String {
        let digits = format!("{:0>width$}", self.0, width = Self::DECIMALS + 1);
        let (whole, fraction) = digits.split_at(digits.len() - Self::DECIMALS);
        match fraction.trim_end_matches('0') {
            "" => whole.to_owned(),
            fraction => format!("{whole}.{fraction}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_and_writes_percent() {
        for (text, millionths, written) in [
            ("20", 200_000, "20"),
            ("7.70", 77_000, "7.7"),
            ("0.0001", 1, "0.0001"),
            ("100", 1_000_000, "100"),
            ("0", 0, "0"),
        ] {
            let rate = Rate::parse_percent(text).unwrap();
            assert_eq!((rate.millionths(), rate.to_percent().as_str()), (millionths, written), "{text}");
        }
        for (text, error) in [
            ("", RateError::Malformed),
            ("x", RateError::Malformed),
            (".5", RateError::Malformed),
            ("1e1", RateError::Malformed),
            ("--1", RateError::Malformed),
            ("0.00001", RateError::TooPrecise),
            ("100.0001", RateError::OutOfRange),
            ("-1", RateError::OutOfRange),
            ("99999999999999", RateError::OutOfRange),
        ] {
            assert_eq!(Rate::parse_percent(text), Err(error), "{text}");
        }
    }

    proptest! {
        #[test]
        fn every_rate_survives_the_way_out_and_back(millionths in 0..=Rate::WHOLE) {
            let rate = Rate(millionths);
            prop_assert_eq!(Rate::parse_percent(&rate.to_percent()), Ok(rate));
        }
    }
}
