//! What a command has to say to the one who ran it.

use std::fmt::Display;
use std::io::{ErrorKind, Write, stdout};

/// Prints it on standard output, with a line end. A reader that has gone (`| head`) has seen what it wanted: that is no
/// reason to fail, and none to leave the private PostgreSQL running.
pub(super) fn answer(text: impl Display) -> anyhow::Result<()> {
    let mut out = stdout().lock();
    match writeln!(out, "{text}").and_then(|()| out.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
