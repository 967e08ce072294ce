//! `autobazaaar enrich`: relates listings to each other: items, comparables, presence.

use clap::Args;

use super::session::alone;
use super::{CliError, Context};

/// Arguments of `enrich`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct EnrichArgs {}

/// Enriches every listing of the data folder.
///
/// # Errors
/// When there is nothing to work on, or the stage fails.
pub fn run(_: &EnrichArgs, context: &Context<'_>) -> Result<(), CliError> {
    alone(context, "enrich", |runner| runner.enrich())?;
    context.out.say(concat!("hint: ", "autobazaaar train"))
}
