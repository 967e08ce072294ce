//! Search pages of Facebook Marketplace, for the owner's own browser.

use autobazaaar_domain::{Condition, Currency};

use crate::Venue;
use crate::search::{Query, QueryError, Request, get, url, whole_bounds, words};

/// A search page. `place.name` is the city's part of the address (`houston`) or its number. Further
/// pages come by scrolling, not by an address.
///
/// # Errors
/// Without words, or with a price range that is not in dollars.
pub fn page(query: &Query) -> Result<Request, QueryError> {
    let (low, high) = whole_bounds(query, Venue::Facebook, Currency::USD)?;
    let place = query.place.as_ref();
    let city = place
        .and_then(|place| place.name.as_deref())
        .filter(|name| name.bytes().all(|b| b.is_ascii_alphanumeric()));
    let base = match city {
        Some(city) => format!("https://www.facebook.com/marketplace/{city}/search/"),
        None => "https://www.facebook.com/marketplace/search/".to_owned(),
    };
    let mut parameters = vec![("query", words(query)?.to_owned())];
    parameters.extend(low.map(|low| ("minPrice", low.to_string())));
    parameters.extend(high.map(|high| ("maxPrice", high.to_string())));
    let conditions: Vec<&str> = query.conditions.iter().map(|condition| name(*condition)).collect();
    if !conditions.is_empty() {
        parameters.push(("itemCondition", conditions.join(",")));
    }
    parameters.extend(place.and_then(|place| place.radius_km).map(|km| ("radius", km.to_string())));
    parameters.push(("sortBy", "creation_time_descend".to_owned()));
    Ok(get(url(&base, &parameters)))
}

fn name(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "new",
        Condition::LikeNew => "used_like_new",
        Condition::Good => "used_good",
        Condition::Fair | Condition::Poor | Condition::Parts => "used_fair",
    }
}
