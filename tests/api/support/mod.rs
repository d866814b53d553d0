//! What every test stands on: a shop of its own and ways to talk to it.
#![allow(
    dead_code,
    unused_imports,
    reason = "it offers what the features' tests, written one after the other, will use"
)]

pub(crate) mod app;
pub(crate) mod builders;
pub(crate) mod client;
pub(crate) mod db;
pub(crate) mod faults;
pub(crate) mod mailbox;
pub(crate) mod process;
pub(crate) mod raw;
pub(crate) mod receiver;
pub(crate) mod redis;
pub(crate) mod smtp;
pub(crate) mod statements;
pub(crate) mod stripe;
pub(crate) mod webhook_relay;
pub(crate) mod ws;

pub(crate) use self::app::{TestApp, stock_of};
pub(crate) use self::builders::{CategoryBuilder, ProductBuilder, UserBuilder};
pub(crate) use self::client::{Client, Response};
