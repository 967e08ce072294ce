//! Where things lie.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::path::{Path, PathBuf};

use autobazaaar_domain::RunId;

use crate::manifest::{FileEntry, Manifest};
use crate::{Dataset, LakeError};

/// A data folder. Opening it for reading costs nothing and locks nothing.
#[derive(Debug, Clone)]
pub struct Lake {
    root: PathBuf,
}

/// Held by the one process that writes; released when dropped or when the process dies.
#[derive(Debug)]
pub struct WriteLock(#[allow(dead_code)] File);

impl Lake {
    /// The lake in a data folder, which need not exist yet.
    #[must_use]
    pub fn new(data_dir: &Path) -> Self {
        Self { root: data_dir.to_owned() }
    }

    /// The data folder.
    #[must_use]
    pub fn data_dir(&self) -> &Path {
        &self.root
    }

    /// The folder under which all Parquet lies; manifests' paths are relative to it.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.root.join("lake")
    }

    pub(crate) fn manifests(&self) -> PathBuf {
        self.folder().join("_manifests")
    }

    pub(crate) fn journal(&self) -> PathBuf {
        self.folder().join("_runs")
    }

    /// Unfinished files; emptied at every start.
    #[must_use]
    pub fn staging(&self) -> PathBuf {
        self.folder().join("_staging")
    }

    pub(crate) fn quarantine(&self) -> PathBuf {
        self.root.join("quarantine")
    }

    /// Versions of the price model.
    #[must_use]
    pub fn models(&self) -> PathBuf {
        self.root.join("models").join("price")
    }

    /// Versions of what was learned of selling.
    #[must_use]
    pub fn selling(&self) -> PathBuf {
        self.root.join("models").join("selling")
    }

    /// Reports, a folder per date.
    #[must_use]
    pub fn reports(&self) -> PathBuf {
        self.root.join("reports")
    }

    /// The published database for analysts.
    #[must_use]
    pub fn analytics(&self) -> PathBuf {
        self.root.join("analytics.duckdb")
    }

    /// Keys and locks.
    #[must_use]
    pub fn state(&self) -> PathBuf {
        self.root.join("state")
    }

    /// Becomes the one writer, and sweeps what a killed one left behind.
    ///
    /// # Errors
    /// [`LakeError::Locked`] when another process is writing, or when the folder cannot be made.
    pub fn lock(&self) -> Result<WriteLock, LakeError> {
        let state = self.state();
        fs::create_dir_all(&state).map_err(LakeError::io("make the folder", &state))?;
        let path = state.join("writer.lock");
        let file = File::create(&path).map_err(LakeError::io("open", &path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(fs::TryLockError::WouldBlock) => return Err(LakeError::Locked { path: self.root.clone() }),
            Err(fs::TryLockError::Error(source)) => return Err(LakeError::io("lock", &path)(source)),
        }
        self.sweep()?;
        Ok(WriteLock(file))
    }

    /// Removes staged files and Parquet that no manifest names.
    fn sweep(&self) -> Result<(), LakeError> {
        let staging = self.staging();
        if staging.exists() {
            fs::remove_dir_all(&staging).map_err(LakeError::io("empty", &staging))?;
        }
        // Joined ones go by a call of their own: until then somebody may be pointed to them.
        let replaced = self.replaced()?.into_iter();
        let mut named: BTreeSet<PathBuf> = replaced.map(|path| self.folder().join(path)).collect();
        for manifest in self.read_manifests()? {
            named.extend(manifest.files.into_values().flatten().map(|file| self.folder().join(file.path)));
            named.extend(manifest.refused.into_iter().map(|file| self.quarantine().join(file.path)));
        }
        for dataset in Dataset::ALL {
            sweep_folder(&self.folder().join(dataset.name()), &named)?;
        }
        sweep_folder(&self.quarantine(), &named)
    }

    /// Every manifest, oldest run first, with the files that count.
    ///
    /// # Errors
    /// When one cannot be read: a missing manifest would silently hide data.
    pub fn read_manifests(&self) -> Result<Vec<Manifest>, LakeError> {
        let mut manifests = self.stored_manifests()?;
        let replaced: BTreeSet<String> =
            manifests.iter().flat_map(|manifest| manifest.replaces.iter().cloned()).collect();
        if replaced.is_empty() {
            return Ok(manifests);
        }
        for files in manifests.iter_mut().flat_map(|manifest| manifest.files.values_mut()) {
            files.retain(|file| !replaced.contains(&file.path));
        }
        for manifest in &mut manifests {
            manifest.files.retain(|_, files| !files.is_empty());
        }
        Ok(manifests)
    }

    /// Every manifest as it was written.
    pub(crate) fn stored_manifests(&self) -> Result<Vec<Manifest>, LakeError> {
        let mut manifests = Vec::new();
        for path in json_files(&self.manifests())? {
            manifests.push(read_json(&path)?);
        }
        manifests.sort_by(|a: &Manifest, b: &Manifest| a.run_id.cmp(&b.run_id));
        Ok(manifests)
    }

    /// The manifest of one run, if it has written any.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn manifest(&self, run_id: &RunId) -> Result<Option<Manifest>, LakeError> {
        let path = self.manifest_path(run_id);
        if path.exists() { read_json(&path).map(Some) } else { Ok(None) }
    }

    pub(crate) fn manifest_path(&self, run_id: &RunId) -> PathBuf {
        self.manifests().join(format!("{run_id}.json"))
    }

    /// All files of a dataset that count, over all runs, oldest run first.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn files(&self, dataset: Dataset) -> Result<Vec<PathBuf>, LakeError> {
        let entries = self.entries(dataset)?;
        Ok(entries.iter().map(|entry| self.folder().join(&entry.path)).collect())
    }

    /// As [`Self::files`], as the manifests tell.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn entries(&self, dataset: Dataset) -> Result<Vec<FileEntry>, LakeError> {
        let manifests = self.read_manifests()?;
        Ok(manifests
            .into_iter()
            .flat_map(|mut m| m.files.remove(dataset.name()).unwrap_or_default())
            .collect())
    }

    /// Files of an event-dated dataset that may hold rows of these platforms, between two UTC
    /// dates if given (both included).
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn files_of(
        &self,
        dataset: Dataset,
        platforms: &BTreeSet<String>,
        dates: Option<(chrono::NaiveDate, chrono::NaiveDate)>,
    ) -> Result<Vec<PathBuf>, LakeError> {
        let wanted = |path: &str| {
            let part = |name: &str| path.split('/').find_map(|part| part.strip_prefix(name));
            let on_platform = part("platform=").is_none_or(|platform| platforms.contains(platform));
            let date = part("date=").and_then(|date| date.parse::<chrono::NaiveDate>().ok());
            let in_time = match (date, dates) {
                (Some(date), Some((first, last))) => (first..=last).contains(&date),
                _ => true,
            };
            on_platform && in_time
        };
        let entries = self.entries(dataset)?;
        Ok(entries.iter().filter(|e| wanted(&e.path)).map(|e| self.folder().join(&e.path)).collect())
    }

    /// The newest run with that dataset, and its files.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn latest(&self, dataset: Dataset) -> Result<Option<(RunId, Vec<PathBuf>)>, LakeError> {
        let found = self
            .read_manifests()?
            .into_iter()
            .rev()
            .find_map(|mut m| m.files.remove(dataset.name()).map(|files| (m.run_id, files)));
        Ok(found.map(|(run_id, files)| {
            (run_id, files.into_iter().map(|file| self.folder().join(file.path)).collect())
        }))
    }

    /// The files of a dataset that count, run by run, oldest first; runs without it are left out.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn runs_with(&self, dataset: Dataset) -> Result<Vec<Vec<PathBuf>>, LakeError> {
        let manifests = self.read_manifests()?.into_iter();
        let of_runs = manifests.filter_map(|mut manifest| manifest.files.remove(dataset.name()));
        let paths = |files: Vec<FileEntry>| files.iter().map(|file| self.folder().join(&file.path)).collect();
        Ok(of_runs.map(paths).collect())
    }

    /// As [`Self::files`], but never none: an empty file of the dataset's columns stands for a
    /// dataset without rows, so that SQL over it has its columns.
    ///
    /// # Errors
    /// When a manifest cannot be read or the empty file cannot be written.
    pub fn files_or_empty(&self, dataset: Dataset) -> Result<Vec<PathBuf>, LakeError> {
        let files = self.files(dataset)?;
        if files.is_empty() { self.empty_file(dataset).map(|file| vec![file]) } else { Ok(files) }
    }

    /// A Parquet file with a dataset's columns and no row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn empty_file(&self, dataset: Dataset) -> Result<PathBuf, LakeError> {
        let name = format!("_empty/{}-v{}.parquet", dataset.name(), dataset.schema_version());
        let path = self.folder().join(&name);
        if !path.exists() {
            let staged = self.staging().join(format!("empty-{}.parquet", dataset.name()));
            crate::ParquetFile::create(dataset, staged)?.finish(&self.folder(), &name)?;
        }
        Ok(path)
    }

    /// Rows of a dataset that count.
    ///
    /// # Errors
    /// When a manifest cannot be read.
    pub fn rows(&self, dataset: Dataset) -> Result<u64, LakeError> {
        Ok(self.entries(dataset)?.iter().map(|entry| entry.rows).sum())
    }
}

/// A folder of a partition of an event-dated dataset: `platform=<p>/date=<d>`.
pub(crate) fn partition(platform: &str, date: chrono::NaiveDate) -> String {
    format!("platform={platform}/date={date}")
}

pub(crate) fn json_files(folder: &Path) -> Result<Vec<PathBuf>, LakeError> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        Err(error) => return Err(LakeError::io("list", folder)(error)),
    };
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(LakeError::io("list", folder))?.path();
        if path.extension().is_some_and(|ending| ending == "json") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}

pub(crate) fn read_json<T: serde::de::DeserializeOwned>(path: &Path) -> Result<T, LakeError> {
    let bytes = fs::read(path).map_err(LakeError::io("read", path))?;
    serde_json::from_slice(&bytes)
        .map_err(|error| LakeError::Damaged { path: path.to_owned(), reason: error.to_string() })
}

fn sweep_folder(folder: &Path, named: &BTreeSet<PathBuf>) -> Result<(), LakeError> {
    let Ok(entries) = fs::read_dir(folder) else { return Ok(()) };
    let paths: BTreeMap<PathBuf, bool> =
        entries.flatten().map(|entry| (entry.path(), entry.path().is_dir())).collect();
    for (path, is_folder) in paths {
        if is_folder {
            sweep_folder(&path, named)?;
            // Fails, as it should, while something is left in it.
            let _ = fs::remove_dir(&path);
        } else if !named.contains(&path) {
            fs::remove_file(&path).map_err(LakeError::io("remove the left-over", &path))?;
        }
    }
    Ok(())
}
