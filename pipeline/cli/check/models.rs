//! The price models in use: whether each can be read, and whether it still knows the market.

use autobazaaar_domain::{Basis, Currency, Utc};
use autobazaaar_lake::{Dataset, Lake};

use super::finding::{Finding, State};
use crate::cli::session::engine;
use crate::cli::{CliError, Context};
use crate::evaluate::stale::stale;
use crate::publish::SqlError;
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
    let newest = newest_sight(context, lake)?;
    let segments = segments(lake)?;
    if segments.is_empty() {
        return Ok(vec![odd("in use", "no price model yet".to_owned())]);
    }
    Ok(segments.into_iter().map(|(basis, currency)| of_segment(lake, basis, currency, newest)).collect())
}

fn of_segment(lake: &Lake, basis: Basis, currency: Currency, newest: Option<Utc>) -> Finding {
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
    if let Some(alert) = stale(&card.evaluation, newest) {
        return odd(&what, format!("{version}: {}", alert.text));
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

/// When a listing was last seen.
fn newest_sight(context: &Context<'_>, lake: &Lake) -> Result<Option<Utc>, CliError> {
    let sql = "select epoch_us(max(last_seen)) from lake.enriched";
    let micros: Option<i64> = engine(context, lake)?
        .connection()
        .query_row(sql, [], |row| row.get(0))
        .map_err(SqlError::new("cannot find the newest listing"))?;
    Ok(micros.and_then(Utc::from_timestamp_micros))
}
