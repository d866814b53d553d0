//! The catalogue: a tree of categories, products, and the variants that are really bought.
//!
//! A product without choices has one variant, its default; a client may ignore variants altogether. Stock belongs to
//! [`crate::inventory`], reviews to [`crate::reviews`].

pub mod html;
pub mod listing;
mod model;
pub mod queries;
pub mod search;

pub use self::model::{
    Category, DefaultVariant, Image, Product, ProductFilter, ProductOption, ProductSort, ProductStatus,
    Stock, Variant, stored_currency,
};
