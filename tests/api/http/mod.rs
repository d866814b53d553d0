//! GraphQL over HTTP, to the letter, and what it travels on.

mod audits;
mod browsers;
mod connection;
mod documents;
mod left;
mod negotiation;
mod refusals;
mod streams;
