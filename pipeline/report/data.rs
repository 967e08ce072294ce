//! What a report is made of. All amounts are minor units of [`ReportData::currency`]: budgets and
//! models are per currency, so a lake with two currencies makes two reports.

use autobazaaar_domain::run::Run;
use autobazaaar_domain::{
    Basis, Cents, Condition, Currency, Enriched, ListingKey, Location, Observation, Platform, Presence,
    Seller, Utc, Valuation,
};
use serde::{Deserialize, Serialize};

use super::RunSummary;

/// Everything one report shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ReportData {
    /// When the report was made; ages on the page count back from here.
    pub generated_at: Utc,
    /// Of every amount in the report.
    pub currency: Currency,
    /// The listings are invented by the simulated market; the page says so at the top.
    pub simulated: bool,
    pub run: Run,
    pub budget: Budget,
    /// Figures of the run before, for comparison; `None` makes the page say "first run".
    pub previous: Option<RunSummary>,
    /// Chosen deals (buy or negotiate), best first.
    pub deals: Vec<Deal>,
    /// How many were passed by the reason that decided, any order.
    pub passed_reasons: Vec<PassedReason>,
    /// A bounded choice of passed listings: examples and near misses.
    pub passed: Vec<PassedListing>,
    /// `None` when no model is trained yet.
    pub model: Option<ModelReport>,
    pub quality: DataQuality,
    pub market: Option<Market>,
    /// Earlier runs, any order.
    pub history: Vec<PastRun>,
    /// What went wrong besides the errors that `run` itself carries.
    pub problems: Vec<Problem>,
}

/// The money there is. Available = capital − stock at cost − open holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    pub capital: Cents,
    pub stock_at_cost: Cents,
    pub open_holds: Cents,
}

impl Budget {
    /// What may be spent before this run's deals.
    #[must_use]
    pub fn available(&self) -> Cents {
        self.capital - self.stock_at_cost - self.open_holds
    }
}

/// What a reader needs of a listing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ListingFacts {
    pub key: ListingKey,
    pub url: Option<String>,
    pub title: String,
    pub category: String,
    pub condition: Option<Condition>,
    /// Asked now, minor units.
    pub ask: Option<Cents>,
    pub observed_at: Utc,
    pub listed_at: Option<Utc>,
    pub location: Location,
    pub seller: Seller,
}

impl From<&Observation> for ListingFacts {
    fn from(seen: &Observation) -> Self {
        Self {
            key: seen.key.clone(),
            url: seen.url.clone(),
            title: seen.title.clone(),
            category: seen.category.clone(),
            condition: seen.condition,
            ask: seen.ask(),
            observed_at: seen.observed_at,
            listed_at: seen.listed_at,
            location: seen.location.clone(),
            seller: seen.seller.clone(),
        }
    }
}

/// What to do about a listing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// At the ask.
    Buy,
    /// Up to the maximum price.
    Negotiate,
    /// Not at all.
    Pass,
}

impl Action {
    /// The word in tables and CSV.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Buy => "buy",
            Self::Negotiate => "negotiate",
            Self::Pass => "pass",
        }
    }
}

/// How soon to look at a deal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Priority {
    High,
    Normal,
    Low,
}

impl Priority {
    /// The word in tables and CSV.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::High => "high",
            Self::Normal => "normal",
            Self::Low => "low",
        }
    }
}

/// Why, as a code for machines and a sentence for people.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: String,
    pub text: String,
}

/// One line of fees or costs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Line {
    pub label: String,
    /// Minor units; positive is money that leaves.
    pub amount: Cents,
}

/// The codes behind a risk score.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RiskFactor {
    pub code: String,
    pub text: String,
    /// Added to the score.
    pub points: f64,
}

/// A sum of factors, capped at 1.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Risk {
    /// 0–1.
    pub score: f64,
    pub risk_factors: Vec<RiskFactor>,
}

pub use autobazaaar_domain::DaysToSell;

/// A chosen deal with every number behind it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    pub listing: ListingFacts,
    pub enriched: Enriched,
    pub valuation: Valuation,
    pub action: Action,
    /// The price the figures below assume: the ask when bought, the expected outcome when
    /// negotiated.
    pub purchase_price: Cents,
    /// Highest price at which the deal still meets every limit.
    pub max_price: Cents,
    /// Purchase price with inbound shipping, tax, travel and time.
    pub landed_cost: Cents,
    pub estimated_sale_price: Cents,
    pub best_platform: Platform,
    pub days_to_sell: Option<DaysToSell>,
    /// Paid when it is sold: platform, payment, …
    pub fees: Vec<Line>,
    /// Paid to get it here and on to its buyer, the purchase price not among them: what is part
    /// of `landed_cost`, then shipping out, refurbishing, expected returns.
    pub costs: Vec<Line>,
    pub profit_potential: Cents,
    pub net_profit: Cents,
    /// Net profit ÷ purchase price.
    pub profit_margin: f64,
    /// Net profit ÷ landed cost.
    pub roi: f64,
    pub annualised_roi: Option<f64>,
    /// Probability of a loss, 0–1.
    pub p_loss: f64,
    pub risk: Risk,
    /// 0–100.
    pub profit_score: f64,
    pub rank_score: f64,
    pub priority: Priority,
    pub strategy: Option<String>,
    /// The rule that fired first.
    pub reasons: Vec<Reason>,
}

/// How many listings one reason passed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PassedReason {
    pub code: String,
    /// The reason in general: "net profit under the minimum".
    pub text: String,
    pub count: u64,
    /// What the owner could change; a standard hint by code when `None`.
    pub hint: Option<String>,
}

/// A listing that was not chosen.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PassedListing {
    pub listing: ListingFacts,
    /// `None` when none was made.
    pub valuation: Option<Valuation>,
    pub max_price: Option<Cents>,
    pub net_profit: Option<Cents>,
    /// 0–1.
    pub p_loss: Option<f64>,
    /// The one that decided first.
    pub reasons: Vec<Reason>,
}

/// The price model's measured quality on listings that it was not trained on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelReport {
    pub model_version: String,
    pub trained_at: Utc,
    pub trained_rows: u64,
    /// First and last observation it learned from.
    pub data_from: Option<Utc>,
    pub data_to: Option<Utc>,
    pub basis: Basis,
    pub metrics: ModelMetrics,
    pub by_category: Vec<CategoryMetrics>,
    /// Central intervals: the share promised inside and the one found.
    pub calibration: Vec<CalibrationPoint>,
    /// The quantile grid: the share promised at or below and the one found.
    #[serde(default)]
    pub quantiles: Vec<CalibrationPoint>,
    /// Bounded sample of held-out listings.
    pub predicted: Vec<PredictedPoint>,
    /// Features and their shares, 0–1, in what the model's trees on facts explain.
    #[serde(default)]
    pub importances: Vec<(String, f64)>,
    /// Known weaknesses in words; the report adds those it sees in the figures.
    pub weak_points: Vec<String>,
}

/// Quality over some held-out rows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct ModelMetrics {
    pub rows: u64,
    /// Share of rows with an answer, 0–1.
    pub answered: f64,
    /// Root mean squared error of log1p of major units.
    pub rmsle: f64,
    /// Median of |predicted − actual| ÷ actual.
    pub mdape: f64,
    /// Mean absolute error, minor units.
    pub mae: Cents,
    /// Share of actual prices inside the 80 % interval.
    pub coverage: f64,
}

/// The same for one category.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CategoryMetrics {
    pub category: String,
    #[serde(flatten)]
    pub metrics: ModelMetrics,
}

/// A central interval of `nominal` share and the share of prices found inside it.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct CalibrationPoint {
    /// 0–1.
    pub nominal: f64,
    /// 0–1.
    pub observed: f64,
    pub rows: u64,
}

/// What was predicted and what was asked or paid, minor units.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PredictedPoint {
    pub actual: Cents,
    pub predicted: Cents,
}

/// How good the input was.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct DataQuality {
    pub platforms: Vec<PlatformQuality>,
    pub quarantine: Vec<QuarantineReason>,
}

/// One platform's listings in this run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlatformQuality {
    pub platform: Platform,
    pub listings: u64,
    /// Share of listings without the field.
    pub missing: Vec<FieldShare>,
    pub newest_observed_at: Option<Utc>,
    pub scans_complete: u64,
    pub scans_capped: u64,
    pub presence: Vec<PresenceCount>,
}

/// A field and how often it is empty.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct FieldShare {
    pub field: String,
    /// 0–1.
    pub share: f64,
}

/// How many listings are in a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct PresenceCount {
    pub presence: Presence,
    pub count: u64,
}

/// Why rows were set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct QuarantineReason {
    pub code: String,
    pub text: String,
    pub count: u64,
    /// Where one such row is: `file.csv:12`.
    pub example: Option<String>,
}

/// How long listings stay and how their prices fall.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Market {
    /// Days from first sight to exit, of listings whose exit was seen.
    pub exit_days: Vec<f64>,
    /// Listings still there or lost sight of.
    pub censored: u64,
    /// Last price over first, minus 1, of listings whose price changed: −0.1 is 10 % down.
    pub price_changes: Vec<f64>,
    /// Listings seen with at least one price.
    pub priced: u64,
}

/// An earlier run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PastRun {
    pub run: Run,
    /// `None` when its report was not kept.
    pub summary: Option<RunSummary>,
}

/// How bad it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Severity {
    Info,
    Warning,
    Error,
    Critical,
}

impl Severity {
    /// The word on pages.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
            Self::Critical => "critical",
        }
    }
}

/// Something the owner should know of, with what to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    pub severity: Severity,
    pub title: String,
    pub message: String,
    pub suggested_action: Option<String>,
}
