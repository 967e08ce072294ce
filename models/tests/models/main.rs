//! Tests of the price model through its public face.

// Helpers of tests are tests: a failed unwrap is a failed test, and measurements are printed.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;
mod comps;
mod no_leak;
mod real_data;
mod registry;
