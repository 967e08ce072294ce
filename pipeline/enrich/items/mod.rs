//! Which listings are the same item: re-posts under a new id, and the same thing on another venue.
//!
//! Listings that share something specific meet in a block (`signature`), are compared pair by pair
//! there (`rules`), and are joined unless their sellers contradict (`clusters`). A generic title
//! is never evidence.

mod blocks;
mod clusters;
pub mod known;
mod rules;
mod signature;

use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::{Attributes, Cents, Condition, Currency, ItemId, ListingKey, Utc};
use rayon::prelude::*;

use super::text::title_signature;
use clusters::Clusters;

/// What is compared of a listing: its newest content and when it was seen.
#[derive(Debug, Clone, Copy)]
pub struct ListingFacts<'a> {
    /// Distinct within a slice.
    pub key: &'a ListingKey,
    pub title: &'a str,
    pub description: Option<&'a str>,
    pub category: &'a str,
    pub condition: Option<Condition>,
    pub currency: Currency,
    /// The ask, minor units; `None` when none is meant.
    pub price: Option<Cents>,
    pub attributes: &'a Attributes,
    pub images: &'a [String],
    pub seller_key: Option<&'a str>,
    pub first_seen: Utc,
    pub last_seen: Utc,
}

/// Why listings are taken for one item, from strongest to weakest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Evidence {
    /// The same serial number, or the same model, year, odometer and type.
    Attributes,
    /// A long description that is the same but for small edits.
    Text,
    /// The same set of pictures.
    Images,
    /// The same seller with a near-equal title, one listing after the other.
    SellerAndTitle,
    /// A title too specific to be chance, with the same attributes and a like price.
    TitleAndAttributes,
}

impl Evidence {
    /// Every kind, strongest first.
    pub const ALL: [Self; 5] =
        [Self::Attributes, Self::Text, Self::Images, Self::SellerAndTitle, Self::TitleAndAttributes];

    /// The words that reports and tables use.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Attributes => "same attributes",
            Self::Text => "same text",
            Self::Images => "same images",
            Self::SellerAndTitle => "same seller and title",
            Self::TitleAndAttributes => "same title and attributes",
        }
    }
}

/// The item behind a listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAssignment {
    /// Named after the item's earliest listing, so that it stays when later ones join.
    pub item: ItemId,
    /// What ties this listing to the item's other listings; empty when it has none.
    pub evidence: Vec<Evidence>,
}

/// The id of the item whose earliest listing is `key`.
#[must_use]
pub fn item_id(key: &ListingKey) -> ItemId {
    let mut hash = FieldHasher::new("item");
    hash.text(key.platform.as_str()).text(&key.external_id);
    ItemId(hash.finish())
}

/// Finds the item of every listing; one assignment per listing, in the same order. The result
/// does not depend on the order of the listings.
#[must_use]
pub fn merge_items(listings: &[ListingFacts<'_>]) -> Vec<ItemAssignment> {
    // From here on a listing is its rank by (first seen, key): the least rank names the item.
    let mut order: Vec<u32> = (0..listings.len() as u32).collect();
    order.par_sort_unstable_by_key(|&i| (listings[i as usize].first_seen, listings[i as usize].key));
    let titles = order.par_iter().map(|&i| TitleKey::of(listings[i as usize].title)).collect();
    let ranked = Ranked { listings, order: &order, titles };

    let mut clusters = Clusters::new(&ranked);
    for evidence in Evidence::ALL {
        let mut edges = blocks::edges(&ranked, evidence);
        edges.par_sort_unstable();
        edges.dedup();
        for (a, b) in edges {
            clusters.join(a, b, evidence);
        }
    }
    assignments(&ranked, &mut clusters)
}

/// Listings in the order of (first seen, key).
struct Ranked<'a> {
    listings: &'a [ListingFacts<'a>],
    order: &'a [u32],
    /// By rank.
    titles: Vec<TitleKey>,
}

/// Sorts like titles side by side: near-equal ones begin alike more often than not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct TitleKey {
    /// Its first eight letters and digits.
    start: u64,
    /// Of all its words.
    words: u64,
}

impl TitleKey {
    fn of(title: &str) -> Self {
        let mut start = [0; 8];
        let letters = title.bytes().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
        start.iter_mut().zip(letters).for_each(|(slot, byte)| *slot = byte);
        Self { start: u64::from_be_bytes(start), words: title_signature(title) }
    }
}

impl<'a> Ranked<'a> {
    fn len(&self) -> usize {
        self.order.len()
    }

    fn get(&self, rank: u32) -> &'a ListingFacts<'a> {
        &self.listings[self.order[rank as usize] as usize]
    }
}

fn assignments(ranked: &Ranked<'_>, clusters: &mut Clusters<'_>) -> Vec<ItemAssignment> {
    let firsts: Vec<u32> = (0..ranked.len() as u32).map(|rank| clusters.first_of(rank)).collect();
    let mut by_input = vec![0_u32; ranked.len()];
    for (rank, &input) in ranked.order.iter().enumerate() {
        by_input[input as usize] = rank as u32;
    }
    by_input
        .into_par_iter()
        .map(|rank| ItemAssignment {
            item: item_id(ranked.get(firsts[rank as usize]).key),
            evidence: clusters.evidence(rank),
        })
        .collect()
}

#[cfg(test)]
mod real_data;
#[cfg(test)]
mod tests;
