//! Whether the price models in use still know the market, by listings that came after what they learned from.

use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::{Basis, Currency, Utc};
use autobazaaar_lake::{Dataset, Lake};
use autobazaaar_models::evaluate::{measure, scored};
use autobazaaar_models::{Evaluation, PriceModel};
use autobazaaar_store::NewAlert;

use super::Outside;
use super::backtest::window;
use super::stages::StageError;
use crate::enrich::listings::{self, Listing, Part};
use crate::evaluate::stale::{Alert, alerts};
use crate::publish::{Engine, SqlError};
use crate::score::models::{ModelsError, registry, segment, segments};
use crate::train::examples;
use crate::train::selling::known;

/// Most listings that models are judged by: of more, those that came last.
const JUDGED: usize = 20_000;

/// What is wrong with a version in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Drifted {
    /// Basis and currency, such as `asked-usd`.
    pub segment: String,
    pub version: String,
    pub alert: Alert,
}

impl Drifted {
    /// The alert as the owner gets it: one for each segment, until it is looked into.
    #[must_use]
    pub fn for_owner(&self) -> NewAlert {
        NewAlert {
            kind: AlertKind::Metric,
            severity: Severity::Warning,
            title: format!(
                "the price model {} no longer knows the market ({})",
                self.segment, self.alert.code
            ),
            message: format!("{}: {}", self.version, self.alert.text),
            context: None,
            related: Some((MODEL.to_owned(), self.segment.clone())),
            suggested_action: Some(self.alert.mend.to_owned()),
        }
    }
}

/// What such alerts are about.
pub const MODEL: &str = "model";

/// A version in use.
struct Champion {
    basis: Basis,
    currency: Currency,
    version: String,
    model: PriceModel,
    trained: Evaluation,
}

impl Champion {
    /// The newest moment that it learned from.
    fn until(&self) -> Utc {
        Utc::from_timestamp(self.trained.data_to, 0).unwrap_or(Utc::MAX_UTC)
    }
}

/// What is wrong with the versions in use; nothing where nothing is enriched. A version that cannot be read
/// is left out: whoever values by it is told so.
///
/// # Errors
/// When the lake cannot be read.
pub fn drifted(lake: &Lake, outside: Outside<'_>) -> Result<Vec<Drifted>, StageError> {
    if lake.entries(Dataset::Enriched)?.is_empty() {
        return Ok(Vec::new());
    }
    let champions = champions(lake)?;
    let Some(earliest) = champions.iter().map(Champion::until).min() else { return Ok(Vec::new()) };
    let memory_mb = u64::from(outside.config.publish.memory_mb.get());
    let engine = Engine::in_memory(memory_mb, &std::env::temp_dir())?;
    engine.attach(lake)?;
    let newest = newest_sight(&engine)?;
    let later = listings::load_part(lake, &engine, window(outside), Part::After(earliest, JUDGED))?;
    let items = if later.is_empty() { Default::default() } else { known(lake)? };
    let items = items.into_iter().map(|(id, known)| (id, known.item)).collect();
    let judged = champions.into_iter().flat_map(|champion| {
        let until = champion.until();
        let new: Vec<Listing> = later.iter().filter(|listing| listing.first_seen > until).cloned().collect();
        let rows = examples(&new, &items, champion.basis).remove(&champion.currency).unwrap_or_default();
        let figures = measure(&scored(&champion.model, &rows, &champion.model.predict(&rows)));
        let segment = segment(champion.basis, champion.currency);
        let found = alerts(&champion.trained, newest, &figures).into_iter();
        found.map(move |alert| Drifted { segment: segment.clone(), version: champion.version.clone(), alert })
    });
    Ok(judged.collect())
}

fn champions(lake: &Lake) -> Result<Vec<Champion>, StageError> {
    let mut champions = Vec::new();
    for (basis, currency) in segments(lake).map_err(ModelsError::from)? {
        let registry = registry(lake, basis, currency);
        let Some(version) = registry.champion().map_err(ModelsError::from)? else { continue };
        if let (Ok(model), Ok(card)) = (registry.load(&version), registry.show(&version)) {
            champions.push(Champion { basis, currency, version, model, trained: card.evaluation });
        }
    }
    Ok(champions)
}

/// When a listing was last seen.
fn newest_sight(engine: &Engine) -> Result<Option<Utc>, SqlError> {
    let sql = "select epoch_us(max(last_seen)) from lake.enriched";
    let micros: Option<i64> = engine
        .connection()
        .query_row(sql, [], |row| row.get(0))
        .map_err(SqlError::new("cannot find the newest listing"))?;
    Ok(micros.and_then(Utc::from_timestamp_micros))
}
