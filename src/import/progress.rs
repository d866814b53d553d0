//! A progress bar, for people only: it hides itself where standard error is no terminal.

use indicatif::{ProgressBar, ProgressStyle};

const TEMPLATE: &str = "{bar:40} {pos}/{len} rows, {eta} left";

/// How far an import is.
pub(super) struct Progress(ProgressBar);

impl Progress {
    /// Begins at the first of so many rows.
    pub(super) fn start(rows: u64) -> Self {
        let bar = ProgressBar::new(rows);
        // The template is a constant; were it ever broken, the plain bar would do.
        if let Ok(style) = ProgressStyle::with_template(TEMPLATE) {
            bar.set_style(style);
        }
        Self(bar)
    }

    /// So many rows more are done.
    pub(super) fn advance(&self, rows: u64) {
        self.0.inc(rows);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
