//! Searches by the Browse API and on eBay's pages.

use autobazaaar_domain::{Condition, Currency};

use crate::Venue;
use crate::search::{PageAt, Query, QueryError, Request, get, url, whole_bounds, words};

/// Items on one page of the API, its most.
pub const API_PAGE: u32 = 200;
/// Results that the API gives of one search.
pub const MOST_RESULTS: u32 = 10_000;

/// A search by the Browse API of a marketplace such as `EBAY_US`; whoever sends it adds the token.
///
/// # Errors
/// Without words, past the last page, or with a price range in another currency than `currency`.
pub fn api(query: &Query, marketplace: &str, currency: Currency) -> Result<Request, QueryError> {
    let page = match &query.page {
        PageAt::First => 0,
        PageAt::Number(page) => *page,
        PageAt::Told(next) => return Ok(api_request(next.clone(), marketplace)),
    };
    let offset = page.saturating_mul(API_PAGE);
    if offset >= MOST_RESULTS {
        return Err(QueryError::TooFar { venue: Venue::Ebay, most: MOST_RESULTS });
    }
    let mut parameters = vec![("q", words(query)?.to_owned())];
    parameters.extend(query.category.iter().map(|category| ("category_ids", category.clone())));
    parameters.push(("filter", filter(query, currency)?));
    parameters.push(("sort", "newlyListed".to_owned()));
    parameters.push(("limit", API_PAGE.to_string()));
    parameters.push(("offset", offset.to_string()));
    Ok(api_request(url("https://api.ebay.com/buy/browse/v1/item_summary/search", &parameters), marketplace))
}

fn api_request(url: String, marketplace: &str) -> Request {
    let headers =
        vec![("accept", "application/json".to_owned()), ("x-ebay-c-marketplace-id", marketplace.to_owned())];
    Request { method: "GET", url, headers, body: None }
}

/// Auctions are left out unless they are named.
fn filter(query: &Query, currency: Currency) -> Result<String, QueryError> {
    let mut filters = vec!["buyingOptions:{AUCTION|FIXED_PRICE}".to_owned()];
    for money in [query.lowest, query.highest].into_iter().flatten() {
        if money.currency != currency {
            return Err(QueryError::OtherCurrency {
                venue: Venue::Ebay,
                found: money.currency,
                expected: currency,
            });
        }
    }
    if query.lowest.is_some() || query.highest.is_some() {
        let shown =
            |money: Option<autobazaaar_domain::Money>| money.map(|money| money.decimal()).unwrap_or_default();
        filters.push(format!(
            "price:[{}..{}],priceCurrency:{currency}",
            shown(query.lowest),
            shown(query.highest)
        ));
    }
    let ids: Vec<&str> =
        query.conditions.iter().flat_map(|condition| condition_ids(*condition)).copied().collect();
    if !ids.is_empty() {
        filters.push(format!("conditionIds:{{{}}}", ids.join("|")));
    }
    Ok(filters.join(","))
}

/// The conditions of eBay that are one of ours.
#[must_use]
pub fn condition_ids(condition: Condition) -> &'static [&'static str] {
    match condition {
        Condition::New => &["1000"],
        Condition::LikeNew => &["1500", "1750", "2000", "2010", "2500", "2750"],
        Condition::Good => &["2020", "2030", "3000", "4000", "5000"],
        Condition::Fair => &["6000"],
        Condition::Poor | Condition::Parts => &["7000"],
    }
}

/// A search page, for the owner's browser or a fetch under the policy.
///
/// # Errors
/// Without words, or with a price range that is not in dollars.
pub fn page(query: &Query, sold: bool) -> Result<Request, QueryError> {
    let number = match &query.page {
        PageAt::First => 0,
        PageAt::Number(page) => *page,
        PageAt::Told(next) => return Ok(get(next.clone())),
    };
    let (low, high) = whole_bounds(query, Venue::Ebay, Currency::USD)?;
    let mut parameters = vec![("_nkw", words(query)?.to_owned())];
    parameters.push(("_sacat", query.category.clone().unwrap_or_else(|| "0".to_owned())));
    parameters.extend(low.map(|low| ("_udlo", low.to_string())));
    parameters.extend(high.map(|high| ("_udhi", high.to_string())));
    let ids: Vec<&str> =
        query.conditions.iter().flat_map(|condition| condition_ids(*condition)).copied().collect();
    if !ids.is_empty() {
        parameters.push(("LH_ItemCondition", ids.join("|")));
    }
    if let Some(place) = &query.place {
        parameters.extend(place.zip.iter().map(|zip| ("_stpos", zip.clone())));
        // eBay counts in miles.
        parameters.extend(place.radius_km.map(|km| ("_sadis", (km * 5).div_ceil(8).to_string())));
    }
    if sold {
        parameters.push(("LH_Sold", "1".to_owned()));
        parameters.push(("LH_Complete", "1".to_owned()));
    }
    // What was put up, or sold, last comes first: a quick scan ends at what it knows.
    parameters.push(("_sop", if sold { "13" } else { "10" }.to_owned()));
    parameters.push(("_ipg", "240".to_owned()));
    parameters.push(("_pgn", (number.saturating_add(1)).to_string()));
    Ok(get(url("https://www.ebay.com/sch/i.html", &parameters)))
}
