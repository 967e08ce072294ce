//! Each content once, each sight once, whatever the input's size.
//!
//! A Bloom filter lets surely new rows pass straight through. The others go to a spill file and
//! are checked against the lake once there are many or the input ends, in as many passes as the
//! memory bound asks for.

use std::collections::{BTreeSet, HashMap};
use std::path::PathBuf;

use arrow::array::{BooleanArray, RecordBatch};
use arrow::compute::filter_record_batch;
use autobazaaar_domain::{ListingKey, ObservationId, RunId, Sighting, Utc};
use autobazaaar_lake::rows::{ids_and_times, sightings_batch, texts};
use autobazaaar_lake::{Commit, Dataset, Lake, LakeError, ParquetFile, PartitionedWriter, read_batches};

use super::bloom::Bloom;

const READ_ROWS: usize = 16_384;
const ID_COLUMNS: [&str; 2] = ["observation_id", "observed_at"];

/// What ingest remembers between commits.
pub struct Dedup {
    bloom: Bloom,
    platforms: BTreeSet<String>,
    /// Most spilled rows that are resolved in one pass.
    pass_rows: u64,
}

/// Rows that may be known already.
#[derive(Default)]
pub struct Spill {
    file: Option<ParquetFile>,
    days: Option<(i64, i64)>,
}

/// What became of the spilled rows.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Resolved {
    pub observations: u64,
    pub sightings: u64,
    pub repeated: u64,
}

impl Dedup {
    /// Fills the filter with what the lake holds of these platforms.
    ///
    /// # Errors
    /// When a file of the lake cannot be read.
    pub fn new(
        lake: &Lake,
        platforms: BTreeSet<String>,
        filter_bytes: usize,
        pass_rows: u64,
    ) -> Result<Self, LakeError> {
        let mut bloom = Bloom::with_bytes(filter_bytes);
        let files = lake.files_of(Dataset::Observations, &platforms, None)?;
        for batch in read_batches(&files, Some(&ID_COLUMNS), READ_ROWS) {
            for (id, _) in ids_and_times(&batch?)? {
                bloom.insert(id);
            }
        }
        Ok(Self { bloom, platforms, pass_rows: pass_rows.max(1) })
    }

    /// Parts a batch into rows that are surely new, which are returned, and the rest, which is
    /// spilled.
    ///
    /// # Errors
    /// When the spill cannot be written.
    pub fn part(
        &mut self,
        batch: RecordBatch,
        ids: &[ObservationId],
        spill: &mut Spill,
        commit: &Commit,
    ) -> Result<RecordBatch, LakeError> {
        let new: BooleanArray = ids.iter().map(|&id| Some(self.bloom.insert(id))).collect();
        if new.true_count() == ids.len() {
            return Ok(batch);
        }
        let known = arrow::compute::not(&new).map_err(arrange)?;
        spill.push(&filter_record_batch(&batch, &known).map_err(arrange)?, commit)?;
        filter_record_batch(&batch, &new).map_err(arrange)
    }

    /// Checks the spilled rows against the lake and this commit's own files: new contents go to
    /// `observations`, known ones at another time to `sightings`, the rest nowhere.
    ///
    /// # Errors
    /// When a file cannot be read or written.
    pub fn resolve(
        &self,
        spill: Spill,
        lake: &Lake,
        run_id: &RunId,
        commit: &mut Commit,
        writers: (&mut PartitionedWriter, &mut PartitionedWriter),
    ) -> Result<Resolved, LakeError> {
        let (observations, sightings) = writers;
        let mut resolved = Resolved::default();
        let Some((file, rows, dates)) = spill.close()? else { return Ok(resolved) };
        let known_files = self.known_files(lake, commit, dates)?;
        let passes = rows.div_ceil(self.pass_rows);
        for pass in 0..passes {
            let mine = |id: &ObservationId| u64::from(id.0[15]) % passes == pass;
            let mut seen = self.load_known(&file, &known_files, mine)?;
            for batch in read_batches(std::slice::from_ref(&file), None, READ_ROWS) {
                let batch = batch?;
                let (keep, again) = sort_out(&batch, mine, &mut seen, run_id, &mut resolved)?;
                let new = filter_record_batch(&batch, &keep).map_err(arrange)?;
                observations.push(new, commit)?;
                sightings.push(sightings_batch(&again)?, commit)?;
            }
        }
        std::fs::remove_file(&file).map_err(LakeError::io("remove", &file))?;
        Ok(resolved)
    }

    fn known_files(
        &self,
        lake: &Lake,
        commit: &Commit,
        dates: Option<(chrono::NaiveDate, chrono::NaiveDate)>,
    ) -> Result<Vec<PathBuf>, LakeError> {
        let mut files = lake.files_of(Dataset::Observations, &self.platforms, None)?;
        files.extend(commit.pending(Dataset::Observations));
        files.extend(lake.files_of(Dataset::Sightings, &self.platforms, dates)?);
        Ok(files)
    }

    /// Ids of the spilled rows of this pass, each with the moments at which it was seen.
    fn load_known(
        &self,
        spill: &PathBuf,
        known_files: &[PathBuf],
        mine: impl Fn(&ObservationId) -> bool,
    ) -> Result<HashMap<ObservationId, Vec<i64>>, LakeError> {
        let mut seen = HashMap::new();
        for batch in read_batches(std::slice::from_ref(spill), Some(&ID_COLUMNS), READ_ROWS) {
            let ids = ids_and_times(&batch?)?;
            seen.extend(ids.into_iter().filter(|(id, _)| mine(id)).map(|(id, _)| (id, Vec::new())));
        }
        for batch in read_batches(known_files, Some(&ID_COLUMNS), READ_ROWS) {
            for (id, at) in ids_and_times(&batch?)? {
                if let Some(times) = seen.get_mut(&id) {
                    times.push(at);
                }
            }
        }
        Ok(seen)
    }
}

/// Which rows of a batch are new contents, and the sightings among the rest.
fn sort_out(
    batch: &RecordBatch,
    mine: impl Fn(&ObservationId) -> bool,
    seen: &mut HashMap<ObservationId, Vec<i64>>,
    run_id: &RunId,
    resolved: &mut Resolved,
) -> Result<(BooleanArray, Vec<Sighting>), LakeError> {
    let (platforms, keys) = (texts(batch, "platform")?, texts(batch, "external_id")?);
    let scans = texts(batch, "scan_id")?;
    let mut keep = Vec::with_capacity(batch.num_rows());
    let mut again = Vec::new();
    for (row, (id, at)) in ids_and_times(batch)?.into_iter().enumerate() {
        let times = seen.get_mut(&id).filter(|_| mine(&id));
        keep.push(times.as_ref().is_some_and(|times| times.is_empty()));
        let Some(times) = times else { continue };
        if times.contains(&at) {
            resolved.repeated += 1;
        } else if times.is_empty() {
            resolved.observations += 1;
            times.push(at);
        } else {
            resolved.sightings += 1;
            times.push(at);
            let shape = |column| LakeError::Shape { dataset: "observations", column };
            again.push(Sighting {
                key: ListingKey {
                    platform: platforms[row].parse().map_err(|_| shape("platform"))?,
                    external_id: keys[row].to_owned(),
                },
                observation_id: id,
                observed_at: Utc::from_timestamp_micros(at).ok_or_else(|| shape("observed_at"))?,
                scan_id: scans[row].to_owned(),
                run_id: run_id.clone(),
            });
        }
    }
    Ok((BooleanArray::from(keep), again))
}

impl Spill {
    /// Rows so far.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.file.as_ref().map_or(0, ParquetFile::rows)
    }

    fn push(&mut self, batch: &RecordBatch, commit: &Commit) -> Result<(), LakeError> {
        for (_, at) in ids_and_times(batch)? {
            let day = at.div_euclid(86_400_000_000);
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
        if self.file.is_none() {
            self.file = Some(ParquetFile::create(Dataset::Observations, commit.beside("doubtful"))?);
        }
        match &mut self.file {
            Some(file) => file.write(batch),
            None => Ok(()),
        }
    }

    #[allow(clippy::type_complexity)]
    fn close(
        self,
    ) -> Result<Option<(PathBuf, u64, Option<(chrono::NaiveDate, chrono::NaiveDate)>)>, LakeError> {
        let Some(file) = self.file else { return Ok(None) };
        let date = |day: i64| i32::try_from(day).ok().and_then(chrono::NaiveDate::from_epoch_days);
        let dates = self.days.and_then(|(first, last)| Some((date(first)?, date(last)?)));
        let rows = file.rows();
        Ok(Some((file.close()?, rows, dates)))
    }
}

fn arrange(source: arrow::error::ArrowError) -> LakeError {
    LakeError::Arrow { dataset: "observations", source }
}
