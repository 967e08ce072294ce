//! Joining listings into items.

use std::collections::HashMap;

use super::rules::sellers_contradict;
use super::{Evidence, Ranked};

/// An item with more listings than this is a template or a chain of mistakes, not a thing.
const MAX_LISTINGS_OF_AN_ITEM: u32 = 64;

/// Union–find over ranks; the root of a cluster is its least rank.
pub(super) struct Clusters<'a> {
    ranked: &'a Ranked<'a>,
    parent: Vec<u32>,
    size: Vec<u32>,
    /// Bits by [`Evidence`].
    evidence: Vec<u8>,
    /// Listings with a known seller, of clusters with more than one listing.
    sold_by: HashMap<u32, Vec<u32>>,
}

impl<'a> Clusters<'a> {
    pub fn new(ranked: &'a Ranked<'a>) -> Self {
        let len = ranked.len();
        Self {
            ranked,
            parent: (0..len as u32).collect(),
            size: vec![1; len],
            evidence: vec![0; len],
            sold_by: HashMap::new(),
        }
    }

    /// The earliest listing of the cluster.
    pub fn first_of(&mut self, rank: u32) -> u32 {
        let mut at = rank;
        while self.parent[at as usize] != at {
            // Path halving keeps the trees flat.
            self.parent[at as usize] = self.parent[self.parent[at as usize] as usize];
            at = self.parent[at as usize];
        }
        at
    }

    /// Joins two clusters, unless that would make one item of two sellers' goods on one venue.
    pub fn join(&mut self, a: u32, b: u32, why: Evidence) {
        let (mut first, mut later) = (self.first_of(a), self.first_of(b));
        if first != later {
            (first, later) = (first.min(later), first.max(later));
            if self.size[first as usize] + self.size[later as usize] > MAX_LISTINGS_OF_AN_ITEM {
                return;
            }
            let (mut sellers, others) = (self.sellers(first), self.sellers(later));
            let contradict = |&x: &u32, &y: &u32| sellers_contradict(self.ranked.get(x), self.ranked.get(y));
            if sellers.iter().any(|x| others.iter().any(|y| contradict(x, y))) {
                self.keep(first, sellers);
                self.keep(later, others);
                return;
            }
            sellers.extend(others);
            self.keep(first, sellers);
            self.parent[later as usize] = first;
            self.size[first as usize] += self.size[later as usize];
        }
        for rank in [a, b] {
            self.evidence[rank as usize] |= 1 << why as u8;
        }
    }

    /// Why this listing was joined to others.
    pub fn evidence(&self, rank: u32) -> Vec<Evidence> {
        let bits = self.evidence[rank as usize];
        Evidence::ALL.into_iter().filter(|&why| bits & (1 << why as u8) != 0).collect()
    }

    fn sellers(&mut self, root: u32) -> Vec<u32> {
        if self.size[root as usize] == 1 {
            return self.ranked.get(root).seller_key.map(|_| root).into_iter().collect();
        }
        self.sold_by.remove(&root).unwrap_or_default()
    }

    fn keep(&mut self, root: u32, sellers: Vec<u32>) {
        if !sellers.is_empty() {
            self.sold_by.insert(root, sellers);
        }
    }
}
