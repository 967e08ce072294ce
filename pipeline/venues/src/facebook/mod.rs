//! Facebook Marketplace: the JSON inside saved pages, and GraphQL answers.

pub mod export;
pub(crate) mod parse;
pub mod search;

use crate::capability::{Ability, Access, Capability, ability, by_import};

/// What the venue's terms allow.
pub(crate) const POLICY: &str = include_str!("policy.toml");

/// What can be done there from here.
pub(crate) const ABILITIES: [Ability; 10] =
    by_import(ability(Capability::SoldPrices, Access::No, "a sold mark is read, but not what was paid"));
