//! Small files of what only grows, joined: a pass adds one file a dataset, and a year of passes would
//! leave a reader thirty thousand to open.
//!
//! The joined file and the list of those that it stands for become valid in one manifest: a reader
//! sees every row once, before and after. The old files go once nothing that was published names them
//! ([`Lake::drop_replaced`]).

use std::collections::BTreeSet;
use std::fs;
use std::path::PathBuf;

use arrow::array::{ArrayRef, RecordBatch, new_null_array};

use crate::layout::WriteLock;
use crate::manifest::FileEntry;
use crate::{Commit, Dataset, Lake, LakeError, read_batches};

/// Files below this size are small, bytes.
const SMALL_BYTES: u64 = 8 << 20;
/// Rows in memory at a time.
const BATCH_ROWS: usize = 8_192;

/// What was joined.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Joined {
    /// Files that no longer count.
    pub files: u64,
    /// Rows that they held, and the joined ones hold.
    pub rows: u64,
}

impl Commit {
    /// Joins the small files of each dataset of exported records that has more than `most` of them.
    ///
    /// # Errors
    /// When a file cannot be read or the disk is full.
    pub fn join_small(&mut self, most: usize) -> Result<Joined, LakeError> {
        let mut joined = Joined::default();
        for dataset in Dataset::ALL.into_iter().filter(|dataset| dataset.is_exported()) {
            let entries = self.lake().entries(dataset)?;
            let small: Vec<FileEntry> =
                entries.into_iter().filter(|entry| entry.bytes < SMALL_BYTES).collect();
            if small.len() > most {
                joined.files += small.len() as u64;
                joined.rows += self.join(dataset, small)?;
            }
        }
        Ok(joined)
    }

    /// One file of the rows of these, oldest first.
    fn join(&mut self, dataset: Dataset, small: Vec<FileEntry>) -> Result<u64, LakeError> {
        let folder = self.lake().folder();
        let paths: Vec<PathBuf> = small.iter().map(|entry| folder.join(&entry.path)).collect();
        let mut file = self.start(dataset)?;
        for batch in read_batches(&paths, None, BATCH_ROWS) {
            file.write(&with_all_columns(dataset, &batch?)?)?;
        }
        let (rows, expected) = (file.rows(), small.iter().map(|entry| entry.rows).sum::<u64>());
        if rows != expected {
            let reason = format!("its files hold {rows} rows, their manifests say {expected}");
            return Err(LakeError::Damaged { path: folder.join(dataset.name()), reason });
        }
        self.grown(dataset, file)?;
        self.stands_for(small.into_iter().map(|entry| entry.path));
        Ok(rows)
    }
}

/// Older files lack the columns that came later: those are empty.
fn with_all_columns(dataset: Dataset, batch: &RecordBatch) -> Result<RecordBatch, LakeError> {
    let schema = dataset.schema();
    let columns: Vec<ArrayRef> = schema
        .fields()
        .iter()
        .map(|field| {
            let known = batch.column_by_name(field.name()).cloned();
            known.unwrap_or_else(|| new_null_array(field.data_type(), batch.num_rows()))
        })
        .collect();
    RecordBatch::try_new(schema, columns).map_err(LakeError::arrow(dataset.name()))
}

impl Lake {
    /// Removes files whose rows stand in joined ones. To be called once what readers are pointed to
    /// names the joined ones. Returns how many were removed.
    ///
    /// # Errors
    /// When a manifest cannot be read, or a file not removed.
    pub fn drop_replaced(&self, _lock: &WriteLock) -> Result<u64, LakeError> {
        let mut removed = 0;
        for name in self.replaced()? {
            let path = self.folder().join(name);
            match fs::remove_file(&path) {
                Ok(()) => removed += 1,
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(LakeError::io("remove the joined file", &path)(error)),
            }
            if let Some(folder) = path.parent() {
                // Fails, as it should, while something is left in it.
                let _ = fs::remove_dir(folder);
            }
        }
        Ok(removed)
    }

    /// Paths below the lake's folder of files whose rows stand in joined ones.
    pub(crate) fn replaced(&self) -> Result<BTreeSet<String>, LakeError> {
        Ok(self.stored_manifests()?.into_iter().flat_map(|manifest| manifest.replaces).collect())
    }
}

#[cfg(test)]
mod tests {
    use autobazaaar_domain::event::{Event, EventKind};
    use autobazaaar_domain::ids::{EventId, MadeId as _};
    use autobazaaar_domain::{RunId, Utc};

    use super::*;
    use crate::rows::texts;
    use crate::state::{Stamp, state_batch};

    fn at(number: i64) -> Utc {
        Utc::from_timestamp(1_790_000_000 + number * 60, 0).unwrap()
    }

    fn event(number: i64) -> Event {
        Event {
            sequence: number,
            event_id: EventId::made(at(number), number as u128),
            kind: EventKind::RunStarted,
            at: at(number),
            source: "test".to_owned(),
            subject: format!("subject {number}"),
            data: serde_json::json!({ "number": number }),
            metadata: None,
        }
    }

    /// A run that adds one event.
    fn add(lake: &Lake, number: i64) {
        let lock = lake.lock().unwrap();
        let run_id = RunId::new(at(number), number as u128);
        let mut commit = lake.begin(&run_id, at(number), &lock).unwrap();
        let mut file = commit.start(Dataset::Events).unwrap();
        file.write(&state_batch(&Stamp { run_id, sequence: number }, &[event(number)]).unwrap()).unwrap();
        commit.grown(Dataset::Events, file).unwrap();
        commit.publish(at(number)).unwrap();
    }

    fn join(lake: &Lake, number: i64, most: usize) -> Joined {
        let lock = lake.lock().unwrap();
        let mut commit = lake.begin(&RunId::new(at(number), number as u128), at(number), &lock).unwrap();
        let joined = commit.join_small(most).unwrap();
        commit.publish(at(number)).unwrap();
        joined
    }

    /// What a reader of these files sees, in order.
    fn subjects(files: &[PathBuf]) -> Vec<String> {
        let mut found = Vec::new();
        for batch in read_batches(files, None, 100) {
            found.extend(texts(&batch.unwrap(), "subject").unwrap().into_iter().map(str::to_owned));
        }
        found
    }

    #[test]
    fn many_small_files_become_one_and_nobody_sees_a_row_twice() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::new(folder.path());
        (1..=5).for_each(|number| add(&lake, number));
        let before = lake.files(Dataset::Events).unwrap();
        let rows = subjects(&before);

        // As many as may be: nothing happens
        assert_eq!(join(&lake, 5, 5), Joined::default());
        // One more than may be: they are one, in the run that joined them
        assert_eq!(join(&lake, 5, 4), Joined { files: 5, rows: 5 });
        let after = lake.files(Dataset::Events).unwrap();
        assert_eq!((after.len(), subjects(&after)), (1, rows.clone()));
        assert_eq!(lake.rows(Dataset::Events).unwrap(), 5);

        // A reader who looked before reads on, also past the next start; then the old files go
        drop(lake.lock().unwrap());
        assert_eq!(subjects(&before), rows);
        assert_eq!(lake.drop_replaced(&lake.lock().unwrap()).unwrap(), 5);
        assert!(before.iter().all(|file| !file.exists()));
        assert_eq!(subjects(&lake.files(Dataset::Events).unwrap()), rows);
        assert_eq!(lake.drop_replaced(&lake.lock().unwrap()).unwrap(), 0);

        // What comes after stands beside it, and is joined with it in turn
        (6..=9).for_each(|number| add(&lake, number));
        assert_eq!(join(&lake, 9, 4).files, 5);
        let all: Vec<String> = (1..=9).map(|number| format!("subject {number}")).collect();
        assert_eq!(subjects(&lake.files(Dataset::Events).unwrap()), all);
    }

    #[test]
    fn what_was_joined_and_never_published_is_swept() {
        let folder = tempfile::tempdir().unwrap();
        let lake = Lake::new(folder.path());
        (1..=3).for_each(|number| add(&lake, number));
        let before = lake.files(Dataset::Events).unwrap();
        {
            let lock = lake.lock().unwrap();
            let mut commit = lake.begin(&RunId::new(at(4), 4), at(4), &lock).unwrap();
            assert_eq!(commit.join_small(2).unwrap().files, 3);
        }
        drop(lake.lock().unwrap());
        assert_eq!(lake.files(Dataset::Events).unwrap(), before);
        assert_eq!(subjects(&before).len(), 3);
    }
}
