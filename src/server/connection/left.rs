//! Clients that leave while their request is carried out.

use std::time::Duration;

use tokio::io::Interest;
use tokio::net::tcp::OwnedReadHalf;
use tokio::time::sleep;

/// How often it is looked at a connection on which more has come than the request that is being carried out.
const LOOK_EVERY: Duration = Duration::from_millis(250);

/// Waits for the client to close its side. Who reads the bytes notices that only once there is nothing left to read, and
/// does not read while a request that was sent ahead waits for its turn.
pub(super) async fn left(stream: &OwnedReadHalf) {
    loop {
        // Most requests are over before the first look.
        sleep(LOOK_EVERY).await;
        if stream.ready(Interest::READABLE).await.map_or(true, |ready| ready.is_read_closed()) {
            return;
        }
    }
}
