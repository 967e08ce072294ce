//! Craigslist: saved search and posting pages of each generation, and the search's own API.

pub(crate) mod parse;
mod posting;
mod sapi;
pub mod search;

use crate::capability::{Ability, Access, Capability, ability, by_import};

/// What the venue's terms allow.
pub(crate) const POLICY: &str = include_str!("policy.toml");

/// What can be done there from here.
pub(crate) const ABILITIES: [Ability; 10] =
    by_import(ability(Capability::SoldPrices, Access::No, "the venue does not say what was sold"));
