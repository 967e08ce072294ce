//! A backtest, and the check of what was learned of selling, as the configuration sets them up.
//! Both read only: they take no lock and write nothing to the lake.

use autobazaaar_domain::Currency;
use autobazaaar_lake::Lake;
use autobazaaar_models::TrainOptions;

use super::Outside;
use super::stages::StageError;
use crate::backtest::held_back::{HeldBack, held_back as try_held_back};
use crate::backtest::{Backtest, BacktestError, BacktestInput, BacktestOptions, backtest};
use crate::decide::Limits;
use crate::enrich::listings::Window;
use crate::enrich::stage::EnrichOptions;
use crate::publish::Engine;
use crate::score::Economics;

/// Replays the record of a data folder.
///
/// # Errors
/// When a setting cannot be meant, or the record cannot be replayed.
pub fn replay(
    lake: &Lake,
    outside: Outside<'_>,
    options: &BacktestOptions,
    progress: &(dyn Fn(usize, usize) + Sync),
) -> Result<Backtest, StageError> {
    with_input(lake, outside, progress, |input| backtest(input, options))
}

/// Tries what is learned of leaving on the last days of the record.
///
/// # Errors
/// When a setting cannot be meant, or the record cannot be read.
pub fn held_back(
    lake: &Lake,
    outside: Outside<'_>,
    currency: Option<Currency>,
    days: u32,
) -> Result<HeldBack, StageError> {
    with_input(lake, outside, &|_, _| {}, |input| try_held_back(input, currency, days))
}

/// Calls `work` with what the configuration sets up.
fn with_input<T>(
    lake: &Lake,
    outside: Outside<'_>,
    progress: &(dyn Fn(usize, usize) + Sync),
    work: impl FnOnce(&BacktestInput<'_>) -> Result<T, BacktestError>,
) -> Result<T, StageError> {
    let config = outside.config;
    let economics = Economics::new(config.economics.clone(), Economics::built_in_fees()?)?;
    let limits = Limits::new(config.limits.clone()).map_err(|error| StageError::Limits(error.to_string()))?;
    let memory_mb = u64::from(config.publish.memory_mb.get());
    let engine = Engine::in_memory(memory_mb, &std::env::temp_dir())?;
    Ok(work(&BacktestInput {
        lake,
        engine: &engine,
        enrich: &enrich_options(outside),
        train: &train_options(outside),
        economics: &economics,
        limits: &limits,
        progress,
    })?)
}

/// How long what was seen counts.
pub(super) fn window(outside: Outside<'_>) -> Window {
    let config = &outside.config.enrich;
    Window { stale_after_days: config.stale_after_days.get(), look_back_days: config.look_back_days.get() }
}

/// How far enrich looks.
pub(super) fn enrich_options(outside: Outside<'_>) -> EnrichOptions {
    let config = &outside.config.enrich;
    EnrichOptions { comps: config.comps.get() as usize, window: window(outside), ..EnrichOptions::default() }
}

/// As configured, without the trial on the newest listings: a replay is that trial.
pub(super) fn train_options(outside: Outside<'_>) -> TrainOptions {
    let config = &outside.config.train;
    TrainOptions {
        seed: u64::from(config.seed),
        folds: config.folds.get() as usize,
        max_examples: config.max_examples.get() as usize,
        temporal: false,
        ..TrainOptions::default()
    }
}
