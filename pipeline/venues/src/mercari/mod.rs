//! Mercari in the United States: GraphQL answers and the data of its pages.

pub(crate) mod parse;
pub mod search;

use crate::capability::{Ability, Access, Capability, ability, by_import};

/// What the venue's terms allow.
pub(crate) const POLICY: &str = include_str!("policy.toml");

/// What can be done there from here.
pub(crate) const ABILITIES: [Ability; 10] = by_import(ability(
    Capability::SoldPrices,
    Access::Import,
    "sold items in saved answers carry their price",
));
