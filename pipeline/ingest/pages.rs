//! Saved pages and API answers of marketplaces as sources: the venue is told by the content.

use std::path::PathBuf;

use autobazaaar_domain::{Platform, RunId, Utc};
use autobazaaar_venues::file::Completeness;
use autobazaaar_venues::{Page, PageKind, ReadContext, Venue, read};

use super::source::{Job, Jobs, Mapped, Refusal, Row, Source, SourceScan};

/// One page. A search page shows what it shows, never all that a venue has: its scan is capped.
pub struct PageSource {
    path: PathBuf,
    observed_at: Utc,
    page: Result<Page, String>,
}

impl PageSource {
    /// Reads a file, seen at a moment; what is no page, blocked or unreadable is told by
    /// [`Source::jobs`], so that the others go on.
    #[must_use]
    pub fn open(path: PathBuf, observed_at: Utc) -> Self {
        let page = page(&path, observed_at);
        Self { path, observed_at, page }
    }
}

fn page(path: &std::path::Path, observed_at: Utc) -> Result<Page, String> {
    let bytes = std::fs::read(path).map_err(|error| error.to_string())?;
    let (run_id, label) = (RunId("page".to_owned()), path.display().to_string());
    let context = ReadContext { run_id: &run_id, observed_at, label: &label, currency: None };
    let page = read(&bytes, &context).map_err(|error| error.to_string())?;
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
    fn label(&self) -> String {
        self.path.display().to_string()
    }

    fn mapping(&self) -> String {
        "page".to_owned()
    }

    fn scan(&self) -> SourceScan {
        let page = self.page.as_ref().ok();
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
        let page = self.page.as_ref().map_err(|reason| anyhow::anyhow!("{}: {reason}", self.label()))?;
        let run_id = run_id.clone();
        let job: Job<'_> = Box::new(move || mapped(page, &run_id));
        Ok(Box::new(std::iter::once(Ok(job))))
    }
}

fn mapped(page: &Page, run_id: &RunId) -> Mapped {
    let row = |seen: &autobazaaar_venues::SeenListing| {
        let mut observation = seen.observation.clone();
        observation.run_id = run_id.clone();
        Row { observation, seller_name: seen.seller_name.clone() }
    };
    let refusal = |row: &autobazaaar_venues::file::Rejected| Refusal {
        row: row.row,
        code: row.code.clone(),
        reason: row.reason.clone(),
        raw: row.raw.clone(),
    };
    Mapped {
        rows: page.listings.iter().map(row).collect(),
        refused: page.rejected.iter().map(refusal).collect(),
    }
}
