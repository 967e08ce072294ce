//! The stream through its stations.

use std::collections::{BTreeSet, HashSet};
use std::path::PathBuf;
use std::time::{Duration, Instant};

use arrow::array::RecordBatch;
use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::{Clock, ObservationId, RunId, Scan, Utc};
use autobazaaar_lake::observations::ObservationBuilder;
use autobazaaar_lake::quarantine::{Quarantine, Refused, read_refused};
use autobazaaar_lake::rows::{scans_batch, texts};
use autobazaaar_lake::{Commit, Dataset, Lake, LakeError, PartitionedWriter, WriteLock, read_batches};

use super::dedup::{Dedup, Spill};
use super::line_ids::LineIds;
use super::sellers::SellerKey;
use super::source::{Job, Refusal, Row, Source, SourceScan};
use crate::stream::in_order;

/// How the stream is bounded.
#[derive(Debug, Clone)]
pub struct IngestOptions {
    /// Rows in one batch.
    pub batch_rows: usize,
    /// Batches that may wait between two stations.
    pub channel_batches: usize,
    /// Threads that map.
    pub workers: usize,
    /// Rows gathered before they go to the partitions' files.
    pub block_rows: usize,
    /// Rows after which what is there is made to count.
    pub rotate_rows: u64,
    /// Time after which what is there is made to count.
    pub rotate_after: Duration,
    /// Size of the filter that knows what is surely new.
    pub filter_bytes: usize,
    /// Most rows in doubt that are looked up at once.
    pub lookup_rows: u64,
}

impl Default for IngestOptions {
    fn default() -> Self {
        Self {
            batch_rows: 4_096,
            channel_batches: 4,
            workers: 2,
            block_rows: 131_072,
            rotate_rows: 4_000_000,
            rotate_after: Duration::from_secs(300),
            filter_bytes: 48 << 20,
            lookup_rows: 1_000_000,
        }
    }
}

impl IngestOptions {
    /// Options that keep the process within about `memory_mb`.
    #[must_use]
    pub fn within(memory_mb: u32) -> Self {
        let memory = memory_mb as usize;
        Self {
            // A row in a block is held as columns, about 500 bytes, and some of them once more
            // while the block is sorted.
            block_rows: (memory * 512).clamp(8_192, 1_048_576),
            filter_bytes: (memory << 20) / 10,
            lookup_rows: (memory * 2_000) as u64,
            ..Self::default()
        }
    }
}

/// Why ingest stopped.
#[derive(Debug, thiserror::Error)]
pub enum IngestError {
    #[error(transparent)]
    Lake(#[from] LakeError),
}

/// What ingest did.
#[derive(Debug, Default, Clone)]
pub struct Summary {
    /// Sources read to their end.
    pub sources: u64,
    pub rows: u64,
    /// New contents.
    pub observations: u64,
    /// Known contents at another time.
    pub sightings: u64,
    /// Known contents at a known time.
    pub repeated: u64,
    pub refused: u64,
    /// What could not be read to its end, in words; the rest went on.
    pub failures: Vec<String>,
}

/// Everything an ingest writes to and with.
pub struct Ingest<'a> {
    pub lake: &'a Lake,
    pub lock: &'a WriteLock,
    pub run_id: &'a RunId,
    pub clock: &'a dyn Clock,
    pub sellers: &'a SellerKey,
    pub options: &'a IngestOptions,
    /// Files of refused rows that this reads again.
    pub supersedes: &'a [PathBuf],
    /// Told the rows of each batch.
    pub progress: &'a (dyn Fn(u64) + Sync),
}

/// Reads sources of these platforms, in the given order, into the lake. Each source is dropped
/// before the next is asked for.
///
/// # Errors
/// When the lake cannot be written. A source that cannot be read is in the summary's failures.
pub fn ingest<'s>(
    ingest: &Ingest<'_>,
    platforms: BTreeSet<String>,
    sources: impl Iterator<Item = Box<dyn Source + 's>>,
) -> Result<Summary, IngestError> {
    let mut stream = Stream::new(ingest, platforms)?;
    for source in sources {
        stream.read(source.as_ref())?;
        if stream.is_due() {
            stream.commit()?;
        }
    }
    stream.part.commit.supersede(ingest.supersedes);
    stream.commit_all()?;
    Ok(stream.summary)
}

/// The sink at the end of the stream.
struct Stream<'a> {
    ingest: &'a Ingest<'a>,
    summary: Summary,
    dedup: Dedup,
    scans_known: HashSet<String>,
    refused_known: HashSet<[u8; 16]>,
    part: Part,
    line_ids: LineIds,
    /// Rows in doubt; they may wait over several commits.
    spill: Spill,
    /// Scans wait for them: one that counted before its sightings would make listings seem gone.
    scans: Vec<Scan>,
}

/// What will count together.
struct Part {
    commit: Commit,
    observations: PartitionedWriter,
    quarantine: Quarantine,
    rows: u64,
    since: Instant,
}

/// A batch on its way from a worker to the sink.
struct Prepared {
    batch: Result<RecordBatch, LakeError>,
    ids: Vec<ObservationId>,
    rows: u64,
    refused: Vec<Refusal>,
    latest: Option<Utc>,
}

impl<'a> Stream<'a> {
    fn new(ingest: &'a Ingest<'a>, platforms: BTreeSet<String>) -> Result<Self, LakeError> {
        let options = ingest.options;
        let dedup = Dedup::new(ingest.lake, platforms, options.filter_bytes, options.lookup_rows)?;
        Ok(Self {
            ingest,
            summary: Summary::default(),
            dedup,
            scans_known: known_scans(ingest.lake)?,
            refused_known: known_refused(ingest)?,
            part: Part::new(ingest)?,
            line_ids: LineIds::default(),
            spill: Spill::default(),
            scans: Vec::new(),
        })
    }

    fn is_due(&self) -> bool {
        self.part.rows >= self.ingest.options.rotate_rows
            || self.part.since.elapsed() >= self.ingest.options.rotate_after
    }

    fn read(&mut self, source: &dyn Source) -> Result<(), LakeError> {
        let (label, scan) = (source.label(), source.scan());
        if let Some(error) = self.line_ids.refuse(source, self.ingest.lake, self.ingest.run_id)? {
            self.fail(&label, &error);
            return Ok(());
        }
        let jobs = match source.jobs(self.ingest.options.batch_rows, self.ingest.run_id) {
            Ok(jobs) => jobs,
            Err(error) => {
                self.fail(&label, &error);
                return Ok(());
            }
        };
        let (scan_id, mapping) = (scan_id(&scan, &label), source.mapping());
        let (mut rows, mut latest, mut broken) = (0, None::<Utc>, None);
        let ingest = self.ingest;
        let work = |job: anyhow::Result<Job<'_>>| job.map(|job| prepare(job, &scan_id, ingest));
        in_order(
            jobs,
            ingest.options.workers,
            ingest.options.channel_batches,
            work,
            |prepared| match prepared {
                Ok(prepared) => {
                    rows += prepared.rows + prepared.refused.len() as u64;
                    latest = latest.max(prepared.latest);
                    self.take(prepared, &label, &mapping, &scan)
                }
                Err(error) => {
                    broken = Some(error);
                    Ok(())
                }
            },
        )?;
        let whole = broken.is_none();
        if let Some(error) = broken {
            self.fail(&label, &error);
        } else {
            self.summary.sources += 1;
        }
        let Some(observed_at) = scan.observed_at.or(latest) else { return Ok(()) };
        if self.scans_known.insert(scan_id.clone()) {
            self.scans.push(Scan {
                scan_id,
                platform: scan.platform.clone(),
                query: scan.query.clone(),
                observed_at,
                // A pass that broke off showed less than there was. Some sources know only now whether
                // they showed everything.
                complete: whole && source.scan().complete.holds(rows),
                listings: rows,
                run_id: ingest.run_id.clone(),
            });
        }
        Ok(())
    }

    fn take(
        &mut self,
        prepared: Prepared,
        label: &str,
        mapping: &str,
        scan: &SourceScan,
    ) -> Result<(), LakeError> {
        let rows = prepared.rows + prepared.refused.len() as u64;
        let new = self.dedup.part(prepared.batch?, &prepared.ids, &mut self.spill, &self.part.commit)?;
        self.summary.observations += new.num_rows() as u64;
        self.part.observations.push(new, &mut self.part.commit)?;
        for refusal in prepared.refused {
            self.refuse(refusal, label, mapping, scan.observed_at)?;
        }
        self.summary.rows += rows;
        self.part.rows += rows;
        (self.ingest.progress)(rows);
        if self.is_due() { self.commit() } else { Ok(()) }
    }

    fn fail(&mut self, label: &str, error: &anyhow::Error) {
        tracing::warn!(source = label, "{error:#}");
        self.summary.failures.push(format!("{error:#}"));
    }

    fn refuse(
        &mut self,
        refusal: Refusal,
        label: &str,
        mapping: &str,
        observed_at: Option<Utc>,
    ) -> Result<(), LakeError> {
        let refused = Refused {
            run_id: self.ingest.run_id.clone(),
            at: self.ingest.clock.now(),
            source: label.to_owned(),
            mapping: mapping.to_owned(),
            row: refusal.row,
            code: refusal.code,
            reason: refusal.reason,
            raw: refusal.raw,
            observed_at,
        };
        self.summary.refused += 1;
        if self.refused_known.insert(refused_hash(&refused)) {
            self.part.quarantine.push(&refused)?;
        }
        Ok(())
    }

    /// Makes everything so far count, but for rows in doubt: looking them up reads every id of the
    /// lake, so that a few of them wait for more, or for the end.
    fn commit(&mut self) -> Result<(), LakeError> {
        if self.spill.rows() < self.ingest.options.lookup_rows {
            return self.count(Spill::default());
        }
        self.commit_all()
    }

    /// Makes everything so far count.
    fn commit_all(&mut self) -> Result<(), LakeError> {
        let spill = std::mem::take(&mut self.spill);
        self.count(spill)
    }

    fn count(&mut self, spill: Spill) -> Result<(), LakeError> {
        let part = std::mem::replace(&mut self.part, Part::new(self.ingest)?);
        let Part { mut commit, observations, quarantine, .. } = part;
        observations.finish(&mut commit)?;
        let block = self.ingest.options.block_rows;
        let mut late = PartitionedWriter::new(Dataset::Observations, block);
        let mut sightings = PartitionedWriter::new(Dataset::Sightings, block);
        let resolved = self.dedup.resolve(
            spill,
            self.ingest.lake,
            self.ingest.run_id,
            &mut commit,
            (&mut late, &mut sightings),
        )?;
        self.summary.observations += resolved.observations;
        self.summary.sightings += resolved.sightings;
        self.summary.repeated += resolved.repeated;
        late.finish(&mut commit)?;
        sightings.finish(&mut commit)?;
        if self.spill.rows() == 0 && !self.scans.is_empty() {
            let scans = std::mem::take(&mut self.scans);
            let mut writer = PartitionedWriter::new(Dataset::Scans, block);
            writer.push(scans_batch(&scans)?, &mut commit)?;
            writer.finish(&mut commit)?;
        }
        commit.add_refused(quarantine)?;
        commit.publish(self.ingest.clock.now())?;
        // The next part numbers its files after those that now count.
        self.part = Part::new(self.ingest)?;
        Ok(())
    }
}

impl Part {
    fn new(ingest: &Ingest<'_>) -> Result<Self, LakeError> {
        let commit = ingest.lake.begin(ingest.run_id, ingest.clock.now(), ingest.lock)?;
        let quarantine = ingest.lake.quarantine_writer(ingest.run_id, commit.next_refused_part());
        Ok(Self {
            commit,
            observations: PartitionedWriter::new(Dataset::Observations, ingest.options.block_rows),
            quarantine,
            rows: 0,
            since: Instant::now(),
        })
    }
}

/// A worker's part: mapping, seller keys, ids, columns.
fn prepare(job: Job<'_>, scan_id: &str, ingest: &Ingest<'_>) -> Prepared {
    let mapped = job();
    let mut builder = ObservationBuilder::with_capacity(mapped.rows.len());
    let mut ids = Vec::with_capacity(mapped.rows.len());
    let mut latest = None;
    for Row { observation: mut seen, seller_name } in mapped.rows {
        if let Some(name) = seller_name {
            seen.seller_key = Some(ingest.sellers.hash(seen.key.platform.as_str(), &name));
        }
        latest = latest.max(Some(seen.observed_at));
        let id = seen.id();
        builder.push(id, scan_id, &seen);
        ids.push(id);
    }
    Prepared { rows: ids.len() as u64, batch: builder.finish(), ids, refused: mapped.refused, latest }
}

/// The same pass over the same venue has the same id, however often its file is read. A pass without a
/// moment, whose rows have their own, goes by its file's name.
fn scan_id(scan: &SourceScan, label: &str) -> String {
    let mut hash = FieldHasher::new("scan");
    hash.text(scan.platform.as_str()).text(&scan.query);
    hash.number(scan.observed_at.map(|at| at.timestamp_micros()));
    if scan.observed_at.is_none() {
        hash.text(label.rsplit(['/', '\\']).next().unwrap_or(label));
    }
    autobazaaar_domain::hash::hex(&hash.finish())
}

fn known_scans(lake: &Lake) -> Result<HashSet<String>, LakeError> {
    let mut known = HashSet::new();
    for batch in read_batches(&lake.files(Dataset::Scans)?, Some(&["scan_id"]), 8_192) {
        known.extend(texts(&batch?, "scan_id")?.into_iter().map(str::to_owned));
    }
    Ok(known)
}

fn known_refused(ingest: &Ingest<'_>) -> Result<HashSet<[u8; 16]>, LakeError> {
    let mut known = HashSet::new();
    let files = ingest.lake.quarantine_files()?;
    for file in files.iter().filter(|file| !ingest.supersedes.contains(file)) {
        for refused in read_refused(file)? {
            known.insert(refused_hash(&refused?));
        }
    }
    Ok(known)
}

/// A row refused for the same reason when its source is read again is not refused twice.
fn refused_hash(refused: &Refused) -> [u8; 16] {
    FieldHasher::new("refused")
        .text(&refused.source)
        .number(Some(refused.row as i64))
        .text(&refused.code)
        .text(&refused.raw)
        .finish()
}
