//! `autobazaaar run`: one pass over every stage.

use autobazaaar_store::Actor;
use clap::Args;

use super::deals::{DealsListArgs, DealsSort, list_of};
use super::owner::desk::tied_up;
use super::session::{shown_path, take_in_outcomes, with_outside};
use super::{CliError, Context, searches};
use crate::runner::drift::{Drifted, MODEL, drifted};
use crate::runner::{Passed, Runner, pass};
use crate::searches::{AlertError, raise_all, resolve_about};

/// Do one pass over every stage
#[derive(Debug, Args)]
pub struct RunArgs {}

/// Deals that a pass ends with.
const SHOWN: usize = 10;

/// Runs a pass, then shows the best deals and where the report is.
///
/// # Errors
/// When a source is configured wrongly or a stage fails.
pub fn run(_: &RunArgs, context: &Context<'_>) -> Result<(), CliError> {
    let tied = tied_up(context)?;
    let passed = with_outside(context, |outside| {
        let outcomes = |runner: &mut Runner<'_>| take_in_outcomes(context, runner);
        Ok(pass(&context.loaded.data_dir, &context.loaded.base_dir, tied.as_ref(), outside, outcomes)?)
    })?;
    searches::told(&passed.outcomes, context)?;
    if let Some(summary) = &passed.ingested {
        for failure in &summary.failures {
            tracing::warn!("{failure}");
        }
    }
    if passed.simulated {
        tracing::warn!(
            "no sources are configured: this is the simulated bazaar, and nobody offers these things"
        );
    }
    let limit = SHOWN.try_into().unwrap_or(std::num::NonZeroUsize::MIN);
    let list = DealsListArgs { all: false, sort: DealsSort::Rank, limit };
    list_of(&passed.lake, &list, context)?;
    for page in passed.report_files.iter().filter(|file| file.extension().is_some_and(|e| e == "html")) {
        context.out.print(&format!("report: {}", shown_path(page)))?;
    }
    if passed.simulated { Ok(()) } else { judge_models(&passed, context) }
}

/// Tells the owner of models that no longer know the market, and closes what was told of those that do again.
fn judge_models(passed: &Passed, context: &Context<'_>) -> Result<(), CliError> {
    let found = with_outside(context, |outside| Ok(drifted(&passed.lake, outside)?))?;
    for Drifted { segment, alert, .. } in &found {
        tracing::warn!("the price model {segment}: {} ({})", alert.text, alert.mend);
    }
    let (data_dir, now, random) = (passed.lake.data_dir(), context.now(), || context.entropy.bits());
    let by = Actor::new("train", "run");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let told: Result<(), AlertError> = runtime.block_on(async {
        let is_well = |segment: &str| found.iter().all(|found| found.segment != segment);
        resolve_about(data_dir, (MODEL, &is_well), (&by, "it knows the market again"), now, &random).await?;
        if found.is_empty() {
            return Ok(());
        }
        raise_all(data_dir, found.iter().map(Drifted::for_owner).collect(), &by, now, &random).await
    });
    // The warning is out already, and what the pass made stands.
    if let Err(error) = told {
        tracing::error!("{error}");
    }
    Ok(())
}
