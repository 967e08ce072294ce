//! Search pages of OfferUp.

use autobazaaar_domain::{Condition, Currency};

use crate::Venue;
use crate::search::{PageAt, Query, QueryError, Request, get, url, whole_bounds, words};

/// A search page. The place is the browser's own, or a postal code.
///
/// # Errors
/// Without words, or with a price range that is not in dollars.
pub fn page(query: &Query) -> Result<Request, QueryError> {
    let (low, high) = whole_bounds(query, Venue::Offerup, Currency::USD)?;
    let mut parameters = vec![("q", words(query)?.to_owned())];
    parameters.extend(query.category.iter().map(|category| ("cid", category.clone())));
    parameters.extend(low.map(|low| ("PRICE_MIN", low.to_string())));
    parameters.extend(high.map(|high| ("PRICE_MAX", high.to_string())));
    let conditions: Vec<&str> = query.conditions.iter().map(|condition| name(*condition)).collect();
    if !conditions.is_empty() {
        parameters.push(("CONDITION", conditions.join(",")));
    }
    if let Some(place) = &query.place {
        parameters.extend(place.zip.iter().map(|zip| ("zipcode", zip.clone())));
        // OfferUp counts in miles.
        parameters.extend(place.radius_km.map(|km| ("DISTANCE", (km * 5).div_ceil(8).to_string())));
    }
    parameters.push(("SORT", "-posted".to_owned()));
    if let PageAt::Told(cursor) = &query.page {
        parameters.push(("pageCursor", cursor.clone()));
    }
    Ok(get(url("https://offerup.com/search", &parameters)))
}

fn name(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "NEW",
        Condition::LikeNew => "OPEN_BOX",
        Condition::Good | Condition::Fair => "USED",
        Condition::Poor | Condition::Parts => "BROKEN",
    }
}
