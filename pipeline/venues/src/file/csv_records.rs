//! Cuts CSV and TSV into records without ever holding more than one record over the bound.

use std::io;

use csv_core::ReadRecordResult as Step;

use super::batch::{Flat, RawBatch, Records};
use super::bytes::Bytes;
use super::error::SourceError;
use super::reject::Rejected;

/// A wider record is refused.
const MOST_FIELDS: usize = 10_000;
/// A record holds at most this many fields of full length.
const RECORD_PER_FIELD: usize = 16;

/// Reads one CSV file.
pub(super) struct CsvRecords {
    bytes: Bytes,
    core: csv_core::Reader,
    most_field: usize,
    out: Vec<u8>,
    ends: Vec<usize>,
    next_row: u64,
    done: bool,
    /// Comes after the records read before it.
    pending: Option<SourceError>,
}

/// How reading one record ended.
enum Outcome {
    /// `fields` ends and `bytes` bytes stand in the buffers.
    Record {
        bytes: usize,
        fields: usize,
        lines: u32,
    },
    TooLong {
        field: usize,
        lines: u32,
    },
    End,
}

impl CsvRecords {
    /// Starts at the top of the file. Bare carriage returns end records as line feeds do.
    pub(super) fn new(bytes: Bytes, delimiter: u8, most_field: usize) -> Self {
        let core = csv_core::ReaderBuilder::new().delimiter(delimiter).build();
        let (out, ends) = (vec![0; 16 * 1024], vec![0; 64]);
        Self { bytes, core, most_field, out, ends, next_row: 0, done: false, pending: None }
    }

    /// The header's names, outer blanks gone.
    ///
    /// # Errors
    /// Where there is none, it is too long, or not UTF-8.
    pub(super) fn header(&mut self) -> Result<Vec<String>, SourceError> {
        let (bytes, fields) = match self.record() {
            Ok(Outcome::Record { bytes, fields, .. }) => (bytes, fields),
            Ok(Outcome::End) => return Err(SourceError::Empty { path: self.bytes.path.clone() }),
            Ok(Outcome::TooLong { .. }) => {
                let found = format!("a first line over {} bytes", self.most_field);
                return Err(self.no_header(found, "check `kind`, `delimiter` and quotes"));
            }
            Err(cause) => return Err(self.bytes.damaged(0, cause)),
        };
        let text = match std::str::from_utf8(&self.out[..bytes]) {
            Ok(text) => text,
            Err(error) => {
                let found = format!("a header that is not UTF-8 (byte {} of it)", error.valid_up_to());
                return Err(self.no_header(found, "declare `encoding` under [format], e.g. windows-1252"));
            }
        };
        let mut begin = 0;
        let names = self.ends[..fields].iter().map(|end| {
            let name = text.get(begin..*end).unwrap_or("").trim().to_owned();
            begin = *end;
            name
        });
        Ok(names.collect())
    }

    fn no_header(&self, found: String, mend: &str) -> SourceError {
        SourceError::WrongFormat {
            path: self.bytes.path.clone(),
            found,
            expected: "a header with the columns' names in the first line".into(),
            mend: mend.into(),
        }
    }

    /// The next records; `None` after the last. An error comes after all records before it.
    pub(super) fn batch(&mut self, rows: usize) -> Option<Result<RawBatch, SourceError>> {
        if self.done {
            return self.pending.take().map(Err);
        }
        let mut flat = Flat::default();
        let (mut refused, mut numbers) = (Vec::new(), Vec::new());
        let first_row = self.next_row;
        while flat.records.len() + refused.len() < rows {
            match self.record() {
                Ok(Outcome::Record { bytes, fields, lines }) => {
                    let base = flat.bytes.len();
                    flat.bytes.extend_from_slice(&self.out[..bytes]);
                    flat.ends.extend(self.ends[..fields].iter().map(|end| base + end));
                    flat.records.push(flat.ends.len());
                    flat.lines.push(lines);
                    if !refused.is_empty() {
                        numbers.push(self.next_row);
                    }
                }
                Ok(Outcome::TooLong { field, lines }) => {
                    if refused.is_empty() {
                        numbers = (first_row..self.next_row).collect();
                    }
                    refused.push(self.too_long(field, lines));
                }
                Ok(Outcome::End) => {
                    self.done = true;
                    break;
                }
                Err(cause) => {
                    self.done = true;
                    self.pending = Some(self.bytes.damaged(self.next_row, cause));
                    break;
                }
            }
            self.next_row += 1;
        }
        if flat.records.is_empty() && refused.is_empty() {
            return self.pending.take().map(Err);
        }
        Some(Ok(RawBatch { first_row, records: Records::Fields(flat), refused, numbers }))
    }

    fn too_long(&self, field: usize, lines: u32) -> Rejected {
        let spans = if lines > 1 {
            format!(" and spans {lines} lines: an opening quote may lack its closing one")
        } else {
            String::new()
        };
        Rejected {
            external_id: None,
            row: self.next_row,
            code: "field_too_long".into(),
            reason: format!(
                "field {} is longer than {} bytes{spans}; shorten it, or raise `max_field_bytes` under [format]",
                field + 1,
                self.most_field
            ),
            raw: String::new(),
        }
    }

    fn record(&mut self) -> io::Result<Outcome> {
        let first_line = self.core.line();
        let (mut filled, mut fields, mut too_long) = (0, 0, None);
        loop {
            let input = self.bytes.fill()?;
            let (step, read, written, ended) =
                self.core.read_record(input, &mut self.out[filled..], &mut self.ends[fields..]);
            self.bytes.consume(read);
            filled += written;
            fields += ended;
            match step {
                Step::InputEmpty => {}
                Step::OutputFull if too_long.is_some() => filled = 0,
                Step::OutputFull => {
                    let begin = if fields == 0 { 0 } else { self.ends[fields - 1] };
                    if filled - begin > self.most_field || filled > RECORD_PER_FIELD * self.most_field {
                        too_long = Some(fields);
                        filled = 0;
                    } else {
                        self.out.resize(self.out.len() * 2, 0);
                    }
                }
                Step::OutputEndsFull if too_long.is_some() => fields = 0,
                Step::OutputEndsFull if self.ends.len() >= MOST_FIELDS => {
                    too_long = Some(fields);
                    (filled, fields) = (0, 0);
                }
                Step::OutputEndsFull => self.ends.resize(self.ends.len() * 2, 0),
                Step::End => return Ok(Outcome::End),
                Step::Record => {
                    let lines = u32::try_from(self.core.line() - first_line).unwrap_or(u32::MAX);
                    let field = too_long.or_else(|| self.longest(filled, fields));
                    return Ok(match field {
                        Some(field) => Outcome::TooLong { field, lines },
                        None => Outcome::Record { bytes: filled, fields, lines },
                    });
                }
            }
        }
    }

    /// The first field over the bound, in a record short enough for the buffer.
    fn longest(&self, filled: usize, fields: usize) -> Option<usize> {
        if filled <= self.most_field {
            return None;
        }
        let begin = |at: usize| if at == 0 { 0 } else { self.ends[at - 1] };
        (0..fields).find(|at| self.ends[*at] - begin(*at) > self.most_field)
    }
}
