//! Valuations, deals and decisions as columns, and valuations back.

use std::sync::Arc;

use arrow::array::{
    Array as _, ArrayRef, AsArray as _, BooleanArray, Float64Array, Int64Array, RecordBatch, StringArray,
    TimestampMicrosecondArray, UInt32Array,
};
use arrow::datatypes::{Float64Type, Int64Type, UInt32Type};
use autobazaaar_domain::{
    Action, Cents, DaysToSell, Deal, Decision, Figures, ListingKey, Quantiles, RunId, Utc, Valuation,
};

use crate::dataset::QUANTILE_COLUMNS;
use crate::enriched::{id_column, word_lists};
use crate::{Dataset, LakeError};

/// One column from rows.
fn text<'a, R>(rows: &'a [R], of: impl Fn(&'a R) -> &'a str) -> ArrayRef {
    Arc::new(StringArray::from_iter_values(rows.iter().map(of)))
}

fn optional<'a, R>(rows: &'a [R], of: impl Fn(&'a R) -> Option<&'a str>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}

fn owned<R>(rows: &[R], of: impl Fn(&R) -> Option<String>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<StringArray>())
}

fn cents<R>(rows: &[R], of: impl Fn(&R) -> Option<Cents>) -> ArrayRef {
    Arc::new(rows.iter().map(|row| of(row).map(|amount| amount.0)).collect::<Int64Array>())
}

fn real<R>(rows: &[R], of: impl Fn(&R) -> Option<f64>) -> ArrayRef {
    Arc::new(rows.iter().map(of).collect::<Float64Array>())
}

fn count<R>(rows: &[R], of: impl Fn(&R) -> u32) -> ArrayRef {
    Arc::new(UInt32Array::from_iter_values(rows.iter().map(of)))
}

fn time<R>(rows: &[R], of: impl Fn(&R) -> Option<Utc>) -> ArrayRef {
    let micros = rows.iter().map(|row| of(row).map(|time| time.timestamp_micros()));
    Arc::new(micros.collect::<TimestampMicrosecondArray>())
}

/// Four columns: expected, low, high, learned.
fn days_to_sell<R>(rows: &[R], of: impl Fn(&R) -> Option<DaysToSell>) -> [ArrayRef; 4] {
    let days: Vec<Option<DaysToSell>> = rows.iter().map(of).collect();
    [
        real(&days, |days| days.map(|days| days.expected)),
        real(&days, |days| days.map(|days| days.low)),
        real(&days, |days| days.map(|days| days.high)),
        Arc::new(days.iter().map(|days| days.map(|days| days.learned)).collect::<BooleanArray>()),
    ]
}

fn batch(dataset: Dataset, columns: Vec<ArrayRef>) -> Result<RecordBatch, LakeError> {
    RecordBatch::try_new(dataset.schema(), columns).map_err(LakeError::arrow(dataset.name()))
}

/// Valuations as a batch, each with how underpriced its listing looks.
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn valuations_batch(run_id: &RunId, rows: &[(Valuation, Option<f64>)]) -> Result<RecordBatch, LakeError> {
    let value = |of: fn(&Quantiles) -> Cents| cents(rows, move |(v, _)| v.quantiles.as_ref().map(of));
    let mut columns = vec![
        text(rows, |_| &run_id.0),
        text(rows, |(v, _)| v.key.platform.as_str()),
        text(rows, |(v, _)| &v.key.external_id),
        text(rows, |(v, _)| v.currency.as_str()),
        text(rows, |(v, _)| v.basis.as_str()),
        value(Quantiles::expected),
        value(Quantiles::low),
        value(Quantiles::high),
        real(rows, |(v, _)| Some(v.level)),
    ];
    columns
        .extend((0..QUANTILE_COLUMNS.len()).map(|i| cents(rows, move |(v, _)| v.quantiles.map(|q| q.0[i]))));
    columns.extend([
        real(rows, |(_, underpriced)| *underpriced),
        count(rows, |(v, _)| v.comp_count),
        text(rows, |(v, _)| &v.model_version),
        optional(rows, |(v, _)| v.note.as_deref()),
    ]);
    columns.extend(days_to_sell(rows, |(v, _)| v.days_to_sell));
    columns.push(optional(rows, |(v, _)| v.selling_version.as_deref()));
    batch(Dataset::Valuations, columns)
}

/// Reads valuations back, each with how underpriced its listing looks.
///
/// # Errors
/// [`LakeError::Shape`] when a column is not what the contract says.
pub fn read_valuations(batch: &RecordBatch) -> Result<Vec<(Valuation, Option<f64>)>, LakeError> {
    (0..batch.num_rows()).map(|row| read_valuation(batch, row)).collect()
}

fn read_valuation(batch: &RecordBatch, row: usize) -> Result<(Valuation, Option<f64>), LakeError> {
    let shape = |column| LakeError::Shape { dataset: "valuations", column };
    let text = |name: &'static str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_string_opt::<i32>());
        column.map(|c| c.is_valid(row).then(|| c.value(row))).ok_or_else(|| shape(name))
    };
    let required = |name: &'static str| text(name)?.ok_or_else(|| shape(name));
    let real = |name: &'static str| {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Float64Type>());
        column.map(|c| c.is_valid(row).then(|| c.value(row))).ok_or_else(|| shape(name))
    };
    let mut quantiles = [None; 7];
    for (slot, name) in quantiles.iter_mut().zip(QUANTILE_COLUMNS) {
        let column = batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let column = column.ok_or_else(|| shape(name))?;
        *slot = column.is_valid(row).then(|| Cents(column.value(row)));
    }
    // Columns that came later are not in older files.
    let later_text = |name: &str| {
        let column = batch.column_by_name(name)?.as_string_opt::<i32>()?;
        column.is_valid(row).then(|| column.value(row).to_owned())
    };
    let comps = batch.column_by_name("comp_count").and_then(|c| c.as_primitive_opt::<UInt32Type>());
    let valuation = Valuation {
        key: ListingKey {
            platform: required("platform")?.parse().map_err(|_| shape("platform"))?,
            external_id: required("external_id")?.to_owned(),
        },
        currency: required("currency")?.parse().map_err(|_| shape("currency"))?,
        basis: required("basis")?.parse().map_err(|_| shape("basis"))?,
        quantiles: match quantiles {
            [Some(a), Some(b), Some(c), Some(d), Some(e), Some(f), Some(g)] => {
                Some(Quantiles([a, b, c, d, e, f, g]))
            }
            _ => None,
        },
        level: real("level")?.ok_or_else(|| shape("level"))?,
        comp_count: comps.map(|c| c.value(row)).ok_or_else(|| shape("comp_count"))?,
        model_version: required("model_version")?.to_owned(),
        note: text("note")?.map(str::to_owned),
        days_to_sell: read_days(batch, row),
        selling_version: later_text("selling_version"),
    };
    Ok((valuation, real("underpriced")?))
}

/// `None` in files from before these columns came.
fn read_days(batch: &RecordBatch, row: usize) -> Option<DaysToSell> {
    let real = |name: &str| {
        let column = batch.column_by_name(name)?.as_primitive_opt::<Float64Type>()?;
        column.is_valid(row).then(|| column.value(row))
    };
    let learned = batch.column_by_name("days_to_sell_learned")?.as_boolean_opt()?;
    Some(DaysToSell {
        expected: real("days_to_sell")?,
        low: real("days_to_sell_low")?,
        high: real("days_to_sell_high")?,
        learned: learned.is_valid(row) && learned.value(row),
    })
}

/// A scored listing on its way into the lake.
pub struct DealRow {
    pub deal: Deal,
    pub url: Option<String>,
    /// The value's distribution; `None` without an estimate.
    pub quantiles: Option<Quantiles>,
    /// What is asked, where something is.
    pub ask: Option<Cents>,
}

/// Deals as a batch.
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn deals_batch(run_id: &RunId, rows: &[DealRow]) -> Result<RecordBatch, LakeError> {
    let figure = |of: fn(&Figures, &Deal) -> Cents| {
        cents(rows, move |row| row.deal.figures.as_ref().map(|figures| of(figures, &row.deal)))
    };
    let rate = |of: fn(&Figures) -> f64| {
        real(rows, move |row| row.deal.figures.as_ref().map(of).filter(|r| r.is_finite()))
    };
    let value = |of: fn(&Quantiles) -> Cents| cents(rows, move |row| row.quantiles.as_ref().map(of));
    let mut columns = vec![
        text(rows, |_| &run_id.0),
        id_column(rows.iter().map(|row| row.deal.item_id.0)),
        count(rows, |row| row.deal.episode),
        text(rows, |row| row.deal.key.platform.as_str()),
        text(rows, |row| &row.deal.key.external_id),
        text(rows, |row| &row.deal.title),
        text(rows, |row| &row.deal.category),
        optional(rows, |row| row.url.as_deref()),
        text(rows, |row| row.deal.currency.as_str()),
        cents(rows, |row| row.ask),
        figure(|f, _| f.landed_cost),
        figure(|f, _| f.estimated_sale_price),
        figure(|f, _| f.profit_potential),
        figure(|f, d| f.fees(d.currency).platform),
        figure(|f, d| f.fees(d.currency).payment),
        figure(|f, _| f.proceeds.shipping + f.costs.inbound_shipping),
        figure(|f, _| f.other_costs()),
        figure(|f, _| f.net_profit),
        rate(|f| f.profit_margin),
        rate(|f| f.roi),
        rate(|f| f.annualised_roi),
        rate(|f| f.p_loss),
        real(rows, |row| Some(row.deal.risk.score)),
        rate(|f| f.profit_score),
        rate(|f| f.rank_score),
        value(Quantiles::expected),
        value(Quantiles::low),
        value(Quantiles::high),
        real(rows, |row| row.deal.underpriced),
        count(rows, |row| row.deal.comp_count),
        text(rows, |row| row.deal.priority.as_str()),
        text(rows, |row| row.deal.status.as_str()),
        owned(rows, |row| row.deal.status_reason.first().map(ToString::to_string)),
        optional(rows, |row| row.deal.figures.as_ref().map(|figures| figures.best_platform().as_str())),
        time(rows, |row| Some(row.deal.discovered_at)),
        time(rows, |row| row.deal.analyzed_at),
        time(rows, |row| row.deal.expires_at),
        time(rows, |row| Some(row.deal.last_updated)),
    ];
    columns.extend(days_to_sell(rows, |row| row.deal.figures.as_ref().map(|f| f.days_to_sell)));
    columns.push(rate(|f| f.ask_to_sale));
    columns.push(rate(|f| f.honest));
    batch(Dataset::Deals, columns)
}

/// Decisions as a batch.
///
/// # Errors
/// Never in practice: the columns are built to the schema.
pub fn decisions_batch(
    run_id: &RunId,
    currency: &[autobazaaar_domain::Currency],
    rows: &[Decision],
) -> Result<RecordBatch, LakeError> {
    let reasons: Vec<Vec<String>> = rows
        .iter()
        .map(|row| row.reasons.iter().map(|reason| reason.code.as_str().to_owned()).collect())
        .collect();
    let columns = vec![
        text(rows, |_| &run_id.0),
        id_column(rows.iter().map(|row| row.item_id.0)),
        text(rows, |row| row.key.platform.as_str()),
        text(rows, |row| &row.key.external_id),
        text(rows, |row| row.action.as_str()),
        // What is passed has no price at which it would be taken on.
        cents(rows, |row| row.max_price.filter(|_| row.action != Action::Pass)),
        text(currency, |currency| currency.as_str()),
        optional(rows, |row| row.strategy.map(|strategy| strategy.as_str())),
        word_lists(reasons.iter()),
        cents(rows, |row| row.available_before),
        cents(rows, |row| row.available_after),
        text(rows, |row| row.decided_by.as_str()),
        time(rows, |row| Some(row.decided_at)),
        text(rows, |row| &row.inputs_hash),
        owned(rows, |row| serde_json::to_string(row).ok()),
    ];
    batch(Dataset::Decisions, columns)
}
