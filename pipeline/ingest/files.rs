//! Mapped files as sources.

use autobazaaar_domain::{Observation, RunId};

use super::source::{Job, Jobs, Mapped, Refusal, Row, Source, SourceScan};
use autobazaaar_venues::file::{Completeness, MappedBatch, SourceFile};

/// A file with the mapping's name.
pub struct FileSource {
    file: SourceFile,
    mapping: String,
    /// The configuration's word on completeness, over the mapping's.
    complete: Option<bool>,
    query: Option<String>,
}

impl FileSource {
    /// A file as a source; `query` and `complete` override what the mapping says.
    #[must_use]
    pub fn new(file: SourceFile, mapping: &str, query: Option<String>, complete: Option<bool>) -> Self {
        Self { file, mapping: mapping.to_owned(), complete, query }
    }
}

impl Source for FileSource {
    /// The whole path: a replay may start from another folder.
    fn label(&self) -> String {
        let path = std::path::absolute(&self.file.path);
        path.as_deref().unwrap_or(&self.file.path).display().to_string()
    }

    fn ids_are_line_numbers(&self) -> bool {
        self.file.ids_are_line_numbers()
    }

    fn mapping(&self) -> String {
        self.mapping.clone()
    }

    fn scan(&self) -> SourceScan {
        let scan = &self.file.scan;
        SourceScan {
            platform: scan.platform.clone(),
            query: self.query.clone().unwrap_or_else(|| scan.query.clone()),
            observed_at: scan.observed_at,
            complete: self.complete.map_or(scan.complete, Completeness::Known),
        }
    }

    fn jobs(&self, batch_rows: usize, run_id: &RunId) -> anyhow::Result<Jobs<'_>> {
        let run_id = run_id.clone();
        Ok(Box::new(self.file.batches(batch_rows)?.map(move |batch| {
            let (batch, run_id) = (batch?, run_id.clone());
            let job: Job<'_> = Box::new(move || mapped(self.file.map(batch, &run_id)));
            Ok(job)
        })))
    }
}

fn mapped(batch: MappedBatch) -> Mapped {
    let mut rows = Vec::with_capacity(batch.rows.len());
    for row in batch.rows {
        let again = row.also_seen_at.map(|observed_at| Row {
            observation: Observation { observed_at, ..row.observation.clone() },
            seller_name: row.seller_name.clone(),
        });
        rows.push(Row { observation: row.observation, seller_name: row.seller_name });
        rows.extend(again);
    }
    let refused = batch.rejected.into_iter().map(|row| Refusal {
        row: row.row,
        code: row.code,
        reason: row.reason,
        raw: row.raw,
    });
    Mapped { rows, refused: refused.collect() }
}
