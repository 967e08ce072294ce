//! Measuring the price model, as the configuration sets it up. It reads only.

use autobazaaar_domain::Utc;
use autobazaaar_lake::Lake;
use autobazaaar_models::evaluate::{Metrics, Scored, measure};
use autobazaaar_models::{Example, ModelCard};
use serde::Serialize;

use super::Outside;
use super::backtest::{train_options, window};
use super::stages::StageError;
use crate::enrich::listings::{self, Listing};
use crate::evaluate::split::Split;
use crate::evaluate::stale::{Alert, alerts};
use crate::evaluate::{Measured, Trial, by_split, of_version};
use crate::publish::Engine;
use crate::score::models::{registry, segments};
use crate::train::TrainingError;
use crate::train::examples;
use crate::train::selling::known;

/// What was found, by basis and currency.
#[derive(Debug, Serialize)]
pub struct Found {
    pub measured: Vec<Measured>,
    pub alerts: Vec<Alert>,
    /// Test rows of a split that no figure counts: their listings are not in the lake, or ask nothing.
    pub not_measured: usize,
}

/// Measures by a split, or a version, or the versions in use.
///
/// # Errors
/// When nothing is enriched, a version cannot be read, or a split teaches too little.
pub fn evaluate(
    lake: &Lake,
    outside: Outside<'_>,
    split: Option<Split>,
    version: Option<&str>,
    trial: &Trial,
) -> Result<Found, StageError> {
    let items = known(lake)?.into_iter().map(|(id, known)| (id, known.item)).collect();
    let listings = load(lake, outside)?;
    if let Some(split) = split {
        split.check(listings.iter().map(|listing| &listing.key))?;
        let measured = by_split(&listings, &items, &split, trial, &train_options(outside));
        let measured = measured.map_err(TrainingError::from)?;
        let rows: usize = measured.iter().map(|part| part.lines.len()).sum();
        let not_measured = split.tests().saturating_sub(rows);
        return Ok(Found { measured, alerts: Vec::new(), not_measured });
    }
    let newest = listings.iter().map(|listing| listing.last_seen).max();
    let mut found = Found { measured: Vec::new(), alerts: Vec::new(), not_measured: 0 };
    for (basis, currency) in segments(lake).map_err(crate::score::models::ModelsError::from)? {
        let registry = registry(lake, basis, currency);
        let in_use = registry.champion().map_err(TrainingError::from)?;
        let Some(name) = version.map(str::to_owned).or(in_use) else { continue };
        if version.is_some()
            && !registry.list().map_err(TrainingError::from)?.iter().any(|c| c.version == name)
        {
            continue;
        }
        let model = registry.load(&name).map_err(TrainingError::from)?;
        let card = registry.show(&name).map_err(TrainingError::from)?;
        let examples = examples(&listings, &items, basis).remove(&currency).unwrap_or_default();
        let measured = of_version(&model, &name, &examples, trial);
        found.alerts.extend(alerts(&card.evaluation, newest, &later(&card, &examples, &measured)));
        found.measured.push(measured);
    }
    Ok(found)
}

fn load(lake: &Lake, outside: Outside<'_>) -> Result<Vec<Listing>, StageError> {
    let memory_mb = u64::from(outside.config.publish.memory_mb.get());
    let engine = Engine::in_memory(memory_mb, &std::env::temp_dir())?;
    engine.attach(lake)?;
    Ok(listings::load(lake, &engine, window(outside))?)
}

/// The figures of listings that came after what the version learned from.
fn later(card: &ModelCard, examples: &[Example], measured: &Measured) -> Metrics {
    let after = |example: &Example| {
        Utc::from_timestamp(example.at, 0).is_some_and(|at| at.timestamp() > card.evaluation.data_to)
    };
    let rows: Vec<Scored> = examples
        .iter()
        .zip(&measured.lines)
        .filter(|(example, _)| after(example))
        .map(|(_, line)| Scored {
            category: &line.category,
            price: line.price,
            prediction: &line.prediction,
            fallback: line.fallback,
        })
        .collect();
    measure(&rows)
}
