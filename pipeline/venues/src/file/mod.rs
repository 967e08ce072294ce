//! Listings from files: CSV, TSV, JSON, JSONL and Parquet, plain, gzip or zstd, read through a
//! mapping file that says which column or JSON path is which field.
//!
//! Reading and mapping are apart: [`SourceFile::batches`] only cuts the bytes into records, in
//! bounded memory and in order; [`SourceFile::map`] turns a batch into observations and may run
//! on many threads.
//!
//! **Invariant:** foreign bytes never panic and never stop a file: a record that does not fit is
//! [`Rejected`] with its reason. Only what makes the whole file unreadable is a [`SourceError`].

mod attributes;
mod batch;
mod builder;
mod bytes;
mod csv_records;
mod error;
mod field;
mod json_records;
mod list;
mod map;
mod mapping;
mod mask;
mod open;
mod parquet_records;
mod parts;
mod plan;
mod raw;
mod record;
mod reject;
mod scan;
mod time;
mod value;

pub use batch::RawBatch;
pub use error::{MappingError, SourceError};
pub use map::{MappedBatch, MappedRow};
pub use mapping::Mapping;
pub use mask::mask;
pub use open::{SourceFile, SourceOptions, open};
pub use reject::Rejected;
pub use scan::{Completeness, ScanInfo};

#[cfg(test)]
mod tests;
