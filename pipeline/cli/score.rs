//! `autobazaaar score`: values listings and works out what each would earn.

use clap::Args;

use super::session::alone;
use super::{CliError, Context};

/// Arguments of `score`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct ScoreArgs {}

/// Values and scores every listing of the data folder.
///
/// # Errors
/// When there is nothing to work on, or the stage fails.
pub fn run(_: &ScoreArgs, context: &Context<'_>) -> Result<(), CliError> {
    alone(context, "score", |runner| runner.score())?;
    context.out.say(concat!("hint: ", "autobazaaar decide"))
}
