//! Rows of orders as the application reads them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::events::CancelReason;
use super::state::OrderStatus;
use crate::address::Address;
use crate::db::schema::{order_discounts, order_lines, orders};
use crate::ids::{OrderId, OrderLineId, ProductId, UserId, VariantId};
use crate::money::{Currency, Money};
use crate::secrets;

/// What was bought, by whom, and where it is in its life.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = orders, check_for_backend(diesel::pg::Pg))]
pub struct Order {
    /// Its id.
    pub id: OrderId,
    /// Its number, for people.
    pub number: i64,
    /// Whose it is; none for a guest's.
    pub user_id: Option<UserId>,
    /// SHA-256 of a guest's order token.
    pub token_hash: Option<Vec<u8>>,
    /// Where to write to about it.
    pub email: String,
    status: String,
    currency: Currency,
    subtotal: i64,
    discount: i64,
    shipping: i64,
    tax: i64,
    total: i64,
    /// Whether the tax is within the prices, or came on top of them.
    pub prices_include_tax: bool,
    /// What its shipping method was called then; none where shipping was not charged.
    pub shipping_method_name: Option<String>,
    shipping_address: serde_json::Value,
    billing_address: Option<serde_json::Value>,
    /// When it was placed.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    paid: i64,
    refunded: i64,
    cancelled: i64,
    /// Until when it holds its stock without being paid; none once it is, or where somebody has to decide.
    pub expires_at: Option<DateTime<Utc>>,
    cancel_reason: Option<String>,
}

/// One bought variant, frozen as it was when the order was placed.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = order_lines, check_for_backend(diesel::pg::Pg))]
pub struct OrderLine {
    /// Its id.
    pub id: OrderLineId,
    /// The order it belongs to.
    pub order_id: OrderId,
    /// What was bought, unless it has been deleted since.
    pub product_id: Option<ProductId>,
    /// Which form of it, unless it has been deleted since.
    pub variant_id: Option<VariantId>,
    /// The product's name then.
    pub product_name: String,
    /// The variant's name then; empty for a product without choices.
    pub variant_name: String,
    /// The article number then.
    pub sku: Option<String>,
    /// The price of one piece then, in minor units of the order's currency.
    pub unit_price: i64,
    /// How many pieces.
    pub quantity: i32,
    /// The price of all of them, in minor units.
    pub total: i64,
    /// Of how many the price was paid back.
    pub refunded: i32,
    /// Its share of what codes took off, in minor units.
    pub discount: i64,
    /// Its share of the order's tax, in minor units.
    pub tax: i64,
    /// How many were cancelled while the order went on.
    pub cancelled: i32,
    /// How many of these before they were paid for: there is no price of theirs to pay back.
    pub uncharged: i32,
    /// How many left the shop.
    pub shipped: i32,
    /// How many of these came back.
    pub returned: i32,
    /// Whether the tax is within the prices.
    #[diesel(
        select_expression = orders::prices_include_tax,
        select_expression_type = orders::prices_include_tax
    )]
    tax_included: bool,
}

impl OrderLine {
    /// How many pieces are still to leave the shop, as long as the order goes on: what it holds of the stock.
    #[must_use]
    pub fn left(&self) -> i32 {
        self.quantity - self.cancelled - self.shipped
    }

    /// How many pieces are with the customer.
    #[must_use]
    pub fn away(&self) -> i32 {
        self.shipped - self.returned
    }

    /// Of how many pieces the price can still be paid back.
    #[must_use]
    pub fn refundable(&self) -> i32 {
        self.quantity - self.uncharged - self.refunded
    }

    /// What the line is worth of what the order costs, in minor units: less what codes took off, with its tax.
    pub(super) fn value(&self) -> i64 {
        self.total - self.discount + if self.tax_included { 0 } else { self.tax }
    }

    /// The price of the next so many that is paid back, in minor units.
    pub(super) fn price_back(&self, pieces: i32) -> i64 {
        self.share(self.uncharged + self.refunded, pieces)
    }
}

/// A code that an order used.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = order_discounts, check_for_backend(diesel::pg::Pg))]
pub struct OrderDiscount {
    /// Whose code it is.
    pub order_id: OrderId,
    /// The code as it was then.
    pub code: String,
    /// What it took off, in minor units: of the goods, or what shipping would have cost.
    pub amount: i64,
}

impl Order {
    /// Where it is in its life.
    #[must_use]
    pub fn status(&self) -> OrderStatus {
        // The database knows no other names.
        OrderStatus::parse(&self.status).unwrap_or(OrderStatus::Pending)
    }

    /// The sum of its lines.
    #[must_use]
    pub fn subtotal(&self) -> Money {
        self.amount(self.subtotal)
    }

    /// What codes took off the lines.
    #[must_use]
    pub fn discount(&self) -> Money {
        self.amount(self.discount)
    }

    /// What shipping costs.
    #[must_use]
    pub fn shipping(&self) -> Money {
        self.amount(self.shipping)
    }

    /// The tax of lines and shipping.
    #[must_use]
    pub fn tax(&self) -> Money {
        self.amount(self.tax)
    }

    /// What the customer owes for it.
    #[must_use]
    pub fn total(&self) -> Money {
        self.amount(self.total)
    }

    /// What came in for it.
    #[must_use]
    pub fn paid(&self) -> Money {
        self.amount(self.paid)
    }

    /// What goes back or went back of that.
    #[must_use]
    pub fn refunded(&self) -> Money {
        self.amount(self.refunded)
    }

    /// The value of what was cancelled of it: owed no longer.
    #[must_use]
    pub fn cancelled(&self) -> Money {
        self.amount(self.cancelled)
    }

    /// What is still to be paid; nothing once it is given up.
    #[must_use]
    pub fn due(&self) -> Money {
        let open = matches!(self.status(), OrderStatus::Pending);
        self.amount(if open { (self.owed() - self.kept()).max(0) } else { 0 })
    }

    /// What it costs, less what was cancelled of it; in minor units.
    pub(super) fn owed(&self) -> i64 {
        self.total - self.cancelled
    }

    /// What came in and does not go back, in minor units.
    pub(super) fn kept(&self) -> i64 {
        self.paid - self.refunded
    }

    /// Why it was given up.
    #[must_use]
    pub fn cancel_reason(&self) -> Option<CancelReason> {
        self.cancel_reason.as_deref().and_then(CancelReason::parse)
    }

    /// So many minor units of the order's currency.
    #[must_use]
    pub fn amount(&self, minor: i64) -> Money {
        Money::new(minor, self.currency)
    }

    /// Where it goes.
    #[must_use]
    pub fn shipping_address(&self) -> Address {
        Address::stored(&self.shipping_address)
    }

    /// Who is billed, when that is somebody else.
    #[must_use]
    pub fn billing_address(&self) -> Option<Address> {
        self.billing_address.as_ref().map(Address::stored)
    }
}

/// Whether the token is a guest's order's.
#[must_use]
pub fn is_of_token(order: &Order, token: Option<&str>) -> bool {
    match (&order.token_hash, token) {
        // Digests of random tokens: comparing them tells nothing about the token.
        (Some(hash), Some(token)) => hash.as_slice() == secrets::sha256(token.as_bytes()),
        _ => false,
    }
}
