//! The `cartograph` command.

mod cli;

use std::process::ExitCode;

#[tokio::main]
async fn main() -> ExitCode {
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
