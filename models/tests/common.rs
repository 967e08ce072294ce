//! Listings made up for the tests.

use std::collections::BTreeMap;

use autobazaaar_domain::{Basis, Condition, ItemId, ListingKey};
use autobazaaar_models::Example;

/// A listing that owns its parts.
#[derive(Debug, Clone)]
pub struct Owned {
    pub item: ItemId,
    pub key: ListingKey,
    pub category: String,
    pub title: String,
    pub description: Option<String>,
    pub condition: Option<Condition>,
    pub attributes: BTreeMap<String, String>,
    pub at: i64,
    pub price: f64,
}

impl Owned {
    pub fn example(&self) -> Example<'_> {
        Example {
            item: self.item,
            key: &self.key,
            category: &self.category,
            platform: self.key.platform.as_str(),
            title: &self.title,
            description: self.description.as_deref(),
            condition: self.condition,
            attributes: &self.attributes,
            at: self.at,
            price: Some(self.price),
            basis: Basis::Asked,
            status_active: true,
        }
    }
}

pub fn examples(rows: &[Owned]) -> Vec<Example<'_>> {
    rows.iter().map(Owned::example).collect()
}

pub fn item(n: u64) -> ItemId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&n.to_le_bytes());
    ItemId(bytes)
}
