//! Files whose listings go by line numbers: line 7 of another file is another listing, and must not pass for
//! a change of the first.

use std::collections::HashMap;

use autobazaaar_domain::RunId;
use autobazaaar_lake::rows::texts;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};

use super::source::Source;

/// Rows of a file that are compared with what the lake has under their ids.
const COMPARED_ROWS: usize = 4_096;

/// The files of one ingest whose listings go by line numbers.
#[derive(Default)]
pub(super) struct LineIds {
    /// The file that lent its line numbers as ids, by platform.
    lent_by: HashMap<String, String>,
}

impl LineIds {
    /// Why a source's line numbers cannot be ids, if they are and cannot: by what this ingest has read and
    /// the lake holds.
    ///
    /// # Errors
    /// When the lake cannot be read.
    pub(super) fn refuse(
        &mut self,
        source: &dyn Source,
        lake: &Lake,
        run_id: &RunId,
    ) -> Result<Option<anyhow::Error>, LakeError> {
        if !source.ids_are_line_numbers() {
            return Ok(None);
        }
        let label = source.label();
        match self.lent_by.insert(source.scan().platform.to_string(), label.clone()) {
            Some(other) if other != label => Ok(Some(anyhow::anyhow!(
                "{label}: its ids are line numbers, as are those of {other}, and would name two listings each; {MEND}"
            ))),
            _ => taken(source, lake, run_id),
        }
    }
}

const MEND: &str = "name a column of ids under [id], or set `scope = \"file\"` there";

/// More than half of the file's first listings have another title in the lake; a few may have been edited
/// since they were read.
fn taken(source: &dyn Source, lake: &Lake, run_id: &RunId) -> Result<Option<anyhow::Error>, LakeError> {
    let Ok(mut jobs) = source.jobs(COMPARED_ROWS, run_id) else { return Ok(None) };
    let Some(Ok(first)) = jobs.next() else { return Ok(None) };
    let platform = source.scan().platform;
    let titled = first().rows.into_iter().map(|row| row.observation);
    let titles: HashMap<String, String> = titled.map(|seen| (seen.key.external_id, seen.title)).collect();
    // By id: whether one of its contents in the lake has the title, and where the last came from.
    let mut known: HashMap<String, (bool, String)> = HashMap::new();
    let columns = ["platform", "external_id", "title", "raw_ref"];
    for batch in read_batches(&lake.files(Dataset::Observations)?, Some(&columns), COMPARED_ROWS) {
        let batch = batch?;
        let (platforms, ids) = (texts(&batch, "platform")?, texts(&batch, "external_id")?);
        let (there, from) = (texts(&batch, "title")?, texts(&batch, "raw_ref")?);
        for row in (0..batch.num_rows()).filter(|&row| platforms[row] == platform.as_str()) {
            let Some((id, title)) = titles.get_key_value(ids[row]) else { continue };
            let (same, origin) = known.entry(id.clone()).or_default();
            *same |= title == there[row];
            from[row].clone_into(origin);
        }
    }
    let others: Vec<&String> = known.values().filter(|(same, _)| !same).map(|(_, from)| from).collect();
    if others.len() * 2 <= known.len() {
        return Ok(None);
    }
    let from = others.iter().map(|from| from.rsplit_once(':').map_or(from.as_str(), |(file, _)| file)).min();
    Ok(Some(anyhow::anyhow!(
        "{}: its ids are line numbers, and {} of the first {} stand for other listings in the lake (from {}); {MEND}",
        source.label(),
        others.len(),
        titles.len(),
        from.unwrap_or("another file"),
    )))
}
