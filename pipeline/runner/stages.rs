//! Each stage as a run does it: the same code path alone and in a pass.

use std::collections::BTreeSet;

use autobazaaar_domain::run::Stage;
use autobazaaar_domain::{Basis, RunId, Utc};
use autobazaaar_lake::{Commit, Dataset, LakeError};
use autobazaaar_models::TrainOptions;

use super::backtest::{enrich_options, window};
use super::{Rows, Runner};
use crate::decide::stage::{DecideSummary, decide_all};
use crate::decide::{Limits, Portfolio};
use crate::enrich::listings::{self, Part};
use crate::enrich::own;
use crate::enrich::stage::enrich;
use crate::enrich::stays::told_sales;
use crate::ingest::{Ingest, IngestError, IngestOptions, SellerKey, Source, Summary, ingest};
use crate::outcomes::OutcomesError;
use crate::publish::checks::audit;
use crate::publish::{Engine, PublishError, SqlError, publish};
use crate::report::stage::{ReportInput, ReportStageError, report};
use crate::score::learned::{LearnedError, as_scored, store};
use crate::score::models::{Models, ModelsError};
use crate::score::stage::score;
use crate::score::{BadEconomics, Economics};
use crate::train::selling::{Known, SellingInput, known, learn_selling};
use crate::train::{Outcome, Trained, TrainingError, train_all};

/// Training looks at so many listings for each that it may learn from: not all teach every price.
const LOOKED_AT: usize = 4;

/// Why a stage failed.
#[derive(Debug, thiserror::Error)]
pub enum StageError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Ingest(#[from] IngestError),
    #[error(transparent)]
    Training(#[from] TrainingError),
    #[error(transparent)]
    Models(#[from] ModelsError),
    #[error(transparent)]
    Learned(#[from] LearnedError),
    #[error(transparent)]
    Backtest(#[from] crate::backtest::BacktestError),
    #[error(transparent)]
    Split(#[from] crate::evaluate::split::SeveralPlatforms),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Report(#[from] ReportStageError),
    #[error(transparent)]
    Outcomes(#[from] OutcomesError),
    #[error(transparent)]
    Store(#[from] autobazaaar_store::StoreError),
    #[error(transparent)]
    Economics(#[from] BadEconomics),
    #[error(transparent)]
    Fees(#[from] autobazaaar_domain::fees::FeeError),
    #[error("limits: {0}")]
    Limits(String),
    /// What the stage made is not fit to count.
    #[error(
        "the check {check} found {rows} rows that must not be, such as {example}; nothing of the stage counts"
    )]
    Check { check: &'static str, rows: u64, example: String },
    #[error("{missing}; {mend}")]
    Missing { missing: &'static str, mend: &'static str },
    #[error("every source failed; the first: {0}")]
    Sources(String),
}

impl Runner<'_> {
    /// Sources into the lake.
    ///
    /// # Errors
    /// When the lake cannot be written, or no source could be read.
    pub fn ingest<'s>(
        &mut self,
        platforms: BTreeSet<String>,
        sources: impl Iterator<Item = Box<dyn Source + 's>>,
    ) -> Result<Summary, StageError> {
        self.ingest_again(platforms, sources, &[])
    }

    /// As [`Self::ingest`], of sources whose refused rows stand in these quarantine files.
    ///
    /// # Errors
    /// As [`Self::ingest`].
    pub fn ingest_again<'s>(
        &mut self,
        platforms: BTreeSet<String>,
        sources: impl Iterator<Item = Box<dyn Source + 's>>,
        supersedes: &[std::path::PathBuf],
    ) -> Result<Summary, StageError> {
        let mut summary = Summary::default();
        self.stage(Stage::Ingest, |runner| {
            summary = runner.ingest_rows(platforms, sources, supersedes)?;
            // A pass goes on with what the lake holds; what failed is told at its end.
            let goes_on = runner.record().kind == "run" && runner.lake.rows(Dataset::Observations)? > 0;
            if !goes_on
                && summary.sources == 0
                && summary.rows == 0
                && let Some(first) = summary.failures.first()
            {
                return Err(StageError::Sources(first.clone()));
            }
            Ok(Rows {
                rows_in: summary.rows,
                rows_out: summary.observations + summary.sightings,
                rows_rejected: summary.refused,
                outcome: format!(
                    "{} new, {} seen again, {} known, {} rejected",
                    summary.observations, summary.sightings, summary.repeated, summary.refused
                ),
            })
        })?;
        Ok(summary)
    }

    fn ingest_rows<'s>(
        &self,
        platforms: BTreeSet<String>,
        sources: impl Iterator<Item = Box<dyn Source + 's>>,
        supersedes: &[std::path::PathBuf],
    ) -> Result<Summary, StageError> {
        let config = &self.outside.config.ingest;
        let options = IngestOptions {
            batch_rows: config.batch_rows.get() as usize,
            channel_batches: config.channel_batches.get() as usize,
            rotate_rows: u64::from(config.rotate_rows.get()),
            rotate_after: std::time::Duration::from_secs(u64::from(config.rotate_seconds.get())),
            ..IngestOptions::within(config.memory_mb.get())
        };
        let sellers = SellerKey::of(&self.lake, fresh_key(self.outside.random))?;
        let watcher = self.outside.watcher;
        let work = Ingest {
            lake: &self.lake,
            lock: self.lock(),
            run_id: self.run_id(),
            clock: self.outside.clock,
            sellers: &sellers,
            options: &options,
            supersedes,
            progress: &|rows| watcher.advance(rows),
        };
        Ok(ingest(&work, platforms, sources)?)
    }

    /// Every listing enriched.
    ///
    /// # Errors
    /// When there is nothing to enrich, or the result is not fit to count.
    pub fn enrich(&mut self) -> Result<(), StageError> {
        self.stage(Stage::Enrich, |runner| {
            runner.need(
                Dataset::Observations,
                "there are no listings",
                "read some: autobazaaar ingest --help",
            )?;
            let engine = runner.engine()?;
            let options = enrich_options(runner.outside);
            let watcher = runner.outside.watcher;
            let mut commit = runner.begin()?;
            let done = enrich(&runner.lake, &engine, &options, &mut commit, &|rows| watcher.advance(rows))?;
            runner.accept(&engine, commit, &[Dataset::Enriched])?;
            Ok(Rows {
                rows_in: runner.lake.rows(Dataset::Observations)?,
                rows_out: done.listings,
                outcome: format!("{} listings of {} items", done.listings, done.items),
                ..Rows::default()
            })
        })
    }

    /// New versions of the price models.
    ///
    /// # Errors
    /// When nothing is enriched yet, or a version cannot be stored.
    pub fn train(&mut self, bases: &[Basis]) -> Result<Vec<Trained>, StageError> {
        let mut trained = Vec::new();
        self.stage(Stage::Train, |runner| {
            runner.need(Dataset::Enriched, "nothing is enriched yet", "run: autobazaaar enrich")?;
            let engine = runner.engine()?;
            let part = Part::Newest(LOOKED_AT * runner.outside.config.train.max_examples.get() as usize);
            let mut listings = listings::load_part(&runner.lake, &engine, window(runner.outside), part)?;
            let market = listings.len();
            let mut sales = told_sales(&engine)?;
            let mut known = known(&runner.lake)?;
            let own = own::outcomes(&engine, &listings, &|listing| {
                known.get(&listing.observation_id).map(|known| known.item)
            })?;
            drop(engine);
            sales.extend(own.told());
            known.extend(own.items().map(|(id, item)| (id, Known { item, demand: None })));
            listings.extend(own.sales());
            let items = known.iter().map(|(id, known)| (*id, known.item)).collect();
            let config = &runner.outside.config.train;
            let options = TrainOptions {
                seed: u64::from(config.seed),
                folds: config.folds.get() as usize,
                max_examples: config.max_examples.get() as usize,
                temporal: config.measure_newest,
                ..TrainOptions::default()
            };
            let watcher = runner.outside.watcher;
            let version = (runner.run_id().0.as_str(), runner.now());
            trained = train_all(&runner.lake, &listings, &items, bases, &options, version, &|rows| {
                watcher.advance(rows);
            })?;
            let selling = SellingInput {
                listings: &listings[..market],
                own: own.offers(),
                sales: &sales,
                known: &known,
                models: &Models::load(&runner.lake)?,
                economics: &runner.assumed_economics()?,
                most: options.max_examples,
            };
            let card = learn_selling(&selling, &format!("selling-{}", version.0), version.1);
            store(&runner.lake).store(&card).map_err(TrainingError::from)?;
            Ok(trained_rows(&trained))
        })?;
        Ok(trained)
    }

    /// Every listing that is not gone valued and scored.
    ///
    /// # Errors
    /// When nothing is enriched yet, or the result is not fit to count.
    pub fn score(&mut self) -> Result<(), StageError> {
        self.stage(Stage::Score, |runner| {
            runner.need(Dataset::Enriched, "nothing is enriched yet", "run: autobazaaar enrich")?;
            let models = Models::load(&runner.lake)?;
            runner.used_models(&models.versions());
            let engine = runner.engine()?;
            let as_of = runner.as_of(&engine)?;
            let learned = store(&runner.lake).newest().map_err(LearnedError::from)?;
            let economics = runner.assumed_economics()?.with_learned(learned);
            let watcher = runner.outside.watcher;
            let mut commit = runner.begin()?;
            let done =
                score(&runner.lake, &models, &economics, as_of, &mut commit, &|rows| watcher.advance(rows))?;
            runner.accept(&engine, commit, &[Dataset::Valuations, Dataset::Deals])?;
            Ok(Rows {
                rows_in: done.listings,
                rows_out: done.valued,
                outcome: format!("{} of {} have an estimate", done.valued, done.listings),
                ..Rows::default()
            })
        })
    }

    /// A decision for every scored listing, beside what is tied up already; without it all capital is
    /// free.
    ///
    /// # Errors
    /// When nothing is scored yet, or the result is not fit to count.
    pub fn decide(&mut self, tied: Option<&Portfolio>) -> Result<(), StageError> {
        match tied {
            Some(tied) => self.decide_within(tied),
            None => self.decide_within(&Portfolio::fresh(&self.limits()?)),
        }
        .map(|_| ())
    }

    /// As [`Self::decide`], beside what is tied up already; what may be acted on.
    ///
    /// # Errors
    /// As [`Self::decide`].
    pub fn decide_within(&mut self, portfolio: &Portfolio) -> Result<DecideSummary, StageError> {
        let mut summary = DecideSummary::default();
        self.stage(Stage::Decide, |runner| {
            runner.need(Dataset::Deals, "nothing is scored yet", "run: autobazaaar score")?;
            let engine = runner.engine()?;
            let as_of = runner.as_of(&engine)?;
            let economics = runner.economics()?;
            let limits = runner.limits()?;
            let watcher = runner.outside.watcher;
            let mut commit = runner.begin()?;
            let lake = &runner.lake;
            let done = decide_all(lake, &economics, &limits, portfolio, as_of, &mut commit, &|rows| {
                watcher.advance(rows);
            })?;
            runner.accept(&engine, commit, &[Dataset::Decisions])?;
            let rows = Rows {
                rows_in: done.deals,
                rows_out: done.buy + done.negotiate,
                outcome: format!("{} to buy, {} to negotiate", done.buy, done.negotiate),
                ..Rows::default()
            };
            summary = done;
            Ok(rows)
        })?;
        Ok(summary)
    }

    /// The database for analysts. Once it stands, derived results of old runs make room.
    ///
    /// # Errors
    /// When it cannot be made; the former one stays. Or when an old file cannot be removed.
    pub fn publish(&mut self) -> Result<(), StageError> {
        self.stage(Stage::Publish, |runner| {
            let memory_mb = u64::from(runner.outside.config.publish.memory_mb.get());
            let rows = publish(&runner.lake, memory_mb, runner.run_id(), runner.now(), runner.lock())?;
            let keep = runner.outside.config.publish.keep_runs.get();
            runner.lake.prune(keep as usize, runner.lock())?;
            // What was just published names the joined files.
            runner.lake.drop_replaced(runner.lock())?;
            Ok(Rows { rows_out: rows, outcome: format!("{rows} rows in marts"), ..Rows::default() })
        })
    }

    /// The report's files.
    ///
    /// # Errors
    /// When nothing is decided yet or the files cannot be written.
    pub fn report(&mut self, simulated: bool) -> Result<Vec<std::path::PathBuf>, StageError> {
        let mut files = Vec::new();
        self.stage(Stage::Report, |runner| {
            runner.need(Dataset::Decisions, "nothing is decided yet", "run: autobazaaar decide")?;
            let engine = runner.engine()?;
            let as_of = runner.as_of(&engine)?;
            let input = ReportInput {
                lake: &runner.lake,
                run: runner.record(),
                now: runner.now(),
                as_of,
                simulated,
                economics: &runner.economics()?,
                limits: &runner.limits()?,
            };
            files = report(&input, &engine)?;
            Ok(Rows {
                rows_out: files.len() as u64,
                outcome: format!("{} files", files.len()),
                ..Rows::default()
            })
        })?;
        Ok(files)
    }

    /// The moment that the data speak of: the newest sight. Freshness is measured on event time,
    /// so that a recorded market is judged as of its own end.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub fn as_of(&self, engine: &Engine) -> Result<Utc, StageError> {
        as_of(engine, self.now())
    }

    /// The economics of the configuration, with nothing learned.
    ///
    /// # Errors
    /// When a figure cannot be meant.
    pub fn assumed_economics(&self) -> Result<Economics, StageError> {
        // The simulated venues charge as the marketplaces that they imitate.
        let fees =
            autobazaaar_bazaar::platforms().into_iter().fold(Economics::built_in_fees()?, |fees, name| {
                fees.charging_like(name, autobazaaar_bazaar::fee_platform(name))
            });
        Ok(Economics::new(self.outside.config.economics.clone(), fees)?)
    }

    /// The economics that the newest scores stand on.
    ///
    /// # Errors
    /// When a figure cannot be meant, or what was learned cannot be read.
    pub fn economics(&self) -> Result<Economics, StageError> {
        Ok(self.assumed_economics()?.with_learned(as_scored(&self.lake)?))
    }

    /// The limits of the configuration.
    ///
    /// # Errors
    /// When one cannot be meant.
    pub fn limits(&self) -> Result<Limits, StageError> {
        Limits::new(self.outside.config.limits.clone()).map_err(|error| StageError::Limits(error.to_string()))
    }

    fn need(&self, dataset: Dataset, missing: &'static str, mend: &'static str) -> Result<(), StageError> {
        if self.lake.entries(dataset)?.is_empty() {
            return Err(StageError::Missing { missing, mend });
        }
        Ok(())
    }

    pub(super) fn begin(&self) -> Result<Commit, LakeError> {
        self.lake.begin(self.run_id(), self.now(), self.lock())
    }

    /// Publish after audit: what the checks refuse never counts.
    fn accept(&self, engine: &Engine, commit: Commit, datasets: &[Dataset]) -> Result<(), StageError> {
        for &dataset in datasets {
            engine.attach_files(dataset, &commit.pending(dataset))?;
        }
        self.publish_checked(engine, commit, datasets)
    }

    /// Publishes a commit if the checks find nothing in what the engine has attached of it.
    pub(super) fn publish_checked(
        &self,
        engine: &Engine,
        commit: Commit,
        datasets: &[Dataset],
    ) -> Result<(), StageError> {
        if let Some(finding) = audit(engine, datasets)?.into_iter().next() {
            return Err(StageError::Check {
                check: finding.check,
                rows: finding.rows,
                example: finding.example,
            });
        }
        commit.publish(self.now())?;
        Ok(())
    }
}

/// The newest sight in what the engine has attached; `otherwise` when there is none.
///
/// # Errors
/// When the lake cannot be read.
pub fn as_of(engine: &Engine, otherwise: Utc) -> Result<Utc, StageError> {
    let sql = "select epoch_us(greatest(
        (select max(observed_at) from lake.observations), (select max(observed_at) from lake.sightings)))";
    let newest: Option<i64> = engine
        .connection()
        .query_row(sql, [], |row| row.get(0))
        .map_err(SqlError::new("cannot find the newest sight"))?;
    Ok(newest.and_then(Utc::from_timestamp_micros).unwrap_or(otherwise))
}

fn fresh_key(random: &dyn Fn() -> u128) -> [u8; 32] {
    let mut key = [0; 32];
    key[..16].copy_from_slice(&random().to_le_bytes());
    key[16..].copy_from_slice(&random().to_le_bytes());
    key
}

fn trained_rows(trained: &[Trained]) -> Rows {
    let word = |trained: &Trained| match &trained.outcome {
        Outcome::Promoted(_) => format!("{} in use", trained.segment),
        Outcome::Kept { .. } => format!("{} not better", trained.segment),
        Outcome::Not(_) => format!("{} not learned", trained.segment),
    };
    let learned = trained.iter().filter(|t| !matches!(t.outcome, Outcome::Not(_))).count() as u64;
    Rows {
        rows_in: trained.iter().map(|t| t.examples).sum(),
        rows_out: learned,
        outcome: trained.iter().map(word).collect::<Vec<_>>().join(", "),
        ..Rows::default()
    }
}

/// The run whose results the newest decisions are.
///
/// # Errors
/// When a manifest cannot be read.
pub fn newest_decided(lake: &autobazaaar_lake::Lake) -> Result<Option<RunId>, LakeError> {
    Ok(lake.latest(Dataset::Decisions)?.map(|(run_id, _)| run_id))
}
