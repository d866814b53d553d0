//! What is done with a request before it is executed, for whoever looks for requests that break it.

use std::sync::LazyLock;

use async_graphql::Request;

use super::cost::{Limit, Prices};
use super::documents::{Documents, Prepared};
use super::operation::Operation;
use super::sdl;

static DOCUMENTS: LazyLock<Documents> = LazyLock::new(|| Documents::new(Prices::read(&sdl())));

/// A document is refused or has a price.
pub fn document(text: &str) {
    prepare(Request::new(text));
}

/// The same of a request with all that belongs to one.
pub fn request(json: &[u8]) {
    if let Ok(operation) = serde_json::from_slice::<Operation>(json)
        && let Ok(request) = Request::try_from(operation)
    {
        prepare(request);
    }
}

fn prepare(mut request: Request) {
    match DOCUMENTS.prepare(&mut request) {
        Ok(Some(Prepared { bill: Some(bill), .. })) => {
            assert!(bill.cost <= Limit::Cost.most() as u64 && bill.values <= Limit::Values.most() as u64);
        }
        Ok(_) | Err(_) => {}
    }
}
