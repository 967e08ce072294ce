//! The simulated market: five venues with listings that nobody wrote, for trying the program and
//! testing it without an account anywhere.
//!
//! Each thing has a hidden value (family × variant × condition × age × season × chance) and an
//! owner who asks too much, or too little, rounds, forgets facts and gets some wrong. Over the
//! days listings are seen again, come down in price, sell, vanish, are posted again under a new id
//! or on another venue. All names and texts are the project's own; nobody in it is real.
//!
//! **Invariant:** a sample follows from its options alone, to the byte.

mod axes;
mod catalogue;
mod dice;
#[cfg(feature = "http")]
pub mod http;
mod ids;
mod listing;
pub mod live;
mod market;
mod sample;
mod story;
mod thing;
mod title;
mod truth;
mod venue;

use autobazaaar_domain::fees::Delivery;

pub use live::{Bazaar, Params};
pub use sample::{Sample, SampleOptions, SampleScan, SeenAgain};
pub use thing::Junk;
pub use truth::{TrueListing, Truth};
pub use venue::fee_platform;

/// The simulated venues as places to sell: sent from those that have parcels, handed over elsewhere.
#[must_use]
pub fn selling_venues() -> [(&'static str, Delivery); 5] {
    venue::VENUES.each_ref().map(|venue| {
        let sent = matches!(venue.fees_of, "ebay" | "mercari");
        (venue.name, if sent { Delivery::Shipped } else { Delivery::Local })
    })
}

/// Names of the simulated venues.
#[must_use]
pub fn platforms() -> [&'static str; 5] {
    venue::VENUES.each_ref().map(|venue| venue.name)
}

#[cfg(test)]
mod tests;
