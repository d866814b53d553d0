//! Why pieces stay where they are, and orders as they are.

use async_graphql::Enum;

use super::super::user_error::user_error;
use crate::orders::cancel_lines::CancelLinesRefusal;
use crate::orders::edit::EditRefusal;
use crate::orders::pieces::PiecesRefusal;
use crate::orders::return_lines::ReturnRefusal;
use crate::orders::ship::ShipRefusal;

/// Why nothing was sent, cancelled, taken back or changed.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum FulfilmentErrorCode {
    /// A postal address is incomplete or unknown.
    AddressInvalid,
    /// The amount is nothing, or more than there is.
    AmountInvalid,
    /// The e-mail address is none.
    EmailInvalid,
    /// The line is none of the order's.
    LineNotFound,
    /// No pieces are named.
    LinesMissing,
    /// There is no such order.
    NotFound,
    /// The remark is too long.
    NoteTooLong,
    /// Nothing is to be changed: the order says so already.
    NothingChanges,
    /// Nothing of the order's money is left to be paid back for these pieces.
    NothingKept,
    /// Nothing of the order is left to be sent or cancelled, or may be in its status.
    NothingLeft,
    /// The carrier, the tracking code or the link cannot be used.
    ParcelInvalid,
    /// There are fewer pieces, or none was asked for.
    QuantityInvalid,
    /// It gives the whole order up, which keeps no money then.
    RefundRequired,
}

user_error!(
    /// A problem with sending, cancelling or taking back pieces of an order, or with changing what it says.
    FulfilmentUserError,
    FulfilmentErrorCode
);

fn not_found() -> FulfilmentUserError {
    FulfilmentUserError::at(FulfilmentErrorCode::NotFound, ["orderId"], "There is no such order.")
}

fn lines_missing() -> FulfilmentUserError {
    FulfilmentUserError::at(
        FulfilmentErrorCode::LinesMissing,
        ["lines"],
        "Name at least one line of the order.",
    )
}

impl From<PiecesRefusal> for FulfilmentUserError {
    fn from(reason: PiecesRefusal) -> Self {
        let of_line = |index: usize, field: &str| ["lines".to_owned(), index.to_string(), field.to_owned()];
        match reason {
            PiecesRefusal::LineNotFound { index } => Self::at(
                FulfilmentErrorCode::LineNotFound,
                of_line(index, "lineId"),
                "This is no line of the order.",
            ),
            PiecesRefusal::QuantityInvalid { index, asked, left } => Self::at(
                FulfilmentErrorCode::QuantityInvalid,
                of_line(index, "quantity"),
                format!(
                    "Of this line there are {left} pieces for it, and at least 1 is needed; not {asked}."
                ),
            ),
        }
    }
}

impl From<ShipRefusal> for FulfilmentUserError {
    fn from(reason: ShipRefusal) -> Self {
        match reason {
            ShipRefusal::NotFound => not_found(),
            ShipRefusal::NotToBeShipped { status } => Self::at(
                FulfilmentErrorCode::NothingLeft,
                ["orderId"],
                format!(
                    "The order is {}: pieces are sent of one that is PAID or PROCESSING.",
                    status.as_str()
                ),
            ),
            ShipRefusal::Pieces(reason) => reason.into(),
        }
    }
}

impl From<CancelLinesRefusal> for FulfilmentUserError {
    fn from(reason: CancelLinesRefusal) -> Self {
        match reason {
            CancelLinesRefusal::NotFound => not_found(),
            CancelLinesRefusal::NothingLeft { status } => Self::at(
                FulfilmentErrorCode::NothingLeft,
                ["orderId"],
                format!(
                    "The order is {}: pieces are cancelled of one that is PENDING, PAID or PROCESSING.",
                    status.as_str()
                ),
            ),
            CancelLinesRefusal::NoPieces => lines_missing(),
            CancelLinesRefusal::Pieces(reason) => reason.into(),
            CancelLinesRefusal::KeepsNothing => Self::at(
                FulfilmentErrorCode::RefundRequired,
                ["refund"],
                "Nothing would be left of the order, which is cancelled then and keeps no money: let it be paid back.",
            ),
            // Answered with FORBIDDEN before it comes here.
            CancelLinesRefusal::MayNotPayBack => Self::at(
                FulfilmentErrorCode::RefundRequired,
                ["refund"],
                "Money would go back, which needs the permission MANAGE_PAYMENTS.",
            ),
        }
    }
}

impl From<ReturnRefusal> for FulfilmentUserError {
    fn from(reason: ReturnRefusal) -> Self {
        match reason {
            ReturnRefusal::NotFound => not_found(),
            ReturnRefusal::NoPieces => lines_missing(),
            ReturnRefusal::Pieces(reason) => reason.into(),
            ReturnRefusal::NothingKept => Self::at(
                FulfilmentErrorCode::NothingKept,
                ["refund"],
                "Nothing is left to be paid back for these pieces: leave 'refund' out.",
            ),
            ReturnRefusal::AmountInvalid { asked, kept } => Self::at(
                FulfilmentErrorCode::AmountInvalid,
                ["refund", "amount"],
                format!("Of the order's money {kept:?} are left to be paid back; not {asked:?}."),
            ),
        }
    }
}

impl From<EditRefusal> for FulfilmentUserError {
    fn from(reason: EditRefusal) -> Self {
        match reason {
            EditRefusal::NotFound => not_found(),
            EditRefusal::NothingToShip { status } => Self::at(
                FulfilmentErrorCode::NothingLeft,
                ["shippingAddress"],
                format!("The order is {}: nothing is left of it that could go elsewhere.", status.as_str()),
            ),
            EditRefusal::NothingChanges => Self::new(
                FulfilmentErrorCode::NothingChanges,
                "The order says so already: give something that differs, or a remark.",
            ),
        }
    }
}
