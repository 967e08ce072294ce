//! The simulated market's scans as sources.

use std::collections::{BTreeSet, HashMap};

use autobazaaar_domain::{ListingKey, Observation, RunId};

use crate::ingest::{Job, Jobs, Mapped, Row, Source, SourceScan};
use autobazaaar_bazaar::{Sample, SampleOptions, SampleScan, platforms};
use autobazaaar_venues::file::Completeness;

/// One scan, with the content of what it saw again.
struct ScanSource {
    scan: SampleScan,
    rows: Vec<Observation>,
}

/// The platforms of a sample.
pub fn sample_platforms() -> BTreeSet<String> {
    platforms().into_iter().map(str::to_owned).collect()
}

/// What stood in the newest scan of each venue and query: a scan tells the rest by name only.
#[derive(Default)]
pub struct Standing(HashMap<(String, String), HashMap<ListingKey, Observation>>);

impl Standing {
    /// A scan as a source, with the content of what it saw again.
    pub fn source(&mut self, scan: SampleScan, run_id: &RunId) -> Box<dyn Source> {
        let place = (scan.platform.to_string(), scan.query.clone());
        let before = self.0.remove(&place).unwrap_or_default();
        let rows = rows(&scan, before, run_id);
        self.0.insert(place, rows.iter().map(|seen| (seen.key.clone(), seen.clone())).collect());
        Box::new(ScanSource { scan, rows })
    }
}

/// A sample's scans, one source each, in the order of time. What stands at the moment is held in
/// memory, nothing else.
pub fn sample_sources(options: SampleOptions) -> impl Iterator<Item = Box<dyn Source>> {
    let run_id = options.run_id.clone();
    let mut standing = Standing::default();
    Sample::new(options).map(move |scan| standing.source(scan, &run_id))
}

fn rows(scan: &SampleScan, mut before: HashMap<ListingKey, Observation>, run_id: &RunId) -> Vec<Observation> {
    let again = scan.seen_again.iter().filter_map(|seen| before.remove(&seen.key));
    let now =
        |seen: Observation| Observation { observed_at: scan.observed_at, run_id: run_id.clone(), ..seen };
    scan.observations.iter().cloned().chain(again).map(now).collect()
}

impl Source for ScanSource {
    fn label(&self) -> String {
        format!("{} {} of {}", self.scan.platform, self.scan.query, self.scan.observed_at.date_naive())
    }

    fn mapping(&self) -> String {
        "bazaar".to_owned()
    }

    fn scan(&self) -> SourceScan {
        SourceScan {
            platform: self.scan.platform.clone(),
            query: self.scan.query.clone(),
            observed_at: Some(self.scan.observed_at),
            complete: Completeness::Known(self.scan.complete),
        }
    }

    fn jobs(&self, batch_rows: usize, _: &RunId) -> anyhow::Result<Jobs<'_>> {
        Ok(Box::new(self.rows.chunks(batch_rows.max(1)).map(|rows| {
            let job: Job<'_> = Box::new(move || {
                let row = |seen: &Observation| Row { observation: seen.clone(), seller_name: None };
                Mapped { rows: rows.iter().map(row).collect(), refused: Vec::new() }
            });
            Ok(job)
        })))
    }
}
