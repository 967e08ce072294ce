//! A search as the owner words it, and the requests that a venue makes of it.

use autobazaaar_domain::{Condition, Currency, Money};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::{Page, Venue, craigslist, ebay, facebook, mercari, offerup};

/// What is sought. Everything but the words may be left out.
#[derive(Debug, Clone, PartialEq)]
pub struct Query {
    /// Words to find.
    pub words: String,
    /// The venue's own number or short name of a category.
    pub category: Option<String>,
    /// Where; each venue takes the part that it knows.
    pub place: Option<Place>,
    /// Lowest price.
    pub lowest: Option<Money>,
    /// Highest price.
    pub highest: Option<Money>,
    /// Conditions that will do; empty: any.
    pub conditions: Vec<Condition>,
    /// Which page.
    pub page: PageAt,
}

/// A place and how far from it.
#[derive(Debug, Clone, PartialEq)]
pub struct Place {
    /// The venue's name or number of the place: a Craigslist site, an area, a city's slug.
    pub name: Option<String>,
    /// Postal code.
    pub zip: Option<String>,
    /// Kilometres.
    pub radius_km: Option<u32>,
}

/// Which page of the results.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum PageAt {
    /// The first.
    #[default]
    First,
    /// By its number, from 0.
    Number(u32),
    /// What the page before said: a URL or a cursor.
    Told(String),
}

/// A request, ready to be sent by whoever may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// `GET` or `POST`.
    pub method: &'static str,
    /// With its parameters.
    pub url: String,
    /// Name and value; no secret is among them.
    pub headers: Vec<(&'static str, String)>,
    /// Of a `POST`.
    pub body: Option<String>,
}

/// Why a query cannot be asked at a venue.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum QueryError {
    /// Nothing to look for.
    #[error("the search has no words; name what to look for")]
    NoWords,
    /// A field that the venue needs.
    #[error("a search at {venue} needs {what}")]
    Missing {
        /// The venue.
        venue: crate::Venue,
        /// What is missing.
        what: &'static str,
    },
    /// Past the last page that the venue gives.
    #[error("{venue} gives at most {most} results of a search; narrow it by price or category")]
    TooFar {
        /// The venue.
        venue: crate::Venue,
        /// Most results.
        most: u32,
    },
    /// Sold prices where there are none.
    #[error("{venue} has no search for what was sold; only eBay has")]
    NotSold {
        /// The venue.
        venue: Venue,
    },
    /// A price in another currency than the venue's.
    #[error("the price range is in {found}, but {venue} asks in {expected}")]
    OtherCurrency {
        /// The venue.
        venue: crate::Venue,
        /// The range's.
        found: Currency,
        /// The venue's.
        expected: Currency,
    },
}

/// A search page, by the venue's own address of it; `sold` asks for what was sold, where there is
/// such a page (eBay).
///
/// # Errors
/// When the venue cannot be asked so.
pub fn page(venue: Venue, query: &Query, sold: bool) -> Result<Request, QueryError> {
    if sold && venue != Venue::Ebay {
        return Err(QueryError::NotSold { venue });
    }
    match venue {
        Venue::Ebay => ebay::search::page(query, sold),
        Venue::Craigslist => craigslist::search::page(query),
        Venue::Facebook => facebook::search::page(query),
        Venue::Mercari => mercari::search::page(query),
        Venue::Offerup => offerup::search::page(query),
    }
}

/// Which page follows one that was read, `number` (from 0) being its place and `seen` how many
/// listings there were up to it; `None` after the last.
#[must_use]
pub fn page_after(page: &Page, number: u32, seen: u64) -> Option<PageAt> {
    if page.listings.is_empty() {
        // A further page behind an empty one would lead in circles.
        return None;
    }
    match (&page.next, page.venue) {
        // More comes by scrolling, not by an address.
        (_, Venue::Facebook) => None,
        (Some(next), _) => Some(PageAt::Told(next.clone())),
        (None, Venue::Mercari) if page.total.is_some_and(|total| total > seen) => {
            Some(PageAt::Number(number + 1))
        }
        (None, _) => None,
    }
}

impl Query {
    /// A search for words alone.
    #[must_use]
    pub fn words(words: &str) -> Self {
        Self {
            words: words.trim().to_owned(),
            category: None,
            place: None,
            lowest: None,
            highest: None,
            conditions: Vec::new(),
            page: PageAt::First,
        }
    }
}

/// Letters that stay as they are in a parameter.
const PARAMETER: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// `base?name=value&…`, each value encoded.
pub(crate) fn url(base: &str, parameters: &[(&str, String)]) -> String {
    let mut url = base.to_owned();
    for (at, (name, value)) in parameters.iter().enumerate() {
        url.push(if at == 0 && !base.contains('?') { '?' } else { '&' });
        url.push_str(name);
        url.push('=');
        url.extend(utf8_percent_encode(value, PARAMETER));
    }
    url
}

/// A page's request by `GET`.
pub(crate) fn get(url: String) -> Request {
    Request {
        method: "GET",
        url,
        headers: vec![("accept", "text/html,application/xhtml+xml".to_owned())],
        body: None,
    }
}

/// The price bounds in whole units of a currency, rounded so that nothing within is lost.
pub(crate) fn whole_bounds(
    query: &Query,
    venue: crate::Venue,
    currency: Currency,
) -> Result<(Option<i64>, Option<i64>), QueryError> {
    for money in [query.lowest, query.highest].into_iter().flatten() {
        if money.currency != currency {
            return Err(QueryError::OtherCurrency { venue, found: money.currency, expected: currency });
        }
    }
    let scale = currency.scale();
    let low = query.lowest.map(|money| money.amount.0.div_euclid(scale));
    let high = query.highest.map(|money| money.amount.0.saturating_add(scale - 1).div_euclid(scale));
    Ok((low, high))
}

/// Refuses a search without words.
pub(crate) fn words(query: &Query) -> Result<&str, QueryError> {
    let words = query.words.trim();
    if words.is_empty() { Err(QueryError::NoWords) } else { Ok(words) }
}
