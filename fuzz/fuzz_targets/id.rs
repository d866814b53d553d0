//! An id.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &str| cartograph::fuzzing::id(input));
