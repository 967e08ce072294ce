//! Observations as columns and back.

use std::sync::Arc;

use arrow::array::{
    Array, ArrayRef, AsArray, FixedSizeBinaryBuilder, Float64Builder, Int64Builder, ListBuilder, MapBuilder,
    MapFieldNames, RecordBatch, StringBuilder, StructArray, TimestampMicrosecondBuilder,
};
use arrow::datatypes::{Float64Type, Int64Type, TimestampMicrosecondType};
use autobazaaar_domain::{
    Attributes, Cents, Condition, Currency, ListingKey, Location, Observation, ObservationId, RunId, Seller,
    SellerType, Utc,
};

use crate::dataset::{location_fields, seller_fields};
use crate::{Dataset, LakeError};

const NAME: &str = "observations";

/// Gathers observations into one record batch.
pub struct ObservationBuilder {
    id: FixedSizeBinaryBuilder,
    texts: Vec<StringBuilder>,
    times: Vec<TimestampMicrosecondBuilder>,
    numbers: Vec<Int64Builder>,
    reals: Vec<Float64Builder>,
    images: ListBuilder<StringBuilder>,
    attributes: MapBuilder<StringBuilder, StringBuilder>,
    rows: usize,
}

impl Default for ObservationBuilder {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl ObservationBuilder {
    /// A builder for about so many rows.
    #[must_use]
    pub fn with_capacity(rows: usize) -> Self {
        let names = MapFieldNames { entry: "entries".into(), key: "keys".into(), value: "values".into() };
        Self {
            id: FixedSizeBinaryBuilder::with_capacity(rows, 16),
            // Most of the texts are nearly always missing: room for their letters comes as they do.
            texts: (0..TEXTS).map(|_| StringBuilder::with_capacity(rows, 0)).collect(),
            times: (0..4).map(|_| TimestampMicrosecondBuilder::with_capacity(rows)).collect(),
            numbers: (0..6).map(|_| Int64Builder::with_capacity(rows)).collect(),
            reals: (0..3).map(|_| Float64Builder::with_capacity(rows)).collect(),
            images: ListBuilder::new(StringBuilder::new()),
            attributes: MapBuilder::new(Some(names), StringBuilder::new(), StringBuilder::new()),
            rows: 0,
        }
    }
}

/// Number of text columns, those inside `location` and `seller` included.
const TEXTS: usize = 20;

impl ObservationBuilder {
    /// Rows so far.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows
    }

    /// No rows yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows == 0
    }

    /// Adds one observation, seen in `scan_id`.
    pub fn push(&mut self, id: ObservationId, scan_id: &str, seen: &Observation) {
        self.rows += 1;
        // The builder is 16 wide and so is every id: this cannot fail.
        let _ = self.id.append_value(id.0);
        let texts: [Option<&str>; TEXTS] = [
            Some(seen.key.platform.as_str()),
            Some(&seen.key.external_id),
            Some(&seen.run_id.0),
            Some(scan_id),
            seen.url.as_deref(),
            Some(&seen.title),
            seen.description.as_deref(),
            Some(&seen.category),
            seen.condition.map(Condition::as_str),
            Some(seen.price_kind.as_str()),
            Some(seen.currency.as_str()),
            seen.primary_image.as_deref(),
            seen.seller_key.as_deref(),
            Some(seen.status.as_str()),
            Some(&seen.raw_ref),
            seen.location.city.as_deref(),
            seen.location.state.as_deref(),
            seen.location.zip.as_deref(),
            seen.seller.response_time.as_deref(),
            seen.seller.kind.map(SellerType::as_str),
        ];
        for (column, text) in self.texts.iter_mut().zip(texts) {
            column.append_option(text);
        }
        let times = [Some(seen.observed_at), seen.listed_at, seen.expires_at, seen.sold_at];
        for (column, time) in self.times.iter_mut().zip(times) {
            column.append_option(time.map(|time| time.timestamp_micros()));
        }
        let cents = |amount: Option<Cents>| amount.map(|amount| amount.0);
        let numbers = [
            cents(seen.price),
            cents(seen.original_price),
            cents(seen.shipping_price),
            seen.views,
            seen.watchers,
            seen.seller.feedback_count,
        ];
        for (column, number) in self.numbers.iter_mut().zip(numbers) {
            column.append_option(number);
        }
        let reals = [seen.location.lat, seen.location.lng, seen.seller.rating];
        for (column, real) in self.reals.iter_mut().zip(reals) {
            column.append_option(real);
        }
        for image in &seen.images {
            self.images.values().append_value(image);
        }
        self.images.append(true);
        for (name, value) in &seen.attributes {
            self.attributes.keys().append_value(name);
            self.attributes.values().append_value(value);
        }
        // Keys and values grow together just above: this cannot fail.
        let _ = self.attributes.append(true);
    }

    /// The batch (rows, 29 columns); the builder is empty again.
    ///
    /// # Errors
    /// Never in practice: the columns are built to the schema.
    pub fn finish(&mut self) -> Result<RecordBatch, LakeError> {
        let rows = std::mem::take(&mut self.rows);
        let texts: Vec<ArrayRef> = self.texts.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef).collect();
        let times: Vec<ArrayRef> = self.times.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef).collect();
        let numbers: Vec<ArrayRef> =
            self.numbers.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef).collect();
        let reals: Vec<ArrayRef> = self.reals.iter_mut().map(|c| Arc::new(c.finish()) as ArrayRef).collect();
        let text = |i: usize| Arc::clone(&texts[i]);
        let time = |i: usize| Arc::clone(&times[i]);
        let number = |i: usize| Arc::clone(&numbers[i]);
        let real = |i: usize| Arc::clone(&reals[i]);
        let location =
            StructArray::new(location_fields(), vec![text(15), text(16), text(17), real(0), real(1)], None);
        let seller = StructArray::new(seller_fields(), vec![real(2), number(5), text(18), text(19)], None);
        let columns: Vec<ArrayRef> = vec![
            Arc::new(self.id.finish()),
            text(0),
            text(1),
            text(2),
            text(3),
            time(0),
            text(4),
            text(5),
            text(6),
            text(7),
            text(8),
            number(0),
            text(9),
            text(10),
            number(1),
            number(2),
            Arc::new(self.images.finish()),
            text(11),
            Arc::new(location),
            text(12),
            Arc::new(seller),
            time(1),
            time(2),
            number(3),
            number(4),
            text(13),
            time(3),
            Arc::new(self.attributes.finish()),
            text(14),
        ];
        debug_assert_eq!(columns[0].len(), rows);
        RecordBatch::try_new(Dataset::Observations.schema(), columns).map_err(LakeError::arrow(NAME))
    }
}

/// Reads rows back: each with its id and the scan it was seen in.
///
/// # Errors
/// [`LakeError::Shape`] when a column is not what the contract says.
pub fn read_observations(
    batch: &RecordBatch,
) -> Result<Vec<(ObservationId, String, Observation)>, LakeError> {
    let columns = Columns::new(batch)?;
    (0..batch.num_rows()).map(|row| columns.row(row)).collect()
}

/// What a listing says of its thing, and asks for it.
#[derive(Debug, Clone, PartialEq)]
pub struct Content {
    pub key: ListingKey,
    pub title: String,
    pub description: Option<String>,
    pub condition: Option<Condition>,
    pub currency: Currency,
    /// Minor units.
    pub price: Option<Cents>,
    pub images: Vec<String>,
    pub attributes: Attributes,
}

/// Columns of a [`Content`]; the last two may be left out, and are nothing then.
pub const CONTENT_COLUMNS: [&str; 9] = [
    "platform",
    "external_id",
    "title",
    "condition",
    "currency",
    "price",
    "attributes",
    "description",
    "images",
];

/// Reads what rows say of their things from a batch of at least the first of [`CONTENT_COLUMNS`].
///
/// # Errors
/// [`LakeError::Shape`] when a column is not what the contract says.
pub fn read_contents(batch: &RecordBatch) -> Result<Vec<Content>, LakeError> {
    let columns = Columns { batch, location: None, seller: None };
    (0..batch.num_rows()).map(|row| columns.content(row)).collect()
}

/// Typed access to the columns of a batch of observations, or of any batch that carries them.
struct Columns<'a> {
    batch: &'a RecordBatch,
    location: Option<&'a StructArray>,
    seller: Option<&'a StructArray>,
}

fn shape(column: &'static str) -> LakeError {
    LakeError::Shape { dataset: NAME, column }
}

impl<'a> Columns<'a> {
    fn new(batch: &'a RecordBatch) -> Result<Self, LakeError> {
        let inner = |name| {
            batch.column_by_name(name).and_then(|column| column.as_struct_opt()).ok_or_else(|| shape(name))
        };
        Ok(Self { batch, location: Some(inner("location")?), seller: Some(inner("seller")?) })
    }

    fn text(&self, name: &'static str, row: usize) -> Result<Option<&'a str>, LakeError> {
        text_in(self.batch.column_by_name(name), name, row)
    }

    fn required(&self, name: &'static str, row: usize) -> Result<&'a str, LakeError> {
        self.text(name, row)?.ok_or_else(|| shape(name))
    }

    fn word<T: std::str::FromStr>(&self, name: &'static str, row: usize) -> Result<T, LakeError> {
        self.required(name, row)?.parse().map_err(|_| shape(name))
    }

    fn number(&self, name: &'static str, row: usize) -> Result<Option<i64>, LakeError> {
        let column = self.batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<Int64Type>());
        let column = column.ok_or_else(|| shape(name))?;
        Ok(column.is_valid(row).then(|| column.value(row)))
    }

    fn time(&self, name: &'static str, row: usize) -> Result<Option<Utc>, LakeError> {
        let column =
            self.batch.column_by_name(name).and_then(|c| c.as_primitive_opt::<TimestampMicrosecondType>());
        let column = column.ok_or_else(|| shape(name))?;
        Ok(column.is_valid(row).then(|| column.value(row)).and_then(Utc::from_timestamp_micros))
    }

    fn row(&self, row: usize) -> Result<(ObservationId, String, Observation), LakeError> {
        let id = id_at(self.batch, NAME, "observation_id", row)?;
        let optional = |name| self.text(name, row).map(|text| text.map(str::to_owned));
        let cents = |name| self.number(name, row).map(|amount| amount.map(Cents));
        let observation = Observation {
            key: self.key(row)?,
            run_id: RunId(self.required("run_id", row)?.to_owned()),
            observed_at: self.time("observed_at", row)?.ok_or_else(|| shape("observed_at"))?,
            url: optional("url")?,
            title: self.required("title", row)?.to_owned(),
            description: optional("description")?,
            category: self.required("category", row)?.to_owned(),
            condition: self.condition(row)?,
            price: cents("price")?,
            price_kind: self.word("price_kind", row)?,
            currency: self.word("currency", row)?,
            original_price: cents("original_price")?,
            shipping_price: cents("shipping_price")?,
            images: self.images(row)?,
            primary_image: optional("primary_image")?,
            location: self.location(row)?,
            seller_key: optional("seller_key")?,
            seller: self.seller(row)?,
            listed_at: self.time("listed_at", row)?,
            expires_at: self.time("expires_at", row)?,
            views: self.number("views", row)?,
            watchers: self.number("watchers", row)?,
            status: self.word("status", row)?,
            sold_at: self.time("sold_at", row)?,
            attributes: self.attributes(row)?,
            raw_ref: self.required("raw_ref", row)?.to_owned(),
        };
        Ok((id, self.required("scan_id", row)?.to_owned(), observation))
    }

    fn key(&self, row: usize) -> Result<ListingKey, LakeError> {
        let external_id = self.required("external_id", row)?.to_owned();
        Ok(ListingKey { platform: self.word("platform", row)?, external_id })
    }

    fn condition(&self, row: usize) -> Result<Option<Condition>, LakeError> {
        let word = self.text("condition", row)?;
        word.map(|word| word.parse().map_err(|_| shape("condition"))).transpose()
    }

    fn content(&self, row: usize) -> Result<Content, LakeError> {
        let has = |name| self.batch.column_by_name(name).is_some();
        let description = if has("description") { self.text("description", row)? } else { None };
        Ok(Content {
            key: self.key(row)?,
            title: self.required("title", row)?.to_owned(),
            description: description.map(str::to_owned),
            condition: self.condition(row)?,
            currency: self.word("currency", row)?,
            price: self.number("price", row)?.map(Cents),
            images: if has("images") { self.images(row)? } else { Vec::new() },
            attributes: self.attributes(row)?,
        })
    }

    fn images(&self, row: usize) -> Result<Vec<String>, LakeError> {
        let list = self.batch.column_by_name("images").and_then(|c| c.as_list_opt::<i32>());
        let values = list.ok_or_else(|| shape("images"))?.value(row);
        let values = values.as_string_opt::<i32>().ok_or_else(|| shape("images"))?;
        Ok(values.iter().flatten().map(str::to_owned).collect())
    }

    fn attributes(&self, row: usize) -> Result<Attributes, LakeError> {
        let map = self.batch.column_by_name("attributes").and_then(|c| c.as_map_opt());
        let entries = map.ok_or_else(|| shape("attributes"))?.value(row);
        let column = |i: usize| entries.column(i).as_string_opt::<i32>().ok_or_else(|| shape("attributes"));
        let (names, values) = (column(0)?, column(1)?);
        let pairs = names.iter().flatten().zip(values.iter().map(Option::unwrap_or_default));
        Ok(pairs.collect())
    }

    fn location(&self, row: usize) -> Result<Location, LakeError> {
        let location = self.location.ok_or_else(|| shape("location"))?;
        let text =
            |name| text_in(location.column_by_name(name), name, row).map(|text| text.map(str::to_owned));
        let real = |name| real_in(location.column_by_name(name), name, row);
        Ok(Location {
            city: text("city")?,
            state: text("state")?,
            zip: text("zip")?,
            lat: real("lat")?,
            lng: real("lng")?,
        })
    }

    fn seller(&self, row: usize) -> Result<Seller, LakeError> {
        let seller = self.seller.ok_or_else(|| shape("seller"))?;
        let text = |name| text_in(seller.column_by_name(name), name, row);
        let count = seller.column_by_name("feedback_count");
        let count = count.and_then(|c| c.as_primitive_opt::<Int64Type>()).ok_or_else(|| shape("seller"))?;
        Ok(Seller {
            rating: real_in(seller.column_by_name("rating"), "seller", row)?,
            feedback_count: count.is_valid(row).then(|| count.value(row)),
            response_time: text("response_time")?.map(str::to_owned),
            kind: match text("type")? {
                Some(word) => Some(word.parse().map_err(|_| shape("seller"))?),
                None => None,
            },
        })
    }
}

fn text_in<'a>(
    column: Option<&'a ArrayRef>,
    name: &'static str,
    row: usize,
) -> Result<Option<&'a str>, LakeError> {
    let column = column.and_then(|c| c.as_string_opt::<i32>()).ok_or_else(|| shape(name))?;
    Ok(column.is_valid(row).then(|| column.value(row)))
}

fn real_in(column: Option<&ArrayRef>, name: &'static str, row: usize) -> Result<Option<f64>, LakeError> {
    let column = column.and_then(|c| c.as_primitive_opt::<Float64Type>()).ok_or_else(|| shape(name))?;
    Ok(column.is_valid(row).then(|| column.value(row)))
}

/// A 16-byte id in a column.
///
/// # Errors
/// When the column is not one of 16-byte values.
pub(crate) fn id_at(
    batch: &RecordBatch,
    dataset: &'static str,
    column: &'static str,
    row: usize,
) -> Result<ObservationId, LakeError> {
    let ids = batch.column_by_name(column);
    let fixed = ids.and_then(|ids| ids.as_fixed_size_binary_opt()).map(|ids| ids.value(row));
    // SQL hands ids over as binary of any length.
    let bytes = fixed.or_else(|| ids.and_then(|ids| ids.as_binary_opt::<i32>()).map(|ids| ids.value(row)));
    bytes
        .and_then(|bytes| <[u8; 16]>::try_from(bytes).ok())
        .map(ObservationId)
        .ok_or(LakeError::Shape { dataset, column })
}
