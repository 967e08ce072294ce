//! The answer on the first screen: headline, first step, and the figures beside the last run's.

use autobazaaar_domain::run::{RunState, Stage};
use autobazaaar_domain::{Cents, RunId, Utc};
use serde::{Deserialize, Serialize};

use super::advice;
use super::data::{Action, Deal, ReportData};
use super::text::{
    about, at_most, clean, count, count_change, money, money_change, percent, plural, short_date, shorten,
};

/// A run in a few figures, kept to compare the next run with. Amounts are minor units.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RunSummary {
    pub run_id: RunId,
    pub started_at: Utc,
    pub deals: u64,
    /// Sum of the deals' landed costs.
    pub landed_cost: Cents,
    /// Sum of the deals' net profits.
    pub net_profit: Cents,
    pub listings_read: u64,
    pub rows_rejected: u64,
    /// The model's median error; `None` without a model.
    pub mdape: Option<f64>,
    /// Share of prices inside its 80 % intervals.
    pub coverage: Option<f64>,
}

impl ReportData {
    /// This run's figures, for the next report's [`ReportData::previous`] and
    /// [`super::PastRun::summary`].
    #[must_use]
    pub fn summary(&self) -> RunSummary {
        let ingest = self.run.stages.iter().filter(|stage| stage.stage == Stage::Ingest);
        let (read, rejected) = ingest.fold((0, 0), |sum, s| (sum.0 + s.rows_in, sum.1 + s.rows_rejected));
        RunSummary {
            run_id: self.run.run_id.clone(),
            started_at: self.run.started_at,
            deals: self.deals.len() as u64,
            landed_cost: self.deals.iter().map(|deal| deal.landed_cost).sum(),
            net_profit: self.deals.iter().map(|deal| deal.net_profit).sum(),
            listings_read: read,
            rows_rejected: rejected,
            mdape: self.model.as_ref().map(|model| model.metrics.mdape),
            coverage: self.model.as_ref().map(|model| model.metrics.coverage),
        }
    }

    /// Listings that a decision was made about.
    pub(super) fn considered(&self) -> u64 {
        self.deals.len() as u64 + self.passed_reasons.iter().map(|reason| reason.count).sum::<u64>()
    }

    fn has_data(&self) -> bool {
        self.considered() > 0 || self.quality.platforms.iter().any(|p| p.listings > 0)
    }
}

/// The page's headline: the answer to "what should I do today?".
pub(super) fn headline(data: &ReportData) -> String {
    if !data.deals.is_empty() {
        let sum = data.summary();
        return format!(
            "{} worth up to {} of net profit — needs {}",
            plural(sum.deals, "deal", "deals"),
            about(sum.net_profit, data.currency),
            about(sum.landed_cost, data.currency),
        );
    }
    if matches!(data.run.state, RunState::Failed | RunState::Abandoned) {
        return format!("This run did not finish, so there is nothing to buy: {}", failure(data));
    }
    if !data.has_data() {
        return "No listings yet, so nothing to buy".into();
    }
    if data.model.is_none() {
        return "No prices yet: the price model is not trained".into();
    }
    format!("No deal among {} today", plural(data.considered(), "listing", "listings"))
}

/// Why the run stopped, in one line.
pub(super) fn failure(data: &ReportData) -> String {
    let stage = data.run.stages.iter().find_map(|s| s.error.as_ref().map(|e| format!("{}: {e}", s.stage)));
    clean(&data.run.error.clone().or(stage).unwrap_or_else(|| format!("it was {}", data.run.state)))
}

/// What to do first, in one or two sentences each.
pub(super) fn lead(data: &ReportData) -> Vec<String> {
    if let Some(best) = data.deals.first() {
        return vec![first_step(best, data)];
    }
    if matches!(data.run.state, RunState::Failed | RunState::Abandoned) {
        return vec![
            "What went wrong is at the end of this page. Run `autobazaaar run` again: it goes on where this run \
             was cut off."
                .into(),
        ];
    }
    if !data.has_data() {
        return vec![
            "Deals will appear here once listings are read. Put listing files (CSV, JSON, Parquet) into the data \
             folder or name a source in the configuration, then run `autobazaaar run`. `autobazaaar demo` shows the \
             whole loop on an invented market."
                .into(),
        ];
    }
    if data.model.is_none() {
        return vec![
            "Not trained yet: run `autobazaaar train`, then `autobazaaar run`. Without a model no listing has a \
             value, and without a value there is no deal."
                .into(),
        ];
    }
    advice::no_deals(data)
}

fn first_step(best: &Deal, data: &ReportData) -> String {
    let currency = data.currency;
    // Back-ticks mark commands in our prose; a title's own must not.
    let title = shorten(&clean(&best.listing.title), 70).replace('`', "'");
    format!(
        "Start with “{title}” on {}: {}. It should leave about {} after all fees and costs; the chance of a loss is {}.",
        best.listing.key.platform,
        lower(&do_this(best, data)),
        about(best.net_profit, currency),
        percent(best.p_loss),
    )
}

/// The action as an instruction with its amount.
pub(super) fn do_this(deal: &Deal, data: &ReportData) -> String {
    match deal.action {
        Action::Buy => match deal.listing.ask {
            Some(ask) => format!("Buy at {}", money(ask, data.currency)),
            None => format!("Buy up to {}", at_most(deal.max_price, data.currency)),
        },
        Action::Negotiate => format!("Negotiate, pay at most {}", at_most(deal.max_price, data.currency)),
        Action::Pass => "Pass".into(),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_lowercase().chain(chars).collect())
}

/// One figure of the summary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tile {
    pub(super) label: &'static str,
    pub(super) value: String,
    /// What the figure stands on or is measured against.
    pub(super) note: String,
    /// Against the run before, or "first run".
    pub(super) change: String,
}

/// The summary, most important first.
pub(super) fn tiles(data: &ReportData) -> Vec<Tile> {
    let (now, currency) = (data.summary(), data.currency);
    let before = data.previous.as_ref();
    let since = |change: &dyn Fn(&RunSummary) -> String| match before {
        Some(before) => format!("{} vs {}", change(before), short_date(before.started_at, data.generated_at)),
        None => "first run".into(),
    };
    let available = data.budget.available();
    let tile = |label, value, note, change| Tile { label, value, note, change };
    vec![
        tile(
            "Expected net profit",
            about(now.net_profit, currency),
            ratio(now.net_profit, now.landed_cost)
                .map_or_else(|| "no deals".into(), |r| format!("{} on the money used", percent(r))),
            since(&|b| money_change(now.net_profit, b.net_profit, currency)),
        ),
        tile(
            "Money needed",
            about(now.landed_cost, currency),
            needed_note(data, now.landed_cost),
            since(&|b| money_change(now.landed_cost, b.landed_cost, currency)),
        ),
        tile("Budget available", about(available, currency), budget_note(data), "before these deals".into()),
        tile(
            "Listings read",
            count(now.listings_read),
            format!("{} decided on", count(data.considered())),
            since(&|b| count_change(now.listings_read, b.listings_read)),
        ),
        tile(
            "Rows rejected",
            count(now.rows_rejected),
            share_note(now.rows_rejected, now.listings_read),
            since(&|b| count_change(now.rows_rejected, b.rows_rejected)),
        ),
        model_tile(data, &now),
    ]
}

fn needed_note(data: &ReportData, needed: Cents) -> String {
    let available = data.budget.available();
    if needed > available {
        return format!("{} more than is available", about(needed - available, data.currency));
    }
    ratio(needed, available).map_or_else(String::new, |r| format!("{} of the budget", percent(r)))
}

fn budget_note(data: &ReportData) -> String {
    let (budget, currency) = (&data.budget, data.currency);
    let mut note = format!("of {} capital", about(budget.capital, currency));
    if budget.stock_at_cost != Cents::ZERO {
        note.push_str(&format!(", {} in stock", about(budget.stock_at_cost, currency)));
    }
    if budget.open_holds != Cents::ZERO {
        note.push_str(&format!(", {} on hold", about(budget.open_holds, currency)));
    }
    note
}

fn share_note(part: u64, whole: u64) -> String {
    if whole == 0 {
        "nothing read".into()
    } else {
        format!("{} of rows read", percent(part as f64 / whole as f64))
    }
}

fn model_tile(data: &ReportData, now: &RunSummary) -> Tile {
    let label = "Price model";
    let Some(model) = &data.model else {
        return Tile {
            label,
            value: "not trained".into(),
            note: "run autobazaaar train".into(),
            change: String::new(),
        };
    };
    let change = match data.previous.as_ref() {
        None => "first run".into(),
        Some(before) => match (before.mdape, now.mdape) {
            (Some(old), Some(new)) => {
                format!("{} vs {}", points(new - old), short_date(before.started_at, data.generated_at))
            }
            _ => format!("no model on {}", short_date(before.started_at, data.generated_at)),
        },
    };
    Tile {
        label,
        value: format!("±{}", percent(model.metrics.mdape)),
        note: format!("typical error; its 80% range holds {}", percent(model.metrics.coverage)),
        change,
    }
}

/// A change of an error in percentage points: `−0.4 points`.
fn points(change: f64) -> String {
    let points = change * 100.0;
    if !points.is_finite() || points.abs() < 0.05 {
        return "no change".into();
    }
    format!("{points:+.1} points").replace('-', "−")
}

/// A ratio of amounts; `None` without a denominator.
pub(super) fn ratio(part: Cents, whole: Cents) -> Option<f64> {
    (whole.0 > 0).then(|| part.0 as f64 / whole.0 as f64)
}
