//! eBay: saved search pages of both generations of markup, active and sold, and the Browse API.

mod api;
mod card;
pub mod export;
mod item;
pub(crate) mod parse;
pub mod search;
mod words;

use crate::capability::{Ability, Access, Capability, ability};

/// What eBay's terms and API allow.
pub(crate) const POLICY: &str = include_str!("policy.toml");

/// What can be done there from here.
pub(crate) const ABILITIES: [Ability; 10] = [
    ability(
        Capability::Search,
        Access::Live,
        "by the Browse API with keys of one's own; saved pages are read too",
    ),
    ability(
        Capability::Details,
        Access::Import,
        "saved item pages are read, and answers of the Browse API's item call",
    ),
    ability(
        Capability::SoldPrices,
        Access::Import,
        "saved pages of sold items are read; the API for them is granted to few",
    ),
    ability(
        Capability::Contact,
        Access::No,
        "the API has no messages to strangers; the owner writes by hand",
    ),
    ability(Capability::BestOffer, Access::No, "the API grants offers to few; the owner makes them by hand"),
    ability(Capability::Buy, Access::No, "the API grants orders to few; the owner buys by hand"),
    ability(
        Capability::Publish,
        Access::Live,
        "by the Inventory API, where `sell = \"api\"` and the seller agreed; else by hand, with drafts to upload",
    ),
    ability(Capability::Reprice, Access::Live, "by the Inventory API, where `sell = \"api\"`; else by hand"),
    ability(Capability::Delist, Access::Live, "by the Inventory API, where `sell = \"api\"`; else by hand"),
    ability(Capability::Orders, Access::Live, "by the Fulfillment API, where `sell = \"api\"`; else by hand"),
];
