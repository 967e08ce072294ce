//! The stage that brings what the store tells into the lake.

use autobazaaar_domain::run::Stage;
use autobazaaar_lake::Dataset;
use autobazaaar_store::Store;

use super::stages::StageError;
use super::{Rows, Runner};
use crate::outcomes::export;

/// Small files of a dataset that may lie beside each other: a day of passes each quarter of an hour.
const MOST_SMALL_FILES: usize = 96;

/// Datasets that an export adds to and that are checked before it counts.
const CHECKED: [Dataset; 2] = [Dataset::Ledger, Dataset::Events];

impl Runner<'_> {
    /// New state and events of the store, into the lake. Done again, it adds nothing.
    ///
    /// # Errors
    /// When the store cannot be read, the disk is full, or the result is not fit to count.
    pub async fn outcomes(&mut self, store: &Store) -> Result<(), StageError> {
        if self.has_done(Stage::Outcomes) {
            return Ok(());
        }
        let begun = self.begin_stage(Stage::Outcomes);
        let result = self.export(store).await;
        self.end_stage(begun, result)
    }

    /// A pass adds a file a dataset: when there are many small ones, they become one.
    fn join_small_files(&self) -> Result<(), StageError> {
        let mut commit = self.begin()?;
        let joined = commit.join_small(MOST_SMALL_FILES)?;
        if joined.files == 0 {
            return Ok(());
        }
        let engine = self.engine()?;
        for dataset in CHECKED {
            let files = commit.counting(dataset)?;
            let empty = if files.is_empty() { vec![self.lake.empty_file(dataset)?] } else { files };
            engine.attach_files(dataset, &empty)?;
        }
        self.publish_checked(&engine, commit, &CHECKED)?;
        tracing::info!(files = joined.files, rows = joined.rows, "joined small files");
        Ok(())
    }

    async fn export(&self, store: &Store) -> Result<Rows, StageError> {
        let mut commit = self.begin()?;
        let done = export(store, &self.lake, &mut commit).await?;
        if done.events == 0 {
            return Ok(Rows { outcome: "nothing new".to_owned(), ..Rows::default() });
        }
        let engine = self.engine()?;
        for dataset in CHECKED {
            let mut files = self.lake.files_or_empty(dataset)?;
            files.extend(commit.pending(dataset));
            engine.attach_files(dataset, &files)?;
        }
        self.publish_checked(&engine, commit, &CHECKED)?;
        self.join_small_files()?;
        Ok(Rows {
            rows_in: done.events,
            rows_out: done.rows,
            outcome: format!("{} events, {} rows", done.events, done.rows),
            ..Rows::default()
        })
    }
}
