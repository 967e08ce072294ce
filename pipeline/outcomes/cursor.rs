//! Where the next export goes on.

use std::collections::BTreeMap;
use std::path::PathBuf;

use arrow::array::AsArray as _;
use arrow::datatypes::Int64Type;
use autobazaaar_lake::rows::texts;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};
use autobazaaar_store::{Store, StoreError};

use super::OutcomesError;

/// The newest event that lake and store have in common; 0 if none. A restored backup has another future
/// than the store whose events the lake holds: the export goes on from where both were one.
pub(super) async fn last_common(store: &Store, lake: &Lake) -> Result<i64, OutcomesError> {
    for files in lake.runs_with(Dataset::Events)?.into_iter().rev() {
        for events in by_export(&files)?.into_values().rev() {
            let common = common_prefix(store, &events).await?;
            if let Some((sequence, _)) = common.checked_sub(1).and_then(|last| events.get(last)) {
                return Ok(*sequence);
            }
        }
    }
    Ok(0)
}

/// How many of a run's events the store has, too: histories share a beginning and nothing after it.
async fn common_prefix(store: &Store, events: &[(i64, String)]) -> Result<usize, StoreError> {
    let Some(last) = events.last() else { return Ok(0) };
    if is_of(store, last).await? {
        return Ok(events.len());
    }
    let (mut shared, mut foreign) = (0, events.len() - 1);
    while shared < foreign {
        let middle = shared + (foreign - shared) / 2;
        if is_of(store, &events[middle]).await? {
            shared = middle + 1;
        } else {
            foreign = middle;
        }
    }
    Ok(shared)
}

/// Whether the store tells the same event at that place.
async fn is_of(store: &Store, (sequence, id): &(i64, String)) -> Result<bool, StoreError> {
    let found = store.read().await?.events_since(sequence - 1, 1).await?;
    Ok(found.first().is_some_and(|event| event.sequence == *sequence && event.event_id.to_string() == *id))
}

/// Places and names of events, by the run that exported them: files may hold those of several.
type ByExport = BTreeMap<String, Vec<(i64, String)>>;

fn by_export(files: &[PathBuf]) -> Result<ByExport, LakeError> {
    let mut events = ByExport::new();
    for batch in read_batches(files, Some(&["run_id", "event_sequence", "event_id"]), 8_192) {
        let batch = batch?;
        let shape = || LakeError::Shape { dataset: "events", column: "event_sequence" };
        let places = batch.column_by_name("event_sequence").and_then(|c| c.as_primitive_opt::<Int64Type>());
        let places = places.ok_or_else(shape)?;
        let (runs, names) = (texts(&batch, "run_id")?, texts(&batch, "event_id")?);
        for (row, (run, name)) in runs.into_iter().zip(names).enumerate() {
            events.entry(run.to_owned()).or_default().push((places.value(row), name.to_owned()));
        }
    }
    events.values_mut().for_each(|events| events.sort_unstable());
    Ok(events)
}
