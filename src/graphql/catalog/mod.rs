//! The catalogue in the schema.

mod category;
mod category_mutations;
mod errors;
mod inputs;
mod product;
mod product_inputs;
mod product_mutations;
mod query;
mod suggestion;
mod variant;
mod variant_mutations;

pub(super) use self::category::Category;
pub(super) use self::category_mutations::CategoryMutation;
pub(super) use self::errors::{CategoryUserError, ProductUserError};
pub(super) use self::product::Product;
pub(super) use self::product_mutations::ProductMutation;
pub(super) use self::query::{CatalogQuery, visible, visible_as};
pub(super) use self::suggestion::SuggestionQuery;
pub(super) use self::variant::ProductVariant;
pub(super) use self::variant_mutations::VariantMutation;
