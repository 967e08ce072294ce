//! End-to-end tests of the program as a person meets it: one binary, one module per command.

// Helpers of tests fail like tests; clippy excuses only the tests themselves.
#![allow(clippy::unwrap_used)]

mod config;
mod help;
mod sandbox;
mod usage;
