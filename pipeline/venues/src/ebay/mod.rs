//! eBay: saved search pages of both generations of markup, active and sold, and the Browse API.

mod api;
mod card;
pub(crate) mod parse;
mod words;
