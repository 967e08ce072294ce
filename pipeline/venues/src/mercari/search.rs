//! Search pages of Mercari.

use autobazaaar_domain::{Condition, Currency};

use crate::Venue;
use crate::search::{PageAt, Query, QueryError, Request, get, url, words};

/// A search page; prices are in cents there.
///
/// # Errors
/// Without words, or with a price range that is not in dollars.
pub fn page(query: &Query) -> Result<Request, QueryError> {
    for money in [query.lowest, query.highest].into_iter().flatten() {
        if money.currency != Currency::USD {
            return Err(QueryError::OtherCurrency {
                venue: Venue::Mercari,
                found: money.currency,
                expected: Currency::USD,
            });
        }
    }
    let mut parameters = vec![("keyword", words(query)?.to_owned())];
    parameters.extend(query.category.iter().map(|category| ("categoryIds", category.clone())));
    parameters.extend(query.lowest.map(|money| ("minPrice", money.amount.0.to_string())));
    parameters.extend(query.highest.map(|money| ("maxPrice", money.amount.0.to_string())));
    let conditions: Vec<&str> = query.conditions.iter().map(|condition| number(*condition)).collect();
    if !conditions.is_empty() {
        parameters.push(("itemConditions", conditions.join("-")));
    }
    parameters.push(("sortBy", "2".to_owned()));
    match &query.page {
        PageAt::First => {}
        PageAt::Number(page) => parameters.push(("page", (page + 1).to_string())),
        PageAt::Told(token) => parameters.push(("pageToken", token.clone())),
    }
    Ok(get(url("https://www.mercari.com/search/", &parameters)))
}

fn number(condition: Condition) -> &'static str {
    match condition {
        Condition::New => "1",
        Condition::LikeNew => "2",
        Condition::Good => "3",
        Condition::Fair => "4",
        Condition::Poor | Condition::Parts => "5",
    }
}
