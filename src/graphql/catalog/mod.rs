//! The catalogue in the schema.

mod category;
mod inputs;
mod product;
mod query;
mod variant;

pub(super) use self::category::Category;
pub(super) use self::product::Product;
pub(super) use self::query::{CatalogQuery, visible};
pub(super) use self::variant::ProductVariant;
