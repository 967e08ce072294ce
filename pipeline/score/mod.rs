//! From a listing, what is known about it and what it is worth, to a scored deal.
//!
//! [`score_listing`] never fails: what cannot be scored is said in the deal's `status_reason`.
//! It is pure: the same inputs give the same deal.

pub mod config;
pub mod given;
pub mod learned;
pub mod models;
pub mod partial;
mod prepared;
mod remembered;
mod risk;
mod scoring;
pub mod service;
pub mod stage;
pub mod wanted;

pub use config::EconomicsConfig;
pub use prepared::{BadEconomics, Economics};
pub use scoring::{days_at_value, score_listing};

#[cfg(test)]
pub(crate) mod fixtures;
#[cfg(test)]
mod tests;
