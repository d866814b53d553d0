//! GraphQL over HTTP, to the letter.

mod audits;
mod negotiation;
mod refusals;
