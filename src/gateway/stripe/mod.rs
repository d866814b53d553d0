//! stub
use super::*;
use futures_util::future::BoxFuture;
pub struct Stripe;
impl Stripe {
    pub fn open(_: &crate::config::Payments, _: &Clock) -> anyhow::Result<Option<Self>> {
        Ok(None)
    }
}
impl Gateway for Stripe {
    fn create<'a>(&'a self, _: &'a NewIntent) -> BoxFuture<'a, Answer<Intent>> {
        unimplemented!()
    }
    fn retrieve<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Answer<Intent>> {
        unimplemented!()
    }
    fn capture<'a>(&'a self, _: &'a str, _: Money, _: &'a str) -> BoxFuture<'a, Answer<Intent>> {
        unimplemented!()
    }
    fn cancel<'a>(&'a self, _: &'a str, _: &'a str) -> BoxFuture<'a, Answer<()>> {
        unimplemented!()
    }
    fn refund<'a>(&'a self, _: &'a NewRefund) -> BoxFuture<'a, Answer<RefundFact>> {
        unimplemented!()
    }
    fn refunds_of<'a>(&'a self, _: &'a str) -> BoxFuture<'a, Answer<Vec<RefundFact>>> {
        unimplemented!()
    }
}
