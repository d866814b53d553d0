//! Changes of staff to what an order says: where it goes, who is billed, where to write to, and remarks beside it.
//!
//! What was agreed on stays: neither lines nor amounts change by it, also where another destination would be taxed
//! otherwise. The event names what changed, but holds neither the old nor the new address: a history that nobody can rewrite
//! is no place for what people may want forgotten.

use diesel::prelude::*;
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl};
use serde_json::json;

use super::events::{self, Actor, Change, EventKind, NewEvent};
use super::lock::lock;
use super::model::Order;
use super::state::OrderStatus;
use crate::address::Address;
use crate::db::schema::orders;
use crate::error::{Outcome, Refusal};
use crate::ids::OrderId;

/// What is to be changed; everything is checked already, and what is left out stays.
#[derive(Debug, Clone)]
pub struct EditOrder {
    /// Which order.
    pub order_id: OrderId,
    /// Where to write to about it.
    pub email: Option<String>,
    /// Where it goes.
    pub shipping_address: Option<Address>,
    /// Who is billed; inside, none for the shipping address.
    pub billing_address: Option<Option<Address>>,
    /// A remark for staff, at most 1000 characters.
    pub note: Option<String>,
    /// Who wants it.
    pub actor: Actor,
}

/// What of an order staff can change.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EditedField {
    /// Where to write to about it.
    Email,
    /// Where it goes.
    ShippingAddress,
    /// Who is billed.
    BillingAddress,
}

impl EditedField {
    /// Every field.
    pub const ALL: [Self; 3] = [Self::Email, Self::ShippingAddress, Self::BillingAddress];

    /// The field as events and the API write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::ShippingAddress => "shippingAddress",
            Self::BillingAddress => "billingAddress",
        }
    }
}

/// Why an order stays as it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EditRefusal {
    /// There is no such order.
    NotFound,
    /// All of it has left the shop, or nothing of it will: there is no other place that it could go to.
    NothingToShip { status: OrderStatus },
    /// It says so already, and there is no remark.
    NothingChanges,
}

impl Refusal for EditRefusal {}

/// Changes it.
pub async fn edit(conn: &mut AsyncPgConnection, edit: &EditOrder) -> Outcome<(), EditRefusal> {
    conn.transaction(async |conn| {
        let order = lock(conn, edit.order_id).await?.ok_or(EditRefusal::NotFound)?;
        let changed = changes(&order, edit);
        if changed.is_empty() && edit.note.is_none() {
            return Err(EditRefusal::NothingChanges.into());
        }
        let status = order.status();
        if changed.contains(&EditedField::ShippingAddress) && !status.holds_stock() {
            return Err(EditRefusal::NothingToShip { status }.into());
        }
        if !changed.is_empty() {
            write(conn, edit).await?;
        }
        let fields: Vec<&str> = changed.iter().map(|field| field.as_str()).collect();
        let event = NewEvent {
            note: edit.note.as_deref(),
            data: Some(json!({ "fields": fields })),
            ..NewEvent::new(order.id, Change::Fact(EventKind::Edited), edit.actor)
        };
        events::append(conn, event).await?;
        Ok(())
    })
    .await
}

fn changes(order: &Order, edit: &EditOrder) -> Vec<EditedField> {
    let differs = |field: &EditedField| match field {
        EditedField::Email => edit.email.as_ref().is_some_and(|email| *email != order.email),
        EditedField::ShippingAddress => {
            edit.shipping_address.as_ref().is_some_and(|address| *address != order.shipping_address())
        }
        EditedField::BillingAddress => {
            edit.billing_address.as_ref().is_some_and(|address| *address != order.billing_address())
        }
    };
    EditedField::ALL.into_iter().filter(differs).collect()
}

async fn write(mut conn: &AsyncPgConnection, edit: &EditOrder) -> QueryResult<()> {
    let stored = |address: &Address| serde_json::to_value(address).unwrap_or_default();
    diesel::update(orders::table.find(edit.order_id))
        .set((
            edit.email.as_ref().map(|email| orders::email.eq(email)),
            edit.shipping_address.as_ref().map(|address| orders::shipping_address.eq(stored(address))),
            edit.billing_address
                .as_ref()
                .map(|address| orders::billing_address.eq(address.as_ref().map(stored))),
        ))
        .execute(&mut conn)
        .await?;
    Ok(())
}
