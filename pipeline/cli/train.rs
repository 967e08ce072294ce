//! `autobazaaar train`: a new version of the price model.

use autobazaaar_domain::Basis;
use clap::Args;

use super::args::basis;

use super::output::{Cell, Column, Table, Tone};
use super::session::alone;
use super::{CliError, Context, OutputFormat};
use crate::train::{Outcome, Trained};

/// Arguments of `train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// Learn on this basis alone [default: both]
    #[arg(long, value_parser = basis())]
    pub basis: Option<Basis>,
}

/// Trains the models and shows what came of each.
///
/// # Errors
/// When nothing is enriched yet, or nothing could be learned.
pub fn run(args: &TrainArgs, context: &Context<'_>) -> Result<(), CliError> {
    let bases = args.basis.map_or_else(|| Basis::ALL.to_vec(), |basis| vec![basis]);
    let trained = alone(context, "train", |runner| runner.train(&bases))?;
    let mut table = Table::new([
        Column::text("model", "model"),
        Column::number("examples", "examples"),
        Column::number("rmsle", "RMSLE"),
        Column::number("mdape", "median error"),
        Column::number("coverage", "80 % interval covers"),
        Column::text("outcome", "outcome"),
    ]);
    for one in &trained {
        table.push(row(one));
    }
    let empty = "nothing to learn from: no listing has a price on this basis";
    context.out.table(&table.or_empty(empty).hint("autobazaaar score"))?;
    if context.out.format() == OutputFormat::Table {
        for line in super::selling::in_short(context)? {
            context.out.print(&line)?;
        }
    }
    Ok(())
}

fn row(trained: &Trained) -> Vec<Cell> {
    let (card, outcome) = match &trained.outcome {
        Outcome::Promoted(card) => (Some(card), Cell::text("in use").tone(Tone::Good)),
        Outcome::Kept { card, champion, challenger } => (
            Some(card),
            Cell::text(format!(
                "stored; the one in use is better on the newest ({champion:.3} against {challenger:.3})"
            ))
            .tone(Tone::Warn),
        ),
        Outcome::Not(error) => (None, Cell::text(error.to_string()).muted()),
    };
    let overall = card.map(|card| &card.evaluation.overall);
    let name = card.map_or_else(|| trained.segment.clone(), |card| card.version.clone());
    vec![
        Cell::text(name),
        Cell::count(trained.examples),
        overall.map_or_else(Cell::missing, |m| Cell::float(m.rmsle, 3)),
        overall.map_or_else(Cell::missing, |m| Cell::percent(m.mdape)),
        overall.map_or_else(Cell::missing, |m| Cell::percent(m.coverage80)),
        outcome,
    ]
}
