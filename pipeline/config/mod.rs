//! Configuration: `autobazaaar.toml`, the environment, flags, defaults.
//!
//! The types are the one description: their doc comments become the commented file that
//! `config init` writes and the reference that `config schema` prints, and their ranges are what
//! a value is checked against.
//!
//! **Invariant:** an unknown key is refused wherever it stands, and nothing is read from the
//! environment here; variables arrive as an argument.

mod check;
mod env;
mod file;
mod layers;
mod load;
mod problem;
mod rules;
mod scheduling;
mod schema;
mod search_rules;
mod searching;
mod sections;
mod shown;
mod template;

use std::path::PathBuf;

use autobazaaar_domain::hash::{FieldHasher, hex};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::decide::LimitsConfig;
use crate::score::EconomicsConfig;

pub use layers::{Flag, Origin};
pub use load::{CONFIG_FILE, Loaded, Request, load};
pub use problem::{ConfigError, Place, Problem};
pub use scheduling::ScheduleConfig;
pub use schema::Schema;
pub use searching::{
    BrowserConfig, EbayConfig, FetchConfig, ReadBy, SearchConfig, SecretText, SellBy, VenueConfig,
    VenuesConfig,
};
pub use sections::{
    ActingConfig, EnrichConfig, IngestConfig, OwnerConfig, PublishConfig, ReportConfig, SourceConfig,
    TrainConfig,
};
pub use shown::{Setting, settings, to_toml};
pub use template::template;

/// What AutoBazaaar is told. Every setting has a default; without any configuration it runs on
/// its own simulated bazaar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Config {
    /// Folder of the lake, models, reports and the analytics database. A relative path counts
    /// from this file's folder.
    pub data_dir: PathBuf,
    /// Files to read listings from, one entry for each kind of file. Without any, `run` works on
    /// what the data folder already holds.
    pub sources: Vec<SourceConfig>,
    /// Searches on marketplaces, one entry for each.
    pub searches: Vec<SearchConfig>,
    /// What is allowed at each marketplace. Everything is off until you switch it on.
    pub venues: VenuesConfig,
    /// Your keys for eBay's API, from developer.ebay.com.
    pub ebay: EbayConfig,
    /// How the web is asked, at every venue.
    pub fetch: FetchConfig,
    /// The browser of venues that are read by `browser`.
    pub browser: BrowserConfig,
    /// How listings are read and written to the lake.
    pub ingest: IngestConfig,
    /// How listings are put in relation to each other.
    pub enrich: EnrichConfig,
    /// How the price model is trained.
    pub train: TrainConfig,
    /// What buying and selling costs, and where we sell.
    pub economics: EconomicsConfig,
    /// What may be spent, and what a deal must promise. A limit of 0 allows nothing.
    pub limits: LimitsConfig,
    /// The database for analysts, and `query` on it.
    pub publish: PublishConfig,
    /// What reports show.
    pub report: ReportConfig,
    /// Whom all this is for, and what may truthfully be said of them.
    pub owner: OwnerConfig,
    /// How the program acts for the owner: rights, hours, caps.
    pub acting: ActingConfig,
    /// When `autobazaaar schedule` does what.
    pub schedule: ScheduleConfig,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            data_dir: PathBuf::from("data"),
            sources: Vec::new(),
            searches: Vec::new(),
            venues: VenuesConfig::default(),
            ebay: EbayConfig::default(),
            fetch: FetchConfig::default(),
            browser: BrowserConfig::default(),
            ingest: IngestConfig::default(),
            enrich: EnrichConfig::default(),
            train: TrainConfig::default(),
            economics: EconomicsConfig::default(),
            limits: LimitsConfig::default(),
            publish: PublishConfig::default(),
            report: ReportConfig::default(),
            owner: OwnerConfig::default(),
            acting: ActingConfig::default(),
            schedule: ScheduleConfig::default(),
        }
    }
}

impl Config {
    /// Whether there is something to read: files, or searches.
    #[must_use]
    pub fn reads_something(&self) -> bool {
        !self.sources.is_empty() || self.searches.iter().any(|search| search.enabled)
    }

    /// A hash of everything that can change a result, for run records: 32 hexadecimal digits, the
    /// same on every machine. Where the data lie is not part of it, nor is any secret.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut settings = shown::masked(&Schema::of::<Self>(), self);
        if let Some(table) = settings.as_object_mut() {
            // When something is done changes nothing of what comes out.
            for key in ["data_dir", "schedule"] {
                table.remove(key);
            }
        }
        hex(&FieldHasher::new("config").text(&schema::canonical(&settings)).finish())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_tells_what_changes_a_result_and_only_that() {
        let plain = Config::default();
        let moved = Config { data_dir: "/elsewhere".into(), ..Config::default() };
        let mut reseeded = Config::default();
        reseeded.train.seed += 1;
        let mut hourly = Config::default();
        hourly.schedule.run = "0 * * * *".to_owned();
        assert_eq!(plain.hash(), hourly.hash());
        assert_eq!(plain.hash(), moved.hash());
        assert_ne!(plain.hash(), reseeded.hash());
        assert_eq!(plain.hash().len(), 32);
    }
}
