//! The profit report: where the money came from, and where it is. All of it from the ledger.
//!
//! **Invariant:** its profit is the ledger's to the cent. Items and what belongs to no item are two parts
//! of it, and a report in which they do not add up is an error, not a page.

mod data;
mod export;
mod gather;
mod page;
mod sections;
mod summary;

#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};

use autobazaaar_domain::{Cents, Money, Utc};
use autobazaaar_lake::{LakeError, write_atomically};

pub use data::{DayBook, Flip, Profit, Talks};
pub use gather::gather;
pub use page::{render_html, render_markdown};

/// Why there is no profit report.
#[derive(Debug, thiserror::Error)]
pub enum ProfitError {
    #[error("the ledger's profit is {ledger}, what the report explains is {explained}: expected the same")]
    Differs { ledger: Money, explained: Money },
    #[error("the report page could not be rendered")]
    Html(#[from] askama::Error),
    #[error("the report table could not be written")]
    Csv(#[from] csv::Error),
    #[error("the report could not be written as JSON")]
    Json(#[from] serde_json::Error),
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// When a report is made, and of what.
#[derive(Debug, Clone, Copy)]
pub struct Made {
    pub at: Utc,
    /// No real money is involved.
    pub simulated: bool,
}

/// Writes `profit-<currency>.{html,md,json}` and the CSV tables of items and days into a folder, in place
/// of former ones; returns them, the page first.
///
/// # Errors
/// When the parts do not add up to the ledger's profit, or the disk is full.
pub fn write(profit: &Profit, folder: &Path, made: Made) -> Result<Vec<PathBuf>, ProfitError> {
    adds_up(profit)?;
    let name = format!("profit-{}", profit.currency.as_str().to_lowercase());
    let contents: [(&str, Vec<u8>); 5] = [
        (".html", render_html(profit, made)?.into_bytes()),
        (".md", render_markdown(profit, made).into_bytes()),
        ("-items.csv", export::items_csv(profit)?),
        ("-days.csv", export::days_csv(profit)?),
        (".json", serde_json::to_vec_pretty(profit)?),
    ];
    let mut files = Vec::with_capacity(contents.len());
    for (ending, bytes) in contents {
        let path = folder.join(format!("{name}{ending}"));
        write_atomically(&path, &bytes)?;
        files.push(path);
    }
    Ok(files)
}

/// Whether the goods are of the simulated market: no real money is involved then.
#[must_use]
pub fn is_simulated(profit: &Profit) -> bool {
    let simulated = autobazaaar_bazaar::platforms();
    profit.flips.iter().any(|flip| simulated.iter().any(|venue| *venue == flip.bought_on))
}

/// Whether items, the rest, days and balances each come to the ledger's profit.
///
/// # Errors
/// [`ProfitError::Differs`] with the first that does not.
pub fn adds_up(profit: &Profit) -> Result<(), ProfitError> {
    let apart: Cents = profit.apart.values().copied().sum();
    let by_account: Cents =
        profit.balances.iter().filter(|(account, _)| account.is_profit()).map(|(_, sum)| -*sum).sum();
    let by_day = profit.days.last().map_or(Cents::ZERO, |day| day.profit_so_far);
    for explained in [profit.of_items() + apart, by_account, by_day] {
        if explained != profit.profit {
            let money = |amount| Money { amount, currency: profit.currency };
            return Err(ProfitError::Differs { ledger: money(profit.profit), explained: money(explained) });
        }
    }
    Ok(())
}
