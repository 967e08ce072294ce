//! The run history: one record per run, rewritten as its stages end.

use autobazaaar_domain::RunId;
use autobazaaar_domain::run::Run;

use crate::layout::{json_files, read_json};
use crate::{Lake, LakeError, write_atomically};

impl Lake {
    /// Stores a run's record in place of its former one.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn record_run(&self, run: &Run) -> Result<(), LakeError> {
        let path = self.journal().join(format!("{}.json", run.run_id));
        let bytes = serde_json::to_vec_pretty(run)
            .map_err(|error| LakeError::Damaged { path: path.clone(), reason: error.to_string() })?;
        write_atomically(&path, &bytes)
    }

    /// Every run, oldest first.
    ///
    /// # Errors
    /// When a record cannot be read.
    pub fn runs(&self) -> Result<Vec<Run>, LakeError> {
        let mut runs = Vec::new();
        for path in json_files(&self.journal())? {
            runs.push(read_json(&path)?);
        }
        runs.sort_by(|a: &Run, b: &Run| a.run_id.cmp(&b.run_id));
        Ok(runs)
    }

    /// One run.
    ///
    /// # Errors
    /// When its record cannot be read.
    pub fn run(&self, run_id: &RunId) -> Result<Option<Run>, LakeError> {
        let path = self.journal().join(format!("{run_id}.json"));
        if path.exists() { read_json(&path).map(Some) } else { Ok(None) }
    }
}
