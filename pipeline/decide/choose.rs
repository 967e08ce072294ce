//! Which deals to take on: the set of most value per day that fits every limit.
//!
//! Greedy by density (value per unit of money, best when money is short) and by value (best when
//! numbers are), each bettered by exchanges: one or two chosen deals make room for another, and
//! what room is left is filled again, as long as the set gains. The better of the two sets is
//! taken. Among few candidates every set is weighed, so that the choice is exact.

use std::collections::HashSet;

use rayon::prelude::*;

/// A deal that meets its own limits.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Candidate {
    /// Position among the deals.
    pub(super) deal: usize,
    /// Risk-adjusted expected surplus per day, as a share of its currency's capital: so that
    /// currencies can stand side by side.
    pub(super) value: f64,
    /// Minor units set aside.
    pub(super) cost: i64,
    /// Rank among all: value per unit of money; higher first.
    pub(super) density: f64,
    /// Positions in [`Room`].
    pub(super) currency: usize,
    pub(super) category: usize,
    pub(super) seller: Option<usize>,
    pub(super) negotiates: bool,
}

/// What can still be taken on, in minor units and counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Room {
    pub(super) money: Vec<i64>,
    pub(super) category: Vec<i64>,
    pub(super) seller: Vec<i64>,
    pub(super) items: i64,
    pub(super) negotiations: i64,
}

/// What keeps a candidate out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Obstacle {
    Money,
    Category,
    Seller,
    Items,
    Negotiations,
}

impl Room {
    /// The first limit that leaves no room for a candidate.
    pub(super) fn obstacle(&self, candidate: &Candidate) -> Option<Obstacle> {
        let cost = candidate.cost;
        if cost > self.money[candidate.currency] {
            return Some(Obstacle::Money);
        }
        if cost > self.category[candidate.category] {
            return Some(Obstacle::Category);
        }
        if candidate.seller.is_some_and(|seller| cost > self.seller[seller]) {
            return Some(Obstacle::Seller);
        }
        if self.items < 1 {
            return Some(Obstacle::Items);
        }
        (candidate.negotiates && self.negotiations < 1).then_some(Obstacle::Negotiations)
    }

    /// The most that one more item may cost.
    pub(super) fn most(&self, candidate: &Candidate) -> i64 {
        let most = self.money[candidate.currency].min(self.category[candidate.category]);
        candidate.seller.map_or(most, |seller| most.min(self.seller[seller]))
    }

    /// Takes a candidate in.
    pub(super) fn take(&mut self, candidate: &Candidate) {
        self.change(candidate, 1);
    }

    fn give_back(&mut self, candidate: &Candidate) {
        self.change(candidate, -1);
    }

    fn change(&mut self, candidate: &Candidate, by: i64) {
        self.money[candidate.currency] -= by * candidate.cost;
        self.category[candidate.category] -= by * candidate.cost;
        if let Some(seller) = candidate.seller {
            self.seller[seller] -= by * candidate.cost;
        }
        self.items -= by;
        self.negotiations -= by * i64::from(candidate.negotiates);
    }
}

/// Outsiders looked at in exchanges: this many best by value, and as many best by density.
const SHORT_LIST: usize = 64;
/// Exchanges of two for one are tried up to this many chosen deals.
const PAIRS_UP_TO: usize = 40;
/// Up to this many candidates every set is weighed: at most some 65,000.
const EXACT_UP_TO: usize = 16;
/// Exchanges at most; each raises the value, so this only bounds the time.
const EXCHANGES: usize = 200;

/// Chooses among candidates sorted by density, highest first. Returns the chosen positions in
/// `candidates`, in order.
pub(super) fn choose(candidates: &[Candidate], room: &Room) -> Vec<usize> {
    let mut by_value: Vec<usize> = (0..candidates.len()).collect();
    by_value
        .par_sort_unstable_by(|&a, &b| candidates[b].value.total_cmp(&candidates[a].value).then(a.cmp(&b)));
    if candidates.len() <= EXACT_UP_TO {
        return exact(candidates, room);
    }
    heuristic(candidates, &by_value, room)
}

fn heuristic(candidates: &[Candidate], by_value: &[usize], room: &Room) -> Vec<usize> {
    let by_density: Vec<usize> = (0..candidates.len()).collect();
    let short_list = short_list(by_value);
    let dense = Set::best_from(candidates, &by_density, &short_list, room);
    let dear = Set::best_from(candidates, by_value, &short_list, room);
    let value = |set: &[usize]| set.iter().map(|&i| candidates[i].value).sum::<f64>();
    if value(&dear) > value(&dense) { dear } else { dense }
}

/// Weighs every set that fits: depth first, cut where even all that follows would not gain.
fn exact(candidates: &[Candidate], room: &Room) -> Vec<usize> {
    struct Search<'a> {
        candidates: &'a [Candidate],
        /// Value of all candidates from a position on.
        rest: Vec<f64>,
        best: (f64, Vec<usize>),
    }
    impl Search<'_> {
        fn from(&mut self, i: usize, value: f64, taken: &mut Vec<usize>, room: &mut Room) {
            if value > self.best.0 {
                self.best = (value, taken.clone());
            }
            if i == self.candidates.len() || value + self.rest[i] <= self.best.0 {
                return;
            }
            let candidate = self.candidates[i];
            if room.obstacle(&candidate).is_none() {
                room.take(&candidate);
                taken.push(i);
                self.from(i + 1, value + candidate.value, taken, room);
                taken.pop();
                room.give_back(&candidate);
            }
            self.from(i + 1, value, taken, room);
        }
    }
    let mut rest: Vec<f64> = candidates.iter().map(|candidate| candidate.value).collect();
    for i in (1..rest.len()).rev() {
        rest[i - 1] += rest[i];
    }
    let mut search = Search { candidates, rest, best: (0.0, Vec::new()) };
    search.from(0, 0.0, &mut Vec::new(), &mut room.clone());
    search.best.1
}

/// Deals looked at in exchanges: the best by value and the best by density, in both orders.
struct ShortList {
    by_density: Vec<usize>,
    by_value: Vec<usize>,
}

/// From all candidates in order of value.
fn short_list(by_value: &[usize]) -> ShortList {
    let mut by_density: Vec<usize> = by_value.iter().copied().take(SHORT_LIST).collect();
    by_density.extend(0..by_value.len().min(SHORT_LIST));
    by_density.sort_unstable();
    by_density.dedup();
    let listed: HashSet<usize> = by_density.iter().copied().collect();
    let by_value = by_value.iter().copied().filter(|i| listed.contains(i)).collect();
    ShortList { by_density, by_value }
}

/// Deals taken on, with the room they leave.
struct Set<'a> {
    candidates: &'a [Candidate],
    room: Room,
    chosen: Vec<bool>,
}

impl<'a> Set<'a> {
    /// Greedy in the order given, then exchanges as long as they gain.
    fn best_from(candidates: &'a [Candidate], order: &[usize], list: &ShortList, room: &Room) -> Vec<usize> {
        let mut set = Set { candidates, room: room.clone(), chosen: vec![false; candidates.len()] };
        let mut inside = set.fill(order);
        for _ in 0..EXCHANGES {
            let Some((leaving, entered)) = set.exchange(&inside, list) else { break };
            inside.retain(|i| !leaving.contains(i));
            inside.extend(entered);
        }
        inside.extend(set.fill(order));
        inside.sort_unstable();
        inside
    }

    fn value(&self, these: &[usize]) -> f64 {
        these.iter().map(|&i| self.candidates[i].value).sum()
    }

    fn put(&mut self, i: usize) {
        self.room.take(&self.candidates[i]);
        self.chosen[i] = true;
    }

    fn remove(&mut self, i: usize) {
        self.room.give_back(&self.candidates[i]);
        self.chosen[i] = false;
    }

    /// Takes in whatever fits, in the order given; returns what was taken.
    fn fill(&mut self, order: &[usize]) -> Vec<usize> {
        let mut taken = Vec::new();
        for &i in order {
            if self.room.items < 1 {
                break;
            }
            if !self.chosen[i] && self.room.obstacle(&self.candidates[i]).is_none() {
                self.put(i);
                taken.push(i);
            }
        }
        taken
    }

    /// Makes the first exchange found that gains: who left and who entered.
    fn exchange(&mut self, inside: &[usize], list: &ShortList) -> Option<(Vec<usize>, Vec<usize>)> {
        let singles = inside.iter().map(|&i| vec![i]);
        let pairs =
            inside.iter().enumerate().flat_map(|(n, &i)| inside[n + 1..].iter().map(move |&j| vec![i, j]));
        let pairs = pairs.take(if inside.len() <= PAIRS_UP_TO { usize::MAX } else { 0 });
        for leaving in singles.chain(pairs) {
            leaving.iter().for_each(|&i| self.remove(i));
            let lost = self.value(&leaving);
            for &first in &list.by_density {
                for refill in [&list.by_density, &list.by_value] {
                    let entered = self.enter(first, &leaving, refill);
                    if self.value(&entered) > lost + 1e-12 * lost.abs() {
                        return Some((leaving, entered));
                    }
                    entered.iter().for_each(|&i| self.remove(i));
                }
            }
            leaving.iter().for_each(|&i| self.put(i));
        }
        None
    }

    /// One enters who did not just leave, and the room left is filled in an order.
    fn enter(&mut self, first: usize, leaving: &[usize], refill: &[usize]) -> Vec<usize> {
        let out = self.chosen[first] || leaving.contains(&first);
        if out || self.room.obstacle(&self.candidates[first]).is_some() {
            return Vec::new();
        }
        self.put(first);
        let mut entered = vec![first];
        entered.extend(self.fill(refill));
        entered
    }
}

#[cfg(test)]
#[path = "choose_tests.rs"]
mod tests;
