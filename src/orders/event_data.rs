//! What else events tell: the parts of their `data`, read back.
//!
//! Rows outlive releases, so whatever is not there, or not as it is written today, counts as not told.

use std::str::FromStr;

use serde_json::Value;

use super::edit::EditedField;
use super::events::OrderEvent;
use super::pieces::Pieces;
use crate::ids::{PaymentId, RefundId, ReturnId, ShipmentId};

impl OrderEvent {
    /// The payment that it tells of.
    #[must_use]
    pub fn payment(&self) -> Option<PaymentId> {
        self.id_at("paymentId")
    }

    /// The refunds that it tells of.
    #[must_use]
    pub fn refunds(&self) -> Vec<RefundId> {
        let one = self.id_at("refundId");
        let several = self.items("refundIds").iter().filter_map(id);
        one.into_iter().chain(several).collect()
    }

    /// The shipment that it tells of.
    #[must_use]
    pub fn shipment(&self) -> Option<ShipmentId> {
        self.id_at("shipmentId")
    }

    /// The return that it tells of.
    #[must_use]
    pub fn return_id(&self) -> Option<ReturnId> {
        self.id_at("returnId")
    }

    /// The money that it tells of, in minor units of the order's currency.
    #[must_use]
    pub fn amount(&self) -> Option<i64> {
        self.part("amount")?.as_i64()
    }

    /// The pieces that it tells of.
    #[must_use]
    pub fn pieces(&self) -> Vec<Pieces> {
        let pieces = |item: &Value| {
            let quantity = i32::try_from(item.get("quantity")?.as_i64()?).ok()?;
            Some(Pieces { line: id(item.get("lineId")?)?, quantity })
        };
        self.items("lines").iter().filter_map(pieces).collect()
    }

    /// What of the order was changed.
    #[must_use]
    pub fn edited(&self) -> Vec<EditedField> {
        let named = |item: &Value| {
            let name = item.as_str()?;
            EditedField::ALL.into_iter().find(|field| field.as_str() == name)
        };
        self.items("fields").iter().filter_map(named).collect()
    }

    fn part(&self, name: &str) -> Option<&Value> {
        self.data.as_ref()?.get(name)
    }

    fn items(&self, name: &str) -> &[Value] {
        self.part(name).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
    }

    fn id_at<I: FromStr>(&self, name: &str) -> Option<I> {
        id(self.part(name)?)
    }
}

fn id<I: FromStr>(value: &Value) -> Option<I> {
    value.as_str()?.parse().ok()
}
