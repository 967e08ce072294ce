//! Rows that were refused, with the reason and the raw text, so that nothing is lost and each
//! can be read again once its mapping is mended.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{BufRead as _, BufReader, BufWriter, Write as _};
use std::path::{Path, PathBuf};

use autobazaaar_domain::{RunId, Utc};
use serde::{Deserialize, Serialize};

use crate::atomic::rename_lazily;
use crate::manifest::FileEntry;
use crate::{Lake, LakeError};

/// One refused row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Refused {
    pub run_id: RunId,
    pub at: Utc,
    /// File it came from.
    pub source: String,
    /// Mapping it was read with.
    pub mapping: String,
    /// Row in the source, from 0.
    pub row: u64,
    /// Short word for the reason, for counting.
    pub code: String,
    /// What was found, what was expected, and the mend.
    pub reason: String,
    /// The row as it stood.
    pub raw: String,
    /// When the row was seen, so that a replay gives it the same time.
    #[serde(default)]
    pub observed_at: Option<Utc>,
}

/// Collects refused rows of one commit; they count when the commit does.
pub struct Quarantine {
    staged: PathBuf,
    target: PathBuf,
    file: Option<BufWriter<File>>,
    rows: u64,
}

impl Lake {
    /// Starts a quarantine file for part `part` of a run.
    #[must_use]
    pub fn quarantine_writer(&self, run_id: &RunId, part: usize) -> Quarantine {
        let name = format!("{run_id}-{part:04}.jsonl");
        Quarantine {
            staged: self.staging().join(&name),
            target: self.quarantine().join(name),
            file: None,
            rows: 0,
        }
    }

    /// Everything in quarantine, oldest run first.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn quarantine_files(&self) -> Result<Vec<PathBuf>, LakeError> {
        let manifests = self.read_manifests()?;
        let superseded: BTreeSet<String> =
            manifests.iter().flat_map(|manifest| manifest.superseded.iter().cloned()).collect();
        let entries = manifests.into_iter().flat_map(|manifest| manifest.refused);
        let counts = entries.filter(|entry| !superseded.contains(&entry.path));
        Ok(counts.map(|entry| self.quarantine().join(entry.path)).collect())
    }

    /// Counts of refused rows by code.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn quarantine_counts(&self) -> Result<BTreeMap<String, u64>, LakeError> {
        let mut counts = BTreeMap::new();
        for file in self.quarantine_files()? {
            for row in read_refused(&file)? {
                *counts.entry(row?.code).or_default() += 1;
            }
        }
        Ok(counts)
    }
}

impl Quarantine {
    /// Adds a row.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn push(&mut self, row: &Refused) -> Result<(), LakeError> {
        if self.file.is_none() {
            let folder = self.staged.parent().unwrap_or(Path::new("."));
            fs::create_dir_all(folder).map_err(LakeError::io("make the folder", folder))?;
            let file = File::create(&self.staged).map_err(LakeError::io("make", &self.staged))?;
            self.file = Some(BufWriter::new(file));
        }
        let Some(file) = &mut self.file else { return Ok(()) };
        self.rows += 1;
        serde_json::to_writer(&mut *file, row)
            .map_err(std::io::Error::from)
            .and_then(|()| file.write_all(b"\n"))
            .map_err(LakeError::io("write", &self.staged))
    }

    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Moves the file into place; without rows there is none. The commit waits for the disk.
    pub(crate) fn finish(self) -> Result<Option<FileEntry>, LakeError> {
        let Some(file) = self.file else { return Ok(None) };
        let file = file.into_inner().map_err(|e| LakeError::io("write", &self.staged)(e.into_error()))?;
        let folder = self.target.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(folder).map_err(LakeError::io("make the folder", folder))?;
        let bytes = file.metadata().map_err(LakeError::io("look at", &self.staged))?.len();
        rename_lazily(&self.staged, &self.target)?;
        let path = self.target.file_name().unwrap_or_default().to_string_lossy().into_owned();
        Ok(Some(FileEntry { path, rows: self.rows, bytes }))
    }
}

/// Reads a quarantine file row by row.
///
/// # Errors
/// When the file cannot be opened; each row may fail on its own.
pub fn read_refused(
    path: &Path,
) -> Result<impl Iterator<Item = Result<Refused, LakeError>> + use<>, LakeError> {
    let file = File::open(path).map_err(LakeError::io("open", path))?;
    let path = path.to_owned();
    Ok(BufReader::new(file).lines().map(move |line| {
        let line = line.map_err(LakeError::io("read", &path))?;
        serde_json::from_str(&line)
            .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })
    }))
}
