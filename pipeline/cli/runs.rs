//! `autobazaaar runs`: what was done, stage by stage.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

use autobazaaar_domain::run::{Run, RunState, Stage};

use super::output::{Cell, Column, Table, Tone};
use super::session::{lake, moment};
use super::{CliError, Context};

/// What to do with runs.
#[derive(Debug, Subcommand)]
pub enum RunsArgs {
    /// List runs, the newest first
    List(RunsListArgs),
    /// Show one run with its stages
    Show(RunsShowArgs),
}

/// Arguments of `runs list`.
#[derive(Debug, Args)]
pub struct RunsListArgs {
    /// Most rows
    #[arg(long, value_name = "N", default_value = "20")]
    pub limit: NonZeroUsize,
}

/// Arguments of `runs show`.
#[derive(Debug, Args)]
pub struct RunsShowArgs {
    /// The run, or the beginning of its name if no other begins so
    #[arg(value_name = "RUN")]
    pub id: String,
}

/// Lists the runs, or shows one stage by stage.
///
/// # Errors
/// When a record cannot be read, or there is no such run.
pub fn run(args: &RunsArgs, context: &Context<'_>) -> Result<(), CliError> {
    let runs = lake(context)?.runs()?;
    match args {
        RunsArgs::List(args) => list(&runs, args.limit.get(), context),
        RunsArgs::Show(args) => match runs.iter().rev().find(|run| run.run_id.0.starts_with(&args.id)) {
            Some(run) => show(run, context),
            None => {
                Err(CliError::failed(format!("there is no run `{}`", args.id)).hint("autobazaaar runs list"))
            }
        },
    }
}

fn state(state: RunState) -> Cell {
    let tone = match state {
        RunState::Finished => Tone::Good,
        RunState::Running => Tone::Plain,
        RunState::Failed | RunState::Abandoned => Tone::Warn,
    };
    Cell::text(state.as_str()).tone(tone)
}

fn list(runs: &[Run], limit: usize, context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::text("run_id", "run"),
        Column::text("kind", "kind"),
        Column::text("state", "state"),
        Column::text("started_at", "started"),
        Column::number("seconds", "seconds"),
        Column::number("rows_in", "rows in"),
        Column::number("rows_rejected", "rejected"),
        Column::text("error", "error"),
    ]);
    for run in runs.iter().rev().take(limit) {
        table.push([
            Cell::text(&run.run_id.0),
            Cell::text(&run.kind),
            state(run.state),
            moment(run.started_at),
            Cell::float(run.stages.iter().map(|stage| stage.seconds).sum(), 1),
            Cell::count(rows_read(run)),
            Cell::count(run.stages.iter().map(|stage| stage.rows_rejected).sum()),
            run.error.as_ref().map_or_else(Cell::missing, Cell::text),
        ]);
    }
    context.out.table(&table.or_empty("no run yet: autobazaaar run").hint("autobazaaar runs show RUN"))
}

/// What the first stage read; outcomes of our own come beside it.
fn rows_read(run: &Run) -> u64 {
    let first = run.stages.iter().find(|stage| stage.stage != Stage::Outcomes);
    first.or(run.stages.first()).map_or(0, |stage| stage.rows_in)
}

fn show(run: &Run, context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::text("stage", "stage"),
        Column::text("state", "state"),
        Column::number("rows_in", "rows in"),
        Column::number("rows_out", "rows out"),
        Column::number("rows_rejected", "rejected"),
        Column::number("seconds", "seconds"),
        Column::number("peak_memory_mb", "peak MB"),
        Column::text("error", "error"),
    ]);
    for stage in &run.stages {
        table.push([
            Cell::text(stage.stage.as_str()),
            state(stage.state),
            Cell::count(stage.rows_in),
            Cell::count(stage.rows_out),
            Cell::count(stage.rows_rejected),
            Cell::float(stage.seconds, 2),
            Cell::count(stage.peak_memory_bytes >> 20),
            stage.error.as_ref().map_or_else(Cell::missing, Cell::text),
        ]);
    }
    context.out.table(&table.or_empty("no stage was reached"))
}
