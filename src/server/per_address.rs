//! How much of something one client's address has at a time.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use crate::caller::network;

/// Counts by address, up to a number for each. Cheap to clone; the copies count together.
#[derive(Debug, Clone)]
pub(super) struct PerAddress {
    most: usize,
    // Only of those that have something, so that it holds no more than there is.
    counts: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

/// One of those that are counted, until it is dropped.
#[derive(Debug)]
pub(super) struct Counted {
    all: PerAddress,
    address: IpAddr,
}

impl PerAddress {
    /// At most so many for each address.
    pub(super) fn new(most: usize) -> Self {
        Self { most, counts: Arc::default() }
    }

    /// Counts one more; none when the address has as many as it may.
    pub(super) fn count(&self, address: IpAddr) -> Option<Counted> {
        let address = network(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Counted { all: self.clone(), address })
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        let mut counts = self.all.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_address_has_so_many_and_gets_back_what_it_lets_go_of() {
        let all = PerAddress::new(2);
        let one: IpAddr = "192.0.2.1".parse().unwrap();
        let first = all.count(one).unwrap();
        let _second = all.count("::ffff:192.0.2.1".parse().unwrap()).unwrap();
        assert!(all.count(one).is_none());
        assert!(all.count("192.0.2.2".parse().unwrap()).is_some(), "another is another");
        drop(first);
        assert!(all.count(one).is_some());
        let v6 = |host: &str| all.count(format!("2001:db8:0:1{host}").parse().unwrap());
        let _both = (v6("::1").unwrap(), v6(":ffff::2").unwrap());
        assert!(v6("::3").is_none(), "one network is one client");
        drop(_both);
        assert_eq!(all.counts.lock().unwrap().len(), 1, "nothing is remembered of those who have nothing");
    }
}
