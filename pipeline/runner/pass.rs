//! One pass over every stage.

use std::path::{Path, PathBuf};

use autobazaaar_domain::Currency;
use autobazaaar_domain::run::Run;
use autobazaaar_lake::{Dataset, Lake};

use super::sample::{sample_platforms, sample_sources};
use super::searching::{ReadIn, read_in};
use super::sources::{SourcesError, open_sources};
use super::{Outside, Runner, StageError};
use crate::decide::Portfolio;
use crate::ingest::Summary;
use crate::score::models::{registry, segments};
use crate::searches::{AccessError, Outcome, due, last_scans};
use autobazaaar_bazaar::{SampleOptions, platforms};

/// What a pass did.
pub struct Passed {
    pub run: Run,
    /// The data folder it worked in.
    pub lake: Lake,
    /// On the simulated market.
    pub simulated: bool,
    /// `None` when nothing was read in.
    pub ingested: Option<Summary>,
    /// What came of each search that was due.
    pub outcomes: Vec<Outcome>,
    pub report_files: Vec<PathBuf>,
}

/// Why a pass ended.
#[derive(Debug, thiserror::Error)]
pub enum PassError {
    #[error(transparent)]
    Sources(#[from] SourcesError),
    #[error(transparent)]
    Access(#[from] AccessError),
    #[error(transparent)]
    Stage(#[from] StageError),
}

/// Folder of the simulated market, inside the data folder and never mixed with it.
pub const BAZAAR_FOLDER: &str = "bazaar";

/// The options of the sample that an empty folder works on.
///
/// # Errors
/// When a run's record cannot be read.
pub fn sample_options(runner: &Runner<'_>) -> Result<SampleOptions, StageError> {
    Ok(SampleOptions {
        seed: SAMPLE_SEED,
        listings: SAMPLE_LISTINGS,
        days: SAMPLE_DAYS,
        end: first_start(runner)?,
        venues: platforms().len(),
        run_id: runner.run_id().clone(),
    })
}

/// The sample ends when the folder was first worked on: read again, it is the same sample.
fn first_start(runner: &Runner<'_>) -> Result<autobazaaar_domain::Utc, StageError> {
    let first = runner.lake.runs()?.into_iter().next();
    Ok(first.map_or(runner.record().started_at, |run| run.started_at))
}

const SAMPLE_SEED: u64 = 1;
const SAMPLE_LISTINGS: u64 = 6_000;
const SAMPLE_DAYS: u32 = 14;

/// Where a pass gets its listings from.
pub enum Origin {
    /// The configured sources and searches.
    Sources,
    /// What the data folder holds already.
    Lake,
    /// The simulated market.
    Simulated,
}

/// What [`pass`] would work on.
///
/// # Errors
/// When a manifest cannot be read.
pub fn origin(lake: &Lake, outside: Outside<'_>) -> Result<Origin, StageError> {
    if outside.config.reads_something() {
        return Ok(Origin::Sources);
    }
    let filled = !lake.entries(Dataset::Observations)?.is_empty();
    Ok(if filled { Origin::Lake } else { Origin::Simulated })
}

/// Does every stage. With sources or searches configured they are read; without any, what the data
/// folder holds is worked on; an empty folder gets the simulated market, in a folder of its own.
/// Relative paths of sources count from `base`. `tied` is what is tied up already; without it all
/// capital is free. `take_in` brings in what the store tells of outcomes, if there is one.
///
/// # Errors
/// When a source is configured wrongly or a stage fails; what the stages before made counts.
pub fn pass(
    data_dir: &Path,
    base: &Path,
    tied: Option<&Portfolio>,
    outside: Outside<'_>,
    take_in: impl FnOnce(&mut Runner<'_>) -> Result<(), StageError>,
) -> Result<Passed, PassError> {
    let lake = Lake::new(data_dir);
    let origin = origin(&lake, outside)?;
    let simulated = matches!(origin, Origin::Simulated);
    let lake = if simulated { Lake::new(&data_dir.join(BAZAAR_FOLDER)) } else { lake };
    let files = match origin {
        Origin::Sources => open_sources(outside.config, base)?,
        _ => Vec::new(),
    };
    let mut runner = Runner::start(lake, "run", outside).map_err(StageError::from)?;
    let mut outcomes = Vec::new();
    let ingested = match origin {
        Origin::Lake => None,
        Origin::Simulated => {
            let sources = sample_sources(sample_options(&runner)?);
            Some(runner.ingest(sample_platforms(), sources)?)
        }
        Origin::Sources => {
            let last = last_scans(&runner.lake).map_err(StageError::from)?;
            let searches = due(&outside.config.searches, &last, runner.now());
            let ReadIn { summary, outcomes: told } = read_in(&mut runner, base, files, searches)?;
            outcomes = told;
            Some(summary)
        }
    };
    take_in(&mut runner)?;
    runner.enrich()?;
    if training_is_due(&runner)? {
        runner.train(autobazaaar_domain::Basis::ALL)?;
    }
    runner.score()?;
    runner.decide(tied)?;
    runner.publish()?;
    let report_files = runner.report(simulated)?;
    let lake = runner.lake.clone();
    let run = runner.finish().map_err(StageError::from)?;
    Ok(Passed { run, lake, simulated, ingested, outcomes, report_files })
}

/// Training has a cadence of its own: it is due without a model, or with an old one.
fn training_is_due(runner: &Runner<'_>) -> Result<bool, StageError> {
    let hours = i64::from(runner.outside.config.train.every_hours.get());
    let mut newest = None;
    for (basis, currency) in segments(&runner.lake).map_err(crate::score::models::ModelsError::from)? {
        newest = newest.max(newest_version(runner, basis, currency)?);
    }
    Ok(newest.is_none_or(|made| runner.now() - made >= chrono::Duration::hours(hours)))
}

fn newest_version(
    runner: &Runner<'_>,
    basis: autobazaaar_domain::Basis,
    currency: Currency,
) -> Result<Option<autobazaaar_domain::Utc>, StageError> {
    let cards =
        registry(&runner.lake, basis, currency).list().map_err(crate::score::models::ModelsError::from)?;
    Ok(cards.last().map(|card| card.created_at))
}
