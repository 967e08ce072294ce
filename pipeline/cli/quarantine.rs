//! `autobazaaar quarantine`: rows that were rejected, and reading them again.

use std::collections::{BTreeMap, BTreeSet};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_domain::{RunId, Utc};
use chrono::Datelike as _;
use clap::{Args, Subcommand};

use autobazaaar_lake::quarantine::{Refused, read_refused};

use super::ingest::wrong_source;
use super::output::{Cell, Column, Table};
use super::session::{lake, moment, with_outside};
use super::{CliError, Context, OutputFormat};
use crate::ingest::Source;
use crate::ingest::files::FileSource;
use crate::ingest::pages::{PAGES, PageSource};
use crate::runner::Runner;
use crate::runner::sources::mapping;
use autobazaaar_venues::file::{SourceOptions, open};

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

/// Quarantine files, of one run if it is named; each is of one run and begins with its name.
fn files(run: Option<&str>, context: &Context<'_>) -> Result<Vec<PathBuf>, CliError> {
    let mut files = lake(context)?.quarantine_files()?;
    if let Some(run) = run {
        files.retain(|file| file.file_name().is_some_and(|name| name.to_string_lossy().starts_with(run)));
    }
    Ok(files)
}

fn rows(run: Option<&str>, context: &Context<'_>) -> Result<Vec<Refused>, CliError> {
    let mut rows = Vec::new();
    for file in files(run, context)? {
        for row in read_refused(&file)? {
            rows.push(row?);
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
    let limit = if context.out.format() == OutputFormat::Table { args.limit.get() } else { usize::MAX };
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

/// Reads the files again that the rows came from, with the mapping as it is now. What is known
/// already adds nothing, so that only the rows that now fit are new. Rows of a file that cannot be read
/// any more stay where they are.
fn again(args: &QuarantineReplayArgs, context: &Context<'_>) -> Result<(), CliError> {
    let files = files(args.run.as_deref(), context)?;
    let origins = origins(&files)?;
    if origins.is_empty() {
        return context.out.say("nothing was rejected");
    }
    let (mut sources, mut lost, mut kept) = (Vec::new(), Vec::new(), BTreeSet::new());
    for (origin, rows_in) in origins {
        match origin.open(context)? {
            Ok(source) => sources.push(source),
            Err(reason) => {
                lost.push(reason);
                kept.extend(rows_in);
            }
        }
    }
    let superseded: Vec<PathBuf> = files.into_iter().filter(|file| !kept.contains(file)).collect();
    let platforms = sources.iter().flat_map(|source| source.platforms()).collect();
    let summary = with_outside(context, |outside| {
        let mut runner = Runner::start(lake(context)?, "replay", outside)?;
        let summary = runner.ingest_again(platforms, sources.into_iter(), &superseded)?;
        runner.finish()?;
        Ok(summary)
    })?;
    context
        .out
        .say(&format!("{} rows are new, {} are still rejected", summary.observations, summary.refused))?;
    if lost.is_empty() {
        return Ok(());
    }
    let what = format!("not everything could be read again: {}", lost.join("; "));
    Err(CliError::failed(what).hint("the rows stay in quarantine as they stood: autobazaaar quarantine list"))
}

/// What refused rows came from.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Origin {
    source: String,
    mapping: String,
    /// When its rows were seen, where not each has its own time.
    observed_at: Option<Utc>,
}

/// Each origin with the quarantine files that hold rows of it.
fn origins(files: &[PathBuf]) -> Result<BTreeMap<Origin, BTreeSet<PathBuf>>, CliError> {
    let mut origins: BTreeMap<Origin, BTreeSet<PathBuf>> = BTreeMap::new();
    for file in files {
        for row in read_refused(file)? {
            let Refused { source, mapping, observed_at, .. } = row?;
            let origin = Origin { source, mapping, observed_at };
            origins.entry(origin).or_default().insert(file.clone());
        }
    }
    Ok(origins)
}

impl Origin {
    /// The source as it is now, or why it cannot be read any more.
    fn open(&self, context: &Context<'_>) -> Result<Result<Box<dyn Source>, String>, CliError> {
        let source: Box<dyn Source> = if self.mapping == PAGES {
            let path = PathBuf::from(&self.source);
            let seen_at = self.observed_at.or_else(|| PageSource::seen_at(&path));
            Box::new(PageSource::open(path, seen_at.unwrap_or_else(|| context.now())))
        } else {
            let mapping = Arc::new(mapping(&self.mapping, &context.loaded.base_dir).map_err(wrong_source)?);
            let options = SourceOptions {
                observed_at: self.observed_at,
                year: self.observed_at.map(|at| at.year()),
                ..SourceOptions::default()
            };
            match open(&[&self.source], mapping, &options).map(|mut found| found.pop()) {
                Ok(Some(file)) => Box::new(FileSource::new(file, &self.mapping, None, None)),
                Ok(None) => return Ok(Err(format!("{} is not there", self.source))),
                Err(error) => return Ok(Err(error.to_string())),
            }
        };
        let readable = source.jobs(1, &RunId("replay".to_owned())).map(drop);
        Ok(readable.map(|()| source).map_err(|error| format!("{error:#}")))
    }
}
