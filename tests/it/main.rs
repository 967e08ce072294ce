//! End-to-end tests of the program as a person meets it: one binary, one module per command.

// Helpers of tests fail like tests; clippy excuses only the tests themselves.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod analyst;
mod architecture;
mod backtest;
mod check;
mod config;
mod crash;
mod demo;
mod evaluate;
mod five_venues;
mod help;
mod ingest;
mod lake;
mod market;
mod negotiations;
mod outcomes;
mod owner;
mod prove;
mod real;
mod run;
mod sandbox;
mod searches;
mod selling;
mod shop;
mod state;
mod usage;
mod venues;
