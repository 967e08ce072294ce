//! A search on a venue's pages: fetched, or as the browser shows them.

use std::collections::HashSet;

use autobazaaar_domain::Currency;
use autobazaaar_fetch::{Request, Seen, Sign, Site, Url, shown};
use autobazaaar_venues::search::{PageAt, page, page_after};
use autobazaaar_venues::{Page, PageKind, ReadContext};

use super::access::{Access, Way};
use super::history::hash;
use super::plan;
use super::read::{Covered, Raw};
use super::trouble::{Trouble, TroubleKind};
use crate::config::SearchConfig;

/// Errors that hold more than a notice of refusal are not looked through for one.
const LONGEST_NOTICE: usize = 512 << 10;

/// The pages of a search.
pub(super) struct WebPages<'a> {
    access: &'a Access,
    way: Way<'a>,
    search: &'a SearchConfig,
    at: Option<PageAt>,
    number: u32,
    /// Hashes of what was on a page so far: pages may repeat each other.
    seen: HashSet<u64>,
}

impl<'a> WebPages<'a> {
    pub(super) fn new(access: &'a Access, way: Way<'a>, search: &'a SearchConfig) -> Self {
        Self { access, way, search, at: Some(PageAt::First), number: 0, seen: HashSet::new() }
    }

    pub(super) async fn next(&mut self) -> Result<Option<Raw>, Trouble> {
        let Some(at) = self.at.take() else { return Ok(None) };
        let venue = self.search.venue;
        let query = plan::query(self.search, Currency::USD, at);
        let wrong = |why: String| Trouble::new(TroubleKind::Query, why, "correct the search");
        let request = page(venue, &query, self.search.sold).map_err(|error| wrong(error.to_string()))?;
        let url: Url = request.url.parse().map_err(|error| wrong(format!("{}: {error}", request.url)))?;
        let url = self.access.placed(venue, url);
        let site = self.access.site(venue);
        match &self.way {
            Way::Browser => self.access.rendered(venue, site, &url).await.map(Some),
            _ => self.fetched(site, url).await.map(Some),
        }
    }

    async fn fetched(&self, site: &Site, url: Url) -> Result<Raw, Trouble> {
        let venue = self.search.venue;
        // A sight is of now: a kept answer serves only where the site confirms it.
        let request = Request::get(url.clone()).counted(&super::access::quota_of(venue)).anew();
        let asked = self.access.fetcher.fetch(site, request).await;
        let answer = asked.and_then(autobazaaar_fetch::Answer::success);
        let answer = answer.map_err(|error| Trouble::of_fetch(&error, venue))?;
        let label =
            answer.record.as_ref().map_or_else(|| shown(&answer.url), |path| path.display().to_string());
        Ok(Raw { body: answer.body, label, page: Some(url) })
    }

    /// Takes note of a page; how much was seen when it was the last.
    pub(super) fn after(&mut self, page: &Page) -> Option<Covered> {
        let before = self.seen.len();
        self.seen.extend(page.listings.iter().map(|seen| hash(&seen.observation.key.external_id)));
        let seen = self.seen.len() as u64;
        // A page that shows nothing but what was there already leads in circles.
        self.at = page_after(page, self.number, seen).filter(|_| self.seen.len() > before);
        self.number += 1;
        if self.at.is_some() {
            return None;
        }
        // Where far more was shown than is said to be found, the number is not of what was shown.
        let of_these = |total: u64| total <= seen && seen - total <= total / 10;
        let everything = page.total.is_some_and(of_these) && page.rejected.is_empty();
        Some(if everything { Covered::Complete } else { Covered::Capped })
    }
}

/// A venue's own signs that we are not wanted, by address and status. A page with a good status is read
/// but once: what its reader finds pauses the venue ([`sign_of`]). Errors are not read, so that they are
/// looked through here.
pub(super) fn not_wanted(seen: &Seen<'_>) -> Option<Sign> {
    let path = seen.url.path().to_ascii_lowercase();
    if ["/login", "/signin", "/checkpoint"].iter().any(|part| path.starts_with(part)) {
        return Some(Sign::Login);
    }
    if seen.status == 403 {
        return Some(Sign::Denied);
    }
    if seen.status < 400 || seen.body.len() > LONGEST_NOTICE {
        return None;
    }
    let run_id = autobazaaar_domain::RunId(String::new());
    let observed_at = autobazaaar_domain::Utc::UNIX_EPOCH;
    let context = ReadContext { run_id: &run_id, observed_at, label: "", currency: None };
    let page = autobazaaar_venues::read(seen.body, &context).ok()?;
    (page.kind == PageKind::Blocked).then(|| sign_of(&page))
}

/// What kind of no a blocked page is.
pub(super) fn sign_of(page: &Page) -> Sign {
    let reason = page.reason.as_deref().unwrap_or_default().to_lowercase();
    match () {
        () if reason.contains("log in") || reason.contains("login") => Sign::Login,
        () if reason.contains("captcha") || reason.contains("person") => Sign::Captcha,
        () => Sign::Challenge,
    }
}
