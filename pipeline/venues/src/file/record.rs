//! One raw record, whatever its format, as the cells that a mapping asks for.

use std::borrow::Cow;

use serde_json::Value;

/// What stands in one cell.
pub(super) enum Cell<'a> {
    Absent,
    Text(&'a str),
    /// Written by a machine: the decimal sign is a dot.
    Number(Cow<'a, str>),
    Object(&'a serde_json::Map<String, Value>),
    Items(Vec<String>),
}

/// A record whose cells are numbered by the plan's slots.
pub(super) trait Record {
    /// The cell of a slot, outer blanks gone.
    fn cell(&self, slot: usize) -> Cell<'_>;
}

/// `str::trim`, at once where both ends are plain letters or digits, as they nearly always are.
pub(super) fn trim(text: &str) -> &str {
    match text.as_bytes() {
        [] => text,
        [first, .., last] if first.is_ascii_graphic() && last.is_ascii_graphic() => text,
        [only] if only.is_ascii_graphic() => text,
        _ => text.trim(),
    }
}

/// A record of CSV fields.
pub(super) struct FieldRecord<'a> {
    pub text: &'a str,
    /// End of each field in `text`, less `base`.
    pub ends: &'a [usize],
    pub base: usize,
    /// Slot → column.
    pub columns: &'a [usize],
}

impl FieldRecord<'_> {
    pub(super) fn field(&self, column: usize) -> &str {
        let Some(end) = self.ends.get(column) else { return "" };
        let begin = if column == 0 { self.base } else { self.ends[column - 1] };
        // A field end inside a character means broken UTF-8, which was refused before.
        self.text.get(begin - self.base..end - self.base).unwrap_or("")
    }
}

impl Record for FieldRecord<'_> {
    fn cell(&self, slot: usize) -> Cell<'_> {
        match trim(self.field(self.columns[slot])) {
            "" => Cell::Absent,
            text => Cell::Text(text),
        }
    }
}

/// A record that is a JSON document.
pub(super) struct DocumentRecord<'a> {
    pub document: &'a Value,
    /// Slot → path.
    pub paths: &'a [JsonPath],
}

impl Record for DocumentRecord<'_> {
    fn cell(&self, slot: usize) -> Cell<'_> {
        match self.paths[slot].of(self.document) {
            None | Some(Value::Null) => Cell::Absent,
            Some(Value::String(text)) => match trim(text) {
                "" => Cell::Absent,
                text => Cell::Text(text),
            },
            Some(Value::Number(number)) => Cell::Number(Cow::Owned(number.to_string())),
            Some(Value::Bool(true)) => Cell::Text("true"),
            Some(Value::Bool(false)) => Cell::Text("false"),
            Some(Value::Object(object)) => Cell::Object(object),
            Some(Value::Array(items)) => Cell::Items(items.iter().filter_map(scalar).collect()),
        }
    }
}

/// A value as one text; nothing for null, JSON for what is nested.
pub(super) fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        other => Some(other.to_string()),
    }
}

/// `a.b.0.c`; a key with a dot in it is found whole first.
#[derive(Debug, Clone)]
pub(super) struct JsonPath {
    whole: String,
    parts: Vec<String>,
}

impl JsonPath {
    pub(super) fn new(path: &str) -> Self {
        Self { whole: path.to_owned(), parts: path.split('.').map(str::to_owned).collect() }
    }

    pub(super) fn parts(&self) -> &[String] {
        &self.parts
    }

    pub(super) fn of<'v>(&self, value: &'v Value) -> Option<&'v Value> {
        if let Some(found) = value.get(&self.whole) {
            return Some(found);
        }
        self.parts.iter().try_fold(value, |value, part| match value {
            Value::Array(items) => items.get(part.parse::<usize>().ok()?),
            other => other.get(part),
        })
    }
}

/// A row of Parquet columns, cast to text a batch at a time.
pub(super) struct ColumnRecord<'a> {
    pub columns: &'a [super::parquet_records::TextColumn],
    pub row: usize,
}

impl Record for ColumnRecord<'_> {
    fn cell(&self, slot: usize) -> Cell<'_> {
        self.columns[slot].cell(self.row)
    }
}
