//! A product file, whatever is in it.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| cartograph::fuzzing::csv(input));
