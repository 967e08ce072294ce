//! `autobazaaar model evaluate`: how good the price model is, with the rows to check it by.

use std::path::PathBuf;

use autobazaaar_domain::Platform;
use autobazaaar_domain::valuation::LEVELS;
use autobazaaar_models::evaluate::Metrics;
use autobazaaar_models::segments::Segment;
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{lake, with_outside};
use super::{CliError, Context, OutputFormat};
use crate::evaluate::rows::as_csv;
use crate::evaluate::split::{Split, TableError, read_planted, read_reference, read_split};
use crate::evaluate::{Measured, Trial};
use crate::runner::evaluate::{Found, evaluate};

/// Arguments of `model evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// A version [default: those in use]; each listing is valued without its own item
    #[arg(conflicts_with = "split")]
    pub version: Option<String>,
    /// Train on some listings and value others instead: a CSV of external ids and `part` (train,
    /// test), perhaps `fresh` (1 where no training row is of the same thing); of several, each by
    /// itself and their mean
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub split: Vec<PathBuf>,
    /// The platform whose listings the split names, where several have its ids
    #[arg(long, value_name = "PLATFORM", requires = "split")]
    pub platform: Option<Platform>,
    /// Compare with others' predictions row by row: a CSV of external ids and a column each; as many
    /// as there are splits belong to these one by one
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub reference: Vec<PathBuf>,
    /// Rank among lowered asks: a CSV of external ids and `ask`; may be repeated
    #[arg(long, value_name = "FILE", num_args = 1..)]
    pub planted: Vec<PathBuf>,
    /// Lower the asks of 2 % of the listings, so many times, and rank
    #[arg(long, value_name = "TIMES", default_value_t = 0)]
    pub plant: u64,
    /// CSV to write every row's prediction to
    #[arg(long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Measures and shows.
///
/// # Errors
/// When there is nothing to measure, a table is none, or the output cannot be written.
pub fn run(args: &EvaluateArgs, context: &Context<'_>) -> Result<(), CliError> {
    if args.split.len() > 1 && args.output.is_some() {
        return Err(CliError::usage("--output holds the rows of one split").hint("name one --split"));
    }
    let trials = trials(args).map_err(|error| CliError::usage(error.to_string()))?;
    let mut found = Vec::with_capacity(trials.len());
    for (split, trial) in trials {
        found.push(measure(split, &trial, args, context)?);
    }
    show(&found, args, context)?;
    if let (Some(path), [found]) = (&args.output, found.as_slice()) {
        autobazaaar_lake::write_atomically(path, &as_csv(&found.measured)?)?;
        context.out.say(&format!("{} rows: {}", rows(found), path.display()))?;
    }
    Ok(())
}

/// What to measure: each split, or once what is in use.
fn trials(args: &EvaluateArgs) -> Result<Vec<(Option<Split>, Trial)>, TableError> {
    let read_all =
        |paths: &[PathBuf]| paths.iter().map(|path| read_reference(path)).collect::<Result<_, _>>();
    let trial = |references: &[PathBuf]| {
        Ok(Trial {
            references: read_all(references)?,
            planted: args.planted.iter().map(|path| read_planted(path)).collect::<Result<_, _>>()?,
            plant_seeds: (0..args.plant).collect(),
        })
    };
    if args.split.is_empty() {
        return Ok(vec![(None, trial(&args.reference)?)]);
    }
    let one_each = args.split.len() > 1 && args.reference.len() == args.split.len();
    let of_split = |(at, path): (usize, &PathBuf)| {
        let references = if one_each { &args.reference[at..=at] } else { &args.reference[..] };
        let split = Split { platform: args.platform.clone(), ..read_split(path)? };
        Ok((Some(split), trial(references)?))
    };
    args.split.iter().enumerate().map(of_split).collect()
}

fn measure(
    split: Option<Split>,
    trial: &Trial,
    args: &EvaluateArgs,
    context: &Context<'_>,
) -> Result<Found, CliError> {
    let stage = context.progress.stage("evaluate", None);
    let found = with_outside(context, |outside| {
        Ok(evaluate(&lake(context)?, outside, split, args.version.as_deref(), trial)?)
    })?;
    stage.finish(&format!("{} listings valued", rows(&found)));
    if found.measured.is_empty() { Err(nothing(args)) } else { Ok(found) }
}

fn rows(found: &Found) -> usize {
    found.measured.iter().map(|part| part.lines.len()).sum()
}

fn nothing(args: &EvaluateArgs) -> CliError {
    match (args.split.first(), &args.version) {
        (Some(path), _) => CliError::failed(format!("no listing of {} is in the lake", path.display()))
            .hint("read the listings first: autobazaaar ingest, then autobazaaar enrich"),
        (None, Some(version)) => {
            CliError::failed(format!("there is no model version `{version}`")).hint("autobazaaar model list")
        }
        (None, None) => CliError::failed("no model is in use yet").hint("autobazaaar train"),
    }
}

fn show(found: &[Found], args: &EvaluateArgs, context: &Context<'_>) -> Result<(), CliError> {
    let all = || found.iter().flat_map(|found| &found.measured);
    match (context.out.format(), found) {
        (OutputFormat::Json, [one]) => return context.out.print(&serde_json::to_string_pretty(one)?),
        (OutputFormat::Json, _) => return context.out.print(&serde_json::to_string_pretty(found)?),
        (OutputFormat::Csv | OutputFormat::Toml, _) => return context.out.table(&figures(all())),
        (OutputFormat::Table, _) => {}
    }
    for (at, one) in found.iter().enumerate() {
        if let (Some(path), true) = (args.split.get(at), found.len() > 1) {
            context.out.print(&format!("{}:", path.display()))?;
        }
        show_one(one, context)?;
    }
    if found.len() > 1 {
        show_mean(found, context)?;
    }
    Ok(())
}

fn show_one(found: &Found, context: &Context<'_>) -> Result<(), CliError> {
    for part in &found.measured {
        context.out.print(&head(part))?;
    }
    context.out.table(&figures(found.measured.iter()))?;
    for part in &found.measured {
        part_in_full(part, context)?;
    }
    if found.not_measured > 0 {
        context.out.print(&format!(
            "{} test rows of the split are not measured: they are not in the lake, or ask nothing",
            found.not_measured
        ))?;
    }
    for alert in &found.alerts {
        context.out.print(&format!("{}: {}; {}", alert.code, alert.text, alert.mend))?;
    }
    Ok(())
}

/// The figures' means over several splits, for each set of rows that all of them tell of.
fn show_mean(found: &[Found], context: &Context<'_>) -> Result<(), CliError> {
    let parts: Vec<&Measured> = found.iter().flat_map(|found| &found.measured).collect();
    let Some(first) = parts.first() else { return Ok(()) };
    for (set, _) in &first.sets {
        let of_set = |part: &&Measured| Some(part.sets.iter().find(|(name, _)| name == set)?.1.clone());
        let metrics: Vec<Metrics> = parts.iter().filter_map(of_set).collect();
        if metrics.len() < found.len() {
            continue;
        }
        let mean = |of: fn(&Metrics) -> f64| metrics.iter().map(of).sum::<f64>() / metrics.len() as f64;
        context.out.print(&format!(
            "mean of {} splits, {set}: RMSLE {:.4}, median error {:.4}, 80 % covers {:.3}, Winkler {:.3}",
            metrics.len(),
            mean(|one| one.rmsle),
            mean(|one| one.mdape),
            mean(|one| one.coverage80),
            mean(|one| one.winkler80)
        ))?;
    }
    Ok(())
}

fn head(part: &Measured) -> String {
    let trained = part.train_seconds.map_or_else(String::new, |seconds| format!(" in {seconds:.1} s"));
    format!(
        "{} in {}: {}, on {} listings{trained}; {:.0} listings valued in a second",
        part.basis, part.currency, part.model, part.trained_on, part.predict_rows_per_second
    )
}

/// All rows, the narrower sets, and the parts of the narrowest.
fn figures<'a>(measured: impl Iterator<Item = &'a Measured>) -> Table {
    let mut table = Table::new([
        Column::text("of", "of"),
        Column::text("part", "part"),
        Column::number("rows", "rows"),
        Column::number("answered", "answered"),
        Column::number("rmsle", "RMSLE"),
        Column::number("mdape", "median error"),
        Column::number("mae", "mean error"),
        Column::number("coverage", "80 % covers"),
        Column::number("winkler", "Winkler"),
    ]);
    for part in measured {
        let segment = format!("{}-{}", part.basis, part.currency.as_str().to_lowercase());
        for (name, metrics) in &part.sets {
            table.push(row(&segment, name, metrics));
        }
        for cut in &part.segments {
            table.push(row(&cut.by, &cut.part, &cut.metrics));
        }
    }
    table
}

fn row(of: &str, part: &str, metrics: &Metrics) -> [Cell; 9] {
    [
        Cell::text(of),
        Cell::text(part),
        Cell::count(metrics.rows),
        Cell::percent(metrics.answered),
        Cell::float(metrics.rmsle, 4),
        Cell::float(metrics.mdape, 4),
        Cell::float(metrics.mae, 2),
        Cell::float(metrics.coverage80, 3),
        Cell::float(metrics.winkler80, 3),
    ]
}

fn part_in_full(part: &Measured, context: &Context<'_>) -> Result<(), CliError> {
    let shares = LEVELS.iter().zip(&part.calibration);
    let shares: Vec<String> =
        shares.map(|(level, row)| format!("{:.0} %: {:.1}", level * 100.0, row.observed * 100.0)).collect();
    context.out.print(&format!(
        "quantiles, share of prices at or below: {}; largest deviation {:.1} points",
        shares.join(", "),
        part.largest_deviation * 100.0
    ))?;
    if let Some(told) = coverage_in_parts(&part.segments) {
        context.out.print(&told)?;
    }
    for against in &part.references {
        let figures = &against.figures;
        context.out.print(&format!(
            "against {} on {} ({} rows): RMSLE {:.4} and {:.4}, median error {:.4} and {:.4}; squared log error {:+.5} ± {:.5}",
            against.name,
            against.set,
            figures.rows,
            figures.rmsle,
            figures.other_rmsle,
            figures.mdape,
            figures.other_mdape,
            figures.difference,
            figures.standard_error
        ))?;
    }
    if !part.planted.is_empty() {
        let mean = |of: fn(&autobazaaar_models::planted::Ranking) -> f64| {
            part.planted.iter().map(of).sum::<f64>() / part.planted.len() as f64
        };
        context.out.print(&format!(
            "planted bargains, mean of {} sets: average precision {:.3}, of the first 100 {:.0} %",
            part.planted.len(),
            mean(|ranking| ranking.average_precision),
            mean(|ranking| ranking.precision_at_100) * 100.0
        ))?;
    }
    Ok(())
}

/// Between what the 80 % interval covers in the parts that have figures of their own.
fn coverage_in_parts(segments: &[Segment]) -> Option<String> {
    let covers = |segment: &&Segment| segment.metrics.coverage80;
    let least = segments.iter().min_by(|a, b| covers(a).total_cmp(&covers(b)))?;
    let most = segments.iter().max_by(|a, b| covers(a).total_cmp(&covers(b)))?;
    let named = |one: &Segment| format!("{:.1} % ({} {})", one.metrics.coverage80 * 100.0, one.by, one.part);
    Some(format!(
        "80 % intervals cover, in the {} parts with rows enough, between {} and {}",
        segments.len(),
        named(least),
        named(most)
    ))
}
