//! What listings say together: which are one item, how fast such items leave, how prices spread.
//!
//! **Invariant:** `demand`, `items` and `text` are functions from slices to values; only
//! `listings` and `stays` read the lake and only `stage` writes to it.

pub mod demand;
pub mod items;
pub mod listings;
mod neighbours;
pub mod own;
pub mod stage;
pub mod stays;
pub mod text;
