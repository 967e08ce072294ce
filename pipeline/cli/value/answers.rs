//! The table of `value --from-file`, while it grows.

use std::collections::BTreeMap;

use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::{Basis, Currency, ItemId, ListingKey, Money, Observation, Valuation};
use autobazaaar_lake::Lake;
use autobazaaar_models::Example;
use autobazaaar_venues::file::{MappedBatch, SourceFile};

use crate::cli::{CliError, ResultExt as _};
use crate::enrich::items::known::known_items;
use crate::score::models::Models;

/// Listings that are valued at a time.
pub(super) const BATCH_ROWS: usize = 8_192;
/// Listings of a file that are looked for in the lake at once, each time reading it through.
const LOOK_UP_ROWS: usize = 131_072;

/// What is known to value by.
pub(super) struct Known {
    pub models: Models,
    pub lake: Lake,
}

const COLUMNS: [&str; 10] = [
    "platform",
    "external_id",
    "expected",
    "low",
    "high",
    "level",
    "currency",
    "basis",
    "comp_count",
    "note",
];

/// The table of answers while it grows.
pub(super) struct Answers<'a> {
    basis: Basis,
    known: &'a Known,
    lines: csv::Writer<Vec<u8>>,
    /// Rows whose turn has not come, in the order of their files.
    waiting: Vec<Waiting>,
    valued: u64,
    rejected: u64,
}

/// A row of a file on its way to its answer.
enum Waiting {
    ToValue(Box<Observation>),
    /// It cannot be valued; the line that says why.
    Refused(Box<[String; 10]>),
}

impl<'a> Answers<'a> {
    pub(super) fn new(basis: Option<Basis>, known: &'a Known) -> Result<Self, CliError> {
        let mut lines = csv::Writer::from_writer(Vec::new());
        lines.write_record(COLUMNS)?;
        let basis = basis.unwrap_or(Basis::Asked);
        Ok(Self { basis, known, lines, waiting: Vec::new(), valued: 0, rejected: 0 })
    }

    /// Takes a batch's listings; of records that cannot be read, those with an id get a row that says so.
    pub(super) fn take(&mut self, source: &SourceFile, mapped: MappedBatch) -> Result<(), CliError> {
        let mut rows: Vec<(u64, Waiting)> = Vec::with_capacity(mapped.rows.len());
        for refused in mapped.rejected {
            tracing::warn!("{}: row {}: {}", source.path.display(), refused.row, refused.reason);
            self.rejected += 1;
            let Some(id) = refused.external_id else { continue };
            let note = format!("cannot be read: {}", refused.reason);
            let (platform, basis) = (source.scan.platform.to_string(), self.basis.to_string());
            let none = String::new;
            let line = [platform, id, none(), none(), none(), none(), none(), basis, "0".to_owned(), note];
            rows.push((refused.row, Waiting::Refused(Box::new(line))));
        }
        let to_value =
            mapped.rows.into_iter().map(|row| (row.number, Waiting::ToValue(Box::new(row.observation))));
        rows.extend(to_value);
        rows.sort_by_key(|(number, _)| *number);
        self.waiting.extend(rows.into_iter().map(|(_, row)| row));
        if self.waiting.len() >= LOOK_UP_ROWS { self.answer() } else { Ok(()) }
    }

    fn answer(&mut self) -> Result<(), CliError> {
        let mut lines = Vec::with_capacity(self.waiting.len());
        let mut asked = Vec::with_capacity(self.waiting.len());
        for row in self.waiting.drain(..) {
            match row {
                Waiting::Refused(line) => lines.push(Some(*line)),
                Waiting::ToValue(seen) => {
                    asked.push(*seen);
                    lines.push(None);
                }
            }
        }
        let items = known_items(&self.known.lake, &asked)?;
        let batches = asked.chunks(BATCH_ROWS).zip(items.chunks(BATCH_ROWS));
        let mut answers =
            batches.flat_map(|(seen, items)| value_batch(seen, items, self.basis, &self.known.models));
        for line in lines {
            match line.or_else(|| answers.next().map(|valuation| csv_line(&valuation))) {
                Some(line) => self.lines.write_record(line)?,
                None => break,
            }
        }
        self.valued += asked.len() as u64;
        Ok(())
    }

    /// The table's bytes, and what became of the rows in words.
    pub(super) fn finish(mut self) -> Result<(Vec<u8>, String), CliError> {
        self.answer()?;
        let bytes = self.lines.into_inner().doing("cannot write the table")?;
        Ok((bytes, format!("{} listings valued, {} rejected", self.valued, self.rejected)))
    }
}

fn value_batch(
    seen: &[Observation],
    items: &[Option<ItemId>],
    basis: Basis,
    models: &Models,
) -> Vec<Valuation> {
    let mut by_currency: BTreeMap<Currency, Vec<usize>> = BTreeMap::new();
    for (row, one) in seen.iter().enumerate() {
        by_currency.entry(one.currency).or_default().push(row);
    }
    let mut valued: Vec<(usize, Valuation)> = Vec::with_capacity(seen.len());
    for (currency, rows) in by_currency {
        let queries: Vec<Example<'_>> = rows.iter().map(|&row| query(&seen[row], items[row])).collect();
        let answers = models.value(&queries, currency, Some(basis), 0);
        valued.extend(rows.into_iter().zip(answers.into_iter().map(|answer| answer.valuation)));
    }
    valued.sort_unstable_by_key(|(row, _)| *row);
    valued.into_iter().map(|(_, valuation)| valuation).collect()
}

/// A listing as the model sees it: of the item that it is in the lake, else of one of its own.
fn query(seen: &Observation, item: Option<ItemId>) -> Example<'_> {
    Example {
        item: item.unwrap_or_else(|| unknown_item(&seen.key)),
        key: &seen.key,
        category: &seen.category,
        platform: seen.key.platform.as_str(),
        title: &seen.title,
        description: seen.description.as_deref(),
        condition: seen.condition,
        attributes: &seen.attributes,
        at: seen.observed_at.timestamp(),
        price: None,
        basis: Basis::Asked,
        status_active: true,
    }
}

/// An item of nothing that the lake has, though something else may stand there under the listing's id.
pub(super) fn unknown_item(key: &ListingKey) -> ItemId {
    let mut hash = FieldHasher::new("asked about");
    hash.text(key.platform.as_str()).text(&key.external_id);
    ItemId(hash.finish())
}

fn csv_line(valuation: &Valuation) -> [String; 10] {
    let money = |cents| Money { amount: cents, currency: valuation.currency }.decimal();
    let [expected, low, high] = match &valuation.quantiles {
        Some(value) => [value.expected(), value.low(), value.high()].map(money),
        None => Default::default(),
    };
    [
        valuation.key.platform.to_string(),
        valuation.key.external_id.clone(),
        expected,
        low,
        high,
        valuation.level.to_string(),
        valuation.currency.to_string(),
        valuation.basis.to_string(),
        valuation.comp_count.to_string(),
        valuation.note.clone().unwrap_or_default(),
    ]
}
