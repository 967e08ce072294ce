//! Deals in, one decision for each out.

use std::collections::HashMap;

use autobazaaar_domain::decision::{DecidedBy, Figure};
use autobazaaar_domain::{
    Action, Cents, Currency, Deal, Decision, Figures, ItemId, Money, Reason, ReasonCode, RiskCode, Utc,
};
use rayon::prelude::*;

use super::assess::{Assessed, Worth, assess};
use super::choose::{Candidate, Obstacle, Room, choose};
use super::inputs;
use super::limits::{Limits, Priced};
use super::portfolio::Portfolio;
use super::surplus::strategy;

/// An ask below this share of what the thing is taken to sell for, its low ask allowed for, is what
/// frauds ask.
const SUSPICIOUS: f64 = 0.6;

/// Decides on every deal, in the order given. The set taken on meets every limit together with
/// what the portfolio holds already; one item behind several listings is taken at most once.
#[must_use]
pub fn decide(deals: &[Deal], limits: &Limits, portfolio: &Portfolio, now: Utc) -> Vec<Decision> {
    let negotiations = free(limits.config.open_negotiations, portfolio.open_negotiations);
    let assess =
        |deal: &Deal| (inputs::of_deal(deal), assess(deal, limits, portfolio, negotiations > 0, now));
    let (hashes, mut assessed): (Vec<_>, Vec<_>) = deals.par_iter().map(assess).unzip();
    pass_duplicates(deals, &mut assessed);
    let (candidates, room) = candidates(deals, &assessed, limits, portfolio, negotiations);
    let chosen = choose(&candidates, &room);
    let outcomes = settle(deals, &assessed, &candidates, &chosen, room, limits);
    let shared = inputs::shared(limits, portfolio, now, &hashes);
    let context = Context { limits, portfolio, now, outcomes: &outcomes };
    (0..deals.len())
        .into_par_iter()
        .map(|i| Decision {
            inputs_hash: inputs::of_decision(&shared, &hashes[i]),
            ..context.decision(i, &deals[i], &assessed[i])
        })
        .collect()
}

fn free(limit: u32, used: u32) -> i64 {
    i64::from(limit) - i64::from(used)
}

/// Leaves one deal for each item: the densest.
fn pass_duplicates(deals: &[Deal], assessed: &mut [Assessed]) {
    let mut best: HashMap<ItemId, (usize, f64)> = HashMap::new();
    for (i, one) in assessed.iter().enumerate() {
        let Assessed::Worth(worth) = one else { continue };
        let density = worth.density();
        let entry = best.entry(deals[i].item_id).or_insert((i, density));
        let ahead = density.total_cmp(&entry.1).then_with(|| deals[entry.0].key.cmp(&deals[i].key));
        if ahead.is_gt() {
            *entry = (i, density);
        }
    }
    for (i, one) in assessed.iter_mut().enumerate() {
        let Assessed::Worth(worth) = one else { continue };
        let Some(&(kept, _)) = best.get(&deals[i].item_id) else { continue };
        if kept != i {
            let reason = Reason::with_detail(ReasonCode::PassedDuplicateItem, deals[kept].key.to_string());
            *one = Assessed::Pass { reasons: vec![reason], max_price: Some(worth.max_price) };
        }
    }
}

/// The deals worth something, densest first, and the room for them.
fn candidates(
    deals: &[Deal],
    assessed: &[Assessed],
    limits: &Limits,
    portfolio: &Portfolio,
    negotiations: i64,
) -> (Vec<Candidate>, Room) {
    let items = free(limits.config.items_per_week, portfolio.bought_this_week);
    let mut room = Room { items, negotiations, ..Room::default() };
    let mut currencies = Index::default();
    let mut categories = Index::default();
    let mut sellers = Index::default();
    let mut candidates = Vec::new();
    for (i, one) in assessed.iter().enumerate() {
        let (Assessed::Worth(worth), deal) = (one, &deals[i]) else { continue };
        let funds = portfolio.funds.get(&deal.currency);
        let capital = portfolio.capital(limits, deal.currency);
        let share = |share: f64, held: Option<&Cents>| {
            // A share that is no number allows nothing.
            let most = if share.is_nan() { Cents::ZERO } else { capital.share(share.clamp(0.0, 1.0)) };
            (most - held.copied().unwrap_or_default()).0
        };
        let currency =
            currencies.of(deal.currency, &mut room.money, || portfolio.available(limits, deal.currency).0);
        let category = categories.of((deal.currency, deal.category.as_str()), &mut room.category, || {
            share(limits.config.category_share, funds.and_then(|funds| funds.by_category.get(&deal.category)))
        });
        let seller = deal.seller_key.as_deref().map(|key| {
            // A seller is known by venue and key.
            sellers.of((deal.currency, deal.key.platform.as_str(), key), &mut room.seller, || {
                share(limits.config.seller_share, funds.and_then(|funds| funds.by_seller.get(key)))
            })
        });
        candidates.push(Candidate {
            deal: i,
            value: worth.value / capital.0.max(1) as f64,
            cost: worth.cost.0,
            density: worth.density(),
            currency,
            category,
            seller,
            negotiates: worth.action == Action::Negotiate,
        });
    }
    candidates.par_sort_by(|a, b| {
        b.density.total_cmp(&a.density).then_with(|| deals[a.deal].key.cmp(&deals[b.deal].key))
    });
    (candidates, room)
}

/// Numbers keys in order of their first sight.
struct Index<K>(HashMap<K, usize>);

impl<K> Default for Index<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: std::hash::Hash + Eq> Index<K> {
    fn of(&mut self, key: K, room: &mut Vec<i64>, first: impl FnOnce() -> i64) -> usize {
        *self.0.entry(key).or_insert_with(|| {
            room.push(first());
            room.len() - 1
        })
    }
}

/// What became of a deal worth something.
#[derive(Debug, Clone, Copy)]
enum Outcome {
    Taken { max_price: Cents, before: Cents, after: Cents },
    Left { obstacle: Obstacle, cost: Cents, room: Cents, available: Cents },
}

/// Books the chosen ones one after the other, densest first, and says what kept the others out.
fn settle(
    deals: &[Deal],
    assessed: &[Assessed],
    candidates: &[Candidate],
    chosen: &[usize],
    mut room: Room,
    limits: &Limits,
) -> HashMap<usize, Outcome> {
    let mut outcomes = HashMap::with_capacity(candidates.len());
    for &position in chosen {
        let candidate = &candidates[position];
        let Assessed::Worth(worth) = &assessed[candidate.deal] else { continue };
        let before = Cents(room.money[candidate.currency]);
        let most = Cents(room.most(candidate));
        // The room left may allow less than the limits alone did, but never less than the cost.
        let max_price = Priced::new(&deals[candidate.deal], limits).and_then(|priced| priced.max_price(most));
        let max_price = max_price.unwrap_or(worth.max_price);
        room.take(candidate);
        let after = Cents(room.money[candidate.currency]);
        outcomes.insert(candidate.deal, Outcome::Taken { max_price, before, after });
    }
    for candidate in candidates {
        let Some(obstacle) = room.obstacle(candidate) else { continue };
        let left = match obstacle {
            Obstacle::Category => room.category[candidate.category],
            Obstacle::Seller => candidate.seller.map_or(0, |seller| room.seller[seller]),
            _ => room.money[candidate.currency],
        };
        let available = Cents(room.money[candidate.currency]);
        let (cost, room) = (Cents(candidate.cost), Cents(left));
        outcomes.entry(candidate.deal).or_insert(Outcome::Left { obstacle, cost, room, available });
    }
    outcomes
}

struct Context<'a> {
    limits: &'a Limits,
    portfolio: &'a Portfolio,
    now: Utc,
    outcomes: &'a HashMap<usize, Outcome>,
}

impl Context<'_> {
    /// The decision, its hash still missing.
    fn decision(&self, i: usize, deal: &Deal, assessed: &Assessed) -> Decision {
        let blank = self.blank(deal);
        let worth = match assessed {
            Assessed::Pass { reasons, max_price } => {
                return Decision { reasons: reasons.clone(), max_price: *max_price, ..blank };
            }
            Assessed::Worth(worth) => worth,
        };
        let weighed = Decision {
            max_price: Some(worth.max_price),
            surplus_buy: worth.outlook.buy,
            surplus_negotiate: worth.outlook.negotiate,
            ..blank
        };
        match self.outcomes.get(&i) {
            Some(&Outcome::Taken { max_price, before, after }) => {
                let taken = Decision {
                    max_price: Some(max_price),
                    hold: worth.cost,
                    available_before: Some(before),
                    available_after: Some(after),
                    ..weighed
                };
                self.approved(taken, deal, worth)
            }
            Some(&Outcome::Left { obstacle, cost, room, available }) => Decision {
                reasons: vec![self.obstacle(obstacle, cost, room, deal.currency)],
                available_before: Some(available),
                available_after: Some(available),
                ..weighed
            },
            // Whatever fits is taken, so nothing is left without an obstacle.
            None => Decision { reasons: vec![Reason::bare(ReasonCode::PassedBudget)], ..weighed },
        }
    }

    fn blank(&self, deal: &Deal) -> Decision {
        let has_budget = self.portfolio.capital(self.limits, deal.currency).0 > 0;
        let available = has_budget.then(|| self.portfolio.available(self.limits, deal.currency));
        Decision {
            item_id: deal.item_id,
            episode: deal.episode,
            key: deal.key.clone(),
            action: Action::Pass,
            max_price: None,
            opening_offer: None,
            strategy: None,
            hold: Cents::ZERO,
            surplus_buy: None,
            surplus_negotiate: None,
            needs_approval: false,
            reasons: Vec::new(),
            available_before: available,
            available_after: available,
            decided_by: DecidedBy::Rule,
            decided_at: self.now,
            inputs_hash: String::new(),
        }
    }

    fn approved(&self, taken: Decision, deal: &Deal, worth: &Worth) -> Decision {
        let money = |amount| Figure::Money(Money { amount, currency: deal.currency });
        let (code, best, other) = match worth.action {
            Action::Negotiate => (ReasonCode::ApprovedNegotiate, worth.outlook.negotiate, worth.outlook.buy),
            Action::Buy | Action::Pass => {
                (ReasonCode::ApprovedBuy, worth.outlook.buy, worth.outlook.negotiate)
            }
        };
        let comparison =
            |amount| format!("expected surplus; the other way {}", Money { amount, currency: deal.currency });
        let mut reasons = vec![Reason {
            code,
            found: best.map(money),
            limit: None,
            detail: Some(other.map_or_else(|| "expected surplus".to_owned(), comparison)),
        }];
        let free_hand = self.limits.auto_approve_up_to(deal.currency);
        let cheap = |figures: &Figures| {
            figures.given_ask.is_some()
                && figures.purchase_price < figures.estimated_sale_price.share(SUSPICIOUS)
        };
        let too_good = deal.risk.has(RiskCode::TooGood) || deal.figures.as_ref().is_some_and(cheap);
        if taken.hold > free_hand {
            reasons.push(Reason::measured(ReasonCode::NeedsApproval, money(taken.hold), money(free_hand)));
        }
        if too_good {
            reasons.push(Reason::bare(ReasonCode::CheckFraud));
        }
        let mut decision = Decision {
            action: worth.action,
            needs_approval: taken.hold > free_hand || too_good,
            reasons,
            ..taken
        };
        if let (Action::Negotiate, Some(figures), Some(max_price)) =
            (worth.action, &deal.figures, decision.max_price)
        {
            let strategy = strategy(deal, figures, self.limits.bargaining(), self.now);
            decision.strategy = Some(strategy);
            decision.opening_offer =
                Some(figures.purchase_price.share(strategy.opening_share()).min(max_price));
        }
        decision
    }

    fn obstacle(&self, obstacle: Obstacle, cost: Cents, room: Cents, currency: Currency) -> Reason {
        let money = |amount: Cents| Figure::Money(Money { amount: amount.max(Cents::ZERO), currency });
        let config = &self.limits.config;
        match obstacle {
            Obstacle::Money => Reason::measured(ReasonCode::PassedBudget, money(cost), money(room)),
            Obstacle::Category => Reason::measured(ReasonCode::PassedCategoryShare, money(cost), money(room)),
            Obstacle::Seller => Reason::measured(ReasonCode::PassedSellerShare, money(cost), money(room)),
            Obstacle::Items => {
                let limit = Figure::Count(config.items_per_week);
                Reason {
                    limit: Some(limit),
                    found: Some(limit),
                    ..Reason::bare(ReasonCode::PassedItemsPerWeek)
                }
            }
            Obstacle::Negotiations => {
                let limit = Figure::Count(config.open_negotiations);
                Reason {
                    limit: Some(limit),
                    found: Some(limit),
                    ..Reason::bare(ReasonCode::PassedOpenNegotiations)
                }
            }
        }
    }
}
