//! One search, page by page, until its end, what is known, its bound, or trouble.

use std::collections::HashSet;

use autobazaaar_domain::{RunId, Utc};
use autobazaaar_fetch::{Bytes, Url};
use autobazaaar_venues::{Page, PageKind, ReadContext, Venue, read as read_page};
use tokio::sync::mpsc::Sender;

use super::access::{Access, Way};
use super::ebay::ApiPages;
use super::history::hash;
use super::plan::Planned;
use super::source::Sent;
use super::trouble::{Trouble, TroubleKind};
use super::web::{WebPages, sign_of};

/// How much of a search was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Covered {
    /// Everything it finds: what is not among it is gone.
    Complete,
    /// What is new.
    New,
    /// Not to its end, for the venue or the settings end there.
    Capped,
    /// Not to its end, for there was trouble.
    Broken,
}

/// What came of a search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    pub search: String,
    pub venue: Venue,
    pub covered: Covered,
    pub pages: u32,
    pub listings: u64,
    pub trouble: Option<Trouble>,
}

/// A page's bytes and where they came from.
pub(super) struct Raw {
    pub body: Bytes,
    /// In `raw_ref`: the record where one is kept, else the address without secrets.
    pub label: String,
    /// The address that was asked, for a page of the venue's site; `None` for an API's answer.
    pub page: Option<Url>,
}

/// The pages of one search by one way.
enum Pages<'a> {
    Api(Box<ApiPages<'a>>),
    Web(Box<WebPages<'a>>),
}

impl Pages<'_> {
    async fn next(&mut self) -> Result<Option<Raw>, Trouble> {
        match self {
            Self::Api(pages) => pages.next().await,
            Self::Web(pages) => pages.next().await,
        }
    }

    /// Takes note of a page that was read; how much was seen when it was the last.
    fn after(&mut self, page: &Page) -> Option<Covered> {
        match self {
            Self::Api(pages) => pages.covered(),
            Self::Web(pages) => pages.after(page),
        }
    }
}

/// Reads a search and sends its pages. Trouble is sent as the last of them.
pub(super) async fn read(
    access: &Access,
    planned: &Planned,
    known: &HashSet<u64>,
    at: Utc,
    sender: &Sender<Sent>,
) -> Outcome {
    let mut outcome = Outcome {
        search: planned.search.name.clone(),
        venue: planned.search.venue,
        covered: Covered::Broken,
        pages: 0,
        listings: 0,
        trouble: None,
    };
    match read_all(access, planned, known, at, sender, &mut outcome).await {
        Ok(covered) => outcome.covered = covered,
        Err(trouble) => {
            // Whoever listens no longer has no need of it.
            let _ = sender.send(Err(trouble.clone())).await;
            outcome.trouble = Some(trouble);
        }
    }
    outcome
}

async fn read_all(
    access: &Access,
    planned: &Planned,
    known: &HashSet<u64>,
    at: Utc,
    sender: &Sender<Sent>,
    outcome: &mut Outcome,
) -> Result<Covered, Trouble> {
    let search = &planned.search;
    let mut pages = match access.way(search.venue)? {
        Way::Api(ebay) => Pages::Api(Box::new(ApiPages::new(ebay, search, &access.marketplace)?)),
        way => Pages::Web(Box::new(WebPages::new(access, way, search))),
    };
    let most = if planned.complete { search.complete_pages } else { search.pages };
    for _ in 0..most.get() {
        // Another search may have met a block meanwhile.
        access.way(search.venue)?;
        let Some(raw) = pages.next().await? else { return Ok(Covered::Capped) };
        let page = parsed(access, raw, search.venue, at).await?;
        outcome.pages += 1;
        outcome.listings += page.listings.len() as u64;
        let id = |seen: &autobazaaar_venues::SeenListing| hash(&seen.observation.key.external_id);
        let something_new = page.listings.iter().any(|seen| !known.contains(&id(seen)));
        let ended = pages.after(&page);
        if sender.send(Ok(Box::new(page))).await.is_err() {
            // Nobody reads any more: the run was ended.
            return Ok(Covered::Broken);
        }
        if let Some(covered) = ended {
            return Ok(covered);
        }
        if !planned.complete && !something_new {
            return Ok(Covered::New);
        }
    }
    Ok(Covered::Capped)
}

/// A page of the venue that was asked; one that is blocked, unreadable or another's is trouble. A site
/// that shows a block, captcha or login page is paused.
async fn parsed(access: &Access, raw: Raw, venue: Venue, at: Utc) -> Result<Page, Trouble> {
    let asked = raw.page.clone();
    let parsing = tokio::task::spawn_blocking(move || {
        let run_id = RunId(String::new());
        let context = ReadContext { run_id: &run_id, observed_at: at, label: &raw.label, currency: None };
        (read_page(&raw.body, &context), raw.label)
    });
    let changed = |label: &str, why: &str| {
        Trouble::new(
            TroubleKind::Layout,
            format!("{label}: {why}"),
            format!("look at the page; if {venue} changed its layout, a newer version may read it"),
        )
    };
    let (page, label) = parsing.await.map_err(|error| changed("a page", &error.to_string()))?;
    let page = page.map_err(|error| changed(&label, &error.to_string()))?;
    let reason = page.reason.as_deref().unwrap_or("nothing can be read on it");
    match page.kind {
        _ if page.venue != venue => Err(changed(&label, &format!("it is a page of {}", page.venue))),
        PageKind::Results | PageKind::Listing | PageKind::NoResults => Ok(page),
        PageKind::Unreadable => Err(changed(&label, reason)),
        PageKind::Blocked if let Some(asked) = asked => {
            Err(access.turned_away(venue, asked, sign_of(&page)).await)
        }
        PageKind::Blocked => Err(Trouble::new(
            TroubleKind::Blocked,
            format!("{label}: {reason}"),
            "look at the address in your browser".to_owned(),
        )),
    }
}
