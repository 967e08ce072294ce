//! Enriched listings as columns and back.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, FixedSizeBinaryBuilder, Float64Array, Int64Array,
    ListArray, ListBuilder, RecordBatch, StringArray, StringBuilder, StructArray, TimestampMicrosecondArray,
    UInt32Array,
};
use arrow::buffer::OffsetBuffer;
use arrow::datatypes::{
    DataType, Field, Fields, Float64Type, Int64Type, TimestampMicrosecondType, UInt32Type,
};
use autobazaaar_domain::{Cents, Comp, Enriched, ItemId, ListingKey, ObservationId, PricePoint, RunId, Utc};

use crate::dataset::{comp_fields, price_point_fields};
use crate::observations::id_at;
use crate::{Dataset, LakeError};

const NAME: &str = "enriched";

/// Enriched listings as a batch (rows, 21 columns); each with the observation it stands on.
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn enriched_batch(run_id: &RunId, rows: &[(ObservationId, Enriched)]) -> Result<RecordBatch, LakeError> {
    let text = |of: fn(&Enriched) -> &str| -> ArrayRef {
        Arc::new(StringArray::from_iter_values(rows.iter().map(|(_, row)| of(row))))
    };
    let time = |of: fn(&Enriched) -> Utc| -> ArrayRef {
        Arc::new(TimestampMicrosecondArray::from_iter_values(
            rows.iter().map(|(_, row)| of(row).timestamp_micros()),
        ))
    };
    let words = |of: fn(&Enriched) -> &Vec<String>| word_lists(rows.iter().map(|(_, row)| of(row)));
    let count = |of: fn(&Enriched) -> u32| -> ArrayRef {
        Arc::new(UInt32Array::from_iter_values(rows.iter().map(|(_, row)| of(row))))
    };
    let real = |of: fn(&Enriched) -> Option<f64>| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, row)| of(row)).collect::<Float64Array>())
    };
    let flag = |of: fn(&Enriched) -> bool| -> ArrayRef {
        Arc::new(rows.iter().map(|(_, row)| Some(of(row))).collect::<BooleanArray>())
    };
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(rows.iter().map(|_| &run_id.0))),
        text(|row| row.key.platform.as_str()),
        text(|row| &row.key.external_id),
        id_column(rows.iter().map(|(id, _)| id.0)),
        id_column(rows.iter().map(|(_, row)| row.item_id.0)),
        words(|row| &row.item_evidence),
        time(|row| row.first_seen),
        time(|row| row.last_seen),
        text(|row| row.presence.as_str()),
        price_points(rows)?,
        comps(rows)?,
        count(|row| row.comp_count),
        count(|row| row.competitor_count),
        real(|row| row.volatility),
        real(|row| Some(row.demand_score)),
        flag(|row| row.demand_known),
        Arc::new(rows.iter().map(|(_, row)| row.market_price.map(|price| price.0)).collect::<Int64Array>()),
        real(|row| Some(row.days_on_market)),
        flag(|row| row.censored),
        words(|row| &row.sources),
        words(|row| &row.insights),
    ];
    RecordBatch::try_new(Dataset::Enriched.schema(), columns).map_err(LakeError::arrow(NAME))
}

pub(crate) fn id_column(ids: impl ExactSizeIterator<Item = [u8; 16]>) -> ArrayRef {
    let mut column = FixedSizeBinaryBuilder::with_capacity(ids.len(), 16);
    for id in ids {
        // The builder is 16 wide and so is every id: this cannot fail.
        let _ = column.append_value(id);
    }
    Arc::new(column.finish())
}

pub(crate) fn word_lists<'a>(rows: impl Iterator<Item = &'a Vec<String>>) -> ArrayRef {
    let mut lists = ListBuilder::new(StringBuilder::new());
    for words in rows {
        for word in words {
            lists.values().append_value(word);
        }
        lists.append(true);
    }
    Arc::new(lists.finish())
}

fn list_of(
    fields: Fields,
    columns: Vec<ArrayRef>,
    lengths: impl Iterator<Item = usize>,
) -> Result<ArrayRef, LakeError> {
    let values = StructArray::try_new(fields.clone(), columns, None).map_err(LakeError::arrow(NAME))?;
    let field = Arc::new(Field::new_list_field(DataType::Struct(fields), true));
    let list = ListArray::try_new(field, OffsetBuffer::from_lengths(lengths), Arc::new(values), None);
    Ok(Arc::new(list.map_err(LakeError::arrow(NAME))?))
}

fn price_points(rows: &[(ObservationId, Enriched)]) -> Result<ArrayRef, LakeError> {
    let points = || rows.iter().flat_map(|(_, row)| &row.price_history);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(TimestampMicrosecondArray::from_iter_values(points().map(|p| p.at.timestamp_micros()))),
        Arc::new(Int64Array::from_iter_values(points().map(|p| p.price.0))),
    ];
    list_of(price_point_fields(), columns, rows.iter().map(|(_, row)| row.price_history.len()))
}

fn comps(rows: &[(ObservationId, Enriched)]) -> Result<ArrayRef, LakeError> {
    let comps = || rows.iter().flat_map(|(_, row)| &row.comps);
    let columns: Vec<ArrayRef> = vec![
        Arc::new(StringArray::from_iter_values(comps().map(|c| c.key.platform.as_str()))),
        Arc::new(StringArray::from_iter_values(comps().map(|c| c.key.external_id.as_str()))),
        Arc::new(Int64Array::from_iter_values(comps().map(|c| c.price.0))),
        Arc::new(StringArray::from_iter_values(comps().map(|c| c.basis.as_str()))),
        Arc::new(Float64Array::from_iter_values(comps().map(|c| c.similarity))),
        Arc::new(Float64Array::from_iter_values(comps().map(|c| c.age_days))),
    ];
    list_of(comp_fields(), columns, rows.iter().map(|(_, row)| row.comps.len()))
}

/// Columns that scoring needs: the lists of comps and words, which are most of a file, are left out. Price
/// points stay: a price that fell opens a new episode.
pub const LEAN_COLUMNS: [&str; 17] = [
    "platform",
    "external_id",
    "observation_id",
    "item_id",
    "first_seen",
    "last_seen",
    "presence",
    "comp_count",
    "competitor_count",
    "volatility",
    "demand_score",
    "demand_known",
    "market_price",
    "days_on_market",
    "censored",
    "price_history",
    "run_id",
];

/// Reads rows back; lists that the batch does not have are empty.
///
/// # Errors
/// [`LakeError::Shape`] when a column is not what the contract says.
pub fn read_enriched(batch: &RecordBatch) -> Result<Vec<(ObservationId, Enriched)>, LakeError> {
    (0..batch.num_rows()).map(|row| read_row(batch, row)).collect()
}

fn shape(column: &'static str) -> LakeError {
    LakeError::Shape { dataset: NAME, column }
}

fn read_row(batch: &RecordBatch, row: usize) -> Result<(ObservationId, Enriched), LakeError> {
    let text = |name: &'static str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
        column.map(|column| column.value(row)).ok_or_else(|| shape(name))
    };
    let time = |name: &'static str| {
        let column =
            batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        column.and_then(|column| Utc::from_timestamp_micros(column.value(row))).ok_or_else(|| shape(name))
    };
    let count = |name: &'static str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<UInt32Type>());
        column.map(|column| column.value(row)).ok_or_else(|| shape(name))
    };
    let real = |name: &'static str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
        let column = column.ok_or_else(|| shape(name))?;
        Ok::<_, LakeError>(column.is_valid(row).then(|| column.value(row)))
    };
    let flag = |name: &'static str| {
        batch
            .column_by_name(name)
            .and_then(|c| c.as_boolean_opt())
            .map(|c| c.value(row))
            .ok_or_else(|| shape(name))
    };
    let market_price = batch.column_by_name("market_price").and_then(|c| c.as_primitive_opt::<Int64Type>());
    let market_price = market_price.ok_or_else(|| shape("market_price"))?;
    let enriched = Enriched {
        key: ListingKey {
            platform: text("platform")?.parse().map_err(|_| shape("platform"))?,
            external_id: text("external_id")?.to_owned(),
        },
        item_id: ItemId(id_at(batch, NAME, "item_id", row)?.0),
        item_evidence: words(batch, "item_evidence", row),
        first_seen: time("first_seen")?,
        last_seen: time("last_seen")?,
        presence: text("presence")?.parse().map_err(|_| shape("presence"))?,
        price_history: read_points(batch, row)?,
        comps: read_comps(batch, row)?,
        comp_count: count("comp_count")?,
        competitor_count: count("competitor_count")?,
        volatility: real("volatility")?,
        demand_score: real("demand_score")?.ok_or_else(|| shape("demand_score"))?,
        demand_known: flag("demand_known")?,
        market_price: market_price.is_valid(row).then(|| Cents(market_price.value(row))),
        days_on_market: real("days_on_market")?.ok_or_else(|| shape("days_on_market"))?,
        censored: flag("censored")?,
        sources: words(batch, "sources", row),
        insights: words(batch, "insights", row),
    };
    Ok((id_at(batch, NAME, "observation_id", row)?, enriched))
}

fn words(batch: &RecordBatch, name: &str, row: usize) -> Vec<String> {
    let Some(list) = batch.column_by_name(name).and_then(|c| c.as_list_opt::<i32>()) else {
        return Vec::new();
    };
    let values = list.value(row);
    values.as_string_opt::<i32>().map_or_else(Vec::new, |v| v.iter().flatten().map(str::to_owned).collect())
}

fn read_points(batch: &RecordBatch, row: usize) -> Result<Vec<PricePoint>, LakeError> {
    let wrong = || shape("price_history");
    let Some(column) = batch.column_by_name("price_history") else { return Ok(Vec::new()) };
    let points = column.as_list_opt::<i32>().ok_or_else(wrong)?.value(row);
    let points = points.as_struct_opt().ok_or_else(wrong)?;
    let times = points.column(0).as_primitive_opt::<TimestampMicrosecondType>().ok_or_else(wrong)?;
    let prices = points.column(1).as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
    let pairs = times.values().iter().zip(prices.values());
    pairs
        .map(|(&at, &price)| {
            let at = Utc::from_timestamp_micros(at).ok_or_else(wrong)?;
            Ok(PricePoint { at, price: Cents(price) })
        })
        .collect()
}

fn read_comps(batch: &RecordBatch, row: usize) -> Result<Vec<Comp>, LakeError> {
    let wrong = || shape("comps");
    let Some(column) = batch.column_by_name("comps") else { return Ok(Vec::new()) };
    let comps = column.as_list_opt::<i32>().ok_or_else(wrong)?.value(row);
    let comps = comps.as_struct_opt().ok_or_else(wrong)?;
    let text = |i: usize| comps.column(i).as_string_opt::<i32>().ok_or_else(wrong);
    let real = |i: usize| comps.column(i).as_primitive_opt::<Float64Type>().ok_or_else(wrong);
    let (platforms, keys, bases) = (text(0)?, text(1)?, text(3)?);
    let prices = comps.column(2).as_primitive_opt::<Int64Type>().ok_or_else(wrong)?;
    let (similarities, ages) = (real(4)?, real(5)?);
    (0..keys.len())
        .map(|i| {
            Ok(Comp {
                key: ListingKey {
                    platform: platforms.value(i).parse().map_err(|_| wrong())?,
                    external_id: keys.value(i).to_owned(),
                },
                // Looked up where it is shown.
                title: String::new(),
                price: Cents(prices.value(i)),
                basis: bases.value(i).parse().map_err(|_| wrong())?,
                similarity: similarities.value(i),
                age_days: ages.value(i),
            })
        })
        .collect()
}
