//! `autobazaaar model evaluate`: how good the price model is, with the rows to check it by.

use std::path::PathBuf;

use autobazaaar_domain::valuation::LEVELS;
use autobazaaar_models::evaluate::Metrics;
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{lake, with_outside};
use super::{CliError, Context, OutputFormat};
use crate::evaluate::rows::as_csv;
use crate::evaluate::split::{read_planted, read_reference, read_split};
use crate::evaluate::{Measured, Trial};
use crate::runner::evaluate::{Found, evaluate};

/// Arguments of `model evaluate`.
#[derive(Debug, Args)]
pub struct EvaluateArgs {
    /// A version [default: those in use]; each listing is valued without its own item
    #[arg(conflicts_with = "split")]
    pub version: Option<String>,
    /// Train on some listings and value others instead: a CSV of external ids and `part` (train,
    /// test), perhaps `fresh` (1 where no training row is of the same thing)
    #[arg(long, value_name = "FILE")]
    pub split: Option<PathBuf>,
    /// Compare with others' predictions row by row: a CSV of external ids and a column each
    #[arg(long, value_name = "FILE")]
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
    let lake = lake(context)?;
    let wrong = |error: crate::evaluate::split::TableError| CliError::usage(error.to_string());
    let split = args.split.as_deref().map(read_split).transpose().map_err(wrong)?;
    let trial = Trial {
        references: args
            .reference
            .iter()
            .map(|p| read_reference(p))
            .collect::<Result<_, _>>()
            .map_err(wrong)?,
        planted: args.planted.iter().map(|p| read_planted(p)).collect::<Result<_, _>>().map_err(wrong)?,
        plant_seeds: (0..args.plant).collect(),
    };
    let stage = context.progress.stage("evaluate", None);
    let found = with_outside(context, |outside| {
        Ok(evaluate(&lake, outside, split.as_ref(), args.version.as_deref(), &trial)?)
    })?;
    let rows: usize = found.measured.iter().map(|part| part.lines.len()).sum();
    stage.finish(&format!("{rows} listings valued"));
    if found.measured.is_empty() {
        return Err(nothing(args));
    }
    if let Some(path) = &args.output {
        autobazaaar_lake::write_atomically(path, &as_csv(&found.measured)?)?;
    }
    show(&found, context)?;
    if let Some(path) = &args.output {
        context.out.say(&format!("{rows} rows: {}", path.display()))?;
    }
    Ok(())
}

fn nothing(args: &EvaluateArgs) -> CliError {
    match (&args.split, &args.version) {
        (Some(path), _) => CliError::failed(format!("no listing of {} is in the lake", path.display()))
            .hint("read the listings first: autobazaaar ingest, then autobazaaar enrich"),
        (None, Some(version)) => {
            CliError::failed(format!("there is no model version `{version}`")).hint("autobazaaar model list")
        }
        (None, None) => CliError::failed("no model is in use yet").hint("autobazaaar train"),
    }
}

fn show(found: &Found, context: &Context<'_>) -> Result<(), CliError> {
    match context.out.format() {
        OutputFormat::Json => return context.out.print(&serde_json::to_string_pretty(found)?),
        OutputFormat::Csv | OutputFormat::Toml => return context.out.table(&figures(&found.measured)),
        OutputFormat::Table => {}
    }
    for part in &found.measured {
        context.out.print(&head(part))?;
    }
    context.out.table(&figures(&found.measured))?;
    for part in &found.measured {
        part_in_full(part, context)?;
    }
    for alert in &found.alerts {
        context.out.print(&format!("{}: {}; {}", alert.code, alert.text, alert.mend))?;
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
fn figures(measured: &[Measured]) -> Table {
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
