//! The price models in use: whether each can be read, and whether it still knows the market.

use autobazaaar_domain::{Basis, Currency};
use autobazaaar_lake::{Dataset, Lake};

use super::finding::{Finding, State};
use crate::cli::session::with_outside;
use crate::cli::{CliError, Context};
use crate::runner::drift::{Drifted, drifted};
use crate::score::models::{registry, segment, segments};

const TRAIN: &str = "autobazaaar train";

/// One finding for each basis and currency; none before there are listings.
///
/// # Errors
/// When the lake cannot be read.
pub fn findings(context: &Context<'_>, lake: &Lake) -> Result<Vec<Finding>, CliError> {
    if lake.entries(Dataset::Enriched)?.is_empty() {
        return Ok(Vec::new());
    }
    let segments = segments(lake)?;
    if segments.is_empty() {
        return Ok(vec![odd("in use", "no price model yet".to_owned())]);
    }
    let drifted = with_outside(context, |outside| Ok(drifted(lake, outside)?))?;
    Ok(segments.into_iter().map(|(basis, currency)| of_segment(lake, basis, currency, &drifted)).collect())
}

fn of_segment(lake: &Lake, basis: Basis, currency: Currency, drifted: &[Drifted]) -> Finding {
    let what = segment(basis, currency);
    let registry = registry(lake, basis, currency);
    let version = match registry.champion() {
        Ok(Some(version)) => version,
        Ok(None) => return odd(&what, "no version is in use".to_owned()),
        Err(error) => return odd(&what, error.to_string()),
    };
    let card = match registry.load(&version).and_then(|_| registry.show(&version)) {
        Ok(card) => card,
        Err(error) => return odd(&what, format!("{version}: {error}")),
    };
    if let Some(found) = drifted.iter().find(|found| found.segment == what) {
        return odd(&what, format!("{version}: {}", found.alert.text));
    }
    let overall = &card.evaluation.overall;
    let found = format!(
        "{version}: {} listings learned from, the middle error is {:.0} %",
        overall.rows,
        overall.mdape * 100.0
    );
    Finding::good("models", &what, found)
}

fn odd(what: &str, found: String) -> Finding {
    Finding::new("models", what, State::Odd, found, Some(TRAIN.to_owned()))
}
