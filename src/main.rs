//! The `cartograph` command.

mod cli;

use std::process::ExitCode;

use mimalloc::MiMalloc;

/// Resolving a page makes thousands of short-lived values: docs/benchmarks.md says what this saves.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

#[tokio::main]
async fn main() -> ExitCode {
    // Fails only when a provider is installed already, which is as good.
    let _ = rustls::crypto::ring::default_provider().install_default();
    match cli::run().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // One line, whatever happened: what went wrong, then why.
            let causes: Vec<String> = error.chain().map(ToString::to_string).collect();
            eprintln!("cartograph: {}", causes.join(": "));
            ExitCode::FAILURE
        }
    }
}
