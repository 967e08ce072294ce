//! The lake: immutable, partitioned Parquet and what says which files count.
//!
//! **Invariant:** only this crate knows where a dataset's files lie. Everybody else asks for a
//! dataset and gets explicit file lists, record batches or rows.
//!
//! **Invariant:** a file counts once a manifest names it. A reader never lists a folder.

mod appender;
mod atomic;
mod columns;
mod commit;
mod compact;
mod dataset;
pub mod enriched;
mod error;
mod gather;
mod journal;
mod layout;
mod manifest;
mod manifests;
pub mod observations;
mod parquet_file;
mod partitions;
mod prune;
pub mod quarantine;
pub mod rows;
pub mod scored;
pub mod state;

pub use atomic::write_atomically;
pub use commit::Commit;
pub use dataset::Dataset;
pub use error::LakeError;
pub use layout::{Lake, WriteLock};
pub use manifest::{FileEntry, Manifest};
pub use manifests::RestoredManifests;
pub use parquet_file::{ParquetFile, read_batches};
pub use partitions::PartitionedWriter;
