//! The acceptance cards of the venues (V-01 to V-06 and V-09), on small pages of our own and on
//! real ones where they are at hand.

mod cards;
mod fixtures;
mod fuzz;
mod items;
mod real;
mod searches;

use autobazaaar_domain::{RunId, Utc};

use crate::{Page, ReadContext, read};

fn page(bytes: &[u8]) -> Page {
    let run_id = RunId("test".into());
    let context =
        ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: "page", currency: None };
    read(bytes, &context).unwrap()
}

/// A page's listings in short: id, price in minor units with currency, kind, title.
fn rows(page: &Page) -> Vec<String> {
    let short = |listing: &crate::SeenListing| {
        let seen = &listing.observation;
        let price = seen.price.map_or("-".to_owned(), |price| price.0.to_string());
        format!("{} {price} {} {} {}", seen.key.external_id, seen.currency, seen.price_kind, seen.title)
    };
    page.listings.iter().map(short).collect()
}
