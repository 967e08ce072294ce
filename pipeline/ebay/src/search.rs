//! Search results, page after page, once.
//! Wire: developer.ebay.com/api-docs/buy/browse/resources/item_summary/methods/search

use std::path::PathBuf;

use autobazaaar_domain::Utc;
use autobazaaar_fetch::{Answer, shown};
use bytes::Bytes;
use http::Method;
use serde::Deserialize;
use serde::de::IgnoredAny;

use crate::token::As;
use crate::wire::parse;
use crate::{Ebay, EbayError, Quota, SearchQuery};

/// Most results of one page.
const PAGE: u64 = 200;
/// eBay gives no more results of one search than these.
const MOST: u64 = 10_000;

/// One page as it came. The venue's parser reads it.
#[derive(Debug, Clone)]
pub struct RawPage {
    /// JSON.
    pub body: Bytes,
    /// Without secrets.
    pub url: String,
    pub at: Utc,
    /// Where the raw answer is kept, if it is.
    pub record: Option<PathBuf>,
    /// Results on it.
    pub results: u64,
}

/// How much of a search was seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Coverage {
    /// Not at its end.
    Going,
    /// Everything it finds: what is not among it is gone.
    Complete,
    /// More is there than was given.
    Capped,
}

/// A search under way. Stop asking to end it early: it is then not complete.
pub struct SearchPages<'a> {
    ebay: &'a Ebay,
    path: &'static [&'static str],
    quota: Quota,
    parameters: Vec<(&'static str, String)>,
    offset: u64,
    coverage: Coverage,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Head {
    total: u64,
    next: Option<String>,
    item_summaries: Option<Vec<IgnoredAny>>,
    item_sales: Option<Vec<IgnoredAny>>,
}

impl Ebay {
    /// Starts a search; [`SearchPages::next`] asks for the pages. Each page is one call.
    #[must_use]
    pub fn search(&self, query: &SearchQuery) -> SearchPages<'_> {
        SearchPages::new(self, &["buy", "browse", "v1", "item_summary", "search"], Quota::Browse, query)
    }
}

impl<'a> SearchPages<'a> {
    pub(crate) fn new(
        ebay: &'a Ebay,
        path: &'static [&'static str],
        quota: Quota,
        query: &SearchQuery,
    ) -> Self {
        let parameters = query.parameters();
        Self { ebay, path, quota, parameters, offset: 0, coverage: Coverage::Going }
    }

    /// The next page; `None` after the last. After an error the same page may be asked for again.
    ///
    /// # Errors
    /// When eBay refuses, or what it says cannot be understood.
    pub async fn next(&mut self) -> Result<Option<RawPage>, EbayError> {
        if self.coverage != Coverage::Going {
            return Ok(None);
        }
        let (limit, offset) = (PAGE.to_string(), self.offset.to_string());
        let mut query: Vec<(&str, &str)> =
            self.parameters.iter().map(|(name, value)| (*name, value.as_str())).collect();
        query.extend([("limit", limit.as_str()), ("offset", offset.as_str())]);
        let request = self.ebay.request(Method::GET, self.path, &query);
        let who = if self.quota == Quota::Insights { As::Insights } else { As::App };
        let answer = self.ebay.call(who, self.quota, request).await?;
        let head: Head = parse(&answer)?;
        let results = head.item_summaries.or(head.item_sales).map_or(0, |list| list.len() as u64);
        // The limit stays the same on every page, for an offset must be its multiple.
        self.offset += PAGE;
        self.coverage = match head.next {
            // A `next` without results would lead in circles.
            Some(_) if results > 0 && self.offset < MOST => Coverage::Going,
            None if head.total <= self.offset => Coverage::Complete,
            _ => Coverage::Capped,
        };
        Ok(Some(raw(answer, results)))
    }

    /// How much was seen so far.
    #[must_use]
    pub fn coverage(&self) -> Coverage {
        self.coverage
    }
}

pub(crate) fn raw(answer: Answer, results: u64) -> RawPage {
    let Answer { url, body, at, record, .. } = answer;
    RawPage { body, url: shown(&url), at, record, results }
}
