//! Where listings come from: marketplaces, one folder each and all of one shape, and files.
//!
//! A marketplace's folder holds `mod.rs` (what it can do), `parse.rs` (bytes → observations),
//! `search.rs` (a query → requests) and `policy.toml` (what is allowed there).
//!
//! **Invariant:** nothing here reads a socket, a clock or a random source; a page is bytes that
//! somebody else fetched or saved. Foreign bytes never panic and never hang.

pub mod capability;
pub mod craigslist;
pub mod ebay;
pub mod export;
pub mod facebook;
pub mod file;
pub mod mercari;
pub mod offerup;
pub mod policy;
pub mod search;
pub mod venue;

mod draft;
mod html;
mod json;
mod page;
mod shown;

pub use page::{Page, PageError, PageKind, ReadContext, SeenListing, read};
pub use venue::Venue;

#[cfg(test)]
mod export_tests;
#[cfg(test)]
mod page_tests;
