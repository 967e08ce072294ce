//! Turns raw records into observations.

use autobazaaar_domain::price::{self, ReadPrice};
use autobazaaar_domain::when::Age;
use autobazaaar_domain::{Condition, Currency, ListingKey, Observation, PriceKind, RunId, Status, Utc};

use super::batch::{Flat, RawBatch, Records};
use super::mapping::{IdScope, Mapping};
use super::mask::mask;
use super::parquet_records::text_column;
use super::parts::{location, seller};
use super::plan::{CurrencySource, Id, Plan};
use super::record::{Cell, ColumnRecord, DocumentRecord, FieldRecord, JsonPath, Record};
use super::reject::{MOST_RAW, Misfit, Rejected, clip};
use super::value::Field;

const NO_PRICE: ReadPrice = ReadPrice { amount: None, kind: PriceKind::OnRequest };

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
    /// Number of its record in the file, from 0.
    pub number: u64,
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
    /// What a value does not stand on need not be readable.
    pub to_be_valued: bool,
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
                    let number = batch.number(row);
                    let outcome = self.short(&record).and_then(|()| self.row(&record, number));
                    let told = || (self.id_of(&record, number), self.raw_of_slots(&record));
                    self.push(&mut mapped, number, outcome, told);
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
            let mut id = self.line_id(number);
            let outcome = match text {
                Err(error) => Err(self.bad_utf8(ends, base, error.valid_up_to())),
                Ok(text) => {
                    let record = FieldRecord { text, ends, base, columns: &self.plan.columns };
                    // `,,,,` is what spreadsheets leave below a table: no record.
                    if text.trim_ascii_start().is_empty() {
                        continue;
                    }
                    match self.shape(ends, base, text, flat.lines[at]) {
                        Ok(()) => self.row(&record, number).inspect_err(|_| id = self.id_of(&record, number)),
                        Err(misfit) => Err(misfit),
                    }
                }
            };
            self.push(mapped, number, outcome, || (id, self.raw_of_fields(bytes, base, ends)));
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
                    let short = if bytes.len() > self.most_field() { self.short(&record) } else { Ok(()) };
                    let outcome = short.and_then(|()| self.row(&record, number));
                    let told = || (self.id_of(&record, number), self.raw_of_slots(&record));
                    self.push(mapped, number, outcome, told);
                }
                Ok(_) => {
                    let misfit = Misfit::new("json_shape", "the record is not a JSON object; expected {…}");
                    self.push(mapped, number, Err(misfit), || {
                        (self.line_id(number), self.raw_of_bytes(bytes))
                    });
                }
                Err(error) => {
                    let misfit =
                        Misfit::new("json_unreadable", format!("not JSON: {error}; mend the record"));
                    self.push(mapped, number, Err(misfit), || {
                        (self.line_id(number), self.raw_of_bytes(bytes))
                    });
                }
            }
        }
    }

    fn push(
        &self,
        mapped: &mut MappedBatch,
        row: u64,
        outcome: Result<MappedRow, Misfit>,
        told: impl FnOnce() -> (Option<String>, String),
    ) {
        match outcome {
            Ok(mapped_row) => mapped.rows.push(mapped_row),
            Err(Misfit { code, reason }) => {
                let (external_id, raw) = told();
                let raw = clip(&mask(&raw), MOST_RAW);
                mapped.rejected.push(Rejected { row, external_id, code: code.to_owned(), reason, raw });
            }
        }
    }

    fn most_field(&self) -> usize {
        self.mapping.spec.format.most_field()
    }

    /// Refuses a mapped field over the bound. (CSV's are refused while reading.)
    fn short(&self, record: &impl Record) -> Result<(), Misfit> {
        let most = self.most_field();
        let fits = |slot: usize| match record.cell(slot) {
            Cell::Text(text) => text.len() <= most,
            Cell::Items(items) => items.iter().map(String::len).sum::<usize>() <= most,
            Cell::Object(object) => {
                object.values().all(|value| value.as_str().is_none_or(|text| text.len() <= most))
            }
            Cell::Absent | Cell::Number(_) => true,
        };
        match (0..self.plan.slots.len()).find(|slot| !fits(*slot)) {
            None => Ok(()),
            Some(slot) => {
                let name = &self.plan.slots[slot];
                let mend = "shorten it, or raise `max_field_bytes` under [format]";
                Err(Misfit::new("field_too_long", format!("`{name}` is longer than {most} bytes; {mend}")))
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
        let (price, status) =
            self.wanted_or(self.price_and_status(record, currency), (NO_PRICE, Status::Active))?;
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
            original_price: self.wanted(self.amount(
                "original_price",
                &fields.original_price,
                record,
                currency,
            ))?,
            shipping_price: self.wanted(self.amount(
                "shipping_price",
                &fields.shipping_price,
                record,
                currency,
            ))?,
            primary_image: images.first().cloned(),
            images,
            location: self.wanted(location(self, record))?,
            seller_key: None,
            seller: self.wanted(seller(self, record))?,
            listed_at: self.wanted(self.listed_at(record, observed_at))?,
            expires_at: self.wanted(self.moment("expires_at", &fields.expires_at, record))?,
            views: self.wanted(self.count("views", &fields.views, record))?,
            watchers: self.wanted(self.count("watchers", &fields.watchers, record))?,
            status,
            sold_at: self.wanted(self.moment("sold_at", &fields.sold_at, record))?,
            attributes: plan.attributes.of(record).into(),
            raw_ref: self.raw_ref(number),
        };
        let also_seen_at = self.wanted(self.moment("also_seen_at", &fields.also_seen_at, record))?;
        Ok(MappedRow { number, observation, seller_name: text(&fields.seller_name, record), also_seen_at })
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
        self.id_of(record, number).ok_or_else(|| {
            Misfit::new(
                "id_missing",
                "field `id` is empty or does not match its pattern; a listing needs an id",
            )
        })
    }

    fn id_of(&self, record: &impl Record, number: u64) -> Option<String> {
        match &self.plan.id {
            Id::Line(_) => self.line_id(number),
            Id::Field(field) => field.text(record),
        }
    }

    /// The id of a record that goes by its number, whatever stands in it.
    fn line_id(&self, number: u64) -> Option<String> {
        match &self.plan.id {
            Id::Line(IdScope::Source) => Some(number.to_string()),
            Id::Line(IdScope::File) => Some(format!("{}#{number}", stem(self.file_name))),
            Id::Field(_) => None,
        }
    }

    /// What a value does not stand on is left out where it cannot be read, if a value is all that is
    /// wanted.
    fn wanted<T: Default>(&self, read: Result<T, Misfit>) -> Result<T, Misfit> {
        self.wanted_or(read, T::default())
    }

    /// [`Self::wanted`] with what stands for something unreadable.
    fn wanted_or<T>(&self, read: Result<T, Misfit>, otherwise: T) -> Result<T, Misfit> {
        if self.to_be_valued { Ok(read.unwrap_or(otherwise)) } else { read }
    }

    fn observed_at(&self, record: &impl Record) -> Result<Utc, Misfit> {
        let own = self.wanted(self.moment("observed_at", &self.plan.observed_at, record))?;
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
            None => NO_PRICE,
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
}

pub(super) fn text(field: &Option<Field>, record: &impl Record) -> Option<String> {
    field.as_ref().and_then(|field| field.text(record))
}

/// One of the trade's words; another word says nothing that can be relied on.
fn condition(word: &str) -> Option<Condition> {
    word.parse().ok().or_else(|| word.to_lowercase().replace([' ', '-'], "_").parse().ok())
}

pub(super) fn unreadable_price(field: &str, error: &price::PriceError) -> Misfit {
    let mend = "declare `decimal`, `unit` or the word (`sold`, `free`, `on_request`) under [price]";
    Misfit::new("price_unreadable", format!("field `{field}`: {error}; {mend}"))
}

/// The file's name up to its first dot that begins an ending.
fn stem(file_name: &str) -> &str {
    let mut stem = file_name;
    for ending in [".gz", ".zst", ".csv", ".tsv", ".json", ".jsonl", ".ndjson", ".parquet", ".txt"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    stem
}
