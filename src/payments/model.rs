//! Rows of payments as the application reads them.

use chrono::{DateTime, Utc};
use diesel::prelude::*;

use super::state::PaymentStatus;
use crate::db::schema::{payment_transactions, payments, refund_lines, refunds};
use crate::gateway::{CaptureMode, Provider};
use crate::ids::{OrderId, OrderLineId, PaymentId, PaymentTransactionId, RefundId, UserId};
use crate::money::{Currency, Money};

/// One way in which money for an order comes in.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = payments, check_for_backend(diesel::pg::Pg))]
pub struct Payment {
    /// Its id.
    pub id: PaymentId,
    /// The order it is for.
    pub order_id: OrderId,
    provider: String,
    status: String,
    currency: Currency,
    amount: i64,
    captured: i64,
    refunded: i64,
    capture: String,
    /// What the provider calls it, once it was told of it.
    pub provider_ref: Option<String>,
    /// The provider's code for why the customer's last attempt failed.
    pub failure_code: Option<String>,
    /// The same for people.
    pub failure_message: Option<String>,
    /// How much staff want to be taken, as long as the provider has not done it.
    pub capture_requested: Option<i64>,
    /// Since when it is to be cancelled, as long as the provider has not done it.
    pub cancel_requested_at: Option<DateTime<Utc>>,
    /// Counts the idempotency keys that the provider was sent.
    pub key_round: i32,
    /// How often the provider was asked in vain how it stands.
    pub checks: i32,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// What the provider calls the refund by which it let go of what a bank held and the shop did not take.
    pub released_ref: Option<String>,
}

/// When the money is taken, as the database writes it.
pub(super) const fn capture_name(capture: CaptureMode) -> &'static str {
    match capture {
        CaptureMode::Automatic => "AUTOMATIC",
        CaptureMode::Manual => "MANUAL",
    }
}

impl Payment {
    /// Who takes it.
    #[must_use]
    pub fn provider(&self) -> Provider {
        // The database knows no other names.
        Provider::parse(&self.provider).unwrap_or(Provider::Manual)
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> PaymentStatus {
        PaymentStatus::parse(&self.status).unwrap_or(PaymentStatus::Pending)
    }

    /// When the money is taken.
    #[must_use]
    pub fn capture(&self) -> CaptureMode {
        let manual = CaptureMode::Manual;
        if self.capture == capture_name(manual) { manual } else { CaptureMode::Automatic }
    }

    /// What is to be paid.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// What was taken.
    #[must_use]
    pub fn captured(&self) -> Money {
        Money::new(self.captured, self.currency)
    }

    /// What goes back or went back of that.
    #[must_use]
    pub fn refunded(&self) -> Money {
        Money::new(self.refunded, self.currency)
    }
}

/// What for money goes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundReason {
    /// Staff wanted so.
    Requested,
    /// The order was cancelled.
    OrderCancelled,
    /// Pieces of the order were cancelled.
    LinesCancelled,
    /// Pieces came back.
    Returned,
    /// It came in for an order that had been given up, and the stock was gone.
    LatePayment,
    /// More came in than was owed.
    Overpaid,
    /// Somebody did it at the provider.
    External,
}

impl RefundReason {
    /// Every reason.
    pub const ALL: [Self; 7] = [
        Self::Requested,
        Self::OrderCancelled,
        Self::LinesCancelled,
        Self::Returned,
        Self::LatePayment,
        Self::Overpaid,
        Self::External,
    ];

    /// The reason as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Requested => "REQUESTED",
            Self::OrderCancelled => "ORDER_CANCELLED",
            Self::LinesCancelled => "LINES_CANCELLED",
            Self::Returned => "RETURNED",
            Self::LatePayment => "LATE_PAYMENT",
            Self::Overpaid => "OVERPAID",
            Self::External => "EXTERNAL",
        }
    }
}

/// How far a refund is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefundStatus {
    /// Decided; the provider has yet to do it.
    Pending,
    /// The provider has done it.
    Succeeded,
    /// The provider cannot do it: staff have to see to it. The money is still the customer's.
    Failed,
}

impl RefundStatus {
    /// Every status.
    pub const ALL: [Self; 3] = [Self::Pending, Self::Succeeded, Self::Failed];

    /// The status as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "PENDING",
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
        }
    }
}

/// Money on its way back.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = refunds, check_for_backend(diesel::pg::Pg))]
pub struct Refund {
    /// Its id.
    pub id: RefundId,
    /// The order it is for.
    pub order_id: OrderId,
    /// The payment it is taken from.
    pub payment_id: PaymentId,
    currency: Currency,
    amount: i64,
    reason: String,
    /// A remark of staff.
    pub note: Option<String>,
    status: String,
    /// What the provider calls it.
    pub provider_ref: Option<String>,
    /// Why the provider could not do it.
    pub failure: Option<String>,
    /// Who wanted it, unless that was the shop itself or a guest.
    pub actor_id: Option<UserId>,
    /// Counts the idempotency keys that the provider was sent.
    pub key_round: i32,
    /// When it was decided.
    pub created_at: DateTime<Utc>,
    /// When it last changed.
    pub updated_at: DateTime<Utc>,
    /// What the provider calls earlier attempts at it, which failed.
    pub failed_refs: Vec<String>,
    /// When the provider was last asked for it and did not answer.
    pub silent_at: Option<DateTime<Utc>>,
}

impl Refund {
    /// How much goes back.
    #[must_use]
    pub fn amount(&self) -> Money {
        Money::new(self.amount, self.currency)
    }

    /// What for.
    #[must_use]
    pub fn reason(&self) -> RefundReason {
        let named = |reason: &RefundReason| reason.as_str() == self.reason;
        RefundReason::ALL.into_iter().find(named).unwrap_or(RefundReason::Requested)
    }

    /// How far it is.
    #[must_use]
    pub fn status(&self) -> RefundStatus {
        let named = |status: &RefundStatus| status.as_str() == self.status;
        RefundStatus::ALL.into_iter().find(named).unwrap_or(RefundStatus::Pending)
    }
}

/// The pieces of one line that money goes back for.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = refund_lines, check_for_backend(diesel::pg::Pg))]
pub struct RefundLine {
    /// The refund.
    pub refund_id: RefundId,
    /// The line.
    pub order_line_id: OrderLineId,
    /// How many pieces.
    pub quantity: i32,
}

/// What a provider was asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransactionKind {
    /// To expect a payment.
    Create,
    /// To hold the money.
    Authorize,
    /// To take it.
    Capture,
    /// To give the payment up.
    Cancel,
    /// To pay back.
    Refund,
    /// An attempt of the customer's to pay.
    Attempt,
}

impl TransactionKind {
    /// Every kind.
    pub const ALL: [Self; 6] =
        [Self::Create, Self::Authorize, Self::Capture, Self::Cancel, Self::Refund, Self::Attempt];

    /// The kind as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Create => "CREATE",
            Self::Authorize => "AUTHORIZE",
            Self::Capture => "CAPTURE",
            Self::Cancel => "CANCEL",
            Self::Refund => "REFUND",
            Self::Attempt => "ATTEMPT",
        }
    }
}

/// What came of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was done.
    Succeeded,
    /// It was not.
    Failed,
    /// Nobody knows yet: there was no answer.
    Unknown,
}

impl Outcome {
    /// Every outcome.
    pub const ALL: [Self; 3] = [Self::Succeeded, Self::Failed, Self::Unknown];

    /// The outcome as the database writes it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Succeeded => "SUCCEEDED",
            Self::Failed => "FAILED",
            Self::Unknown => "UNKNOWN",
        }
    }
}

/// An entry of a payment's log.
#[derive(Debug, Clone, QueryableByName)]
#[diesel(table_name = payment_transactions, check_for_backend(diesel::pg::Pg))]
pub struct Transaction {
    /// Its id.
    pub id: PaymentTransactionId,
    /// The payment.
    pub payment_id: PaymentId,
    /// The refund, where it was about one.
    pub refund_id: Option<RefundId>,
    kind: String,
    outcome: String,
    /// How much it was about, in minor units.
    pub amount: Option<i64>,
    /// What else there is to know.
    pub message: Option<String>,
    /// When it was.
    pub occurred_at: DateTime<Utc>,
}

impl Transaction {
    /// What was asked for.
    #[must_use]
    pub fn kind(&self) -> TransactionKind {
        let named = |kind: &TransactionKind| kind.as_str() == self.kind;
        TransactionKind::ALL.into_iter().find(named).unwrap_or(TransactionKind::Attempt)
    }

    /// What came of it.
    #[must_use]
    pub fn outcome(&self) -> Outcome {
        let named = |outcome: &Outcome| outcome.as_str() == self.outcome;
        Outcome::ALL.into_iter().find(named).unwrap_or(Outcome::Unknown)
    }
}
