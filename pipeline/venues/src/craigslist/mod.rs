//! Craigslist: saved search and posting pages of each generation, and the search's own API.

pub(crate) mod parse;
mod posting;
mod sapi;
