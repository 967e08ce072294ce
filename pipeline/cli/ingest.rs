//! `autobazaaar ingest`: reads listings into the lake.

use std::num::{NonZeroU32, NonZeroUsize};
use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::{Observation, RunId};
use autobazaaar_lake::Lake;
use chrono::{DateTime, FixedOffset};
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{amount, moment, with_outside};
use super::{CliError, Context, searches};
use crate::ingest::files::FileSource;
use crate::ingest::pages::{PageSource, platforms};
use crate::ingest::{Source, Summary};
use crate::runner::sample::{sample_platforms, sample_sources};
use crate::runner::searching::read_in;
use crate::runner::sources::{SourcesError, mapping, open_sources};
use crate::runner::{BAZAAR_FOLDER, Runner, sample_options};
use autobazaaar_bazaar::SampleOptions;
use autobazaaar_venues::file::{SourceOptions, open};

/// Arguments of `ingest`; without any, the configured sources and every enabled search are read.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Read these files instead of the configured sources; `*` and `**` work. Without a mapping they
    /// are saved pages or API answers of marketplaces
    #[arg(long, value_name = "GLOB", num_args = 1..)]
    pub from_file: Vec<String>,
    /// How columns become fields: a mapping's name or a mapping file
    #[arg(long, value_name = "FILE|NAME", requires = "from_file")]
    pub mapping: Option<String>,
    /// When the listings were seen, where the files do not say it: 2024-05-31T18:00:00Z
    #[arg(long, value_name = "TIME", requires = "from_file")]
    pub observed_at: Option<DateTime<FixedOffset>>,
    /// Year of dates that are written without one
    #[arg(long, value_name = "YEAR", requires = "from_file", value_parser = clap::value_parser!(i32).range(1990..=2200))]
    pub year: Option<i32>,
    /// Do this search of the configuration now, and nothing else; may be given several times
    #[arg(long, value_name = "NAME", conflicts_with_all = ["from_file", "sample", "dry_run"])]
    pub search: Vec<String>,
    /// Read the named searches to their end, also where that is not due
    #[arg(long, requires = "search")]
    pub complete: bool,
    /// Read so many listings of the simulated bazaar instead, into its own folder
    #[arg(long, value_name = "N", conflicts_with_all = ["from_file", "dry_run"])]
    pub sample: Option<u64>,
    /// Days that the sample spans
    #[arg(long, value_name = "N", requires = "sample", default_value = "14")]
    pub days: NonZeroU32,
    /// Show what would be read, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Rows that a dry run shows
    #[arg(long, value_name = "N", requires = "dry_run", default_value = "10")]
    pub rows: NonZeroUsize,
}

/// Reads the named files or searches, or whatever is configured.
///
/// # Errors
/// When the mapping is wrong, no file can be read, or the lake cannot be written.
pub fn run(args: &IngestArgs, context: &Context<'_>) -> Result<(), CliError> {
    if let Some(listings) = args.sample {
        return sample(listings, args.days.get(), context);
    }
    if !args.from_file.is_empty() && args.mapping.is_none() {
        return pages(args, context);
    }
    let files = if args.search.is_empty() { sources(args, context)? } else { Vec::new() };
    if args.dry_run {
        return dry_run(&files, args.rows.get(), context);
    }
    let searches = searches::wanted(args, context)?;
    let read = with_outside(context, |outside| {
        let mut runner = Runner::start(Lake::new(&context.loaded.data_dir), "ingest", outside)?;
        let read = read_in(&mut runner, &context.loaded.base_dir, files, searches)?;
        runner.finish()?;
        Ok(read)
    })?;
    searches::told(&read.outcomes, context)?;
    told(&read.summary, context)
}

/// Saved pages: each is a source, opened when it is its turn.
fn pages(args: &IngestArgs, context: &Context<'_>) -> Result<(), CliError> {
    if args.dry_run || args.year.is_some() {
        return Err(CliError::usage("--dry-run and --year need a mapping".to_owned())
            .hint("autobazaaar venues parse FILE shows what a saved page holds"));
    }
    if let Some(table) = args.from_file.iter().find(|pattern| is_table(Path::new(pattern))) {
        return Err(CliError::usage(format!(
            "`{table}` is a table: --mapping must say how its columns become fields"
        ))
        .hint("docs/mappings.md describes mappings; saved pages and API answers need none"));
    }
    let mut paths = Vec::new();
    for pattern in &args.from_file {
        // A name may hold the signs of a pattern.
        if Path::new(pattern).is_file() {
            paths.push(pattern.into());
            continue;
        }
        let matches = glob::glob(pattern).map_err(|error| CliError::usage(format!("{pattern}: {error}")))?;
        let found: Vec<_> = matches.filter_map(Result::ok).filter(|path| path.is_file()).collect();
        if found.is_empty() {
            return Err(CliError::failed(format!("no file matches {pattern}")));
        }
        paths.extend(found);
    }
    let (given, now) = (args.observed_at.map(|at| at.to_utc()), context.now());
    let summary = with_outside(context, |outside| {
        let mut runner = Runner::start(Lake::new(&context.loaded.data_dir), "ingest", outside)?;
        let sources = paths.into_iter().map(|path| {
            let observed_at = given.or_else(|| PageSource::seen_at(&path)).unwrap_or(now);
            Box::new(PageSource::open(path, observed_at)) as Box<dyn Source>
        });
        let summary = runner.ingest(platforms().collect(), sources)?;
        runner.finish()?;
        Ok(summary)
    })?;
    told(&summary, context)
}

/// Whether a file's name says that it holds rows and columns, packed or not.
fn is_table(path: &Path) -> bool {
    const TABLES: [&str; 7] = ["csv", "tsv", "jsonl", "ndjson", "parquet", "gz", "zst"];
    path.extension()
        .and_then(|end| end.to_str())
        .is_some_and(|end| TABLES.contains(&end.to_lowercase().as_str()))
}

fn told(summary: &Summary, context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::number("files", "files"),
        Column::number("rows", "rows read"),
        Column::number("observations", "new"),
        Column::number("sightings", "seen again"),
        Column::number("repeated", "known"),
        Column::number("rejected", "rejected"),
    ]);
    table.push([
        Cell::count(summary.sources),
        Cell::count(summary.rows),
        Cell::count(summary.observations),
        Cell::count(summary.sightings),
        Cell::count(summary.repeated),
        Cell::count(summary.refused),
    ]);
    let next = if summary.refused > 0 { "autobazaaar quarantine list" } else { "autobazaaar enrich" };
    context.out.table(&table.hint(next))?;
    match summary.failures.as_slice() {
        [] => Ok(()),
        failures => Err(CliError::failed(format!("not everything could be read: {}", failures.join("; ")))),
    }
}

fn sample(listings: u64, days: u32, context: &Context<'_>) -> Result<(), CliError> {
    let folder = context.loaded.data_dir.join(BAZAAR_FOLDER);
    let summary = with_outside(context, |outside| {
        let mut runner = Runner::start(Lake::new(&folder), "ingest", outside)?;
        let options = SampleOptions { listings, days, ..sample_options(&runner)? };
        let summary = runner.ingest(sample_platforms(), sample_sources(options))?;
        runner.finish()?;
        Ok(summary)
    })?;
    told(&summary, context)
}

fn sources(args: &IngestArgs, context: &Context<'_>) -> Result<Vec<Box<dyn Source>>, CliError> {
    let Some(name) = &args.mapping else {
        if !context.config().reads_something() {
            return Err(CliError::usage(
                "there is nothing to read: no file is named, and no source or search configured",
            )
            .hint("autobazaaar ingest --from-file 'listings/*.csv' --mapping my-mapping.toml"));
        }
        return open_sources(context.config(), &context.loaded.base_dir).map_err(wrong_source);
    };
    let here = Path::new("");
    let mapping = Arc::new(mapping(name, here).map_err(wrong_source)?);
    let options = SourceOptions {
        observed_at: args.observed_at.map(|at| at.to_utc()),
        year: args.year,
        ..SourceOptions::default()
    };
    let files = open(&args.from_file, mapping, &options).map_err(|error| wrong_source(error.into()))?;
    // The whole path, for a replay from elsewhere.
    let whole = std::path::absolute(name).ok().filter(|path| path.is_file());
    let name = whole.as_ref().map_or_else(|| name.clone(), |path| path.display().to_string());
    let named = |file| Box::new(FileSource::new(file, &name, None, None)) as Box<dyn Source>;
    Ok(files.into_iter().map(named).collect())
}

/// A wrong mapping is wrong use, a file that cannot be read a failure.
pub(super) fn wrong_source(error: SourcesError) -> CliError {
    match &error {
        SourcesError::Mapping(_) | SourcesError::NoMapping { .. } => CliError::usage(error.to_string()),
        SourcesError::Source(_) | SourcesError::NoPages { .. } => CliError::failed(error.to_string()),
    }
}

/// Shows the first mapped rows of every file, and the first that would be rejected.
fn dry_run(sources: &[Box<dyn Source>], rows: usize, context: &Context<'_>) -> Result<(), CliError> {
    let mut table = Table::new([
        Column::text("listing", "listing"),
        Column::text("title", "title"),
        Column::number("price", "price"),
        Column::text("price_kind", "kind"),
        Column::text("condition", "condition"),
        Column::text("category", "category"),
        Column::text("observed_at", "seen"),
        Column::text("listed_at", "listed"),
        Column::text("attributes", "attributes"),
        Column::text("rejected", "rejected because"),
    ]);
    let run_id = RunId("dry-run".to_owned());
    let mut shown = 0;
    for source in sources {
        for job in source.jobs(rows, &run_id).map_err(|error| CliError::from_anyhow(&error))? {
            let mapped = job.map_err(|error| CliError::from_anyhow(&error))?();
            for row in mapped.rows.iter().take(rows - shown) {
                table.push(dry_row(&row.observation));
                shown += 1;
            }
            for refusal in mapped.refused.iter().take(rows) {
                let mut cells: Vec<Cell> = (0..10).map(|_| Cell::missing()).collect();
                cells[0] = Cell::text(format!("row {}", refusal.row));
                cells[9] = Cell::text(&refusal.reason);
                table.push(cells);
            }
            if shown >= rows {
                return context.out.table(&table.hint("without --dry-run they go into the lake"));
            }
        }
    }
    context.out.table(&table.hint("without --dry-run they go into the lake"))
}

fn dry_row(seen: &Observation) -> Vec<Cell> {
    let attributes: Vec<String> =
        seen.attributes.iter().map(|(name, value)| format!("{name}={value}")).collect();
    vec![
        Cell::text(seen.key.to_string()),
        Cell::text(&seen.title),
        amount(seen.price.map(|price| price.0), seen.currency),
        Cell::text(seen.price_kind.as_str()),
        seen.condition.map_or_else(Cell::missing, |condition| Cell::text(condition.as_str())),
        Cell::text(&seen.category),
        moment(seen.observed_at),
        seen.listed_at.map_or_else(Cell::missing, moment),
        Cell::text(attributes.join(" ")),
        Cell::missing(),
    ]
}
