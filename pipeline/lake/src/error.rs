//! What can go wrong with files.

use std::path::{Path, PathBuf};

/// A failure of the lake. Each names the file and, where there is one, the mend.
#[derive(Debug, thiserror::Error)]
pub enum LakeError {
    /// The operating system refused.
    #[error("cannot {doing} {}: {source}", path.display())]
    Io { doing: &'static str, path: PathBuf, source: std::io::Error },
    /// A Parquet file could not be written or read.
    #[error("cannot {doing} {}: {source}", path.display())]
    Parquet { doing: &'static str, path: PathBuf, source: parquet::errors::ParquetError },
    /// Rows could not be put into columns or back.
    #[error("cannot arrange rows of {dataset}: {source}")]
    Arrow { dataset: &'static str, source: arrow::error::ArrowError },
    /// A manifest or record is not what this program writes.
    #[error("{} is not readable: {reason}; restore it from a backup or move it away", path.display())]
    Damaged { path: PathBuf, reason: String },
    /// Another process holds the data folder.
    #[error("another autobazaaar is writing to {}; wait for it to end", path.display())]
    Locked { path: PathBuf },
    /// A dataset has another shape than this program knows.
    #[error("{dataset}: column `{column}` is missing or has another type; written by another version?")]
    Shape { dataset: &'static str, column: &'static str },
}

impl LakeError {
    /// Wraps an operating system error with what was being done to which path.
    pub fn io(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> Self {
        let path = path.to_owned();
        move |source| Self::Io { doing, path, source }
    }

    pub(crate) fn parquet(
        doing: &'static str,
        path: &Path,
    ) -> impl FnOnce(parquet::errors::ParquetError) -> Self {
        let path = path.to_owned();
        move |source| Self::Parquet { doing, path, source }
    }

    pub(crate) fn arrow(dataset: &'static str) -> impl FnOnce(arrow::error::ArrowError) -> Self {
        move |source| Self::Arrow { dataset, source }
    }
}
