//! stub
pub struct Breaker;
