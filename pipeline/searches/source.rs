//! A search as a source of ingest: its pages, as they come.

use std::sync::atomic::{AtomicU8, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use autobazaaar_domain::{Platform, RunId, Utc};
use autobazaaar_venues::Page;
use autobazaaar_venues::file::Completeness;
use tokio::sync::mpsc::Receiver;

use super::plan::Planned;
use super::read::Covered;
use super::trouble::Trouble;
use crate::ingest::pages::rows;
use crate::ingest::{Job, Jobs, Source, SourceScan};

/// Pages of a search that wait to be written; a search whose turn has not come goes no further.
pub(super) const PAGES_AHEAD: usize = 2;

/// What a search's task sends: a page, or why there is none any more.
pub(super) type Sent = Result<Box<Page>, Trouble>;

/// A search under way.
pub struct SearchSource {
    name: String,
    platform: Platform,
    label: String,
    at: Utc,
    covered: Arc<CoveredCell>,
    pages: Mutex<Option<Receiver<Sent>>>,
}

/// How much a search showed, once it has ended.
#[derive(Debug, Default)]
pub(super) struct CoveredCell(AtomicU8);

impl CoveredCell {
    pub(super) fn store(&self, covered: Covered) {
        self.0.store(u8::from(covered == Covered::Complete), Ordering::Release);
    }

    fn is_complete(&self) -> bool {
        self.0.load(Ordering::Acquire) == 1
    }
}

impl SearchSource {
    pub(super) fn new(planned: &Planned, at: Utc, pages: Receiver<Sent>) -> Self {
        Self {
            name: planned.search.name.clone(),
            platform: planned.search.venue.platform(),
            label: planned.label.clone(),
            at,
            covered: Arc::default(),
            pages: Mutex::new(Some(pages)),
        }
    }

    pub(super) fn covered(&self) -> Arc<CoveredCell> {
        self.covered.clone()
    }
}

impl Source for SearchSource {
    fn label(&self) -> String {
        format!("search {}", self.name)
    }

    fn mapping(&self) -> String {
        "pages".to_owned()
    }

    /// Its completeness holds once its pages were read.
    fn scan(&self) -> SourceScan {
        SourceScan {
            platform: self.platform.clone(),
            query: self.label.clone(),
            observed_at: Some(self.at),
            complete: Completeness::Known(self.covered.is_complete()),
        }
    }

    /// A search that gave no page at all fails here, and no scan of it is recorded.
    fn jobs(&self, _: usize, run_id: &RunId) -> anyhow::Result<Jobs<'_>> {
        let failed = |trouble: Trouble| anyhow::anyhow!("{}: {trouble}", self.label());
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pages = pages.ok_or_else(|| anyhow::anyhow!("{} was read before", self.label()))?;
        let first = match pages.blocking_recv() {
            Some(sent) => sent.map_err(failed)?,
            None => return Err(anyhow::anyhow!("{} ended without a page", self.label())),
        };
        let run_id = run_id.clone();
        let following = std::iter::from_fn(move || pages.blocking_recv());
        let all = std::iter::once(Ok(first)).chain(following);
        Ok(Box::new(all.map(move |sent| {
            let (page, run_id) = (sent.map_err(failed)?, run_id.clone());
            let job: Job<'_> = Box::new(move || rows(*page, &run_id));
            Ok(job)
        })))
    }
}
