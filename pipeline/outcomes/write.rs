//! One open file per dataset that got rows.

use std::collections::BTreeMap;

use autobazaaar_lake::state::{Stamp, StateRow, state_batch};
use autobazaaar_lake::{Commit, Dataset, LakeError, ParquetFile};

/// Files under construction.
#[derive(Default)]
pub(super) struct Tables(BTreeMap<Dataset, ParquetFile>);

impl Tables {
    /// Adds records to the file of their dataset; none makes no file.
    pub fn add<R: StateRow>(
        &mut self,
        stamp: &Stamp,
        rows: &[R],
        commit: &mut Commit,
    ) -> Result<(), LakeError> {
        if rows.is_empty() {
            return Ok(());
        }
        if !self.0.contains_key(&R::DATASET) {
            self.0.insert(R::DATASET, commit.start(R::DATASET)?);
        }
        match self.0.get_mut(&R::DATASET) {
            Some(file) => file.write_group(&state_batch(stamp, rows)?),
            None => Ok(()),
        }
    }

    /// Hands the files to the commit; the rows in them.
    pub fn finish(self, commit: &mut Commit) -> Result<u64, LakeError> {
        let mut rows = 0;
        for (dataset, file) in self.0 {
            rows += commit.grown(dataset, file)?;
        }
        Ok(rows)
    }
}
