//! Day by day through the record.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use autobazaaar_domain::hash::hex;
use autobazaaar_domain::{
    Action, Basis, Cents, Currency, Deal, Decision, Enriched, ObservationId, Presence, Quantiles, Utc,
    Valuation,
};
use autobazaaar_lake::observations::read_observations;
use autobazaaar_lake::rows::ids;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};
use autobazaaar_models::TrainOptions;
use autobazaaar_models::discount::{DiscountOptions, learn_discount};
use chrono::{Days, NaiveDate};

use super::BacktestError;
use super::account::{notes, sources, yardstick};
use super::book::{Book, Taken};
use super::past::{self, Past, Taught, start_of, teach};
use super::result::{Backtest, Chosen, Day, Outcome, Purchase, Yardstick};
use super::worth::{Hindsight, Later, ToSale, Worth};
use crate::decide::{Limits, decide};
use crate::enrich::stage::EnrichOptions;
use crate::publish::Engine;
use crate::score::models::LEVEL;
use crate::score::stage::{Current, query, score_one, value_batch};
use crate::score::{Economics, score_listing};
use crate::train::selling::{SellingInput, pairs};

/// What is replayed, and how often it is learned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BacktestOptions {
    /// First and last day decided on; the record before is learned from.
    pub from: Option<NaiveDate>,
    pub to: Option<NaiveDate>,
    /// `None`: that of most listings.
    pub currency: Option<Currency>,
    /// Days between passes: of the days in between nothing is decided.
    pub decide_every_days: u32,
    /// Days between trainings.
    pub train_every_days: u32,
}

/// What a backtest works with.
pub struct BacktestInput<'a> {
    pub lake: &'a Lake,
    pub engine: &'a Engine,
    pub enrich: &'a EnrichOptions,
    pub train: &'a TrainOptions,
    /// The economics of the configuration, nothing learned.
    pub economics: &'a Economics,
    pub limits: &'a Limits,
    /// Told of each day that is done: which of how many.
    pub progress: &'a (dyn Fn(usize, usize) + Sync),
}

/// Replays the record.
///
/// # Errors
/// When the lake cannot be read, or holds less than three days.
pub fn backtest(input: &BacktestInput<'_>, options: &BacktestOptions) -> Result<Backtest, BacktestError> {
    let all = Past::load(input.lake, input.engine, input.enrich, past::end_of_time())?;
    let currency = currency(&all, options.currency)?;
    let days = days(input, currency, &all, options)?;
    let to_sale = to_sale(&all, currency, input.economics);
    let hindsight = Hindsight::new(&all, currency, &to_sale);
    let mut replay = Replay {
        input,
        currency,
        hindsight: &hindsight,
        ours: Book::new(currency),
        oracle: Book::new(currency),
        days: Vec::new(),
        chosen: Vec::new(),
    };
    let mut taught: Option<Taught> = None;
    let mut before: Option<Past> = None;
    for (done, &date) in days.iter().enumerate() {
        let begins = start_of(date);
        let due = taught
            .as_ref()
            .is_none_or(|taught| (begins - taught.before).num_days() >= i64::from(options.train_every_days));
        if due {
            // The former day's view ends where this day begins, unless days lie between in which
            // nothing was decided on.
            let past = match before.take() {
                Some(past) if past.before == begins => past,
                _ => Past::load(input.lake, input.engine, input.enrich, begins)?,
            };
            taught = Some(teach(&past, currency, input.train, input.economics));
        }
        let known = Past::load(input.lake, input.engine, input.enrich, start_of_next(date))?;
        if let Some(taught) = &taught {
            replay.day(date, &known, taught)?;
        }
        before = Some(known);
        (input.progress)(done + 1, days.len());
    }
    let measure = yardstick(&hindsight, &to_sale, days.first().copied());
    Ok(replay.finish(&all, options, measure, taught.as_ref()))
}

pub(super) fn start_of_next(date: NaiveDate) -> Utc {
    start_of(date.checked_add_days(Days::new(1)).unwrap_or(date))
}

/// The wanted currency, or that of most listings.
pub(super) fn currency(all: &Past, wanted: Option<Currency>) -> Result<Currency, BacktestError> {
    let mut counts: BTreeMap<Currency, usize> = BTreeMap::new();
    for listing in &all.listings {
        *counts.entry(listing.currency).or_default() += 1;
    }
    let most = counts.iter().max_by_key(|(currency, count)| (**count, std::cmp::Reverse(**currency)));
    let found = wanted.filter(|currency| counts.contains_key(currency)).or_else(|| match wanted {
        None => most.map(|(currency, _)| *currency),
        Some(_) => None,
    });
    found.ok_or_else(|| {
        let held: Vec<&str> = counts.keys().map(Currency::as_str).collect();
        BacktestError::NoCurrency {
            wanted: wanted.map_or("any currency".to_owned(), |currency| currency.to_string()),
            held: if held.is_empty() { "none".to_owned() } else { held.join(", ") },
        }
    })
}

/// The days (UTC) on which something was seen, the first of the record left out: nothing was
/// known before it.
fn days(
    input: &BacktestInput<'_>,
    currency: Currency,
    all: &Past,
    options: &BacktestOptions,
) -> Result<Vec<NaiveDate>, BacktestError> {
    let sql = "select distinct cast(observed_at as date)::varchar as day from past_sights order by day";
    let mut statement = input.engine.connection().prepare(sql).map_err(reading)?;
    let rows = statement.query_map([], |row| row.get::<_, String>(0)).map_err(reading)?;
    let mut days = BTreeSet::new();
    for day in rows {
        days.extend(day.map_err(reading)?.parse::<NaiveDate>());
    }
    let newest = all.newest().map(|at| at.date_naive());
    let seen = days.len();
    let after_first = days.into_iter().skip(1);
    let wanted: Vec<NaiveDate> = after_first
        .filter(|day| options.from.is_none_or(|from| *day >= from))
        // The last day only tells what things were worth: nothing later can judge its purchases.
        .filter(|day| options.to.map_or(Some(*day) != newest, |to| *day <= to))
        .collect();
    let wanted = spaced(&wanted, options.decide_every_days);
    if wanted.is_empty() {
        let between = match (options.from, options.to) {
            (None, None) => String::new(),
            _ => ", none of them after the first and between the days asked for".to_owned(),
        };
        return Err(BacktestError::TooShort { days: seen, currency: currency.to_string(), between });
    }
    Ok(wanted)
}

/// The first day, and each that is at least so many days after the one before.
fn spaced(days: &[NaiveDate], every: u32) -> Vec<NaiveDate> {
    let mut taken: Vec<NaiveDate> = Vec::new();
    for &day in days {
        if taken.last().is_none_or(|last| (day - *last).num_days() >= i64::from(every)) {
            taken.push(day);
        }
    }
    taken
}

fn reading(error: duckdb::Error) -> crate::publish::SqlError {
    crate::publish::SqlError::Sql { doing: "cannot list the days".to_owned(), cause: error.to_string() }
}

/// The share of the ask that a sale brings, from the whole record: for hindsight only.
fn to_sale(all: &Past, currency: Currency, economics: &Economics) -> ToSale {
    let none = HashMap::new();
    let models = crate::score::models::Models::of(BTreeMap::new());
    let input = SellingInput {
        listings: &all.listings,
        own: &[],
        sales: &all.sales,
        known: &none,
        models: &models,
        economics,
        most: usize::MAX,
    };
    let assumed = economics.config().ask_to_sale;
    let options = DiscountOptions { assumed, ..DiscountOptions::default() };
    learn_discount(&pairs(&input, currency), &options).map_or(ToSale::Assumed(assumed), ToSale::Learned)
}

/// A replay under way.
struct Replay<'a> {
    input: &'a BacktestInput<'a>,
    currency: Currency,
    hindsight: &'a Hindsight<'a>,
    ours: Book,
    oracle: Book,
    days: Vec<Day>,
    chosen: Vec<Chosen>,
}

impl Replay<'_> {
    /// Decides on one day, once for us and once for the oracle.
    fn day(&mut self, date: NaiveDate, known: &Past, taught: &Taught) -> Result<(), BacktestError> {
        let Some(now) = known.newest() else { return Ok(()) };
        let current = self.on_offer(known, start_of(date))?;
        let economics = self.input.economics.clone().with_learned(Some(taught.selling.clone()));
        let queries: Vec<Current> = current.iter().map(|one| as_taught(one, taught)).collect();
        let valued = value_batch(&queries, &taught.models);
        let count = valued.iter().filter(|one| one.valuation.quantiles.is_some()).count() as u64;
        let scored = current.iter().zip(valued).map(|(one, valued)| score_one(one, valued, &economics, now));
        let mut deals: Vec<Deal> = scored.map(|(_, row)| row.deal).collect();

        self.settle(known, taught, now);
        let decisions = decided(&mut deals, &self.ours, self.input.limits, now);
        let later = self.hindsight.after(known.before);
        let worths: Vec<Option<Worth>> = current
            .iter()
            .zip(&deals)
            .map(|(one, deal)| {
                // Only what could be bought at all needs a worth.
                deal.figures.as_ref()?;
                later.worth(&query(one), one.seen.ask())
            })
            .collect();
        let talk_days = self.input.limits.bargaining_days();
        let mut counts = [0_u64; 2];
        for ((deal, decision), thing) in deals.iter().zip(&decisions).zip(&current) {
            if decision.action == Action::Pass {
                continue;
            }
            counts[usize::from(decision.action == Action::Negotiate)] += 1;
            let taken = Taken { deal, decision, thing, told: None, before: known.before, talk_days };
            self.ours.take(&taken, now);
            self.chosen.push(chosen(date, deal, decision));
        }
        self.oracle_day(&current, &worths, &economics, known.before, now);
        self.days.push(Day {
            date,
            decided_at: now,
            candidates: current.len() as u64,
            valued: count,
            bought: counts[0],
            negotiations: counts[1],
            tied: self.ours.tied(),
            oracle_tied: self.oracle.tied(),
            // Known only at the end.
            booked: Cents::ZERO,
            oracle_booked: Cents::ZERO,
            models_before: (!taught.models.is_empty()).then(|| taught.before.date_naive()),
            digest: digest(&decisions),
        });
        Ok(())
    }

    /// The oracle: the same listings, moments, limits and rule, and the true values.
    fn oracle_day(
        &mut self,
        current: &[Current],
        worths: &[Option<Worth>],
        economics: &Economics,
        before: Utc,
        now: Utc,
    ) {
        let economics = &economics.clone().all_knowing();
        let known = current.iter().zip(worths).filter_map(|(one, worth)| Some((one, (*worth)?)));
        let (mut deals, told): (Vec<Deal>, Vec<(&Current, Worth)>) = known
            .map(|(one, worth)| {
                let value = revealed(one, worth, self.currency);
                (score_listing(&one.seen, &one.enriched, &value, None, economics, now), (one, worth))
            })
            .unzip();
        let decisions = decided(&mut deals, &self.oracle, self.input.limits, now);
        let talk_days = self.input.limits.bargaining_days();
        for ((deal, decision), (thing, worth)) in deals.iter().zip(&decisions).zip(told) {
            if decision.action != Action::Pass {
                let taken = Taken { deal, decision, thing, told: Some(worth), before, talk_days };
                self.oracle.take(&taken, now);
            }
        }
    }

    /// Sells what is due. Ours fetch what comparables say that were seen by now: the money that
    /// decisions are made with must not know what comes later.
    fn settle(&mut self, known: &Past, taught: &Taught, now: Utc) {
        let discount = taught.selling.of(self.currency).and_then(|of| of.discount.known());
        let to_sale = match discount {
            Some(discount) => ToSale::Learned(discount.clone()),
            None => ToSale::Assumed(self.input.economics.config().ask_to_sale),
        };
        let by_now = Hindsight::new(known, self.currency, &to_sale);
        let mut since: BTreeMap<Utc, Later<'_>> = BTreeMap::new();
        self.ours.settle(now, |held| {
            let later = since.entry(held.before).or_insert_with(|| by_now.after(held.before));
            later.worth(&query(&held.thing), held.thing.seen.ask())
        });
        self.oracle.settle(now, |held| held.told);
    }

    /// What was on offer on a day, in the order of keys.
    fn on_offer(&self, known: &Past, since: Utc) -> Result<Vec<Current>, LakeError> {
        let offered = known.listings.iter().zip(&known.enriched).filter(|(listing, row)| {
            listing.currency == self.currency
                && row.presence == Presence::Active
                && listing.last_seen >= since
        });
        let mut wanted: HashMap<ObservationId, &Enriched> =
            offered.map(|(listing, row)| (listing.observation_id, row)).collect();
        let mut current = Vec::with_capacity(wanted.len());
        for batch in read_batches(&self.input.lake.files(Dataset::Observations)?, None, 8_192) {
            let batch = batch?;
            if !ids(&batch, "observation_id")?.iter().any(|id| wanted.contains_key(id)) {
                continue;
            }
            for (id, _, seen) in read_observations(&batch)? {
                if let Some(enriched) = wanted.remove(&id) {
                    current.push(Current { seen, enriched: enriched.clone() });
                }
            }
        }
        current.sort_by(|a, b| a.seen.key.cmp(&b.seen.key));
        Ok(current)
    }

    fn finish(
        mut self,
        all: &Past,
        options: &BacktestOptions,
        mut yardstick: Yardstick,
        taught: Option<&Taught>,
    ) -> Backtest {
        let end = all.newest().unwrap_or(Utc::UNIX_EPOCH);
        let hindsight = self.hindsight;
        let mut since: BTreeMap<Utc, Later<'_>> = BTreeMap::new();
        self.ours.close(|held| {
            let later = since.entry(held.before).or_insert_with(|| hindsight.after(held.before));
            later.worth(&query(&held.thing), held.thing.seen.ask())
        });
        self.oracle.close(|held| held.told);
        for day in &mut self.days {
            day.booked = booked_by(&self.ours.purchases, day.decided_at);
            day.oracle_booked = booked_by(&self.oracle.purchases, day.decided_at);
        }
        yardstick.sources = sources(&self.ours.purchases);
        let capital = self.input.limits.capital(self.currency);
        let tied = |of: fn(&Day) -> Cents| self.days.iter().map(of).collect::<Vec<Cents>>();
        let outcome =
            |book: &Book, tied: &[Cents]| Outcome::of(&book.purchases, book.negotiations, tied, capital);
        let ours = outcome(&self.ours, &tied(|day| day.tied));
        let oracle = outcome(&self.oracle, &tied(|day| day.oracle_tied));
        let share_of_oracle = (oracle.booked.0 > 0).then(|| ours.booked.0 as f64 / oracle.booked.0 as f64);
        Backtest {
            currency: self.currency,
            from: all.listings.iter().map(|listing| listing.first_seen).min().unwrap_or(end),
            to: end,
            decide_every_days: options.decide_every_days,
            train_every_days: options.train_every_days,
            capital,
            notes: notes(&ours, &yardstick, taught, self.currency),
            ours,
            oracle,
            share_of_oracle,
            days: self.days,
            purchases: self.ours.purchases,
            chosen: self.chosen,
            yardstick,
        }
    }
}

/// The listing as a query to models of before: by its item as it was known then, so that it is
/// valued without its own price even if it has since been found to be another listing's item.
fn as_taught(one: &Current, taught: &Taught) -> Current {
    let item = taught.items.get(&one.seen.key).copied().unwrap_or(one.enriched.item_id);
    Current { seen: one.seen.clone(), enriched: Enriched { item_id: item, ..one.enriched.clone() } }
}

fn decided(deals: &mut [Deal], book: &Book, limits: &Limits, now: Utc) -> Vec<Decision> {
    deals.iter_mut().for_each(|deal| book.mark(deal));
    decide(deals, limits, &book.portfolio(limits, now), now)
}

/// A valuation that knows.
fn revealed(one: &Current, worth: Worth, currency: Currency) -> Valuation {
    Valuation {
        key: one.seen.key.clone(),
        currency,
        basis: Basis::Sold,
        quantiles: Some(Quantiles([worth.price; 7])),
        level: LEVEL,
        // A recorded sale needs no comparables to be true.
        comp_count: worth.comps.max(one.enriched.comp_count),
        model_version: "oracle".to_owned(),
        note: None,
        days_to_sell: None,
        selling_version: None,
    }
}

/// Booked profit of what was bought up to a moment.
fn booked_by(purchases: &[Purchase], moment: Utc) -> Cents {
    purchases.iter().filter(|one| one.at <= moment).filter_map(|one| one.net).sum()
}

fn chosen(date: NaiveDate, deal: &Deal, decision: &Decision) -> Chosen {
    Chosen {
        date,
        key: deal.key.clone(),
        action: decision.action.to_string(),
        ask: deal.figures.as_ref().map(|figures| figures.purchase_price),
        max_price: decision.max_price,
        surplus: match decision.action {
            Action::Negotiate => decision.surplus_negotiate,
            _ => decision.surplus_buy,
        },
    }
}

fn digest(decisions: &[Decision]) -> String {
    let mut hash = blake3::Hasher::new();
    for decision in decisions {
        // Plain records under fixed keys: writing them as JSON cannot fail.
        hash.update(&serde_json::to_vec(decision).unwrap_or_default());
    }
    hex(&hash.finalize().as_bytes()[..16])
}
