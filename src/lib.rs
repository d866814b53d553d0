//! Cartograph: a commerce backend that is one GraphQL schema, one binary and one PostgreSQL.
#![recursion_limit = "256"]

pub mod accounts;
pub mod app;
pub mod assets;
pub mod bus;
pub mod cart;
pub mod catalog;
pub mod clock;
pub mod config;
pub mod db;
pub mod embedded;
pub mod error;
pub mod graphql;
pub mod idempotency;
pub mod ids;
pub mod import;
pub mod inventory;
pub mod jobs;
pub mod money;
pub mod orders;
pub mod pagination;
pub mod redis;
pub mod reviews;
pub mod secrets;
pub mod server;
pub mod telemetry;
