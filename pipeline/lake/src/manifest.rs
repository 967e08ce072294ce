//! Which files count.

use std::collections::BTreeMap;

use autobazaaar_domain::{RunId, Utc};
use serde::{Deserialize, Serialize};

/// The files that a run added, dataset by dataset. Written atomically each time a part of the
/// run's result is whole and checked; it grows, until old results make room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// Version of this record.
    pub version: u32,
    pub run_id: RunId,
    pub written_at: Utc,
    /// Dataset → files.
    pub files: BTreeMap<String, Vec<FileEntry>>,
    /// Files of refused rows, below the quarantine folder.
    #[serde(default)]
    pub refused: Vec<FileEntry>,
    /// Files of refused rows of earlier runs that were read again: they no longer count.
    #[serde(default)]
    pub superseded: Vec<String>,
    /// Files of earlier runs whose rows stand in a joined file of this one, below the lake's folder:
    /// they no longer count.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub replaces: Vec<String>,
}

/// One file that counts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileEntry {
    /// Below the lake's folder (refused rows: below the quarantine's), with `/`.
    pub path: String,
    pub rows: u64,
    pub bytes: u64,
}

impl Manifest {
    pub(crate) fn new(run_id: RunId, written_at: Utc) -> Self {
        Self {
            version: 1,
            run_id,
            written_at,
            files: BTreeMap::new(),
            refused: Vec::new(),
            superseded: Vec::new(),
            replaces: Vec::new(),
        }
    }
}
