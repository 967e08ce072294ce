//! `autobazaaar plan`: what a pass would do, without doing it.

use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::with_outside;
use super::{CliError, Context, searches};
use crate::runner::sources::open_sources;
use crate::runner::{Origin, origin};
use crate::searches::{due, last_scans};

/// Arguments of `plan`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct PlanArgs {}

/// Shows what a pass would read, do and risk. Nothing is written.
///
/// # Errors
/// When a source is configured wrongly or the lake cannot be read.
pub fn run(_: &PlanArgs, context: &Context<'_>) -> Result<(), CliError> {
    let lake = autobazaaar_lake::Lake::new(&context.loaded.data_dir);
    let origin = with_outside(context, |outside| Ok(origin(&lake, outside)?))?;
    let mut table = Table::new([Column::text("stage", "stage"), Column::text("plan", "what it would do")]);
    let mut say = |stage: &str, plan: String| table.push([Cell::text(stage), Cell::text(plan)]);
    match origin {
        Origin::Simulated => {
            say("ingest", "nothing is configured: generate a sample of the simulated bazaar".to_owned())
        }
        Origin::Lake => say("ingest", "nothing: no sources are configured".to_owned()),
        Origin::Sources => {
            for file in open_sources(context.config(), &context.loaded.base_dir)? {
                say("ingest", format!("read {} with {}", file.label(), file.mapping()));
            }
            let last = last_scans(&lake)?;
            for planned in due(&context.config().searches, &last, context.now()) {
                say("ingest", searches::plan(&planned, context.config()));
            }
        }
    }
    let observations = lake.rows(autobazaaar_lake::Dataset::Observations)?;
    say(
        "enrich",
        format!("find items and comparables among {observations} stored contents and what is read"),
    );
    say("train", format!("when the newest model is older than {} h", context.config().train.every_hours));
    say("score", "value and score every listing".to_owned());
    let capital: Vec<String> = context
        .config()
        .limits
        .capital
        .iter()
        .map(|(currency, amount)| format!("{amount} {currency}"))
        .collect();
    say("decide", format!("choose deals for at most {}", capital.join(", ")));
    say("publish", "make analytics.duckdb anew".to_owned());
    say("report", "write the report".to_owned());
    context.out.table(&table.hint("nobody is contacted and nothing is bought: no right to do so exists yet"))
}
