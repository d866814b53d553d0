//! Looking names up, and leaving out where they must not lead.

use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::routable::is_routable;

/// A name or address that leads out of the open internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is not one of the open internet")]
pub(super) struct OutOfBounds;

/// Looks names up as the system does. Only the addresses given here are connected to, so a name that leads elsewhere a moment
/// later leads nowhere.
pub(super) struct GuardedNames {
    pub(super) allow_private: bool,
}

impl Resolve for GuardedNames {
    fn resolve(&self, name: Name) -> Resolving {
        let allow_private = self.allow_private;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let allowed: Vec<SocketAddr> =
                found.filter(|address| allow_private || is_routable(address.ip())).collect();
            if allowed.is_empty() {
                return Err(OutOfBounds.into());
            }
            Ok(Box::new(allowed.into_iter()) as Addrs)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_leads_to_this_machine_leads_nowhere() {
        let resolve = async |allow_private| {
            GuardedNames { allow_private }
                .resolve("localhost".parse().expect("a name"))
                .await
                .map(Iterator::count)
        };
        assert!(resolve(true).await.is_ok_and(|found| found > 0));
        let refused = resolve(false).await.expect_err("it is this machine");
        assert!(refused.is::<OutOfBounds>(), "{refused}");
    }
}
