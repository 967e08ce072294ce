//! Outcomes back into the lake: what the store tells of deals, replies, sales and money becomes Parquet
//! beside what venues showed, for analysts and for the next training.
//!
//! **Invariant:** exporting twice adds nothing. Where the last export ended stands in the lake alone, in
//! the commit that brought it there: there is no second record that could differ.

mod cursor;
#[cfg(test)]
mod tests;
mod write;

use autobazaaar_lake::{Commit, Lake, LakeError};
use autobazaaar_store::{Export, Store, StoreError, TrackedDeal};

use autobazaaar_lake::state::{LedgerLine, Stamp, TakenDeal};
use write::Tables;

/// Events of one page: what of the store is in memory at a time.
const PAGE: u32 = 5_000;

/// Why nothing was exported.
#[derive(Debug, thiserror::Error)]
pub enum OutcomesError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What an export added.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Exported {
    pub events: u64,
    /// Rows of all datasets, events among them.
    pub rows: u64,
}

/// Adds to a commit what happened in the store since the last export, and how the records that it is
/// about stand now. Nothing counts before the commit is published.
///
/// # Errors
/// When the store or the lake cannot be read, or the disk is full.
pub async fn export(store: &Store, lake: &Lake, commit: &mut Commit) -> Result<Exported, OutcomesError> {
    let mut since = cursor::last_common(store, lake).await?;
    let mut tables = Tables::default();
    let mut exported = Exported::default();
    // One reader: all pages are of one moment.
    let mut reader = store.read().await?;
    loop {
        let page = reader.export(since, PAGE).await?;
        if page.events.is_empty() {
            break;
        }
        since = page.sequence;
        exported.events += page.events.len() as u64;
        let stamp = Stamp { run_id: commit.run_id().clone(), sequence: since };
        write_page(&mut tables, &stamp, &page, commit)?;
    }
    exported.rows = tables.finish(commit)?;
    Ok(exported)
}

fn write_page(
    tables: &mut Tables,
    stamp: &Stamp,
    page: &Export,
    commit: &mut Commit,
) -> Result<(), LakeError> {
    let deals: Vec<TakenDeal> = page.deals.iter().map(taken).collect();
    let lines: Vec<LedgerLine> = page
        .entries
        .iter()
        .flat_map(|entry| {
            let moved = page.transactions.iter().find(|one| Some(one.transaction_id) == entry.transaction_id);
            LedgerLine::of(entry, moved)
        })
        .collect();
    tables.add(stamp, &page.events, commit)?;
    tables.add(stamp, &deals, commit)?;
    tables.add(stamp, &page.negotiations, commit)?;
    tables.add(stamp, &page.rounds, commit)?;
    tables.add(stamp, &page.purchases, commit)?;
    tables.add(stamp, &page.items, commit)?;
    tables.add(stamp, &page.resales, commit)?;
    tables.add(stamp, &page.sales, commit)?;
    tables.add(stamp, &lines, commit)
}

/// A deal as the lake keeps it: what was expected of it, without the lines behind it.
fn taken(deal: &TrackedDeal) -> TakenDeal {
    let figures = deal.deal.as_ref().and_then(|scored| scored.figures.as_ref());
    TakenDeal {
        deal_id: deal.deal_id.to_string(),
        item_id: deal.item_id,
        episode: deal.episode,
        key: deal.key.clone(),
        title: deal.title.clone(),
        category: deal.category.clone(),
        currency: deal.currency,
        ask: deal.ask,
        max_price: deal.max_price,
        estimated_sale_price: figures.map(|figures| figures.estimated_sale_price),
        net_profit: figures.map(|figures| figures.net_profit),
        p_loss: figures.map(|figures| figures.p_loss),
        status: deal.status.to_string(),
        status_reason: deal.status_reason.clone(),
        discovered_at: deal.discovered_at,
        updated_at: deal.updated_at,
    }
}
