//! Scans and sightings as columns and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, FixedSizeBinaryBuilder, Int64Array, RecordBatch,
    StringArray, TimestampMicrosecondArray, UInt32Array,
};
use arrow::compute::take_record_batch;
use arrow::datatypes::TimestampMicrosecondType;
use autobazaaar_domain::{ObservationId, Scan, Sighting};

use crate::observations::id_at;
use crate::{Dataset, LakeError};

/// Sightings as a batch (rows, 6 columns).
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn sightings_batch(sightings: &[Sighting]) -> Result<RecordBatch, LakeError> {
    let mut ids = FixedSizeBinaryBuilder::with_capacity(sightings.len(), 16);
    for sighting in sightings {
        // The builder is 16 wide and so is every id: this cannot fail.
        let _ = ids.append_value(sighting.observation_id.0);
    }
    let text = |of: fn(&Sighting) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(sightings.iter().map(of)))
    };
    let times = sightings.iter().map(|s| s.observed_at.timestamp_micros());
    let columns: Vec<ArrayRef> = vec![
        text(|s| s.key.platform.as_str()),
        text(|s| &s.key.external_id),
        Arc::new(ids.finish()),
        Arc::new(TimestampMicrosecondArray::from_iter_values(times)),
        text(|s| &s.scan_id),
        text(|s| &s.run_id.0),
    ];
    RecordBatch::try_new(Dataset::Sightings.schema(), columns).map_err(LakeError::arrow("sightings"))
}

/// Scans as a batch (rows, 7 columns).
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn scans_batch(scans: &[Scan]) -> Result<RecordBatch, LakeError> {
    let text =
        |of: fn(&Scan) -> &str| -> ArrayRef { Arc::new(StringArray::from_iter_values(scans.iter().map(of))) };
    let times = scans.iter().map(|s| s.observed_at.timestamp_micros());
    let columns: Vec<ArrayRef> = vec![
        text(|s| &s.scan_id),
        text(|s| s.platform.as_str()),
        text(|s| &s.query),
        Arc::new(TimestampMicrosecondArray::from_iter_values(times)),
        Arc::new(BooleanArray::from_iter(scans.iter().map(|s| Some(s.complete)))),
        Arc::new(Int64Array::from_iter_values(scans.iter().map(|s| s.listings as i64))),
        text(|s| &s.run_id.0),
    ];
    RecordBatch::try_new(Dataset::Scans.schema(), columns).map_err(LakeError::arrow("scans"))
}

/// The ids in a batch of observations or sightings, with the moment of each in microseconds.
///
/// # Errors
/// [`LakeError::Shape`] when the columns are not there.
pub fn ids_and_times(batch: &RecordBatch) -> Result<Vec<(ObservationId, i64)>, LakeError> {
    let shape = LakeError::Shape { dataset: "observations", column: "observed_at" };
    let times = batch
        .column_by_name("observed_at")
        .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>())
        .ok_or(shape)?;
    (0..batch.num_rows())
        .map(|row| Ok((id_at(batch, "observations", "observation_id", row)?, times.value(row))))
        .collect()
}

/// A text column's values.
///
/// # Errors
/// [`LakeError::Shape`] when the column is not there or no text.
pub fn texts<'a>(batch: &'a RecordBatch, column: &'static str) -> Result<Vec<&'a str>, LakeError> {
    let values = batch.column_by_name(column).and_then(|values| values.as_string_opt::<i32>());
    let values = values.ok_or(LakeError::Shape { dataset: "a dataset", column })?;
    Ok((0..values.len()).map(|row| values.value(row)).collect())
}

/// A column of 16-byte ids.
///
/// # Errors
/// [`LakeError::Shape`] when the column is not there or holds something else.
pub fn ids(batch: &RecordBatch, column: &'static str) -> Result<Vec<ObservationId>, LakeError> {
    (0..batch.num_rows()).map(|row| id_at(batch, "a dataset", column, row)).collect()
}

/// The rows of a batch of observations that something is known of, and what: it is taken out of
/// `known`. Most contents of a long history are not wanted, and need not be unpacked.
///
/// # Errors
/// [`LakeError::Shape`] when the batch has no ids.
pub fn pick<T>(
    batch: &RecordBatch,
    known: &mut HashMap<ObservationId, T>,
) -> Result<(RecordBatch, Vec<T>), LakeError> {
    let (mut rows, mut found) = (Vec::new(), Vec::new());
    for (row, id) in ids(batch, "observation_id")?.iter().enumerate() {
        if let Some(one) = known.remove(id) {
            rows.push(row as u32);
            found.push(one);
        }
    }
    let rows =
        take_record_batch(batch, &UInt32Array::from(rows)).map_err(LakeError::arrow("observations"))?;
    Ok((rows, found))
}
