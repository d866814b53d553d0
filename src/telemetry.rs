//! The log: one line an event, for people or as JSON. What is logged once is logged where it is handled; nothing personal.

use std::io::IsTerminal;

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

use crate::config::{ConfigError, Log};

/// Starts the log of this process, on standard error: standard output belongs to the commands' answers.
pub fn start(log: &Log) -> Result<(), ConfigError> {
    let filter = filter(&log.filter).map_err(|problem| ConfigError { variable: "LOG", problem })?;
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

/// The filter as it was written. A word by itself would be the name of a target that nothing logs to: a slip of the pen in
/// a level would silence the log.
fn filter(written: &str) -> Result<EnvFilter, String> {
    for word in written.split(',').filter(|word| !word.contains(['=', '['])) {
        if !word.is_empty() && word.parse::<LevelFilter>().is_err() {
            return Err(format!(
                "'{word}' is neither a level (off, error, warn, info, debug, trace) nor a target with one, such as \
                 cartograph=debug"
            ));
        }
    }
    EnvFilter::builder().parse(written).map_err(|error| format!("'{written}' is no filter: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_filter_says_levels_and_a_slip_in_one_is_noticed() {
        for good in ["info", "WARN", "off", "cartograph=debug,warn", "[request]=trace"] {
            assert!(filter(good).is_ok(), "{good}: {:?}", filter(good));
        }
        for bad in ["inof", "cartograph", "info,debgu", "info, warn", "cartograph=debgu"] {
            assert!(filter(bad).is_err(), "{bad}");
        }
    }
}
