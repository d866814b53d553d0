//! Why a payment or a refund did not happen.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::orders::cancel_payment::CancelPaymentRefusal;
use crate::orders::capture_payment::CaptureRefusal;
use crate::orders::pieces::PiecesRefusal;
use crate::orders::refund::RefundRefusal;
use crate::orders::retry_refund::RetryRefundRefusal;
use crate::orders::start_payment::StartRefusal;
use crate::till::StartPaymentRefusal;

/// Why a payment or a refund did not happen.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum PaymentErrorCode {
    /// The amount is nothing, or more than there is.
    AmountInvalid,
    /// The payment provider cannot be reached at the moment: the order waits, try again soon.
    GatewayUnavailable,
    /// A payment or its order was given up.
    GivenUp,
    /// The line is none of the order's.
    LineNotFound,
    /// There is no such thing, or it is not yours.
    NotFound,
    /// No bank holds money for the payment.
    NotAuthorized,
    /// The remark is too long.
    NoteTooLong,
    /// Nothing of the order is left to be paid.
    NothingDue,
    /// Nothing of the order's money is left to be paid back.
    NothingKept,
    /// The payment has come in or was given up.
    NotOpen,
    /// The order does not wait for a payment.
    NotPending,
    /// The pieces have not left the shop.
    NotShipped,
    /// The shop does not take payments in this way, or not in this currency.
    ProviderNotAvailable,
    /// Fewer pieces were bought than are to be paid back.
    QuantityInvalid,
    /// The refund is done.
    RefundDone,
}

user_error!(
    /// A problem with a payment or a refund.
    PaymentUserError,
    PaymentErrorCode
);

impl From<StartPaymentRefusal> for PaymentUserError {
    fn from(reason: StartPaymentRefusal) -> Self {
        match reason {
            StartPaymentRefusal::Order(StartRefusal::NotFound) => order_not_found(),
            StartPaymentRefusal::Order(StartRefusal::NotPending { status }) => Self::at(
                PaymentErrorCode::NotPending,
                ["orderId"],
                format!("The order is {} and waits for no payment.", status.as_str()),
            ),
            StartPaymentRefusal::Order(StartRefusal::NothingDue) => Self::at(
                PaymentErrorCode::NothingDue,
                ["orderId"],
                "Nothing of the order is left to be paid.",
            ),
            StartPaymentRefusal::NotTaken => Self::at(
                PaymentErrorCode::ProviderNotAvailable,
                ["provider"],
                "The shop does not take payments in this way: 'shop.paymentProviders' names those it takes.",
            ),
            StartPaymentRefusal::NotPossible => Self::at(
                PaymentErrorCode::ProviderNotAvailable,
                ["provider"],
                "This order cannot be paid in this way: choose another, or ask the shop.",
            ),
            StartPaymentRefusal::Unavailable => Self::new(
                PaymentErrorCode::GatewayUnavailable,
                "The payment provider cannot be reached at the moment. Your order waits for you: try again in a minute.",
            ),
            StartPaymentRefusal::GivenUp => Self::new(
                PaymentErrorCode::GivenUp,
                "The order was given up meanwhile, or is paid in another way: look at it again.",
            ),
        }
    }
}

pub(super) fn order_not_found() -> PaymentUserError {
    PaymentUserError::at(
        PaymentErrorCode::NotFound,
        ["orderId"],
        "There is no such order, or it is not yours.",
    )
}

impl From<CaptureRefusal> for PaymentUserError {
    fn from(reason: CaptureRefusal) -> Self {
        match reason {
            CaptureRefusal::NotFound => payment_not_found(),
            CaptureRefusal::NotAuthorized { status } => Self::at(
                PaymentErrorCode::NotAuthorized,
                ["paymentId"],
                format!(
                    "The payment is {}: only one that is AUTHORIZED, or a MANUAL one that is PENDING, can be captured.",
                    status.as_str()
                ),
            ),
            CaptureRefusal::GivenUp => {
                Self::at(PaymentErrorCode::GivenUp, ["paymentId"], "The payment or its order was given up.")
            }
            CaptureRefusal::UnderWay { amount } => Self::at(
                PaymentErrorCode::AmountInvalid,
                ["amount"],
                format!("{amount:?} of the payment is being captured, and can be no other amount by now."),
            ),
            CaptureRefusal::AmountInvalid { most } => Self::at(
                PaymentErrorCode::AmountInvalid,
                ["amount"],
                format!(
                    "The amount is more than nothing and at most {most:?}; a MANUAL payment is captured whole."
                ),
            ),
        }
    }
}

impl From<CancelPaymentRefusal> for PaymentUserError {
    fn from(reason: CancelPaymentRefusal) -> Self {
        match reason {
            CancelPaymentRefusal::NotFound => payment_not_found(),
            CancelPaymentRefusal::NotOpen { status } => Self::at(
                PaymentErrorCode::NotOpen,
                ["paymentId"],
                format!(
                    "The payment is {}: what has come in is paid back by 'orderRefund'.",
                    status.as_str()
                ),
            ),
        }
    }
}

fn payment_not_found() -> PaymentUserError {
    PaymentUserError::at(PaymentErrorCode::NotFound, ["paymentId"], "There is no such payment.")
}

impl From<RefundRefusal> for PaymentUserError {
    fn from(reason: RefundRefusal) -> Self {
        let of_line = |index: usize, field: &str| ["lines".to_owned(), index.to_string(), field.to_owned()];
        match reason {
            RefundRefusal::NotFound => order_not_found(),
            RefundRefusal::NothingKept { status } => Self::at(
                PaymentErrorCode::NothingKept,
                ["orderId"],
                format!(
                    "The order is {}, and nothing of its money is left to be paid back.",
                    status.as_str()
                ),
            ),
            RefundRefusal::TooMuch { asked, kept } => Self::at(
                PaymentErrorCode::AmountInvalid,
                ["amount"],
                format!("Of the order's money {kept:?} are left to be paid back, not {asked:?}."),
            ),
            RefundRefusal::AmountInvalid => {
                Self::at(PaymentErrorCode::AmountInvalid, ["amount"], "The amount is more than nothing.")
            }
            RefundRefusal::Pieces(PiecesRefusal::LineNotFound { index }) => Self::at(
                PaymentErrorCode::LineNotFound,
                of_line(index, "lineId"),
                "This is no line of the order.",
            ),
            RefundRefusal::Pieces(PiecesRefusal::QuantityInvalid { index, asked, left }) => Self::at(
                PaymentErrorCode::QuantityInvalid,
                of_line(index, "quantity"),
                format!("Of this line {left} pieces can be paid back, and at least 1; not {asked}."),
            ),
            RefundRefusal::NotShipped { index } => Self::at(
                PaymentErrorCode::NotShipped,
                of_line(index, "restock"),
                "These pieces are not with the customer: nothing can have come back.",
            ),
        }
    }
}

impl From<RetryRefundRefusal> for PaymentUserError {
    fn from(reason: RetryRefundRefusal) -> Self {
        match reason {
            RetryRefundRefusal::NotFound => {
                Self::at(PaymentErrorCode::NotFound, ["refundId"], "There is no such refund.")
            }
            RetryRefundRefusal::Done => {
                Self::at(PaymentErrorCode::RefundDone, ["refundId"], "The refund is done.")
            }
        }
    }
}
