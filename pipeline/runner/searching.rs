//! Files and searches into the lake, together: one stage, one summary.

use std::collections::BTreeSet;
use std::path::Path;

use autobazaaar_domain::run::Stage;

use super::pass::PassError;
use super::{Runner, StageError};
use crate::ingest::{Source, Summary};
use crate::searches::{Covered, Outcome, Planned, Searching, note_tried, raise};

/// What was read in.
pub struct ReadIn {
    pub summary: Summary,
    /// What came of each search.
    pub outcomes: Vec<Outcome>,
}

/// Reads files, then searches; relative paths count from `base`. What needs the owner is recorded as an
/// alert, also when nothing could be read at all.
///
/// # Errors
/// When the lake cannot be written, or nothing could be read.
pub fn read_in(
    runner: &mut Runner<'_>,
    base: &Path,
    files: Vec<Box<dyn Source>>,
    searches: Vec<Planned>,
) -> Result<ReadIn, PassError> {
    let mut platforms: BTreeSet<String> = files.iter().flat_map(|file| file.platforms()).collect();
    platforms.extend(searches.iter().map(|planned| planned.search.venue.to_string()));
    let files = files.into_iter();
    // A run that goes on where it was cut off asks nobody twice.
    if searches.is_empty() || runner.has_done(Stage::Ingest) {
        return Ok(ReadIn { summary: runner.ingest(platforms, files)?, outcomes: Vec::new() });
    }
    let (now, random) = (runner.now(), runner.outside.random);
    let data_dir = runner.lake.data_dir().to_owned();
    let searching = Searching::open(runner.outside.config, base, &data_dir, now, random)?;
    let sources = searching.start(searches.clone(), &runner.lake, now).map_err(StageError::from)?;
    let sources = sources.into_iter().map(|source| Box::new(source) as Box<dyn Source>);
    let result = runner.ingest(platforms, files.chain(sources));
    let (outcomes, alerted) =
        searching.finish_with(async |outcomes| raise(&data_dir, outcomes, now, random).await);
    if let Err(error) = alerted {
        tracing::error!("{error}");
    }
    let mut summary = result?;
    let read = |planned: &&Planned| {
        let whole = |outcome: &&Outcome| matches!(outcome.covered, Covered::Complete | Covered::Capped);
        outcomes.iter().filter(whole).any(|outcome| outcome.search == planned.search.name)
    };
    let tried: Vec<Planned> = searches.iter().filter(read).cloned().collect();
    if let Err(error) = note_tried(&runner.lake, &tried, now) {
        summary.failures.push(format!("cannot note which searches were read to their end: {error}"));
    }
    Ok(ReadIn { summary, outcomes })
}
