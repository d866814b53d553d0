//! The log: one line an event, for people or as JSON. What is logged once is logged where it is handled; nothing personal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;

use crate::config::{ConfigError, Log};

/// Starts the log of this process, on standard error: standard output belongs to the commands' answers.
pub fn start(log: &Log) -> Result<(), ConfigError> {
    let filter = EnvFilter::builder().parse(&log.filter).map_err(|error| ConfigError {
        variable: "LOG",
        problem: format!("'{}' is no filter: {error}", log.filter),
    })?;
    // The archive library warns of every retry before the one error that matters.
    let filter = match "reqwest_retry=error".parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    if log.json {
        builder.json().flatten_event(true).with_current_span(false).init();
    } else {
        builder.with_ansi(std::io::stderr().is_terminal()).with_target(false).init();
    }
    Ok(())
}
