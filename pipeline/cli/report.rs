//! `autobazaaar report`: the newest run, or the ledger's profit, as HTML, Markdown and CSV.

use std::path::PathBuf;

use autobazaaar_domain::Utc;
use autobazaaar_lake::Lake;
use clap::Args;

use super::session::{alone, shown_path};
use super::state::with_store;
use super::{CliError, Context};
use crate::profit::{Made, Profit, gather, is_simulated, write};
use crate::runner::BAZAAR_FOLDER;

/// Arguments of `report`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct ReportArgs {
    /// What was earned, from the ledger, instead of what to buy
    #[arg(long)]
    pub profit: bool,
}

/// Writes the report of the newest decisions, or of the ledger.
///
/// # Errors
/// When nothing is decided yet, or the files cannot be written.
pub fn run(args: &ReportArgs, context: &Context<'_>) -> Result<(), CliError> {
    if args.profit {
        return profit(context);
    }
    let files = alone(context, "report", |runner| {
        let simulated = runner.lake.data_dir().ends_with(BAZAAR_FOLDER);
        runner.report(simulated)
    })?;
    for file in files {
        context.out.print(&shown_path(&file))?;
    }
    Ok(())
}

fn profit(context: &Context<'_>) -> Result<(), CliError> {
    let lake = Lake::new(&context.loaded.data_dir);
    let found = with_store(context, async |store| gather(store).await)?;
    if found.is_empty() {
        return Err(CliError::failed("nothing was booked yet").hint("autobazaaar demo --days 30"));
    }
    for file in write_profit(&lake, &found, context.now())? {
        context.out.print(&shown_path(&file))?;
    }
    Ok(())
}

/// Writes the profit reports of a data folder, one per currency, below the date of `at`.
///
/// # Errors
/// When the figures do not add up to the ledger's or the disk is full.
pub(super) fn write_profit(lake: &Lake, found: &[Profit], at: Utc) -> Result<Vec<PathBuf>, CliError> {
    let folder = lake.reports().join(at.date_naive().to_string());
    let mut files = Vec::new();
    for one in found {
        let made = Made { at, simulated: is_simulated(one) };
        files.extend(write(one, &folder, made).map_err(|error| CliError::failed(error.to_string()))?);
    }
    Ok(files)
}
