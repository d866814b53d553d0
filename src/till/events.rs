//! stub
use super::TillError;
use crate::app::App;
use crate::gateway::Provider;
pub enum ReceiveError {
    NotTaken,
    NotSigned,
    NotUnderstood,
    Ours(crate::error::Error),
}
pub async fn receive(_: &App, _: &[u8], _: &str) -> Result<(), ReceiveError> {
    Err(ReceiveError::NotTaken)
}
pub async fn handle(_: &App, _: Provider, _: &str) -> Result<(), TillError> {
    Ok(())
}
