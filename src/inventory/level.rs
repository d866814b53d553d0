//! What a change of stock leaves behind.

use diesel::QueryableByName;
use diesel::sql_types::{Integer, Uuid};

use crate::ids::VariantId;

/// How much of one variant there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
#[diesel(check_for_backend(diesel::pg::Pg))]
pub struct StockLevel {
    /// The variant.
    #[diesel(sql_type = Uuid)]
    pub variant_id: VariantId,
    /// Pieces in the shop, promised ones included.
    #[diesel(sql_type = Integer)]
    pub on_hand: i32,
    /// Pieces promised to orders that have not been shipped.
    #[diesel(sql_type = Integer)]
    pub reserved: i32,
}

impl StockLevel {
    /// Pieces that can still be bought.
    #[must_use]
    pub const fn available(&self) -> i32 {
        self.on_hand - self.reserved
    }
}
