//! Reads Parquet by batches of rows.

use std::fs::File;
use std::path::{Path, PathBuf};

use arrow::array::{Array, ArrayRef, AsArray, StringArray};
use arrow::compute::cast;
use arrow::datatypes::{DataType, Field, Fields, TimeUnit};
use arrow::record_batch::RecordBatch;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, ParquetRecordBatchReaderBuilder};

use super::batch::{RawBatch, Records};
use super::error::SourceError;
use super::record::Cell;

/// Reads one Parquet file.
pub(super) struct ParquetRecords {
    path: PathBuf,
    reader: ParquetRecordBatchReader,
    next_row: u64,
    done: bool,
}

impl ParquetRecords {
    pub(super) fn open(path: &Path, rows: usize) -> Result<Self, SourceError> {
        let builder = builder(path)?;
        let reader =
            builder.with_batch_size(rows.max(1)).build().map_err(|error| damaged(path, 0, &error))?;
        Ok(Self { path: path.to_owned(), reader, next_row: 0, done: false })
    }

    /// The next rows; `None` after the last.
    pub(super) fn batch(&mut self) -> Option<Result<RawBatch, SourceError>> {
        if self.done {
            return None;
        }
        let batch = match self.reader.next()? {
            Ok(batch) => batch,
            Err(error) => {
                self.done = true;
                return Some(Err(damaged(&self.path, self.next_row, &error)));
            }
        };
        let first_row = self.next_row;
        self.next_row += batch.num_rows() as u64;
        Some(Ok(RawBatch {
            first_row,
            records: Records::Columns(batch),
            refused: Vec::new(),
            numbers: Vec::new(),
        }))
    }
}

/// The names of all columns, those inside structs as `outer.inner`.
///
/// # Errors
/// Where it is no Parquet file, or has no rows.
pub(super) fn columns(path: &Path) -> Result<Vec<String>, SourceError> {
    let builder = builder(path)?;
    if builder.metadata().file_metadata().num_rows() == 0 {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    let mut names = Vec::new();
    flatten(builder.schema().fields(), "", &mut names);
    Ok(names)
}

fn flatten(fields: &Fields, prefix: &str, names: &mut Vec<String>) {
    for field in fields {
        let name = format!("{prefix}{}", field.name());
        if let DataType::Struct(inner) = field.data_type() {
            flatten(inner, &format!("{name}."), names);
        }
        names.push(name);
    }
}

fn builder(path: &Path) -> Result<ParquetRecordBatchReaderBuilder<File>, SourceError> {
    let io = |cause: std::io::Error| SourceError::Io { path: path.to_owned(), cause: cause.to_string() };
    let file = File::open(path).map_err(io)?;
    if file.metadata().map_err(io)?.len() == 0 {
        return Err(SourceError::Empty { path: path.to_owned() });
    }
    ParquetRecordBatchReaderBuilder::try_new(file).map_err(|error| damaged(path, 0, &error))
}

fn damaged(path: &Path, records: u64, cause: &dyn std::fmt::Display) -> SourceError {
    let bytes = std::fs::metadata(path).map_or(0, |meta| meta.len());
    SourceError::Damaged { path: path.to_owned(), records, bytes, cause: cause.to_string() }
}

/// A column of one batch as text.
pub(super) enum TextColumn {
    Text(StringArray),
    Number(StringArray),
    Items(Vec<Option<Vec<String>>>),
    /// A type that no field can be made of.
    Other,
}

impl TextColumn {
    pub(super) fn cell(&self, row: usize) -> Cell<'_> {
        match self {
            Self::Text(texts) if texts.is_valid(row) => match texts.value(row).trim() {
                "" => Cell::Absent,
                text => Cell::Text(text),
            },
            Self::Number(texts) if texts.is_valid(row) => Cell::Number(texts.value(row).into()),
            Self::Items(lists) => lists[row].clone().map_or(Cell::Absent, Cell::Items),
            _ => Cell::Absent,
        }
    }
}

/// The column of this name in a batch, cast to text.
pub(super) fn text_column(batch: &RecordBatch, name: &str) -> TextColumn {
    let Some(array) = find(batch, name) else { return TextColumn::Other };
    match array.data_type() {
        DataType::List(_) | DataType::LargeList(_) | DataType::FixedSizeList(..) => items(&array),
        kind if kind.is_numeric() => text(&array).map_or(TextColumn::Other, TextColumn::Number),
        DataType::Timestamp(_, Some(_)) => instants(&array).map_or(TextColumn::Other, TextColumn::Text),
        _ => text(&array).map_or(TextColumn::Other, TextColumn::Text),
    }
}

fn find(batch: &RecordBatch, name: &str) -> Option<ArrayRef> {
    if let Some(array) = batch.column_by_name(name) {
        return Some(array.clone());
    }
    let mut parts = name.split('.');
    let mut array = batch.column_by_name(parts.next()?)?.clone();
    for part in parts {
        let next = array.as_struct_opt()?.column_by_name(part)?.clone();
        array = next;
    }
    Some(array)
}

fn text(array: &ArrayRef) -> Option<StringArray> {
    cast(array, &DataType::Utf8).ok()?.as_string_opt::<i32>().cloned()
}

/// Moments with a zone of their own, as RFC 3339 in UTC.
fn instants(array: &ArrayRef) -> Option<StringArray> {
    let naive = cast(array, &DataType::Timestamp(TimeUnit::Millisecond, None)).ok()?;
    let written = text(&naive)?;
    Some(written.iter().map(|moment| moment.map(|moment| format!("{moment}Z"))).collect())
}

fn items(array: &ArrayRef) -> TextColumn {
    let element = Field::new("item", DataType::Utf8, true);
    let Ok(list) = cast(array, &DataType::List(element.into())) else { return TextColumn::Other };
    let Some(list) = list.as_list_opt::<i32>() else { return TextColumn::Other };
    let texts = |row: Option<ArrayRef>| {
        let row = row?;
        let row = row.as_string_opt::<i32>()?;
        Some(row.iter().flatten().map(|item| item.trim().to_owned()).collect())
    };
    TextColumn::Items(list.iter().map(texts).collect())
}
