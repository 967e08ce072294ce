//! Listings into the lake: source → bounded channel → checks → de-duplication → Arrow batches →
//! partitioned Parquet.
//!
//! What is promised: every row that a source delivers is in the lake exactly once, or in
//! quarantine with its reason, or was there before; a row seen again at another time becomes a
//! sighting. A kill at any moment loses only what no commit has made count, and reading the
//! same input again brings just that.

mod bloom;
mod dedup;
pub mod files;
mod line_ids;
pub mod pages;
mod pipeline;
mod sellers;
pub mod source;

pub use pipeline::{Ingest, IngestError, IngestOptions, Summary, ingest};
pub use sellers::SellerKey;
pub use source::{Job, Jobs, Mapped, Refusal, Row, Source, SourceScan};
