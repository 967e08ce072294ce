//! `autobazaaar decide`: picks what is worth the money, within the limits.

use clap::Args;

use super::owner::desk::tied_up;
use super::session::alone;
use super::{CliError, Context};

/// Arguments of `decide`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct DecideArgs {}

/// Decides on every scored listing of the data folder.
///
/// # Errors
/// When there is nothing to work on, or the stage fails.
pub fn run(_: &DecideArgs, context: &Context<'_>) -> Result<(), CliError> {
    let tied = tied_up(context)?;
    alone(context, "decide", |runner| runner.decide(tied.as_ref()))?;
    context.out.say(concat!("hint: ", "autobazaaar deals"))
}
