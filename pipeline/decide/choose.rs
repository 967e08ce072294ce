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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn candidate(deal: usize, value: f64, cost: i64) -> Candidate {
        let density = value / cost.max(1) as f64;
        Candidate { deal, value, cost, density, currency: 0, category: 0, seller: None, negotiates: false }
    }

    fn room(money: i64) -> Room {
        Room {
            money: vec![money],
            category: vec![i64::MAX / 2; 3],
            seller: vec![i64::MAX / 2; 3],
            items: 99,
            negotiations: 99,
        }
    }

    fn sorted(mut candidates: Vec<Candidate>) -> Vec<Candidate> {
        candidates.sort_by(|a, b| b.density.total_cmp(&a.density));
        candidates
    }

    fn value(candidates: &[Candidate], chosen: &[usize]) -> f64 {
        chosen.iter().map(|&i| candidates[i].value).sum()
    }

    /// The best of all subsets.
    fn optimum(candidates: &[Candidate], room: &Room) -> f64 {
        let mut best = 0.0_f64;
        for subset in 0_u32..1 << candidates.len() {
            let mut room = room.clone();
            let mut sum = 0.0;
            let fits =
                candidates.iter().enumerate().filter(|(i, _)| subset >> i & 1 == 1).all(|(_, candidate)| {
                    let fits = room.obstacle(candidate).is_none();
                    room.take(candidate);
                    sum += candidate.value;
                    fits
                });
            if fits {
                best = best.max(sum);
            }
        }
        best
    }

    fn by_value(candidates: &[Candidate]) -> Vec<usize> {
        let mut order: Vec<usize> = (0..candidates.len()).collect();
        order.sort_by(|&a, &b| candidates[b].value.total_cmp(&candidates[a].value));
        order
    }

    /// A thousand made-up pools of twelve: the rule of thumb reaches nearly all of the optimum.
    #[test]
    fn on_average_exchanges_leave_nothing() {
        let mut state = 1_u64;
        let mut draw = |below: i64| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            ((state >> 33) as i64) % below
        };
        let (mut found, mut best) = (0.0, 0.0);
        for _ in 0..1_000 {
            let pool = sorted(
                (0..12)
                    .map(|i| Candidate {
                        negotiates: draw(2) == 0,
                        ..candidate(i, (1 + draw(99)) as f64, 1 + draw(60))
                    })
                    .collect(),
            );
            let limits = Room { items: 1 + draw(8), negotiations: draw(6), ..room(20 + draw(180)) };
            found += value(&pool, &heuristic(&pool, &by_value(&pool), &limits));
            best += optimum(&pool, &limits);
        }
        println!("heuristic reaches {:.4} of the optimum", found / best);
        assert!(found >= 0.995 * best, "{found} of {best}");
    }

    #[test]
    fn exchanges_mend_what_greed_spoils() {
        // The densest deal leaves no room for the most valuable one.
        let candidates = sorted(vec![candidate(0, 6.0, 10), candidate(1, 50.0, 100)]);
        assert_eq!(value(&candidates, &heuristic(&candidates, &by_value(&candidates), &room(100))), 50.0);
        // One makes room for two.
        let candidates = sorted(vec![candidate(0, 60.0, 60), candidate(1, 45.0, 50), candidate(2, 45.0, 50)]);
        assert_eq!(value(&candidates, &heuristic(&candidates, &by_value(&candidates), &room(100))), 90.0);
    }

    #[test]
    fn no_room_no_deal() {
        let candidates = [candidate(0, 6.0, 10)];
        for empty in [room(0), Room { items: 0, ..room(100) }, room(-5)] {
            assert_eq!(choose(&candidates, &empty), Vec::<usize>::new());
        }
        let talks = [Candidate { negotiates: true, ..candidates[0] }];
        assert!(choose(&talks, &Room { negotiations: 0, ..room(100) }).is_empty());
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1024))]

        #[test]
        fn near_the_optimum_and_never_over_a_limit(
            drawn in prop::collection::vec((1_u32..100, 1_i64..60, 0_usize..3, 0_usize..3, any::<bool>()), 1..12),
            money in 0_i64..200,
            category in 20_i64..150,
            seller in 20_i64..150,
            items in 0_i64..8,
            negotiations in 0_i64..6,
        ) {
            let candidates = sorted(drawn.iter().enumerate().map(|(i, &(value, cost, category, seller, negotiates))| {
                Candidate { category, seller: Some(seller), negotiates, ..candidate(i, f64::from(value), cost) }
            }).collect());
            let limits = Room { money: vec![money], category: vec![category; 3], seller: vec![seller; 3], items, negotiations };
            let by_value = by_value(&candidates);
            let chosen = heuristic(&candidates, &by_value, &limits);
            let mut left = limits.clone();
            for &i in &chosen {
                prop_assert!(left.obstacle(&candidates[i]).is_none());
                left.take(&candidates[i]);
            }
            let (found, best) = (value(&candidates, &chosen), optimum(&candidates, &limits));
            prop_assert!(found <= best);
            prop_assert!(found >= 0.6 * best, "{found} of {best}");
            // The sum's order may differ: the same set up to the last bit.
            let exact = value(&candidates, &choose(&candidates, &limits));
            prop_assert!((exact - best).abs() <= 1e-9 * best);
        }

        #[test]
        fn equal_deals_are_exact(
            value_each in 1_u32..50, cost in 1_i64..40, count in 1_usize..12, money in 0_i64..300, items in 0_i64..9,
        ) {
            let candidates: Vec<Candidate> = (0..count).map(|i| candidate(i, f64::from(value_each), cost)).collect();
            let limits = Room { items, ..room(money) };
            let chosen = heuristic(&candidates, &by_value(&candidates), &limits);
            prop_assert_eq!(value(&candidates, &chosen), optimum(&candidates, &limits));
        }
    }
}
