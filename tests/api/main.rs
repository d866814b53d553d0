//! What the server does, asked from outside: one binary, a fresh database per test. Run it with `make test`.
#![recursion_limit = "256"]

mod support;

mod accounts;
mod architecture;
mod authorization;
mod cart;
mod catalog;
mod cursors;
mod database;
mod demo;
mod events;
mod execution;
mod field_order;
mod gateway;
mod health;
mod hostile;
mod http;
mod idempotency;
mod import;
mod inventory;
mod jobs;
mod live;
mod mail;
mod orders;
mod payments;
mod playground;
mod pricing;
mod process;
mod rate_limits;
mod relay;
mod reviews;
mod schema;
mod seed;
mod shared_answers;
mod sockets;
mod staff_catalog;
mod suggestions;
mod webhooks;
