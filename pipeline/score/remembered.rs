//! Valuations that still hold: of content that has not changed since, by models that are still in
//! use. Valuing is the dear part of scoring, and most of a market stands there from day to day.

use std::collections::HashMap;

use autobazaaar_domain::{ListingKey, Observation, RunId, Valuation};
use autobazaaar_lake::scored::read_valuations;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};

const BATCH_ROWS: usize = 8_192;

/// An estimate with how underpriced the ask looked beside it.
pub(super) type Known = (Valuation, Option<f64>);

/// What the newest scored run said, if the same models made it.
#[derive(Default)]
pub(super) struct Remembered(Option<(RunId, HashMap<ListingKey, Known>)>);

impl Remembered {
    /// From the lake; nothing where other versions were in use then.
    pub fn load(lake: &Lake, versions: &[&str]) -> Result<Self, LakeError> {
        let Some((run_id, files)) = lake.latest(Dataset::Valuations)? else { return Ok(Self::default()) };
        let made_by = lake.runs()?.into_iter().find(|run| run.run_id == run_id);
        let made_by = made_by.and_then(|run| run.model_version);
        if versions.is_empty() || made_by != Some(versions.join(", ")) {
            return Ok(Self::default());
        }
        let mut known = HashMap::new();
        for batch in read_batches(&files, None, BATCH_ROWS) {
            let rows = read_valuations(&batch?)?;
            known.extend(rows.into_iter().map(|row| (row.0.key.clone(), row)));
        }
        Ok(Self(Some((run_id, known))))
    }

    /// What was said of this very content. Names of runs sort by time.
    pub fn of(&self, seen: &Observation) -> Option<Known> {
        let (_, known) = self.0.as_ref().filter(|(run_id, _)| seen.run_id <= *run_id)?;
        known.get(&seen.key).cloned()
    }
}
