//! The sections of the configuration. Doc comments here are the reference that owners read.

use std::num::NonZeroU32;

use autobazaaar_domain::Zone;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A `NonZeroU32` of a literal; a zero fails to compile.
macro_rules! count {
    ($value:literal) => {
        const { NonZeroU32::new($value).unwrap() }
    };
}

/// One kind of file to read listings from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SourceConfig {
    /// What this source is called in messages and run records.
    #[schemars(length(min = 1, max = 80), example = &"offerup phones")]
    pub name: String,
    /// Which files: patterns with `*`, `?` and `**`; relative ones count from this file's folder.
    #[schemars(length(min = 1), example = ["scrapes/offerup-*.csv"])]
    pub files: Vec<String>,
    /// How columns become fields: a mapping's name, or the path of a mapping file. `pages` reads saved
    /// pages and API answers of marketplaces.
    #[schemars(length(min = 1), example = &"mappings/offerup.toml")]
    pub mapping: String,
    /// What was searched for, where the files do not say it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"iphone")]
    pub query: Option<String>,
    /// Whether each file shows everything that the query matches. Only then does a missing
    /// listing count as gone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = false)]
    pub complete: Option<bool>,
}

/// How listings are read and written to the lake.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct IngestConfig {
    /// Rows handled at a time.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub batch_rows: NonZeroU32,
    /// Batches that may wait between reading and writing; a full channel slows the reader down.
    #[schemars(range(min = 1, max = 1_024))]
    pub channel_batches: NonZeroU32,
    /// Rows after which a new file of the lake is begun.
    #[schemars(range(min = 1, max = 100_000_000))]
    pub rotate_rows: NonZeroU32,
    /// Seconds after which a new file of the lake is begun.
    #[schemars(range(min = 1, max = 86_400))]
    pub rotate_seconds: NonZeroU32,
    /// Memory that reading may take, in megabytes.
    #[schemars(range(min = 32, max = 1_048_576))]
    pub memory_mb: NonZeroU32,
}

impl Default for IngestConfig {
    fn default() -> Self {
        Self {
            batch_rows: count!(1_024),
            channel_batches: count!(8),
            rotate_rows: count!(1_000_000),
            rotate_seconds: count!(300),
            memory_mb: count!(256),
        }
    }
}

/// How listings are put in relation to each other.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EnrichConfig {
    /// Days after its last sight until nothing is claimed any more about a listing's presence.
    #[schemars(range(min = 1, max = 3_650))]
    pub stale_after_days: NonZeroU32,
    /// Days after its last sight from which on a listing is history: it stays in the lake, and no stage
    /// after ingest looks at it.
    #[schemars(range(min = 1, max = 36_500))]
    pub look_back_days: NonZeroU32,
    /// Comparables kept for a listing.
    #[schemars(range(min = 1, max = 100))]
    pub comps: NonZeroU32,
}

impl Default for EnrichConfig {
    fn default() -> Self {
        Self { stale_after_days: count!(14), look_back_days: count!(36_500), comps: count!(10) }
    }
}

/// How the price model is trained.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct TrainConfig {
    /// Start of the random numbers: the same seed and data give the same model.
    pub seed: u32,
    /// Parts that the items are split into; each is valued by a model that has not seen it.
    #[schemars(range(min = 3, max = 16))]
    pub folds: NonZeroU32,
    /// Most examples that are trained on, the newest first.
    #[schemars(range(min = 100, max = 100_000_000))]
    pub max_examples: NonZeroU32,
    /// Also learn without the newest fifth and measure on it: what tells whether prices drift, for
    /// about two thirds more time.
    pub measure_newest: bool,
    /// Hours between two trainings in `run`.
    #[schemars(range(min = 1, max = 8_760))]
    pub every_hours: NonZeroU32,
}

impl Default for TrainConfig {
    fn default() -> Self {
        Self {
            seed: 1,
            folds: count!(5),
            max_examples: count!(100_000),
            measure_newest: true,
            every_hours: count!(24),
        }
    }
}

/// The database for analysts, and `query` on it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct PublishConfig {
    /// Memory that building and querying the database may take, in megabytes.
    #[schemars(range(min = 64, max = 1_048_576))]
    pub memory_mb: NonZeroU32,
    /// Rows that `query` shows on a terminal unless told otherwise.
    #[schemars(range(min = 1, max = 1_000_000))]
    pub row_limit: NonZeroU32,
    /// Seconds after which a query is stopped.
    #[schemars(range(min = 1, max = 86_400))]
    pub timeout_seconds: NonZeroU32,
    /// Runs whose enriched listings, valuations, deals and decisions are kept; those of older runs
    /// make room after each publishing.
    #[schemars(range(min = 1, max = 100_000))]
    pub keep_runs: NonZeroU32,
}

impl Default for PublishConfig {
    fn default() -> Self {
        Self {
            memory_mb: count!(1_024),
            row_limit: count!(100),
            timeout_seconds: count!(60),
            keep_runs: count!(30),
        }
    }
}

/// What reports show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ReportConfig {
    /// Deals in the report; the CSV beside it holds all of them.
    #[schemars(range(min = 1, max = 10_000))]
    pub deals: NonZeroU32,
}

impl Default for ReportConfig {
    fn default() -> Self {
        Self { deals: count!(30) }
    }
}

/// Whom all this is for, and what may truthfully be said of them. Messages say nothing of the owner
/// that is not switched on here.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct OwnerConfig {
    /// Zone in which times are shown and quiet hours are kept: `UTC`, a place such as
    /// `America/Los_Angeles`, or an offset such as `-07:00`. Stored times are UTC.
    #[schemars(with = "String")]
    pub time_zone: Zone,
    /// Who buys and sells. Every message names it; without it none is written.
    pub name: String,
    /// Where letters reach the owner. Every message names it; without it none is written.
    pub postal_address: String,
    /// The place the owner lives near, as they would say it.
    #[schemars(example = &"downtown San Diego")]
    pub lives_near: Option<String>,
    /// Pays cash.
    pub pays_cash: bool,
    /// Comes for pick-up when it suits the seller.
    pub flexible_pickup: bool,
    /// Pays as soon as it is agreed.
    pub pays_promptly: bool,
    /// Collects such things.
    pub collects: bool,
    /// Buys as a business, with an invoice.
    pub invoice: bool,
    /// A page where one can ask to be left alone, beside answering "stop".
    #[schemars(example = &"https://example.org/stop")]
    pub opt_out_url: Option<String>,
}

/// How the program acts for the owner. It starts with no right to act: every deal and every message
/// waits for a yes, and the owner's own hands do what is to be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ActingConfig {
    /// Most messages in a day. 0: none.
    #[schemars(range(max = 10_000))]
    pub messages_a_day: u32,
    /// Venues where messages need no yes of their own; every limit holds there, too.
    pub contact_unasked: Vec<String>,
    /// Venues where deals within `limits.auto_approve_up_to` need no yes.
    pub buy_unasked: Vec<String>,
    /// When nobody is written to, in the owner's time zone: `21:00-08:00`. The same time twice: never.
    pub quiet_hours: String,
    /// Hours that an offer of ours stands; its text says so.
    #[schemars(range(min = 1, max = 720))]
    pub offer_hours: NonZeroU32,
    /// Days without a sale after which a listing of ours is to be marked down by a tenth.
    #[schemars(range(min = 1, max = 365))]
    pub reprice_days: NonZeroU32,
}

impl Default for ActingConfig {
    fn default() -> Self {
        Self {
            messages_a_day: 20,
            contact_unasked: Vec::new(),
            buy_unasked: Vec::new(),
            quiet_hours: "21:00-08:00".to_owned(),
            offer_hours: count!(48),
            reprice_days: count!(7),
        }
    }
}
