//! `autobazaaar check`: whether everything is as it should be, each finding with its mend.

mod data;
mod finding;
mod models;
mod venues;

use clap::Args;

use super::{CliError, Context, OutputFormat};
use finding::State;

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct CheckArgs {
    /// Ask no venue: look at what is here alone
    #[arg(long)]
    pub offline: bool,
}

/// Checks configuration, data and venues.
///
/// # Errors
/// When something is wrong that the owner must mend; the table says what.
pub fn run(args: &CheckArgs, context: &Context<'_>) -> Result<(), CliError> {
    let mut findings = data::findings(context)?;
    findings.extend(venues::findings(args.offline, context)?);
    let for_people = context.out.format() == OutputFormat::Table;
    context.out.table(&finding::table(&findings, for_people))?;
    if for_people {
        // A mend is a sentence: it stands below the table, whole.
        for finding in findings.iter().filter(|finding| matches!(finding.state, State::Bad | State::Odd)) {
            context.out.say(&finding.told())?;
        }
    }
    let wrong = findings.iter().filter(|finding| finding.state == State::Bad).count();
    match wrong {
        0 => Ok(()),
        1 => Err(CliError::failed("one finding must be mended")),
        wrong => Err(CliError::failed(format!("{wrong} findings must be mended"))),
    }
}
