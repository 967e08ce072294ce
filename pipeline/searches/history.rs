//! What earlier scans tell: when a search was last done, and what it showed.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};

use arrow::array::AsArray as _;
use arrow::datatypes::{Int64Type, TimestampMicrosecondType};
use autobazaaar_domain::Utc;
use autobazaaar_lake::rows::texts;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};
use chrono::TimeDelta;

use super::plan::Planned;

const READ_ROWS: usize = 16_384;
/// What was not seen for so long counts as new to a quick scan: it reads a page more, no harm done.
const REMEMBERED: TimeDelta = TimeDelta::days(60);

/// When a search was done last.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LastScan {
    /// In any way.
    pub any: Option<Utc>,
    /// To its end.
    pub complete: Option<Utc>,
    /// To its end, as was meant: a venue may show less than there is, each time.
    pub tried_complete: Option<Utc>,
    /// Listings of the newest one.
    pub listings: u64,
}

/// Platform and label of a search → when it was done.
pub type LastScans = HashMap<(String, String), LastScan>;

/// Reads when each search was done.
///
/// # Errors
/// When the lake's scans cannot be read.
pub fn last_scans(lake: &Lake) -> Result<LastScans, LakeError> {
    let mut last = LastScans::new();
    let columns = ["platform", "query", "observed_at", "complete", "listings"];
    for batch in read_batches(&lake.files(Dataset::Scans)?, Some(&columns), READ_ROWS) {
        let batch = batch?;
        let shape = |column| LakeError::Shape { dataset: "scans", column };
        let (platforms, queries) = (texts(&batch, "platform")?, texts(&batch, "query")?);
        let column = |name: &'static str| batch.column_by_name(name).ok_or_else(|| shape(name));
        let times = column("observed_at")?.as_primitive_opt::<TimestampMicrosecondType>();
        let times = times.ok_or_else(|| shape("observed_at"))?;
        let complete = column("complete")?.as_boolean_opt().ok_or_else(|| shape("complete"))?;
        let listings =
            column("listings")?.as_primitive_opt::<Int64Type>().ok_or_else(|| shape("listings"))?;
        for row in 0..batch.num_rows() {
            let at = Utc::from_timestamp_micros(times.value(row)).ok_or_else(|| shape("observed_at"))?;
            let key = (platforms[row].to_owned(), queries[row].to_owned());
            let scan = last.entry(key).or_default();
            if scan.any.is_none_or(|any| at >= any) {
                scan.any = Some(at);
                scan.listings = u64::try_from(listings.value(row)).unwrap_or_default();
            }
            if complete.value(row) {
                scan.complete = scan.complete.max(Some(at));
            }
        }
    }
    for (name, at) in tried(lake) {
        if let Some((platform, label)) = name.split_once(' ') {
            let scan = last.entry((platform.to_owned(), label.to_owned())).or_default();
            scan.tried_complete = Some(at);
        }
    }
    Ok(last)
}

/// Notes that complete scans were tried.
///
/// # Errors
/// When the note cannot be written.
pub(crate) fn note_tried(lake: &Lake, planned: &[Planned], now: Utc) -> std::io::Result<()> {
    let mut all = tried(lake);
    for one in planned.iter().filter(|one| one.complete) {
        all.insert(format!("{} {}", one.search.venue, one.label), now);
    }
    let path = file(lake);
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut new = tempfile::NamedTempFile::new_in(folder)?;
    serde_json::to_writer_pretty(&mut new, &all)?;
    new.persist(path)?;
    Ok(())
}

/// A note that cannot be read is as none: a complete scan too many does no harm.
fn tried(lake: &Lake) -> BTreeMap<String, Utc> {
    let bytes = std::fs::read(file(lake)).unwrap_or_default();
    serde_json::from_slice(&bytes).unwrap_or_default()
}

fn file(lake: &Lake) -> PathBuf {
    lake.data_dir().join("fetch").join("searches.json")
}

/// What of each planned search was seen by its earlier scans, as hashes of the listings' ids.
pub(super) fn known(lake: &Lake, planned: &[Planned], now: Utc) -> Result<Vec<HashSet<u64>>, LakeError> {
    let mut known = vec![HashSet::new(); planned.len()];
    let places: HashMap<(&str, &str), usize> = planned
        .iter()
        .enumerate()
        .map(|(at, one)| ((one.search.venue.as_str(), one.label.as_str()), at))
        .collect();
    let mut scans: HashMap<String, usize> = HashMap::new();
    for batch in
        read_batches(&lake.files(Dataset::Scans)?, Some(&["scan_id", "platform", "query"]), READ_ROWS)
    {
        let batch = batch?;
        let (platforms, queries) = (texts(&batch, "platform")?, texts(&batch, "query")?);
        for (row, scan_id) in texts(&batch, "scan_id")?.into_iter().enumerate() {
            if let Some(place) = places.get(&(platforms[row], queries[row])) {
                scans.insert(scan_id.to_owned(), *place);
            }
        }
    }
    if scans.is_empty() {
        return Ok(known);
    }
    let platforms: BTreeSet<String> = planned.iter().map(|one| one.search.venue.to_string()).collect();
    let days = Some(((now - REMEMBERED).date_naive(), now.date_naive()));
    for dataset in [Dataset::Observations, Dataset::Sightings] {
        let files = lake.files_of(dataset, &platforms, days)?;
        for batch in read_batches(&files, Some(&["external_id", "scan_id"]), READ_ROWS) {
            let batch = batch?;
            let ids = texts(&batch, "external_id")?;
            for (id, scan_id) in ids.into_iter().zip(texts(&batch, "scan_id")?) {
                if let Some(place) = scans.get(scan_id) {
                    known[*place].insert(hash(id));
                }
            }
        }
    }
    Ok(known)
}

/// The hash of a listing's id; two that share one at worst end a quick scan a page early.
pub(super) fn hash(external_id: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    external_id.hash(&mut hasher);
    hasher.finish()
}
