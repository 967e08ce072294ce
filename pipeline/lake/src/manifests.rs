//! Copies of the manifests and the run journal: which files counted when a backup was taken.

use std::fs;
use std::path::Path;

use crate::layout::{WriteLock, json_files, read_json};
use crate::{Lake, LakeError, Manifest, write_atomically};

const MANIFESTS: &str = "manifests";
const RUNS: &str = "runs";

/// What became of the manifests of a backup.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct RestoredManifests {
    /// Count again.
    pub restored: u64,
    /// Were there; what a run added since the backup stays.
    pub there: u64,
    /// Runs whose files are not in this lake: naming them would make everything unreadable.
    pub without_files: Vec<String>,
    /// Runs of the lake that came after the backup; they stay.
    pub later: u64,
}

impl Lake {
    /// Copies manifests and journal into a folder; how many manifests.
    ///
    /// # Errors
    /// When one cannot be read or the disk is full.
    pub fn copy_manifests(&self, to: &Path) -> Result<u64, LakeError> {
        copy(&self.journal(), &to.join(RUNS))?;
        copy(&self.manifests(), &to.join(MANIFESTS))
    }

    /// Puts the manifests and run records of a backup where there are none. None is written over and
    /// none removed: files that count stay.
    ///
    /// # Errors
    /// When one cannot be read or the disk is full.
    pub fn restore_manifests(&self, from: &Path, _lock: &WriteLock) -> Result<RestoredManifests, LakeError> {
        let mut done = RestoredManifests::default();
        let copies = json_files(&from.join(MANIFESTS))?;
        for copy in &copies {
            let target = self.manifests().join(copy.file_name().unwrap_or_default());
            if target.exists() {
                done.there += 1;
                continue;
            }
            let manifest: Manifest = read_json(copy)?;
            if self.has_files_of(&manifest) {
                write_atomically(&target, &read(copy)?)?;
                done.restored += 1;
            } else {
                done.without_files.push(manifest.run_id.to_string());
            }
        }
        for copy in json_files(&from.join(RUNS))? {
            let target = self.journal().join(copy.file_name().unwrap_or_default());
            if !target.exists() {
                write_atomically(&target, &read(&copy)?)?;
            }
        }
        let now = json_files(&self.manifests())?.len() as u64;
        done.later = now - done.there - done.restored;
        Ok(done)
    }

    fn has_files_of(&self, manifest: &Manifest) -> bool {
        let data = manifest.files.values().flatten().map(|file| self.folder().join(&file.path));
        let refused = manifest.refused.iter().map(|file| self.quarantine().join(&file.path));
        data.chain(refused).all(|path| path.exists())
    }
}

fn read(path: &Path) -> Result<Vec<u8>, LakeError> {
    fs::read(path).map_err(LakeError::io("read", path))
}

fn copy(from: &Path, to: &Path) -> Result<u64, LakeError> {
    fs::create_dir_all(to).map_err(LakeError::io("make the folder", to))?;
    let files = json_files(from)?;
    for file in &files {
        write_atomically(&to.join(file.file_name().unwrap_or_default()), &read(file)?)?;
    }
    Ok(files.len() as u64)
}
