//! One open file per dataset that got rows.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;

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
        let file = match self.0.entry(R::DATASET) {
            Entry::Occupied(open) => open.into_mut(),
            Entry::Vacant(none) => none.insert(commit.start(R::DATASET)?),
        };
        file.write_group(&state_batch(stamp, rows)?)
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
