//! How long unpaid orders live.

use chrono::TimeDelta;

use super::ConfigError;
use super::vars::Vars;

/// How long unpaid orders live.
#[derive(Debug, Clone)]
pub struct Orders {
    /// `ORDER_HOLD`: seconds for which an order holds its stock unpaid; then it lapses.
    pub hold: TimeDelta,
    /// `INVOICE_HOLD`: the same for an order whose customer chose to pay by invoice. Without it, customers cannot choose
    /// that.
    pub invoice_hold: Option<TimeDelta>,
}

impl Orders {
    pub(super) fn read(vars: &Vars<'_>) -> Result<Self, ConfigError> {
        // A year at most: beyond that it would be no reservation.
        let seconds = |variable| vars.ranged(variable, 1, 31_536_000);
        Ok(Self {
            hold: TimeDelta::seconds(seconds("ORDER_HOLD")?.unwrap_or(3600).into()),
            invoice_hold: seconds("INVOICE_HOLD")?.map(|seconds| TimeDelta::seconds(seconds.into())),
        })
    }
}
