//! Tests of the price model through its public face.

mod common;
mod comps;
mod no_leak;
mod real_data;
mod registry;
