//! Runs: stages one after the other, each recorded, checked before it counts, and resumable.

pub mod backtest;
pub mod drift;
pub mod evaluate;
mod memory;
mod outcomes;
mod pass;

pub mod sample;
pub mod searching;
pub mod sources;
pub mod stages;

pub use pass::{BAZAAR_FOLDER, Origin, PassError, Passed, origin, pass, sample_options};
pub use sources::{SourcesError, open_sources};
pub use stages::StageError;

use std::time::Instant;

use autobazaaar_domain::run::{Run, RunState, Stage, StageRecord};
use autobazaaar_domain::{Clock, RunId, Utc};
use autobazaaar_lake::{Lake, LakeError, WriteLock};

use crate::config::Config;
use crate::publish::{Engine, SqlError};

/// Told of stages and rows; the command line draws it.
pub trait Watcher: Sync {
    /// A stage begins.
    fn begin(&self, stage: Stage);
    /// So many rows more.
    fn advance(&self, rows: u64);
    /// The stage ended; `outcome` says what came of it.
    fn end(&self, outcome: &str);
}

/// Watches nothing.
pub struct Unwatched;

impl Watcher for Unwatched {
    fn begin(&self, _: Stage) {}
    fn advance(&self, _: u64) {}
    fn end(&self, _: &str) {}
}

/// What a run gets from outside.
#[derive(Clone, Copy)]
pub struct Outside<'a> {
    pub config: &'a Config,
    pub clock: &'a dyn Clock,
    /// Random bits, fresh at each call.
    pub random: &'a dyn Fn() -> u128,
    pub watcher: &'a dyn Watcher,
}

/// A run under way. It holds the data folder's write lock.
pub struct Runner<'a> {
    pub lake: Lake,
    pub outside: Outside<'a>,
    lock: WriteLock,
    run: Run,
}

/// A stage under way.
struct Begun {
    stage: Stage,
    started_at: Utc,
    started: Instant,
}

/// What a stage did, for its record.
#[derive(Debug, Default, Clone)]
pub struct Rows {
    pub rows_in: u64,
    pub rows_out: u64,
    pub rows_rejected: u64,
    /// What came of it, in a few words.
    pub outcome: String,
}

impl<'a> Runner<'a> {
    /// Takes the lock, sweeps left-overs, and starts a run of this kind; a run of the kind `run`
    /// that was cut off goes on, any other is recorded as abandoned.
    ///
    /// # Errors
    /// When another process is writing, or the folder cannot be written.
    pub fn start(lake: Lake, kind: &str, outside: Outside<'a>) -> Result<Self, LakeError> {
        let lock = lake.lock()?;
        let config_hash = outside.config.hash();
        let mut resumed = None;
        for mut run in lake.runs()?.into_iter().filter(|run| run.state == RunState::Running) {
            let same = run.kind == kind && kind == "run" && run.config_hash == config_hash;
            if same && resumed.is_none() {
                tracing::info!(run = %run.run_id, "goes on with the run that was cut off");
                resumed = Some(run);
                continue;
            }
            run.state = RunState::Abandoned;
            run.finished_at = Some(outside.clock.now());
            run.error = Some("it was cut off; what it had made count stays".to_owned());
            lake.record_run(&run)?;
        }
        let run = resumed.unwrap_or_else(|| new_run(kind, config_hash, outside));
        lake.record_run(&run)?;
        Ok(Self { lake, outside, lock, run })
    }

    /// The run's name.
    #[must_use]
    pub fn run_id(&self) -> &RunId {
        &self.run.run_id
    }

    /// The record so far.
    #[must_use]
    pub fn record(&self) -> &Run {
        &self.run
    }

    /// The lock, as the proof that writers ask for.
    #[must_use]
    pub fn lock(&self) -> &WriteLock {
        &self.lock
    }

    /// The present moment.
    #[must_use]
    pub fn now(&self) -> Utc {
        self.outside.clock.now()
    }

    /// DuckDB over the lake as it counts now.
    ///
    /// # Errors
    /// When DuckDB cannot start or a manifest cannot be read.
    pub fn engine(&self) -> Result<Engine, SqlError> {
        let memory_mb = u64::from(self.outside.config.publish.memory_mb.get());
        let engine = Engine::in_memory(memory_mb, &self.lake.staging())?;
        engine.attach(&self.lake)?;
        Ok(engine)
    }

    /// Whether this run has finished a stage before.
    #[must_use]
    pub fn has_done(&self, stage: Stage) -> bool {
        let done = |record: &StageRecord| record.stage == stage && record.state == RunState::Finished;
        self.run.stages.iter().any(done)
    }

    /// Does a stage and records it; a stage that this run has finished before is not done again.
    ///
    /// # Errors
    /// The stage's own; the run is recorded as failed.
    pub fn stage(
        &mut self,
        stage: Stage,
        work: impl FnOnce(&mut Self) -> Result<Rows, StageError>,
    ) -> Result<(), StageError> {
        if self.has_done(stage) {
            return Ok(());
        }
        let begun = self.begin_stage(stage);
        let result = work(self);
        self.end_stage(begun, result)
    }

    fn begin_stage(&mut self, stage: Stage) -> Begun {
        self.run.stages.retain(|record| record.stage != stage);
        self.outside.watcher.begin(stage);
        Begun { stage, started_at: self.now(), started: Instant::now() }
    }

    fn end_stage(&mut self, begun: Begun, result: Result<Rows, StageError>) -> Result<(), StageError> {
        let rows = result.as_ref().cloned().unwrap_or_default();
        self.run.stages.push(StageRecord {
            stage: begun.stage,
            state: if result.is_ok() { RunState::Finished } else { RunState::Failed },
            started_at: begun.started_at,
            finished_at: Some(self.now()),
            rows_in: rows.rows_in,
            rows_out: rows.rows_out,
            rows_rejected: rows.rows_rejected,
            seconds: begun.started.elapsed().as_secs_f64(),
            peak_memory_bytes: memory::peak_bytes(),
            error: result.as_ref().err().map(ToString::to_string),
        });
        self.outside.watcher.end(&rows.outcome);
        if let Err(error) = &result {
            self.run.state = RunState::Failed;
            self.run.finished_at = Some(self.now());
            self.run.error = Some(error.to_string());
        }
        self.lake.record_run(&self.run)?;
        result.map(|_| ())
    }

    /// Notes the model versions that the run used.
    pub fn used_models(&mut self, versions: &[&str]) {
        self.run.model_version = (!versions.is_empty()).then(|| versions.join(", "));
    }

    /// Ends the run.
    ///
    /// # Errors
    /// When the record cannot be written.
    pub fn finish(mut self) -> Result<Run, LakeError> {
        self.run.state = RunState::Finished;
        self.run.finished_at = Some(self.now());
        self.lake.record_run(&self.run)?;
        Ok(self.run)
    }
}

fn new_run(kind: &str, config_hash: String, outside: Outside<'_>) -> Run {
    let started_at = outside.clock.now();
    Run {
        run_id: RunId::new(started_at, (outside.random)()),
        kind: kind.to_owned(),
        state: RunState::Running,
        started_at,
        finished_at: None,
        stages: Vec::new(),
        model_version: None,
        config_hash,
        error: None,
    }
}
