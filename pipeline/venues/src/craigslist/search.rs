//! Searches of Craigslist's own search API, and of its pages.

use autobazaaar_domain::{Condition, Currency};

use crate::Venue;
use crate::search::{PageAt, Query, QueryError, Request, get, url, whole_bounds, words};

/// A search page of one site: `place.name` is the site (`sfbay`).
///
/// # Errors
/// Without words or a site, or with a price range that is not in dollars.
pub fn page(query: &Query) -> Result<Request, QueryError> {
    if let PageAt::Told(next) = &query.page {
        return Ok(get(next.clone()));
    }
    let missing =
        || QueryError::Missing { venue: Venue::Craigslist, what: "a site as its place, such as sfbay" };
    let site = query.place.as_ref().and_then(|place| place.name.clone()).ok_or_else(missing)?;
    let legal = site.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    if !legal || site.is_empty() {
        return Err(missing());
    }
    let category = query
        .category
        .as_deref()
        .filter(|category| category.bytes().all(|b| b.is_ascii_lowercase()))
        .unwrap_or("sss");
    let base = format!("https://{site}.craigslist.org/search/{category}");
    let mut all = parameters(query)?;
    all.push(("sort", "date".to_owned()));
    Ok(get(url(&base, &all)))
}

/// The same by the API that the pages themselves ask; `area` is the site's number.
///
/// # Errors
/// As [`page`].
pub fn api(query: &Query, area: u32) -> Result<Request, QueryError> {
    let offset = match &query.page {
        PageAt::Number(page) => page.saturating_mul(360),
        PageAt::First | PageAt::Told(_) => 0,
    };
    let category = query.category.clone().unwrap_or_else(|| "sss".to_owned());
    let mut all = vec![
        ("batch", format!("{area}-{offset}-360-0-0")),
        ("cc", "US".to_owned()),
        ("lang", "en".to_owned()),
        ("searchPath", category),
        ("sort", "date".to_owned()),
    ];
    all.extend(parameters(query)?);
    let request = get(url("https://sapi.craigslist.org/web/v8/postings/search/full", &all));
    Ok(Request { headers: vec![("accept", "application/json".to_owned())], ..request })
}

fn parameters(query: &Query) -> Result<Vec<(&'static str, String)>, QueryError> {
    let (low, high) = whole_bounds(query, Venue::Craigslist, Currency::USD)?;
    let mut parameters = vec![("query", words(query)?.to_owned())];
    parameters.extend(low.map(|low| ("min_price", low.to_string())));
    parameters.extend(high.map(|high| ("max_price", high.to_string())));
    parameters.extend(query.conditions.iter().map(|condition| ("condition", number(*condition).to_owned())));
    if let Some(place) = &query.place {
        parameters.extend(place.zip.iter().map(|zip| ("postal", zip.clone())));
        parameters.extend(place.radius_km.map(|km| ("search_distance", (km * 5).div_ceil(8).to_string())));
    }
    Ok(parameters)
}

/// new, like new, excellent, good, fair, salvage: 10 to 60.
fn number(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "10",
        Condition::LikeNew => "20",
        Condition::Good => "40",
        Condition::Fair => "50",
        Condition::Poor | Condition::Parts => "60",
    }
}
