//! How many calls eBay says are left.
//! Wire: developer.ebay.com/api-docs/developer/analytics/resources/rate_limit/methods/getRateLimits

use autobazaaar_domain::Utc;
use http::Method;
use serde::Deserialize;

use crate::token::As;
use crate::wire::parse;
use crate::{Ebay, EbayError, Quota};

/// One resource's limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RateLimit {
    /// `buy.browse`, `sell.inventory` …
    pub resource: String,
    /// Calls per window.
    pub limit: u64,
    /// Calls left in it.
    pub remaining: u64,
    /// When the window begins anew.
    pub reset: Option<Utc>,
    /// Its length in seconds; 86,400 is a day.
    pub window_s: u64,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    #[serde(default)]
    rate_limits: Vec<Api>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Api {
    #[serde(default)]
    resources: Vec<Resource>,
}

#[derive(Deserialize)]
struct Resource {
    name: String,
    #[serde(default)]
    rates: Vec<Rate>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Rate {
    limit: u64,
    remaining: u64,
    reset: Option<Utc>,
    #[serde(default)]
    time_window: u64,
}

const DAY_S: u64 = 86_400;

impl Ebay {
    /// What is left, by eBay's count; the book of quotas takes over the counts per day.
    ///
    /// # Errors
    /// When eBay refuses.
    pub async fn rate_limits(&self) -> Result<Vec<RateLimit>, EbayError> {
        let request =
            self.request(Method::GET, &["developer", "analytics", "v1_beta", "rate_limit", ""], &[]);
        let body: Body = parse(&self.call(As::App, Quota::Analytics, request).await?)?;
        let resources = body.rate_limits.into_iter().flat_map(|api| api.resources);
        let limits: Vec<RateLimit> = resources.flat_map(limits).collect();
        let now = self.fetcher.clock().now();
        for limit in limits.iter().filter(|limit| limit.window_s == DAY_S) {
            if let Some(quota) = counted_as(&limit.resource) {
                let book = self.fetcher.quotas();
                let taken = book.left_by_their_count(quota.as_str(), limit.remaining, now);
                taken.map_err(autobazaaar_fetch::FetchError::from)?;
            }
        }
        Ok(limits)
    }
}

fn limits(resource: Resource) -> impl Iterator<Item = RateLimit> {
    let Resource { name, rates } = resource;
    rates.into_iter().map(move |Rate { limit, remaining, reset, time_window: window_s }| RateLimit {
        resource: name.clone(),
        limit,
        remaining,
        reset,
        window_s,
    })
}

fn counted_as(resource: &str) -> Option<Quota> {
    match resource {
        "buy.browse" => Some(Quota::Browse),
        "buy.marketplace.insights" => Some(Quota::Insights),
        _ => None,
    }
}
