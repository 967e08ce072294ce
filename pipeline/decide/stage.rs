//! The stage: one decision for every scored listing.

use autobazaaar_domain::{Action, Deal, DealStatus, Utc};
use autobazaaar_lake::scored::decisions_batch;
use autobazaaar_lake::{Commit, Dataset, Lake, LakeError};

use super::{Limits, Portfolio, Verdict, decide, opportunity, verdict};
use crate::score::Economics;
use crate::score::stage::for_each_deal;

/// What decide did.
#[derive(Debug, Default, Clone)]
pub struct DecideSummary {
    pub deals: u64,
    pub buy: u64,
    pub negotiate: u64,
    /// What may be acted on, or waits for the owner.
    pub verdicts: Vec<Verdict>,
    /// What a unit of money could have earned in a day elsewhere: see [`opportunity`].
    pub opportunity: f64,
}

const BATCH_ROWS: usize = 8_192;

/// Decides on every deal of the newest scored run into the commit.
///
/// Deals that scoring passed already are decided as they come; only the others are held in
/// memory, to be chosen among.
///
/// # Errors
/// When the lake cannot be read or written.
pub fn decide_all(
    lake: &Lake,
    economics: &Economics,
    limits: &Limits,
    portfolio: &Portfolio,
    as_of: Utc,
    commit: &mut Commit,
    progress: &(dyn Fn(u64) + Sync),
) -> Result<DecideSummary, LakeError> {
    let run_id = commit.run_id().clone();
    let mut file = commit.start(Dataset::Decisions)?;
    let mut summary = DecideSummary::default();
    let mut candidates = Vec::new();
    let mut write = |deals: &[Deal]| -> Result<(), LakeError> {
        let decisions = decide(deals, limits, portfolio, as_of);
        summary.opportunity = summary.opportunity.max(opportunity(deals, &decisions));
        for (deals, decisions) in deals.chunks(BATCH_ROWS).zip(decisions.chunks(BATCH_ROWS)) {
            let currencies: Vec<_> = deals.iter().map(|deal| deal.currency).collect();
            summary.deals += decisions.len() as u64;
            summary.buy += decisions.iter().filter(|d| d.action == Action::Buy).count() as u64;
            summary.negotiate += decisions.iter().filter(|d| d.action == Action::Negotiate).count() as u64;
            progress(decisions.len() as u64);
            file.write(&decisions_batch(&run_id, &currencies, decisions)?)?;
            let decided = deals.iter().cloned().zip(decisions.iter().cloned());
            let verdicts = decided.map(|(deal, decision)| verdict(deal, decision));
            summary.verdicts.extend(verdicts.filter(|verdict| *verdict != Verdict::Pass));
        }
        Ok(())
    };
    for_each_deal(lake, economics, as_of, |scored| {
        let deals = scored.into_iter().map(|(_, _, deal)| deal);
        let (passed, open): (Vec<Deal>, Vec<Deal>) =
            deals.partition(|deal| deal.status == DealStatus::Passed);
        candidates.extend(open);
        write(&passed)
    })?;
    write(&candidates)?;
    commit.derived(Dataset::Decisions, file)?;
    Ok(summary)
}
