//! The tables as CSV.
//!
//! Amounts are exact decimals in the currency of the `currency` column, shares are 0–1, times
//! are RFC 3339. A *text* cell that starts with `=`, `+`, `-` or `@` gets an apostrophe before it,
//! because spreadsheets would run it as a formula; numbers, negative ones too, are left as they
//! are. Strip one leading apostrophe to have the exact text back.

use std::io::Write;

use autobazaaar_domain::{Cents, Condition, Currency, Money, Utc};

use super::ReportError;
use super::data::{Deal, Line, ListingFacts, PassedListing, Reason, ReportData};
use super::deal_view::why;

const DEAL_COLUMNS: [&str; 48] = [
    "rank",
    "platform",
    "external_id",
    "item_id",
    "title",
    "url",
    "category",
    "condition",
    "action",
    "currency",
    "ask",
    "purchase_price",
    "max_price",
    "landed_cost",
    "estimated_sale_price",
    "low",
    "high",
    "basis",
    "best_platform",
    "fees",
    "costs",
    "profit_potential",
    "net_profit",
    "profit_margin",
    "roi",
    "annualised_roi",
    "p_loss",
    "risk_score",
    "risk_factors",
    "profit_score",
    "rank_score",
    "priority",
    "days_to_sell",
    "days_to_sell_low",
    "days_to_sell_high",
    "days_to_sell_learned",
    "comp_count",
    "demand_score",
    "volatility",
    "presence",
    "first_seen",
    "observed_at",
    "strategy",
    "reason_codes",
    "reasons",
    "why",
    "model_version",
    "run_id",
];

const PASSED_COLUMNS: [&str; 17] = [
    "platform",
    "external_id",
    "title",
    "url",
    "category",
    "condition",
    "currency",
    "ask",
    "estimated_sale_price",
    "low",
    "high",
    "max_price",
    "net_profit",
    "p_loss",
    "observed_at",
    "reason_codes",
    "reasons",
];

/// The chosen deals, best first, one row each.
///
/// # Errors
/// When the table cannot be written.
pub fn deals_csv(data: &ReportData) -> Result<Vec<u8>, ReportError> {
    let mut writer = ::csv::Writer::from_writer(Vec::new());
    writer.write_record(DEAL_COLUMNS)?;
    for (i, deal) in data.deals.iter().enumerate() {
        writer.write_record(deal_row(i + 1, deal, data))?;
    }
    writer.into_inner().map_err(|error| ReportError::Flush(error.into_error()))
}

/// The passed listings that the report holds, one row each; [`PassedWriter`] writes all of them.
///
/// # Errors
/// When the table cannot be written.
pub fn passed_csv(data: &ReportData) -> Result<Vec<u8>, ReportError> {
    let mut writer = PassedWriter::new(Vec::new(), data.currency)?;
    for passed in &data.passed {
        writer.add(passed)?;
    }
    writer.finish()
}

/// Writes passed listings one by one, however many there are.
pub struct PassedWriter<W: Write> {
    csv: ::csv::Writer<W>,
    currency: Currency,
}

impl<W: Write> PassedWriter<W> {
    /// Starts the table with its header.
    ///
    /// # Errors
    /// When the header cannot be written.
    pub fn new(to: W, currency: Currency) -> Result<Self, ReportError> {
        let mut csv = ::csv::Writer::from_writer(to);
        csv.write_record(PASSED_COLUMNS)?;
        Ok(Self { csv, currency })
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When the row cannot be written.
    pub fn add(&mut self, passed: &PassedListing) -> Result<(), ReportError> {
        Ok(self.csv.write_record(passed_row(passed, self.currency))?)
    }

    /// Flushes and gives the target back.
    ///
    /// # Errors
    /// When the rest cannot be written.
    pub fn finish(self) -> Result<W, ReportError> {
        self.csv.into_inner().map_err(|error| ReportError::Flush(error.into_error()))
    }
}

fn deal_row(rank: usize, deal: &Deal, data: &ReportData) -> Vec<String> {
    let money = |amount: Cents| decimal(amount, data.currency);
    let quantiles = deal.valuation.quantiles;
    let lines = |lines: &[Line]| {
        let said: Vec<_> = lines.iter().map(|l| format!("{}: {}", l.label, money(l.amount))).collect();
        text(&said.join("; "))
    };
    let factors: Vec<_> = deal.risk.risk_factors.iter().map(|f| f.code.as_str()).collect();
    let mut row = vec![rank.to_string()];
    row.extend([text(deal.listing.key.platform.as_str()), text(&deal.listing.key.external_id)]);
    row.push(deal.enriched.item_id.to_string());
    row.extend(listing_cells(&deal.listing));
    row.extend([text(deal.action.as_str()), data.currency.to_string(), optional(deal.listing.ask, money)]);
    row.extend([deal.purchase_price, deal.max_price, deal.landed_cost, deal.estimated_sale_price].map(money));
    row.extend([optional(quantiles.map(|q| q.low()), money), optional(quantiles.map(|q| q.high()), money)]);
    row.extend([deal.valuation.basis.to_string(), text(deal.best_platform.as_str())]);
    row.extend([lines(&deal.fees), lines(&deal.costs), money(deal.profit_potential), money(deal.net_profit)]);
    row.extend([number(deal.profit_margin), number(deal.roi), optional(deal.annualised_roi, number)]);
    row.extend([number(deal.p_loss), number(deal.risk.score), text(&factors.join("; "))]);
    row.extend([number(deal.profit_score), number(deal.rank_score), deal.priority.as_str().into()]);
    let days = deal.days_to_sell;
    row.extend(
        [days.map(|d| d.expected), days.map(|d| d.low), days.map(|d| d.high)].map(|d| optional(d, number)),
    );
    row.extend([optional(days, |d| d.learned.to_string()), deal.enriched.comp_count.to_string()]);
    row.push(if deal.enriched.demand_known { number(deal.enriched.demand_score) } else { String::new() });
    row.extend([optional(deal.enriched.volatility, number), deal.enriched.presence.to_string()]);
    row.extend([time(deal.enriched.first_seen), time(deal.listing.observed_at)]);
    row.push(optional(deal.strategy.as_deref(), text));
    row.extend(reason_cells(&deal.reasons));
    row.extend([text(&why(deal)), text(&deal.valuation.model_version), data.run.run_id.to_string()]);
    row
}

fn passed_row(passed: &PassedListing, currency: Currency) -> Vec<String> {
    let money = |amount: Cents| decimal(amount, currency);
    let quantiles = passed.valuation.as_ref().and_then(|v| v.quantiles);
    let mut row = vec![text(passed.listing.key.platform.as_str()), text(&passed.listing.key.external_id)];
    row.extend(listing_cells(&passed.listing));
    row.extend([currency.to_string(), optional(passed.listing.ask, money)]);
    row.push(optional(quantiles.map(|q| q.expected()), money));
    row.extend([optional(quantiles.map(|q| q.low()), money), optional(quantiles.map(|q| q.high()), money)]);
    row.extend([optional(passed.max_price, money), optional(passed.net_profit, money)]);
    row.extend([optional(passed.p_loss, number), time(passed.listing.observed_at)]);
    row.extend(reason_cells(&passed.reasons));
    row
}

fn listing_cells(listing: &ListingFacts) -> [String; 4] {
    [
        text(&listing.title),
        optional(listing.url.as_deref(), text),
        text(&listing.category),
        optional(listing.condition.map(Condition::as_str), text),
    ]
}

fn reason_cells(reasons: &[Reason]) -> [String; 2] {
    let join = |part: fn(&Reason) -> &str| text(&reasons.iter().map(part).collect::<Vec<_>>().join("; "));
    [join(|reason| &reason.code), join(|reason| &reason.text)]
}

fn text(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@']) { format!("'{text}") } else { text.to_owned() }
}

fn decimal(amount: Cents, currency: Currency) -> String {
    Money { amount, currency }.decimal()
}

fn number(value: f64) -> String {
    if value.is_finite() { value.to_string() } else { String::new() }
}

fn time(at: Utc) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
}

fn optional<T>(value: Option<T>, show: impl FnOnce(T) -> String) -> String {
    value.map(show).unwrap_or_default()
}
