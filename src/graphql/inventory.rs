//! Stock in the schema.

use async_graphql::Enum;

use super::user_error::user_error;

/// Why stock could not be changed.
#[derive(Enum, Debug, Copy, Clone, Eq, PartialEq)]
pub enum InventoryErrorCode {
    /// There is no such variant.
    NotFound,
}

user_error!(
    /// A problem with a change of stock.
    InventoryUserError,
    InventoryErrorCode
);
