//! What stages derived anew many times over: old results make room.

use std::collections::BTreeSet;
use std::fs;

use crate::layout::WriteLock;
use crate::manifest::Manifest;
use crate::{Dataset, Lake, LakeError, write_atomically};

impl Lake {
    /// Keeps of each derived dataset the newest `keep` runs' results (at least one), and removes
    /// the files of older ones. What only grows is never touched. Returns the number of files
    /// removed.
    ///
    /// A manifest stops naming a file before the file goes, so that a reader who asks now never
    /// gets one that is gone, and whoever is killed in between leaves a file that the next writer
    /// sweeps away.
    ///
    /// # Errors
    /// When a manifest cannot be read or written, or a file cannot be removed.
    pub fn prune(&self, keep: usize, _lock: &WriteLock) -> Result<u64, LakeError> {
        let mut manifests = self.read_manifests()?;
        let mut changed = BTreeSet::new();
        let mut old = Vec::new();
        for dataset in Dataset::ALL.into_iter().filter(|dataset| dataset.is_derived()) {
            let with = |(at, m): (usize, &Manifest)| m.files.contains_key(dataset.name()).then_some(at);
            let holders: Vec<usize> = manifests.iter().enumerate().filter_map(with).collect();
            for &at in holders.iter().rev().skip(keep.max(1)) {
                old.extend(manifests[at].files.remove(dataset.name()).unwrap_or_default());
                changed.insert(at);
            }
        }
        for at in changed {
            let path = self.manifest_path(&manifests[at].run_id);
            let bytes = serde_json::to_vec_pretty(&manifests[at])
                .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })?;
            write_atomically(&path, &bytes)?;
        }
        for file in &old {
            let path = self.folder().join(&file.path);
            fs::remove_file(&path).map_err(LakeError::io("remove the old result", &path))?;
            if let Some(folder) = path.parent() {
                // Fails, as it should, while something is left in it.
                let _ = fs::remove_dir(folder);
            }
        }
        Ok(old.len() as u64)
    }
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::{RunId, Utc};

    use super::*;

    /// A run that derived these datasets, and grew the scans.
    fn run(lake: &Lake, number: u128, datasets: &[Dataset]) -> RunId {
        let lock = lake.lock().unwrap();
        let at = Utc::from_timestamp(1_790_000_000 + number as i64, 0).unwrap();
        let run_id = RunId::new(at, number);
        let mut commit = lake.begin(&run_id, at, &lock).unwrap();
        for &dataset in datasets {
            let file = commit.start(dataset).unwrap();
            commit.derived(dataset, file).unwrap();
        }
        let scans = commit.start(Dataset::Scans).unwrap();
        commit.add(Dataset::Scans, scans, "platform=bazaar/date=2026-11-24").unwrap();
        commit.publish(at).unwrap();
        run_id
    }

    #[test]
    fn the_newest_results_stay_and_what_grows_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::new(folder.path());
        let enriched = [Dataset::Enriched];
        let both = [Dataset::Enriched, Dataset::Deals];
        let runs = [(1, &both[..]), (2, &enriched), (3, &enriched), (4, &enriched)]
            .map(|(number, datasets)| run(&lake, number, datasets));
        let first = lake.files(Dataset::Enriched).unwrap()[0].clone();
        let removed = lake.prune(2, &lake.lock().unwrap()).unwrap();
        assert_eq!(removed, 2);
        assert!(!first.exists() && !first.parent().unwrap().exists());
        assert_eq!(lake.files(Dataset::Enriched).unwrap().len(), 2);
        assert_eq!(lake.latest(Dataset::Enriched).unwrap().unwrap().0, runs[3]);
        // The only deals are old, but the newest that there are.
        assert_eq!(lake.latest(Dataset::Deals).unwrap().unwrap().0, runs[0]);
        assert_eq!(lake.files(Dataset::Scans).unwrap().len(), 4);
        assert!(lake.files(Dataset::Enriched).unwrap().iter().all(|file| file.exists()));
        assert_eq!(lake.prune(2, &lake.lock().unwrap()).unwrap(), 0);
    }

    #[test]
    fn nothing_asked_for_still_keeps_the_newest() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::new(folder.path());
        for number in 1..=3 {
            run(&lake, number, &[Dataset::Decisions]);
        }
        assert_eq!(lake.prune(0, &lake.lock().unwrap()).unwrap(), 2);
        assert_eq!(lake.files(Dataset::Decisions).unwrap().len(), 1);
    }
}
