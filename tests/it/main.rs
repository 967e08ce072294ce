//! End-to-end tests of the program as a person meets it: one binary, one module per command.

mod config;
mod help;
mod sandbox;
mod usage;
