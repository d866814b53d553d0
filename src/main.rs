//! The `cartograph` command.

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Resolving a page makes thousands of short-lived values: docs/benchmarks.md says what this saves.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cartograph::cli::main()
}
