//! Whether a venue can be asked, without reading anything of it.

use autobazaaar_fetch::Url;
use autobazaaar_venues::Venue;
use autobazaaar_venues::search::{PageAt, page};

use super::access::{Access, Way, quota_of};
use super::plan;
use super::trouble::{Trouble, TroubleKind};
use crate::config::SearchConfig;

/// What a venue answered to being asked whether it may be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// In words: what was asked and answered.
    pub found: String,
    /// Requests left today, by the lower of the venue's count and ours.
    pub left: u64,
}

/// Asks a venue: eBay for its count of calls, a venue of pages for robots.txt on a search's address, a
/// browser for its start.
///
/// # Errors
/// Why it cannot be asked.
pub async fn probe(access: &Access, venue: Venue, search: Option<&SearchConfig>) -> Result<Probe, Trouble> {
    let left = |quota: &str| access.fetcher.quotas().left(quota, access.fetcher.clock().now());
    let way = access.way(venue)?;
    if let Way::Api(ebay) = way {
        let limits = ebay.rate_limits().await.map_err(|error| Trouble::of_ebay(&error))?;
        let browse = limits.iter().find(|limit| limit.resource == "buy.browse");
        let found = browse.map_or("keys accepted".to_owned(), |limit| {
            format!("keys accepted; eBay counts {} of {} calls left", limit.remaining, limit.limit)
        });
        return Ok(Probe { found, left: left(autobazaaar_ebay::Quota::Browse.as_str()) });
    }
    if matches!(way, Way::Browser) {
        access.chromium().await.map_err(|error| Trouble::of_browser(&error, venue))?;
    }
    let url = address(access, venue, search)?;
    let permitted = access.fetcher.permits(access.site(venue), &url).await;
    permitted.map_err(|error| Trouble::of_fetch(&error, venue))?;
    let found = format!("{} answers, and robots.txt allows the search", url.host_str().unwrap_or("?"));
    Ok(Probe { found, left: left(&quota_of(venue)) })
}

/// A search's address; that of any search where none is configured.
fn address(access: &Access, venue: Venue, search: Option<&SearchConfig>) -> Result<Url, Trouble> {
    let wrong = |why: String| Trouble::new(TroubleKind::Query, why, "correct the search");
    let Some(search) = search else {
        return Err(wrong(format!("no search at {venue} is configured")));
    };
    let query = plan::query(search, autobazaaar_domain::Currency::USD, PageAt::First);
    let request = page(venue, &query, search.sold).map_err(|error| wrong(error.to_string()))?;
    let url: Url = request.url.parse().map_err(|error| wrong(format!("{}: {error}", request.url)))?;
    Ok(access.placed(venue, url))
}
