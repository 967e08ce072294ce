//! `autobazaaar report`: the newest run as HTML, Markdown and CSV.

use clap::Args;

use super::session::{alone, shown_path};
use super::{CliError, Context};
use crate::runner::BAZAAR_FOLDER;

/// Arguments of `report`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct ReportArgs {}

/// Writes the report of the newest decisions.
///
/// # Errors
/// When nothing is decided yet, or the files cannot be written.
pub fn run(_: &ReportArgs, context: &Context<'_>) -> Result<(), CliError> {
    let files = alone(context, "report", |runner| {
        let simulated = runner.lake.data_dir().ends_with(BAZAAR_FOLDER);
        runner.report(simulated)
    })?;
    for file in files {
        context.out.print(&shown_path(&file))?;
    }
    Ok(())
}
