//! Saved pages and API answers of marketplaces as sources: the venue is told by the content.

use std::path::{Path, PathBuf};
use std::sync::OnceLock;

use autobazaaar_domain::{Platform, RunId, Utc};
use autobazaaar_fetch::Recorder;
use autobazaaar_venues::file::{Completeness, Rejected};
use autobazaaar_venues::{Page, PageKind, ReadContext, SeenListing, Venue, read};

use super::source::{Job, Jobs, Mapped, Refusal, Row, Source, SourceScan};

/// What stands as the mapping of saved pages and API answers.
pub const PAGES: &str = "pages";

/// One page: a file as it was saved, or a raw answer as fetching keeps it. A search page shows what it shows, never all that a venue has: its scan is capped.
pub struct PageSource {
    path: PathBuf,
    observed_at: Utc,
    page: OnceLock<Result<Page, String>>,
}

impl PageSource {
    /// A file, seen at a moment. It is read when it is its turn; what is no page, blocked or unreadable
    /// is told by [`Source::jobs`], so that the others go on.
    #[must_use]
    pub fn open(path: PathBuf, observed_at: Utc) -> Self {
        Self { path, observed_at, page: OnceLock::new() }
    }

    /// When a page was seen: when it was fetched, for a record of fetching, else when its file was
    /// written; `None` where the file cannot be asked.
    #[must_use]
    pub fn seen_at(path: &Path) -> Option<Utc> {
        recorded_at(path).or_else(|| Some(std::fs::metadata(path).ok()?.modified().ok()?.into()))
    }

    fn page(&self) -> Result<&Page, &str> {
        self.page
            .get_or_init(|| parsed(&bytes_of(&self.path)?, &self.path, self.observed_at))
            .as_ref()
            .map_err(String::as_str)
    }
}

/// The bytes of a saved page, or of an answer that was kept while fetching.
///
/// # Errors
/// When the file cannot be read, in words.
pub fn bytes_of(path: &Path) -> Result<Vec<u8>, String> {
    if is_record(path) {
        return Ok(Recorder::read(path).map_err(|error| error.to_string())?.body.to_vec());
    }
    std::fs::read(path).map_err(|error| error.to_string())
}

fn is_record(path: &Path) -> bool {
    path.extension().is_some_and(|end| end == "answer")
}

/// When a raw answer that was kept while fetching was given; `None` for any other file.
fn recorded_at(path: &Path) -> Option<Utc> {
    is_record(path).then(|| Recorder::read(path).ok().map(|record| record.at)).flatten()
}

fn parsed(bytes: &[u8], path: &Path, observed_at: Utc) -> Result<Page, String> {
    let (run_id, label) = (RunId("page".to_owned()), path.display().to_string());
    let context = ReadContext { run_id: &run_id, observed_at, label: &label, currency: None };
    let page = read(bytes, &context).map_err(|error| error.to_string())?;
    match page.kind {
        PageKind::Results | PageKind::Listing | PageKind::NoResults => Ok(page),
        kind => {
            let reason = page.reason.as_deref().unwrap_or("nothing can be read on it");
            Err(format!("{} page of {}: {reason}", kind.as_str(), page.venue))
        }
    }
}

/// The platforms that pages can be of.
pub fn platforms() -> impl Iterator<Item = String> {
    Venue::ALL.iter().map(ToString::to_string)
}

impl Source for PageSource {
    /// The whole path: a replay may start from another folder.
    fn label(&self) -> String {
        std::path::absolute(&self.path).as_deref().unwrap_or(&self.path).display().to_string()
    }

    fn mapping(&self) -> String {
        PAGES.to_owned()
    }

    /// Which venue it is of shows only when it is read.
    fn platforms(&self) -> Vec<String> {
        platforms().collect()
    }

    fn scan(&self) -> SourceScan {
        let page = self.page().ok();
        SourceScan {
            // One that cannot be read has no scan: its jobs end before it is recorded.
            platform: page
                .map_or_else(|| Venue::Ebay.platform(), |page: &Page| -> Platform { page.venue.platform() }),
            query: page.and_then(|page| page.query.clone()).unwrap_or_else(|| "saved page".to_owned()),
            observed_at: Some(self.observed_at),
            complete: Completeness::Known(false),
        }
    }

    fn jobs(&self, _: usize, run_id: &RunId) -> anyhow::Result<Jobs<'_>> {
        let page = self.page().map_err(|reason| anyhow::anyhow!("{}: {reason}", self.label()))?;
        let run_id = run_id.clone();
        let job: Job<'_> = Box::new(move || rows(page.clone(), &run_id));
        Ok(Box::new(std::iter::once(Ok(job))))
    }
}

/// What a page holds, as rows of a run.
pub fn rows(page: Page, run_id: &RunId) -> Mapped {
    let row = |mut seen: SeenListing| {
        seen.observation.run_id.clone_from(run_id);
        Row { observation: seen.observation, seller_name: seen.seller_name }
    };
    let refusal = |row: Rejected| Refusal { row: row.row, code: row.code, reason: row.reason, raw: row.raw };
    Mapped {
        rows: page.listings.into_iter().map(row).collect(),
        refused: page.rejected.into_iter().map(refusal).collect(),
    }
}
