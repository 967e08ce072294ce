//! The mapping file: which column or JSON path of a source is which field.
//!
//! Every type here is the TOML as written; [`super::plan`] fits it to one file's columns.

use std::collections::BTreeMap;
use std::path::Path;

use autobazaaar_domain::price::{DecimalMark, Unit, Zero};
use autobazaaar_domain::{Currency, Platform};
use serde::Deserialize;

use super::error::{MappingError, did_you_mean};
use super::field::{Columns, Constant, FieldSpec};
use super::time::Clockwork;

/// A mapping, checked.
#[derive(Debug)]
pub struct Mapping {
    pub(super) name: String,
    pub(super) spec: Spec,
    pub(super) clockwork: Clockwork,
}

/// The mapping file's top.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Spec {
    /// Venue or named source, in lower case.
    pub platform: Platform,
    /// ISO code, or the column that holds one.
    pub currency: Constant<Currency>,
    #[serde(default)]
    pub format: FormatSpec,
    #[serde(default)]
    pub time: TimeSpec,
    #[serde(default)]
    pub scan: ScanSpec,
    #[serde(default)]
    pub id: IdSpec,
    pub fields: Fields,
    pub price: Option<PriceSpec>,
    #[serde(default)]
    pub attributes: AttributesSpec,
}

/// How the bytes are laid out. All of it is found out where it is not said.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FormatSpec {
    /// csv, tsv, json, jsonl or parquet; by content and file name where not given.
    pub kind: Option<Kind>,
    /// CSV's separator, one ASCII character.
    pub delimiter: Option<char>,
    /// A WHATWG label: utf-8 (default), windows-1252, utf-16le, …
    pub encoding: Option<String>,
    /// Path to the array of listings where a JSON file's top is an object: `data.items`.
    pub array: Option<String>,
    /// A longer field rejects its record. Default 1,048,576.
    pub max_field_bytes: Option<usize>,
    /// Columns whose whole numbers may be written `2011.0`; read as `2011`.
    pub whole_numbers: Vec<String>,
}

impl FormatSpec {
    /// The bound on one field, bytes.
    pub(super) fn most_field(&self) -> usize {
        self.max_field_bytes.unwrap_or(1024 * 1024)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    Csv,
    Tsv,
    Json,
    Jsonl,
    Parquet,
}

/// When it was observed: by column, else by file name, else the flag, else `fixed`, else the
/// file's own time.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct TimeSpec {
    pub observed_at: Option<FieldSpec>,
    /// Regular expressions with groups year?, month, day, hour?, minute?, second?; the first that
    /// matches the file's name counts.
    pub file_name: Vec<String>,
    /// A moment declared for the whole set, in `formats` or `YYYY-MM-DD`.
    pub fixed: Option<String>,
    /// chrono's strftime patterns, or `unix` (seconds, or milliseconds from 13 digits) or
    /// `rfc3339`. Default: ISO dates with or without time, RFC 3339.
    pub formats: Vec<String>,
    /// IANA name. Default UTC.
    pub zone: Option<String>,
    /// `HH:MM[:SS]` for dates without one. Default midnight.
    pub default_time: Option<String>,
    /// For file names without a year; the flag overrides.
    pub default_year: Option<i32>,
}

/// The query that a file answers, and whether it shows all there was.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct ScanSpec {
    pub query: Option<String>,
    /// A regular expression on the file's name; its group `query`, else its first.
    pub query_from_file_name: Option<String>,
    /// Found query → one name for it.
    pub query_words: BTreeMap<String, String>,
    /// Everything the query matches is in the file. Default false.
    pub complete: bool,
    /// Complete where the file has fewer records than this.
    pub complete_below: Option<u64>,
}

/// What tells listings apart.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct IdSpec {
    /// Column or path; a list gives alternatives.
    pub column: Option<Columns>,
    /// Takes a part of it.
    pub pattern: Option<String>,
    /// Where there is no such column, the record's number in its file (from 0) is the id.
    pub line: bool,
    pub scope: IdScope,
}

/// How far a line number reaches as id.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum IdScope {
    /// One file is the whole source.
    #[default]
    Source,
    /// The file's name is part of the id.
    File,
}

/// One entry per field of an observation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fields {
    pub title: FieldSpec,
    pub description: Option<FieldSpec>,
    pub category: Option<FieldSpec>,
    pub condition: Option<FieldSpec>,
    pub url: Option<FieldSpec>,
    /// Column or columns; each a URL or a list of them. All are taken.
    pub images: Option<Columns>,
    pub original_price: Option<FieldSpec>,
    pub shipping_price: Option<FieldSpec>,
    pub city: Option<FieldSpec>,
    pub state: Option<FieldSpec>,
    pub zip: Option<FieldSpec>,
    pub lat: Option<FieldSpec>,
    pub lng: Option<FieldSpec>,
    /// Leaves this module beside the observation only, to be hashed.
    pub seller_name: Option<FieldSpec>,
    /// 0–5.
    pub seller_rating: Option<FieldSpec>,
    /// 0–100; becomes a rating of 5 × percentage / 100.
    pub seller_feedback_percentage: Option<FieldSpec>,
    pub seller_feedback_count: Option<FieldSpec>,
    /// `private` or `business`, after `words`.
    pub seller_type: Option<FieldSpec>,
    pub seller_response_time: Option<FieldSpec>,
    /// A date in `time.formats`.
    pub listed_at: Option<FieldSpec>,
    /// "4 days" before the observation.
    pub listed_age: Option<FieldSpec>,
    pub expires_at: Option<FieldSpec>,
    pub sold_at: Option<FieldSpec>,
    /// A second moment at which the listing was seen as it is.
    pub also_seen_at: Option<FieldSpec>,
    /// `active`, `pending` or `sold`, after `words`. Default active.
    pub status: Option<FieldSpec>,
    pub views: Option<FieldSpec>,
    pub watchers: Option<FieldSpec>,
}

/// How the price is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PriceSpec {
    /// Column or path; a list gives alternatives.
    pub column: Columns,
    /// Takes a part of it.
    pub pattern: Option<String>,
    /// `dot` or `comma`; what is ambiguous without it is refused.
    #[serde(default)]
    pub decimal: DecimalMark,
    /// `major` (dollars, default) or `minor` (cents).
    #[serde(default)]
    pub unit: Unit,
    /// `placeholder` (default), `free` or `on_request`.
    #[serde(default)]
    pub zero: Zero,
    /// Words that say it was sold; its status becomes sold.
    #[serde(default)]
    pub sold: Vec<String>,
    #[serde(default)]
    pub free: Vec<String>,
    #[serde(default)]
    pub on_request: Vec<String>,
    /// Numbers that are not meant, beside the usual ones.
    #[serde(default)]
    pub placeholders: Vec<i64>,
}

/// Name → value pairs that describe the thing. No positions, distances, ages or counts of views.
#[derive(Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct AttributesSpec {
    /// Columns taken under their own names.
    pub columns: Vec<String>,
    /// The columns may be missing from a file.
    pub optional: bool,
    /// Attribute's name → where it comes from.
    pub named: BTreeMap<String, FieldSpec>,
    /// A column with a list of `name: value`; an entry without a value is left out.
    pub list: Option<String>,
    /// A JSON object of names and values.
    pub object: Option<String>,
    /// Found name → one name for it.
    pub rename: BTreeMap<String, String>,
    /// Found names to leave out.
    pub drop: Vec<String>,
    /// Values that say nothing.
    pub ignore: Vec<String>,
    /// Name → regular expression that takes a part of the value; without a match the value stays.
    pub patterns: BTreeMap<String, String>,
}

impl Mapping {
    /// Reads and checks a mapping file.
    ///
    /// # Errors
    /// Where it cannot be read, is no mapping, or holds a value that makes no sense.
    pub fn load(path: impl AsRef<Path>) -> Result<Self, MappingError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|cause| MappingError::Unreadable {
            path: path.display().to_string(),
            cause: cause.to_string(),
        })?;
        Self::parse(&path.display().to_string(), &text)
    }

    /// Checks a mapping's text; `name` is what errors call it.
    ///
    /// # Errors
    /// As [`Mapping::load`].
    pub fn parse(name: &str, text: &str) -> Result<Self, MappingError> {
        let spec: Spec = toml::from_str(text).map_err(|error| toml_error(name, text, &error))?;
        let clockwork = Clockwork::new(name, &spec.time)?;
        let mapping = Self { name: name.to_owned(), spec, clockwork };
        super::plan::check(&mapping)?;
        super::scan::check(&mapping)?;
        Ok(mapping)
    }

    /// The venue that its listings are of.
    #[must_use]
    pub fn platform(&self) -> &Platform {
        &self.spec.platform
    }

    /// An error about one of its values.
    pub(super) fn bad(name: &str, key: &str, found: &str, expected: impl Into<String>) -> MappingError {
        MappingError::Value {
            name: name.into(),
            key: key.into(),
            found: found.into(),
            expected: expected.into(),
        }
    }
}

/// TOML's message with the line, and the nearest key where one is unknown.
fn toml_error(name: &str, text: &str, error: &toml::de::Error) -> MappingError {
    let at = error.span().map_or(0, |span| span.start.min(text.len()));
    let line = text.as_bytes()[..at].iter().filter(|b| **b == b'\n').count() + 1;
    let problem = error.message().to_owned();
    let mut quoted = problem.split('`').skip(1).step_by(2);
    let hint = match quoted.next() {
        Some(found) if problem.starts_with("unknown") => did_you_mean(found, quoted),
        _ => String::new(),
    };
    MappingError::Toml { name: name.to_owned(), line, problem, hint }
}
