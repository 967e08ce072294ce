//! The comparables of every listing, found on all threads and held compactly.

use std::collections::BTreeMap;

use autobazaaar_domain::{Basis, Currency};
use autobazaaar_models::{CompsIndex, CompsOptions, Example, Exclude, Hit, Scratch};
use rayon::prelude::*;

use super::items::ItemAssignment;
use super::listings::Listing;
use super::stage::{comp_price, example};

/// Comparables, listing after listing: rows in the slice of listings, each with its similarity.
#[derive(Default)]
pub(super) struct Neighbours {
    /// Where each listing's comparables end.
    ends: Vec<usize>,
    rows: Vec<u32>,
    similarities: Vec<f32>,
}

/// Comparables of one listing.
type Hits = Vec<(u32, f32)>;

impl Neighbours {
    /// At most `k` comparables per listing, of other items and the same currency; only listings
    /// with a price are found.
    pub(super) fn find(listings: &[Listing], items: &[ItemAssignment], k: usize) -> Self {
        let mut found = vec![Hits::new(); listings.len()];
        let mut by_currency: BTreeMap<Currency, Vec<u32>> = BTreeMap::new();
        for (row, listing) in listings.iter().enumerate() {
            by_currency.entry(listing.currency).or_default().push(row as u32);
        }
        for rows in by_currency.into_values() {
            let (priced, unpriced): (Vec<u32>, Vec<u32>) =
                rows.into_iter().partition(|&row| comp_price(&listings[row as usize]).is_some());
            let index = index(listings, items, &priced);
            let named = |hits: &[Hit]| -> Hits {
                hits.iter().map(|hit| (priced[hit.row as usize], hit.similarity as f32)).collect()
            };
            let of_priced = index.map_neighbours(k, |_, hits| named(hits));
            let view = index.view();
            let search = |scratch: &mut Scratch, &row: &u32| {
                let query = example(&listings[row as usize], items[row as usize].item, None, Basis::Asked);
                named(&view.search(&query, Exclude::OwnItem, k, scratch))
            };
            let of_unpriced: Vec<Hits> = unpriced.par_iter().map_init(Scratch::default, search).collect();
            for (row, hits) in priced.iter().zip(of_priced).chain(unpriced.iter().zip(of_unpriced)) {
                found[*row as usize] = hits;
            }
        }
        Self::pack(found)
    }

    fn pack(found: Vec<Hits>) -> Self {
        let mut packed = Self::default();
        for hits in found {
            packed.rows.extend(hits.iter().map(|(row, _)| row));
            packed.similarities.extend(hits.iter().map(|(_, similarity)| similarity));
            packed.ends.push(packed.rows.len());
        }
        packed
    }

    fn range(&self, listing: usize) -> std::ops::Range<usize> {
        let from = if listing == 0 { 0 } else { self.ends[listing - 1] };
        from..self.ends[listing]
    }

    /// Rows of a listing's comparables, best first.
    pub(super) fn rows(&self, listing: usize) -> &[u32] {
        &self.rows[self.range(listing)]
    }

    /// Their similarities, 0–1.
    pub(super) fn similarities(&self, listing: usize) -> &[f32] {
        &self.similarities[self.range(listing)]
    }
}

fn index(listings: &[Listing], items: &[ItemAssignment], priced: &[u32]) -> CompsIndex {
    let examples: Vec<Example<'_>> = priced
        .iter()
        .filter_map(|&row| {
            let listing = &listings[row as usize];
            let (price, basis) = comp_price(listing)?;
            Some(example(listing, items[row as usize].item, Some(price), basis))
        })
        .collect();
    CompsIndex::build(&examples, CompsOptions::default())
}
