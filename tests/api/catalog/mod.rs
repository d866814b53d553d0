//! Browsing: products and categories by id, slug, filter, order and search.

mod bad_input;
mod budgets;
mod filters;
mod pages;
mod read;
mod search;
mod visibility;
