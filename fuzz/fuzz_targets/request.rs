//! The body of a request.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cartograph::fuzzing::request(input));
