//! What listings say together: which are one item, how fast such items leave, how prices spread.
//!
//! **Invariant:** the algorithms here are functions from slices to values; they read no dataset,
//! clock or random source.

pub mod demand;
pub mod items;
pub mod text;
