//! Scalars and the few types that every part of the schema uses.

use async_graphql::{
    Description, InputValueError, InputValueResult, Scalar, ScalarType, SimpleObject, Value,
};
use chrono::{SecondsFormat, Utc};

use crate::money;

/// A moment in time: RFC 3339 in UTC, such as "2026-11-01T09:30:00.000Z".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Description)]
pub(crate) struct DateTime(pub chrono::DateTime<Utc>);

#[Scalar(use_type_description)]
impl ScalarType for DateTime {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(text) => match chrono::DateTime::parse_from_rfc3339(text) {
                Ok(moment) => Ok(Self(moment.to_utc())),
                Err(_) => Err(InputValueError::custom(
                    "a moment is written like \"2026-11-01T09:30:00Z\" (RFC 3339)",
                )),
            },
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.to_rfc3339_opts(SecondsFormat::Millis, true))
    }
}

/// An exact decimal number as a string, such as "12.50". Never a float.
#[derive(Debug, Clone, PartialEq, Eq, Description)]
pub(crate) struct Decimal(pub String);

#[Scalar(use_type_description)]
impl ScalarType for Decimal {
    fn parse(value: Value) -> InputValueResult<Self> {
        match value {
            Value::String(text) if text.len() <= 40 => Ok(Self(text)),
            // Whole numbers are exact in JSON too; 12.5 is not, and so is refused.
            Value::Number(number) if number.is_i64() => Ok(Self(number.to_string())),
            value => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.clone())
    }
}

/// A currency's ISO 4217 code, such as "EUR".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Description)]
pub(crate) struct CurrencyCode(pub money::Currency);

#[Scalar(use_type_description)]
impl ScalarType for CurrencyCode {
    fn parse(value: Value) -> InputValueResult<Self> {
        match &value {
            Value::String(code) => {
                Ok(Self(code.parse().map_err(|error: money::MoneyError| InputValueError::custom(error))?))
            }
            _ => Err(InputValueError::expected_type(value)),
        }
    }

    fn to_value(&self) -> Value {
        Value::String(self.0.code().to_owned())
    }
}

/// An amount of money.
#[derive(SimpleObject, Debug, Clone)]
pub(crate) struct Money {
    /// The amount with exactly as many decimals as the currency has.
    amount: Decimal,
    /// The currency of the amount.
    currency: CurrencyCode,
}

impl From<money::Money> for Money {
    fn from(money: money::Money) -> Self {
        Self { amount: Decimal(money.to_decimal()), currency: CurrencyCode(money.currency) }
    }
}
