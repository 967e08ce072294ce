//! The listings that stand, found by id and by shelf (venue and category).

use std::collections::{BTreeMap, HashMap};

use crate::catalogue::CATEGORIES;
use crate::listing::Standing;
use crate::thing::Thing;
use crate::venue::VENUES;

/// A listing of somebody else.
pub(super) struct Live {
    pub standing: Standing,
    pub venue: u8,
    pub category: u8,
    /// Positions of family, brand and line in the catalogue, for searching by words.
    pub words: [u8; 3],
    /// Number of the change that is planned for it.
    pub turn: u32,
    /// Position on its shelf: later ones are newer.
    pub placed: u64,
    pub scam: bool,
}

/// What stands at a place of a shelf.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Shelved {
    /// Thing and copy.
    Theirs(u64),
    /// Number of our listing.
    Ours(u32),
}

/// The number of a listing: its thing and which copy of it.
pub(super) fn copy_key(thing: u64, copy: u8) -> u64 {
    thing << 4 | u64::from(copy & 15)
}

/// All listings that stand.
pub(super) struct Stock {
    lives: HashMap<u64, Live>,
    shelves: Vec<BTreeMap<u64, Shelved>>,
    placed: u64,
}

impl Stock {
    pub fn new() -> Self {
        let shelves = (0..VENUES.len() * CATEGORIES.len()).map(|_| BTreeMap::new()).collect();
        Self { lives: HashMap::new(), shelves, placed: 0 }
    }

    pub fn len(&self) -> usize {
        self.lives.len()
    }

    pub fn get(&self, copy: u64) -> Option<&Live> {
        self.lives.get(&copy)
    }

    pub fn get_mut(&mut self, copy: u64) -> Option<&mut Live> {
        self.lives.get_mut(&copy)
    }

    pub fn put(&mut self, standing: Standing, venue: usize, thing: &Thing, scam: bool) -> u64 {
        let copy = copy_key(standing.thing, standing.copy);
        let category = thing.category();
        let at = |list: &[&str], name: &str| list.iter().position(|x| *x == name).unwrap_or(0) as u8;
        let family = category.families.iter().position(|f| std::ptr::eq(f, thing.family)).unwrap_or(0);
        let words = [family as u8, at(category.brands, thing.brand), at(category.lines, thing.line)];
        let placed = self.shelve(venue, thing.category, Shelved::Theirs(copy));
        let live = Live {
            standing,
            venue: venue as u8,
            category: thing.category as u8,
            words,
            turn: 0,
            placed,
            scam,
        };
        self.lives.insert(copy, live);
        copy
    }

    pub fn remove(&mut self, copy: u64) -> Option<Live> {
        let live = self.lives.remove(&copy)?;
        self.shelf_mut(live.venue.into(), live.category.into()).remove(&live.placed);
        Some(live)
    }

    /// Puts something on top of a shelf and tells its position.
    pub fn shelve(&mut self, venue: usize, category: usize, what: Shelved) -> u64 {
        self.placed += 1;
        let placed = self.placed;
        self.shelf_mut(venue, category).insert(placed, what);
        placed
    }

    pub fn unshelve(&mut self, venue: usize, category: usize, placed: u64) {
        self.shelf_mut(venue, category).remove(&placed);
    }

    /// A shelf, oldest first.
    pub fn shelf(&self, venue: usize, category: usize) -> &BTreeMap<u64, Shelved> {
        &self.shelves[venue * CATEGORIES.len() + category]
    }

    fn shelf_mut(&mut self, venue: usize, category: usize) -> &mut BTreeMap<u64, Shelved> {
        &mut self.shelves[venue * CATEGORIES.len() + category]
    }
}
