//! Turns raw records into observations.

use autobazaaar_domain::price::{self, ReadPrice};
use autobazaaar_domain::when::Age;
use autobazaaar_domain::{
    Cents, Condition, Currency, ListingKey, Location, Observation, PriceKind, RunId, Seller, SellerType,
    Status, Utc,
};

use super::batch::{Flat, RawBatch, Records};
use super::list;
use super::mapping::{IdScope, Mapping};
use super::mask::mask;
use super::parquet_records::text_column;
use super::plan::{CurrencySource, Id, Plan};
use super::record::{Cell, ColumnRecord, DocumentRecord, FieldRecord, JsonPath, Record};
use super::reject::{MOST_RAW, Misfit, Rejected, clip};
use super::value::Field;

/// What one batch of raw records became.
#[derive(Debug, Default)]
pub struct MappedBatch {
    /// In the order of the file.
    pub rows: Vec<MappedRow>,
    /// For quarantine.
    pub rejected: Vec<Rejected>,
}

/// One listing as seen.
#[derive(Debug, Clone, PartialEq)]
pub struct MappedRow {
    pub observation: Observation,
    /// The seller's name at the venue, to be hashed and dropped.
    pub seller_name: Option<String>,
    /// A second moment at which it was seen with the same content.
    pub also_seen_at: Option<Utc>,
}

/// Maps the records of one file.
pub(super) struct Mapper<'a> {
    pub mapping: &'a Mapping,
    pub plan: &'a Plan,
    pub header: &'a [String],
    pub file_name: &'a str,
    /// For records without a time of their own.
    pub observed_at: Utc,
    pub run_id: &'a RunId,
}

impl Mapper<'_> {
    pub(super) fn map(&self, mut batch: RawBatch) -> MappedBatch {
        let mut mapped = MappedBatch { rows: Vec::with_capacity(batch.kept()), rejected: Vec::new() };
        mapped.rejected.append(&mut batch.refused);
        match &batch.records {
            Records::Fields(flat) => self.map_fields(&batch, flat, &mut mapped),
            Records::Documents(flat) => self.map_documents(&batch, flat, &mut mapped),
            Records::Columns(columns) => {
                let columns: Vec<_> = self.plan.slots.iter().map(|name| text_column(columns, name)).collect();
                for row in 0..batch.kept() {
                    let record = ColumnRecord { columns: &columns, row };
                    let raw = || self.raw_of_slots(&record);
                    self.push(&mut mapped, batch.number(row), self.row(&record, batch.number(row)), raw);
                }
            }
        }
        mapped.rejected.sort_by_key(|rejected| rejected.row);
        mapped
    }

    fn map_fields(&self, batch: &RawBatch, flat: &Flat, mapped: &mut MappedBatch) {
        // One check for the batch; record by record only where it fails.
        let whole = std::str::from_utf8(&flat.bytes).ok();
        for at in 0..batch.kept() {
            let (base, ends) = flat.record(at);
            let bytes = &flat.bytes[base..ends.last().copied().unwrap_or(base)];
            let text = match whole.and_then(|whole| whole.get(base..base + bytes.len())) {
                Some(text) => Ok(text),
                None => std::str::from_utf8(bytes),
            };
            let number = batch.number(at);
            let outcome = match text {
                Err(error) => Err(self.bad_utf8(ends, base, error.valid_up_to())),
                Ok(text) => {
                    let record = FieldRecord { text, ends, base, columns: &self.plan.columns };
                    // `,,,,` is what spreadsheets leave below a table: no record.
                    if text.trim_ascii_start().is_empty() {
                        continue;
                    }
                    match self.shape(ends, base, text, flat.lines[at]) {
                        Ok(()) => self.row(&record, number),
                        Err(misfit) => Err(misfit),
                    }
                }
            };
            self.push(mapped, number, outcome, || self.raw_of_fields(bytes, base, ends));
        }
    }

    fn map_documents(&self, batch: &RawBatch, flat: &Flat, mapped: &mut MappedBatch) {
        let paths: Vec<JsonPath> = self.plan.slots.iter().map(|path| JsonPath::new(path)).collect();
        for at in 0..batch.kept() {
            let (base, ends) = flat.record(at);
            let bytes = &flat.bytes[base..ends.last().copied().unwrap_or(base)];
            let number = batch.number(at);
            match serde_json::from_slice::<serde_json::Value>(bytes) {
                Ok(document) if document.is_object() => {
                    let record = DocumentRecord { document: &document, paths: &paths };
                    let raw = || self.raw_of_slots(&record);
                    self.push(mapped, number, self.row(&record, number), raw);
                }
                Ok(_) => {
                    let misfit = Misfit::new("json_shape", "the record is not a JSON object; expected {…}");
                    self.push(mapped, number, Err(misfit), || self.raw_of_bytes(bytes));
                }
                Err(error) => {
                    let misfit =
                        Misfit::new("json_unreadable", format!("not JSON: {error}; mend the record"));
                    self.push(mapped, number, Err(misfit), || self.raw_of_bytes(bytes));
                }
            }
        }
    }

    fn push(
        &self,
        mapped: &mut MappedBatch,
        row: u64,
        outcome: Result<MappedRow, Misfit>,
        raw: impl FnOnce() -> String,
    ) {
        match outcome {
            Ok(mapped_row) => mapped.rows.push(mapped_row),
            Err(Misfit { code, reason }) => {
                let raw = clip(&mask(&raw()), MOST_RAW);
                mapped.rejected.push(Rejected { row, code: code.to_owned(), reason, raw });
            }
        }
    }

    /// Refuses a record with too few or too many fields, or one field cut inside a character.
    fn shape(&self, ends: &[usize], base: usize, text: &str, lines: u32) -> Result<(), Misfit> {
        if ends.len() != self.plan.width {
            let mut reason = format!("{} fields where the header has {}", ends.len(), self.plan.width);
            if lines > 2 {
                reason += &format!(", over {lines} lines: an opening quote may lack its closing one");
            }
            return Err(Misfit::new("row_ragged", reason + "; quote fields that hold the delimiter"));
        }
        match ends.iter().find(|end| !text.is_char_boundary(**end - base)) {
            Some(end) => Err(self.bad_utf8(ends, base, end - base)),
            None => Ok(()),
        }
    }

    fn bad_utf8(&self, ends: &[usize], base: usize, at: usize) -> Misfit {
        let column = ends.iter().position(|end| end - base > at).unwrap_or(0);
        let begin = if column == 0 { 0 } else { ends[column - 1] - base };
        let name = self.header.get(column).map_or("?", String::as_str);
        let reason = format!(
            "column `{name}` is not UTF-8 at its byte {} (byte {at} of the record); declare `encoding` under [format], e.g. windows-1252",
            at.saturating_sub(begin)
        );
        Misfit::new("encoding_wrong", reason)
    }

    fn row(&self, record: &impl Record, number: u64) -> Result<MappedRow, Misfit> {
        let (plan, fields) = (self.plan, &self.plan.fields);
        let observed_at = self.observed_at(record)?;
        let currency = self.currency(record)?;
        let title = plan
            .title
            .find(record)
            .ok_or_else(|| Misfit::new("title_missing", "field `title` is empty; a listing needs one"))?;
        let (price, status) = self.price_and_status(record, currency)?;
        let images = self.images(record);
        let observation = Observation {
            key: ListingKey {
                platform: self.mapping.spec.platform.clone(),
                external_id: self.external_id(record, number)?,
            },
            run_id: self.run_id.clone(),
            observed_at,
            url: text(&fields.url, record),
            title: mask(&title.text).into_owned(),
            description: fields
                .description
                .as_ref()
                .and_then(|f| f.find(record))
                .map(|d| mask(&d.text).into_owned()),
            category: text(&fields.category, record).unwrap_or_else(|| "uncategorised".to_owned()),
            condition: fields
                .condition
                .as_ref()
                .and_then(|f| f.find(record))
                .and_then(|word| condition(&word.text)),
            price: price.amount,
            price_kind: price.kind,
            currency,
            original_price: self.amount("original_price", &fields.original_price, record, currency)?,
            shipping_price: self.amount("shipping_price", &fields.shipping_price, record, currency)?,
            primary_image: images.first().cloned(),
            images,
            location: location(self, record)?,
            seller_key: None,
            seller: seller(self, record)?,
            listed_at: self.listed_at(record, observed_at)?,
            expires_at: self.moment("expires_at", &fields.expires_at, record)?,
            views: self.count("views", &fields.views, record)?,
            watchers: self.count("watchers", &fields.watchers, record)?,
            status,
            sold_at: self.moment("sold_at", &fields.sold_at, record)?,
            attributes: plan.attributes.of(record),
            raw_ref: self.raw_ref(number),
        };
        let also_seen_at = self.moment("also_seen_at", &fields.also_seen_at, record)?;
        Ok(MappedRow { observation, seller_name: text(&fields.seller_name, record), also_seen_at })
    }

    /// `file.csv:12`, the record's number from 0.
    fn raw_ref(&self, number: u64) -> String {
        let mut raw_ref = String::with_capacity(self.file_name.len() + 12);
        raw_ref.push_str(self.file_name);
        raw_ref.push(':');
        raw_ref.push_str(&number.to_string());
        raw_ref
    }

    fn external_id(&self, record: &impl Record, number: u64) -> Result<String, Misfit> {
        match &self.plan.id {
            Id::Line(IdScope::Source) => Ok(number.to_string()),
            Id::Line(IdScope::File) => Ok(format!("{}#{number}", stem(self.file_name))),
            Id::Field(field) => field.text(record).ok_or_else(|| {
                Misfit::new(
                    "id_missing",
                    "field `id` is empty or does not match its pattern; a listing needs an id",
                )
            }),
        }
    }

    fn observed_at(&self, record: &impl Record) -> Result<Utc, Misfit> {
        let own = self.moment("observed_at", &self.plan.observed_at, record)?;
        Ok(own.unwrap_or(self.observed_at))
    }

    fn currency(&self, record: &impl Record) -> Result<Currency, Misfit> {
        match &self.plan.currency {
            CurrencySource::Is(currency) => Ok(*currency),
            CurrencySource::From(field) => {
                let found = field.text(record).unwrap_or_default();
                let expected = "expected an ISO 4217 code such as USD";
                found.parse().map_err(|_| {
                    Misfit::new(
                        "currency_unreadable",
                        format!("field `currency`: found `{}`; {expected}", clip(&found, 40)),
                    )
                })
            }
        }
    }

    /// A price word may tell the status, and the status how the price is meant.
    fn price_and_status(
        &self,
        record: &impl Record,
        currency: Currency,
    ) -> Result<(ReadPrice, Status), Misfit> {
        let mut price = match self.plan.price.as_ref().and_then(|field| field.find(record)) {
            None => ReadPrice { amount: None, kind: PriceKind::OnRequest },
            Some(found) => {
                let read = if found.number { price::read_number } else { price::read };
                read(&found.text, currency, &self.plan.style)
                    .map_err(|error| unreadable_price("price", &error))?
            }
        };
        let status = match self.plan.fields.status.as_ref().and_then(|field| field.find(record)) {
            None => Status::Active,
            Some(word) => word.text.to_lowercase().parse().map_err(|problem| {
                Misfit::new(
                    "status_unknown",
                    format!("field `status`: {problem}; add it to `words` in the mapping"),
                )
            })?,
        };
        // What a sold thing cost is what it was sold for, a dollar too.
        if status == Status::Sold {
            price.kind = PriceKind::Sold;
        }
        let status = if price.kind == PriceKind::Sold { Status::Sold } else { status };
        Ok((price, status))
    }

    fn amount(
        &self,
        name: &str,
        field: &Option<Field>,
        record: &impl Record,
        currency: Currency,
    ) -> Result<Option<Cents>, Misfit> {
        let Some(found) = field.as_ref().and_then(|field| field.find(record)) else { return Ok(None) };
        let read = if found.number { price::read_number } else { price::read };
        let price =
            read(&found.text, currency, &self.plan.style).map_err(|error| unreadable_price(name, &error))?;
        Ok(price.amount)
    }

    fn moment(&self, name: &str, field: &Option<Field>, record: &impl Record) -> Result<Option<Utc>, Misfit> {
        let Some(found) = field.as_ref().and_then(|field| field.find(record)) else { return Ok(None) };
        let clockwork = &self.mapping.clockwork;
        clockwork.read(&found.text).map(Some).ok_or_else(|| {
            let (shown, expected) = (clip(&found.text, 60), clockwork.expected());
            let mend = "add its format to `formats` under [time]";
            Misfit::new(
                "date_unreadable",
                format!("field `{name}`: found `{shown}`, expected {expected}; {mend}"),
            )
        })
    }

    fn listed_at(&self, record: &impl Record, observed_at: Utc) -> Result<Option<Utc>, Misfit> {
        if let Some(listed_at) = self.moment("listed_at", &self.plan.fields.listed_at, record)? {
            return Ok(Some(listed_at));
        }
        let Some(found) = self.plan.fields.listed_age.as_ref().and_then(|field| field.find(record)) else {
            return Ok(None);
        };
        let listed_at = Age::read(&found.text).and_then(|age| age.before(observed_at));
        listed_at.map(Some).ok_or_else(|| {
            let shown = clip(&found.text, 60);
            Misfit::new(
                "age_unreadable",
                format!("field `listed_age`: found `{shown}`, expected an age such as `4 days`"),
            )
        })
    }

    fn count(&self, name: &str, field: &Option<Field>, record: &impl Record) -> Result<Option<i64>, Misfit> {
        Ok(self.number(name, field, record, 0.0..=9e15)?.map(|number| number as i64))
    }

    fn number(
        &self,
        name: &str,
        field: &Option<Field>,
        record: &impl Record,
        range: std::ops::RangeInclusive<f64>,
    ) -> Result<Option<f64>, Misfit> {
        let Some(found) = field.as_ref().and_then(|field| field.find(record)) else { return Ok(None) };
        match found.text.parse::<f64>() {
            Ok(number) if range.contains(&number) => Ok(Some(number)),
            _ => {
                let expected = format!("a number from {} to {}", range.start(), range.end());
                let reason =
                    format!("field `{name}`: found `{}`, expected {expected}", clip(&found.text, 40));
                Err(Misfit::new("number_unreadable", reason))
            }
        }
    }

    fn images(&self, record: &impl Record) -> Vec<String> {
        let mut images: Vec<String> = Vec::new();
        for slot in &self.plan.images {
            match record.cell(*slot) {
                Cell::Items(items) => images.extend(items),
                Cell::Text(text) => match list::read(text) {
                    Some(items) => images.extend(items),
                    None => images.push(text.to_owned()),
                },
                _ => {}
            }
        }
        images.retain(|image| !image.is_empty());
        images
    }

    /// The record as a JSON object of its columns, the seller's name left out.
    fn raw_of_fields(&self, bytes: &[u8], base: usize, ends: &[usize]) -> String {
        // Where the columns are shifted it is not known which one holds the name.
        if ends.len() != self.plan.width && !self.plan.hidden.is_empty() {
            return String::new();
        }
        let mut begin = 0;
        let mut pairs = Vec::new();
        for (at, end) in ends.iter().enumerate() {
            let value = String::from_utf8_lossy(&bytes[begin..end - base]).into_owned();
            begin = end - base;
            let name = self.header.get(at).cloned().unwrap_or_else(|| format!("column {}", at + 1));
            if !self.plan.hidden.contains(&name) {
                pairs.push((name, value.into()));
            }
        }
        serde_json::Value::Object(pairs.into_iter().collect()).to_string()
    }

    /// The same of a record of which only the mapped columns are known.
    fn raw_of_slots(&self, record: &impl Record) -> String {
        let shown = self.plan.slots.iter().enumerate().filter(|(_, name)| !self.plan.hidden.contains(*name));
        let pairs = shown.filter_map(|(slot, name)| {
            let value = match record.cell(slot) {
                Cell::Absent => return None,
                Cell::Text(text) => text.into(),
                Cell::Number(text) => text.into_owned().into(),
                Cell::Object(object) => serde_json::Value::Object(object.clone()),
                Cell::Items(items) => items.into(),
            };
            Some((name.clone(), value))
        });
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    /// Broken text, unless a seller's name may be in it.
    fn raw_of_bytes(&self, bytes: &[u8]) -> String {
        if self.plan.hidden.is_empty() { String::from_utf8_lossy(bytes).into_owned() } else { String::new() }
    }
}

fn text(field: &Option<Field>, record: &impl Record) -> Option<String> {
    field.as_ref().and_then(|field| field.text(record))
}

/// One of the trade's words; another word says nothing that can be relied on.
fn condition(word: &str) -> Option<Condition> {
    word.parse().ok().or_else(|| word.to_lowercase().replace([' ', '-'], "_").parse().ok())
}

fn unreadable_price(field: &str, error: &price::PriceError) -> Misfit {
    let mend = "declare `decimal`, `unit` or the word (`sold`, `free`, `on_request`) under [price]";
    Misfit::new("price_unreadable", format!("field `{field}`: {error}; {mend}"))
}

fn location(mapper: &Mapper<'_>, record: &impl Record) -> Result<Location, Misfit> {
    let fields = &mapper.plan.fields;
    Ok(Location {
        city: text(&fields.city, record),
        state: text(&fields.state, record),
        zip: text(&fields.zip, record),
        lat: mapper.number("lat", &fields.lat, record, -90.0..=90.0)?,
        lng: mapper.number("lng", &fields.lng, record, -180.0..=180.0)?,
    })
}

fn seller(mapper: &Mapper<'_>, record: &impl Record) -> Result<Seller, Misfit> {
    let fields = &mapper.plan.fields;
    let rating = mapper.number("seller_rating", &fields.seller_rating, record, 0.0..=5.0)?;
    let percentage = mapper.number(
        "seller_feedback_percentage",
        &fields.seller_feedback_percentage,
        record,
        0.0..=100.0,
    )?;
    let kind: Option<SellerType> = text(&fields.seller_type, record).and_then(|word| word.parse().ok());
    Ok(Seller {
        rating: rating.or(percentage.map(|percentage| 5.0 * percentage / 100.0)),
        feedback_count: mapper.count("seller_feedback_count", &fields.seller_feedback_count, record)?,
        response_time: text(&fields.seller_response_time, record),
        kind,
    })
}

/// The file's name up to its first dot that begins an ending.
fn stem(file_name: &str) -> &str {
    let mut stem = file_name;
    for ending in [".gz", ".zst", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".txt"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    stem
}
