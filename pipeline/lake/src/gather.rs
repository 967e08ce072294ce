//! The rows of many batches in another order.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray as _, MapArray, RecordBatch, StructArray, UInt32Array, new_empty_array,
    new_null_array,
};
use arrow::buffer::OffsetBuffer;
use arrow::compute::{concat, take};
use arrow::datatypes::{DataType, FieldRef, Fields};
use arrow::error::ArrowError;
use rayon::prelude::*;

use crate::{Dataset, LakeError};

/// The rows of a dataset's batches, one after another, in the given order. Columns are done on all
/// threads, and each is freed as it is done, so that the rows are never held twice.
pub(crate) fn gathered(
    dataset: Dataset,
    batches: Vec<RecordBatch>,
    order: &UInt32Array,
) -> Result<RecordBatch, LakeError> {
    let schema = dataset.schema();
    let columns: Vec<Vec<ArrayRef>> = (0..schema.fields().len())
        .map(|at| batches.iter().map(|batch| batch.column(at).clone()).collect())
        .collect();
    drop(batches);
    columns
        .into_par_iter()
        .map(|parts| column(parts, order))
        .collect::<Result<_, _>>()
        .and_then(|columns| RecordBatch::try_new(schema, columns))
        .map_err(LakeError::arrow(dataset.name()))
}

/// One column in another order. A column without any value costs nothing, and of structs and maps
/// the children are done apart: most venues leave many of them empty.
fn column(parts: Vec<ArrayRef>, order: &UInt32Array) -> Result<ArrayRef, ArrowError> {
    let [first, ..] = parts.as_slice() else { return Ok(new_empty_array(&DataType::Null)) };
    if parts.iter().all(|part| part.null_count() == part.len()) {
        return Ok(new_null_array(first.data_type(), order.len()));
    }
    let full = parts.iter().all(|part| part.null_count() == 0);
    match first.data_type().clone() {
        DataType::Struct(fields) if full => structs(&fields, &parts, order),
        DataType::Map(entry, is_sorted) if full => maps(entry, is_sorted, &parts, order),
        _ => {
            let whole = concat(&parts.iter().map(AsRef::as_ref).collect::<Vec<&dyn Array>>())?;
            drop(parts);
            take(&whole, order, None)
        }
    }
}

fn structs(fields: &Fields, parts: &[ArrayRef], order: &UInt32Array) -> Result<ArrayRef, ArrowError> {
    let child = |at: usize| parts.iter().map(|part| part.as_struct().column(at).clone()).collect();
    let children = (0..fields.len()).into_par_iter().map(|at| column(child(at), order));
    let children = children.collect::<Result<Vec<_>, _>>()?;
    Ok(Arc::new(StructArray::try_new(fields.clone(), children, None)?))
}

/// Maps without nulls.
fn maps(
    entry: FieldRef,
    is_sorted: bool,
    parts: &[ArrayRef],
    order: &UInt32Array,
) -> Result<ArrayRef, ArrowError> {
    // Where the entries of each row stand among all entries.
    let mut starts = vec![0_u32];
    for part in parts {
        let (offsets, before) = (part.as_map().value_offsets(), starts[starts.len() - 1]);
        starts.extend(offsets.iter().skip(1).map(|&end| before + (end - offsets[0]) as u32));
    }
    let range = |row: u32| starts[row as usize]..starts[row as usize + 1];
    let entries: UInt32Array = order.values().iter().flat_map(|&row| range(row)).collect();
    let lengths = order.values().iter().map(|&row| range(row).len());
    let offsets = OffsetBuffer::from_lengths(lengths);
    let DataType::Struct(fields) = entry.data_type() else {
        return Err(ArrowError::SchemaError("a map's entries must be structs".to_owned()));
    };
    let pairs: Vec<ArrayRef> = parts.iter().map(|part| entries_of(part.as_map())).collect();
    let pairs = structs(fields, &pairs, &entries)?;
    Ok(Arc::new(MapArray::try_new(entry.clone(), offsets, pairs.as_struct().clone(), None, is_sorted)?))
}

/// The entries of a map's rows; of a slice, only those of its own.
fn entries_of(map: &MapArray) -> ArrayRef {
    let offsets = map.value_offsets();
    let (from, to) = (offsets[0] as usize, offsets[map.len()] as usize);
    Arc::new(map.entries().slice(from, to - from))
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::{
        Currency, Location, Observation, ObservationId, PriceKind, RunId, Seller, Status, Utc,
    };

    use super::*;
    use crate::observations::{ObservationBuilder, read_observations};

    fn lamp(name: &str, attributes: usize) -> Observation {
        let attribute = |nth| (format!("{name} {nth}"), "x".to_owned());
        Observation {
            key: format!("shop:{name}").parse().unwrap(),
            run_id: RunId("run".to_owned()),
            observed_at: Utc::UNIX_EPOCH,
            url: None,
            title: format!("lamp {name}"),
            description: (attributes % 2 == 1).then(|| format!("it is {name}")),
            category: "lamps".to_owned(),
            condition: None,
            price: None,
            price_kind: PriceKind::OnRequest,
            currency: Currency::USD,
            original_price: None,
            shipping_price: None,
            images: vec![name.to_owned(); attributes],
            primary_image: None,
            location: Location { city: Some(name.to_owned()), ..Location::default() },
            seller_key: None,
            seller: Seller::default(),
            listed_at: None,
            expires_at: None,
            views: None,
            watchers: None,
            status: Status::Active,
            sold_at: None,
            attributes: (0..attributes).map(attribute).collect(),
            raw_ref: "lamps.csv:0".to_owned(),
        }
    }

    fn batch(names: &[&str]) -> RecordBatch {
        let mut builder = ObservationBuilder::with_capacity(names.len());
        for (at, name) in names.iter().enumerate() {
            builder.push(ObservationId([at as u8; 16]), "scan", &lamp(name, at));
        }
        builder.finish().unwrap()
    }

    #[test]
    fn rows_come_in_the_order_that_was_asked_for() {
        let parts = [batch(&["a", "b", "c"]), batch(&["d"]), batch(&["x", "y", "e", "f"]).slice(2, 2)];
        let order = [5, 0, 3, 1, 4, 2];
        let all: Vec<_> = parts.iter().flat_map(|part| read_observations(part).unwrap()).collect();
        let sorted = gathered(Dataset::Observations, parts.to_vec(), &UInt32Array::from(order.to_vec()));
        let expected: Vec<_> = order.iter().map(|&row| all[row as usize].clone()).collect();
        assert_eq!(read_observations(&sorted.unwrap()).unwrap(), expected);
    }
}
