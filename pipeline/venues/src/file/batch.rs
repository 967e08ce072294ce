//! Raw records on their way from the reader to the mappers.

use super::reject::Rejected;

/// A run of raw records, cheap to send between threads.
pub struct RawBatch {
    /// Number of the first record in the file, from 0.
    pub first_row: u64,
    pub(super) records: Records,
    /// Records that were refused while reading (a field too long), with their numbers.
    pub(super) refused: Vec<Rejected>,
    /// Numbers of the records kept, where some were refused; empty when they run from `first_row`.
    pub(super) numbers: Vec<u64>,
}

/// The records in the shape that their format gives.
pub(super) enum Records {
    /// CSV and TSV: the fields' bytes one after another.
    Fields(Flat),
    /// JSON and JSONL: one document per record.
    Documents(Flat),
    /// Parquet.
    Columns(arrow::record_batch::RecordBatch),
}

/// Byte strings in one buffer; `ends` bounds the pieces, `records` counts pieces per record.
#[derive(Default)]
pub(super) struct Flat {
    pub bytes: Vec<u8>,
    /// End of each piece in `bytes`.
    pub ends: Vec<usize>,
    /// End of each record in `ends`.
    pub records: Vec<usize>,
    /// Lines that each record spans.
    pub lines: Vec<u32>,
}

impl Flat {
    /// The piece ends of record `at`, and where its first piece begins in `bytes`.
    pub(super) fn record(&self, at: usize) -> (usize, &[usize]) {
        let from = if at == 0 { 0 } else { self.records[at - 1] };
        let begin = if from == 0 { 0 } else { self.ends[from - 1] };
        (begin, &self.ends[from..self.records[at]])
    }
}

impl RawBatch {
    /// Records in it, refused ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.kept() + self.refused.len()
    }

    /// Whether it holds nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    pub(super) fn kept(&self) -> usize {
        match &self.records {
            Records::Fields(flat) | Records::Documents(flat) => flat.records.len(),
            Records::Columns(batch) => batch.num_rows(),
        }
    }

    pub(super) fn number(&self, at: usize) -> u64 {
        self.numbers.get(at).copied().unwrap_or(self.first_row + at as u64)
    }
}
