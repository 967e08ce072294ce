//! Files that begin to count together.

use std::collections::BTreeMap;
use std::path::PathBuf;

use autobazaaar_domain::{RunId, Utc};
use rayon::prelude::*;

use crate::atomic::sync_all_in;
use crate::layout::WriteLock;
use crate::manifest::{FileEntry, Manifest};
use crate::quarantine::Quarantine;
use crate::{Dataset, Lake, LakeError, ParquetFile, write_atomically};

/// A part of a run's result on its way into the lake. Nothing of it counts before
/// [`Self::publish`]; all of it counts after.
pub struct Commit {
    lake: Lake,
    manifest: Manifest,
    added: BTreeMap<Dataset, Vec<FileEntry>>,
    replaced: Vec<Dataset>,
    refused: Vec<FileEntry>,
    next_file: u64,
}

impl Lake {
    /// Starts adding to a run. The lock shows that the caller is the one writer.
    ///
    /// # Errors
    /// When the run's manifest is there and cannot be read.
    pub fn begin(&self, run_id: &RunId, at: Utc, _lock: &WriteLock) -> Result<Commit, LakeError> {
        let manifest = self.manifest(run_id)?.unwrap_or_else(|| Manifest::new(run_id.clone(), at));
        let next_file = manifest.files.values().map(Vec::len).sum::<usize>() as u64;
        Ok(Commit {
            lake: self.clone(),
            manifest,
            added: BTreeMap::new(),
            replaced: Vec::new(),
            refused: Vec::new(),
            next_file,
        })
    }
}

impl Commit {
    pub(crate) fn lake(&self) -> &Lake {
        &self.lake
    }

    /// Files of earlier runs whose rows are added here: they count no more once this does.
    pub(crate) fn stands_for(&mut self, paths: impl Iterator<Item = String>) {
        self.manifest.replaces.extend(paths);
    }

    /// Files of a dataset that would count were this published, for checks before it is.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn counting(&self, dataset: Dataset) -> Result<Vec<PathBuf>, LakeError> {
        let gone: Vec<PathBuf> =
            self.manifest.replaces.iter().map(|path| self.lake.folder().join(path)).collect();
        let mut files = self.lake.files(dataset)?;
        files.retain(|file| !gone.contains(file));
        files.extend(self.pending(dataset));
        Ok(files)
    }

    /// The run that is added to.
    #[must_use]
    pub fn run_id(&self) -> &RunId {
        &self.manifest.run_id
    }

    /// A name for a file under construction.
    pub fn staged(&mut self) -> PathBuf {
        self.next_file += 1;
        self.lake.staging().join(format!("{}-{:06}.parquet", self.manifest.run_id, self.next_file))
    }

    /// A name for the run's own file of some purpose, which may outlive a commit.
    #[must_use]
    pub fn beside(&self, purpose: &str) -> PathBuf {
        self.lake.staging().join(format!("{}-{purpose}.parquet", self.manifest.run_id))
    }

    /// Moves a finished file into an event-dated partition (`platform=…/date=…`).
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add(&mut self, dataset: Dataset, file: ParquetFile, partition: &str) -> Result<(), LakeError> {
        self.add_all(dataset, vec![(file, partition.to_owned())])
    }

    /// As [`Self::add`] for many files at once, on all threads.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add_all(&mut self, dataset: Dataset, files: Vec<(ParquetFile, String)>) -> Result<(), LakeError> {
        let mut named = Vec::with_capacity(files.len());
        for (file, partition) in files {
            self.next_file += 1;
            let name = format!("{}-{:06}.parquet", self.manifest.run_id, self.next_file);
            named.push((file, format!("{}/{partition}/{name}", dataset.name())));
        }
        let folder = self.lake.folder();
        let finished: Result<Vec<FileEntry>, LakeError> =
            named.into_par_iter().map(|(file, path)| file.finish(&folder, &path)).collect();
        self.added.entry(dataset).or_default().extend(finished?);
        Ok(())
    }

    /// Starts the file of what a stage derives.
    ///
    /// # Errors
    /// When the file cannot be made.
    pub fn start(&mut self, dataset: Dataset) -> Result<ParquetFile, LakeError> {
        ParquetFile::create(dataset, self.staged())
    }

    /// Adds what a stage derived, in place of what the same run derived before. Returns its rows.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn derived(&mut self, dataset: Dataset, file: ParquetFile) -> Result<u64, LakeError> {
        let rows = file.rows();
        let partition = format!("run={}", self.manifest.run_id);
        self.add(dataset, file, &partition)?;
        self.replaced.push(dataset);
        Ok(rows)
    }

    /// Adds rows that stay: those of other runs count beside them. Returns how many.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn grown(&mut self, dataset: Dataset, file: ParquetFile) -> Result<u64, LakeError> {
        let rows = file.rows();
        let partition = format!("run={}", self.manifest.run_id);
        self.add(dataset, file, &partition)?;
        Ok(rows)
    }

    /// Adds a file of refused rows.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn add_refused(&mut self, refused: Quarantine) -> Result<u64, LakeError> {
        let rows = refused.rows();
        self.refused.extend(refused.finish()?);
        Ok(rows)
    }

    /// Makes files of refused rows no longer count, because their rows were read again.
    pub fn supersede(&mut self, files: &[PathBuf]) {
        let names = files.iter().filter_map(|file| file.file_name());
        self.manifest.superseded.extend(names.map(|name| name.to_string_lossy().into_owned()));
    }

    /// Number of the next part of the run's quarantine.
    #[must_use]
    pub fn next_refused_part(&self) -> usize {
        self.manifest.refused.len()
    }

    /// What would be added, for checks before it counts.
    #[must_use]
    pub fn pending(&self, dataset: Dataset) -> Vec<PathBuf> {
        let files = self.added.get(&dataset).map_or(&[][..], Vec::as_slice);
        files.iter().map(|file| self.lake.folder().join(&file.path)).collect()
    }

    /// Every file that was added.
    fn files(&self) -> Vec<PathBuf> {
        let refused = self.refused.iter().map(|file| self.lake.quarantine().join(&file.path));
        self.added.keys().flat_map(|&dataset| self.pending(dataset)).chain(refused).collect()
    }

    /// Makes everything added count, in one rename, once all of it is on the disk.
    ///
    /// # Errors
    /// When the disk is full; then nothing of it counts.
    pub fn publish(mut self, at: Utc) -> Result<Manifest, LakeError> {
        sync_all_in(self.lake.folder().as_ref(), &self.files())?;
        for dataset in self.replaced {
            self.manifest.files.remove(dataset.name());
        }
        for (dataset, files) in self.added {
            self.manifest.files.entry(dataset.name().to_owned()).or_default().extend(files);
        }
        self.manifest.refused.extend(self.refused);
        self.manifest.written_at = at;
        let path = self.lake.manifest_path(&self.manifest.run_id);
        let bytes = serde_json::to_vec_pretty(&self.manifest)
            .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })?;
        write_atomically(&path, &bytes)?;
        Ok(self.manifest)
    }
}
