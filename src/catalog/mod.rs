//! The catalogue: a tree of categories, products, and the variants that are really bought.
//!
//! A product without choices has one variant, its default; a client may ignore variants altogether. Stock belongs to
//! [`crate::inventory`], reviews to [`crate::reviews`].

pub(crate) mod announce;
mod archive_product;
mod archive_variant;
mod category_row;
mod create_category;
mod create_product;
mod create_variant;
mod currency;
mod delete_category;
pub mod draft;
pub mod html;
mod images;
pub mod listing;
mod model;
mod options;
mod product_row;
pub mod queries;
mod refusal;
pub mod search;
pub mod slug;
pub mod suggest;
mod update_category;
mod update_product;
mod update_variant;
pub mod validate;
mod variant_row;

pub use self::archive_product::archive_product;
pub use self::archive_variant::archive_variant;
pub(crate) use self::category_row::{MAX_LEVELS, NewCategory, lock_tree};
pub use self::create_category::create_category;
pub use self::create_product::create_product;
pub use self::create_variant::create_variant;
pub use self::currency::{OtherCurrency, expect_currency};
pub use self::delete_category::delete_category;
pub use self::model::{
    Category, DefaultVariant, Image, Product, ProductFilter, ProductOption, ProductSort, ProductStatus,
    Stock, Variant,
};
pub use self::refusal::{CategoryProblem, FieldProblem, ProductProblem, Refused};
pub use self::update_category::update_category;
pub use self::update_product::update_product;
pub use self::update_variant::update_variant;
pub use self::variant_row::Keeper;
