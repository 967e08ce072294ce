//! What only the simulation knows, for tests and benchmarks.
//!
//! **Invariant:** no stage of the pipeline uses this; estimates come from what listings show.

use autobazaaar_domain::{Cents, Currency, ListingKey, Utc};

use super::SampleOptions;
use super::ids::thing_of;
use super::thing::{Junk, Thing, World, season};
use super::venue::VENUES;

/// The hidden facts of a sample. Holds nothing but the options: everything follows from the seed.
#[derive(Debug, Clone)]
pub struct Truth {
    world: World,
    things: u64,
}

/// The hidden facts of one listing.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TrueListing {
    /// The thing behind the listing: re-posts and cross-posts share it.
    pub thing: u64,
    /// What it would sell for to a patient seller at that time.
    pub value: Cents,
    /// Set when the listing is no honest offer of a whole thing.
    pub junk: Option<Junk>,
    /// Planted: asked far under its value.
    pub bargain: bool,
}

impl Truth {
    /// The truth about the sample with the same options.
    #[must_use]
    pub fn new(options: &SampleOptions) -> Self {
        Self { world: options.world(), things: options.listings }
    }

    /// The hidden facts of a listing at a moment; `None` when the sample has no such listing.
    #[must_use]
    pub fn of(&self, key: &ListingKey, at: Utc) -> Option<TrueListing> {
        VENUES[..self.world.venues].iter().find(|venue| venue.name == key.platform.as_str())?;
        let (number, _) = thing_of(self.world.seed, &key.external_id).filter(|&(n, _)| n < self.things)?;
        let thing = Thing::new(self.world, number);
        let value = thing.value_dollars * season(thing.category(), at);
        Some(TrueListing {
            thing: number,
            value: Cents::from_major(value, Currency::USD)?,
            junk: thing.junk,
            bargain: thing.bargain && thing.junk.is_none(),
        })
    }
}
