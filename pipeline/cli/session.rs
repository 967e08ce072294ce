//! What the commands on a data folder share: the folder, runs with progress, foreign errors.

use std::path::PathBuf;
use std::sync::Mutex;

use autobazaaar_domain::run::Stage;
use autobazaaar_domain::{Currency, Money, Utc};
use autobazaaar_lake::{Dataset, Lake};
use autobazaaar_store::Options;

use super::output::Cell;
use super::progress::{Progress, StageProgress};
use super::{CliError, Context};
use crate::publish::Engine;
use crate::runner::{BAZAAR_FOLDER, Outside, Runner, StageError, Watcher};

/// Draws a run's stages.
pub struct Drawn {
    progress: Progress,
    line: Mutex<Option<StageProgress>>,
}

impl Drawn {
    /// Draws on the context's progress.
    #[must_use]
    pub fn new(context: &Context<'_>) -> Self {
        Self { progress: context.progress.clone(), line: Mutex::new(None) }
    }
}

impl Watcher for Drawn {
    fn begin(&self, stage: Stage) {
        if let Ok(mut line) = self.line.lock() {
            *line = Some(self.progress.stage(stage.as_str(), None));
        }
    }

    fn advance(&self, rows: u64) {
        if let Ok(line) = self.line.lock()
            && let Some(line) = line.as_ref()
        {
            line.advance(rows);
        }
    }

    fn end(&self, outcome: &str) {
        if let Ok(mut line) = self.line.lock()
            && let Some(line) = line.take()
        {
            line.finish(outcome);
        }
    }
}

/// Calls `work` with what runs get from outside.
///
/// # Errors
/// Those of `work`.
pub fn with_outside<T>(
    context: &Context<'_>,
    work: impl FnOnce(Outside<'_>) -> Result<T, CliError>,
) -> Result<T, CliError> {
    let watcher = Drawn::new(context);
    let random = || context.entropy.bits();
    work(Outside { config: context.config(), clock: context.clock, random: &random, watcher: &watcher })
}

/// Does one stage alone, as a run of its own, in the folder that [`lake`] finds. What the stage
/// made is published to analysts, too, when `publish` says so.
///
/// # Errors
/// The stage's.
pub fn alone<T>(
    context: &Context<'_>,
    kind: &str,
    stage: impl FnOnce(&mut Runner<'_>) -> Result<T, StageError>,
) -> Result<T, CliError> {
    with_outside(context, |outside| {
        let mut runner = Runner::start(lake(context)?, kind, outside)?;
        take_in_outcomes(context, &mut runner)?;
        let result = stage(&mut runner)?;
        runner.publish()?;
        runner.finish()?;
        Ok(result)
    })
}

/// Brings what the store tells since the last run into the lake, where there is a store.
///
/// # Errors
/// When the store cannot be read or the lake cannot be written.
pub fn take_in_outcomes(context: &Context<'_>, runner: &mut Runner<'_>) -> Result<(), StageError> {
    let state = runner.lake.state();
    if !Options::is_there(&state) {
        return Ok(());
    }
    super::state::in_store(&state, context, async |store| runner.outcomes(store).await)
}

/// The data folder; the simulated market's inside it when that is all there is.
///
/// # Errors
/// When a manifest cannot be read.
pub fn lake(context: &Context<'_>) -> Result<Lake, CliError> {
    let lake = Lake::new(&context.loaded.data_dir);
    if !context.config().reads_something() && lake.entries(Dataset::Observations)?.is_empty() {
        let bazaar = Lake::new(&context.loaded.data_dir.join(BAZAAR_FOLDER));
        if !bazaar.entries(Dataset::Observations)?.is_empty() {
            tracing::warn!("these are listings of the simulated bazaar; nobody offers them");
            return Ok(bazaar);
        }
    }
    Ok(lake)
}

/// DuckDB over what counts in the lake now.
///
/// # Errors
/// When DuckDB cannot start or the lake cannot be read.
pub fn engine(context: &Context<'_>, lake: &Lake) -> Result<Engine, CliError> {
    let memory_mb = u64::from(context.config().publish.memory_mb.get());
    let engine = Engine::in_memory(memory_mb, &std::env::temp_dir())?;
    engine.attach(lake)?;
    Ok(engine)
}

/// An amount of minor units in a table; missing when there is none.
#[must_use]
pub fn amount(minor: Option<i64>, currency: Currency) -> Cell {
    minor.map_or_else(Cell::missing, |minor| Cell::money(Money::new(minor, currency)))
}

/// A share in a table; missing when there is none.
#[must_use]
pub fn share(share: Option<f64>) -> Cell {
    share.map_or_else(Cell::missing, Cell::percent)
}

/// A moment: to the minute for people, exact elsewhere.
#[must_use]
pub fn moment(at: Utc) -> Cell {
    Cell::text(at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true))
        .shown(at.format("%Y-%m-%d %H:%M").to_string())
}

/// A path as a person would name it: from the current folder where it lies below.
#[must_use]
pub fn shown_path(path: &std::path::Path) -> String {
    let here = std::env::current_dir().unwrap_or_else(|_| PathBuf::new());
    path.strip_prefix(&here).unwrap_or(path).display().to_string()
}
