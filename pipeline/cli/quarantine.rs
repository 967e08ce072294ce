//! `autobazaaar quarantine`: rows that were rejected, and reading them again.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

use autobazaaar_lake::quarantine::{Refused, read_refused};

use super::output::{Cell, Column, Table};
use super::session::{lake, moment, with_outside};
use super::{CliError, Context};
use crate::ingest::replay::replay;

/// What to do with rejected rows.
#[derive(Debug, Subcommand)]
pub enum QuarantineArgs {
    /// List rejected rows with their reason
    List(QuarantineListArgs),
    /// Read rejected rows again, after the mapping or the program has changed
    Replay(QuarantineReplayArgs),
}

/// Arguments of `quarantine list`.
#[derive(Debug, Args)]
pub struct QuarantineListArgs {
    /// Only of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Most rows
    #[arg(long, value_name = "N", default_value = "30")]
    pub limit: NonZeroUsize,
}

/// Arguments of `quarantine replay`.
#[derive(Debug, Args)]
pub struct QuarantineReplayArgs {
    /// Only of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
}

/// Lists rejected rows, or reads them again.
///
/// # Errors
/// When a file cannot be read.
pub fn run(args: &QuarantineArgs, context: &Context<'_>) -> Result<(), CliError> {
    match args {
        QuarantineArgs::List(args) => list(args, context),
        QuarantineArgs::Replay(args) => again(args, context),
    }
}

fn rows(run: Option<&str>, context: &Context<'_>) -> Result<Vec<Refused>, CliError> {
    let mut rows = Vec::new();
    for file in lake(context)?.quarantine_files()? {
        for row in read_refused(&file)? {
            let row = row?;
            if run.is_none_or(|run| row.run_id.0.starts_with(run)) {
                rows.push(row);
            }
        }
    }
    Ok(rows)
}

fn list(args: &QuarantineListArgs, context: &Context<'_>) -> Result<(), CliError> {
    let rows = rows(args.run.as_deref(), context)?;
    let mut table = Table::new([
        Column::text("code", "reason"),
        Column::text("source", "file"),
        Column::number("row", "row"),
        Column::text("explanation", "explanation"),
        Column::text("raw", "as it stood"),
        Column::text("at", "when"),
    ]);
    let limit = if context.out.is_table() { args.limit.get() } else { usize::MAX };
    for row in rows.iter().take(limit) {
        let file = std::path::Path::new(&row.source).file_name().unwrap_or_default().to_string_lossy();
        table.push([
            Cell::text(&row.code),
            Cell::text(&row.source).shown(file),
            Cell::count(row.row),
            Cell::text(&row.reason),
            Cell::text(&row.raw),
            moment(row.at),
        ]);
    }
    let more = rows.len().saturating_sub(limit);
    let hint = if more > 0 {
        format!("{more} more: --limit N, or --format csv for all")
    } else {
        "mend the mapping, then: autobazaaar quarantine replay".to_owned()
    };
    context.out.table(&table.or_empty("nothing was rejected").hint(hint))
}

fn again(args: &QuarantineReplayArgs, context: &Context<'_>) -> Result<(), CliError> {
    let rows = rows(args.run.as_deref(), context)?;
    let outcome = with_outside(context, |outside| {
        Ok(replay(lake(context)?, &rows, &context.loaded.base_dir, outside)?)
    })?;
    context.out.line(&format!(
        "{} of {} rows now fit, {} of them new; {} are still rejected",
        outcome.rows.saturating_sub(outcome.refused), outcome.rows, outcome.observations, outcome.refused
    ))
}
