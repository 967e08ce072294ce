//! Searches become requests.

use autobazaaar_domain::{Condition, Currency, Money};

use crate::search::{PageAt, Place, Query, QueryError};
use crate::{craigslist, ebay, facebook, mercari, offerup};

fn query() -> Query {
    Query {
        lowest: Some(Money::new(1_050, Currency::USD)),
        highest: Some(Money::new(50_000, Currency::USD)),
        conditions: vec![Condition::Good],
        ..Query::words("brass lamp & shade")
    }
}

#[test]
fn ebay_asks_the_browse_api_page_by_page() {
    let third = Query { page: PageAt::Number(2), ..query() };
    let request = ebay::search::api(&third, "EBAY_US", Currency::USD).unwrap();
    assert!(
        request.url.contains("q=brass%20lamp%20%26%20shade")
            && request.url.ends_with("&limit=200&offset=400"),
        "{}",
        request.url
    );
    assert!(request.url.contains("price%3A%5B10.50..500.00%5D%2CpriceCurrency%3AUSD"), "{}", request.url);
    assert!(request.headers.contains(&("x-ebay-c-marketplace-id", "EBAY_US".to_owned())));
    let far = Query { page: PageAt::Number(50), ..query() };
    assert!(matches!(ebay::search::api(&far, "EBAY_US", Currency::USD), Err(QueryError::TooFar { .. })));
    let told = Query { page: PageAt::Told("https://api.ebay.com/next".into()), ..query() };
    assert_eq!(ebay::search::api(&told, "EBAY_US", Currency::USD).unwrap().url, "https://api.ebay.com/next");
}

#[test]
fn each_venue_words_a_search_its_own_way() {
    let place = Some(Place { name: Some("sfbay".into()), zip: Some("94103".into()), radius_km: Some(16) });
    let query = Query { place, ..query() };
    let urls = [
        ebay::search::page(&query, true).unwrap().url,
        craigslist::search::page(&query).unwrap().url,
        craigslist::search::api(&query, 1).unwrap().url,
        facebook::search::page(&query).unwrap().url,
        mercari::search::page(&query).unwrap().url,
        offerup::search::page(&query).unwrap().url,
    ];
    let wanted = [
        "https://www.ebay.com/sch/i.html?_nkw=brass%20lamp%20%26%20shade&_sacat=0&_udlo=10&_udhi=500&LH_ItemCondition=2020%7C2030%7C3000%7C4000%7C5000&_stpos=94103&_sadis=10&LH_Sold=1&LH_Complete=1&_sop=13&_ipg=240&_pgn=1",
        "https://sfbay.craigslist.org/search/sss?query=brass%20lamp%20%26%20shade&min_price=10&max_price=500&condition=40&postal=94103&search_distance=10&sort=date",
        "https://sapi.craigslist.org/web/v8/postings/search/full?batch=1-0-360-0-0&cc=US&lang=en&searchPath=sss&sort=date&query=brass%20lamp%20%26%20shade&min_price=10&max_price=500&condition=40&postal=94103&search_distance=10",
        "https://www.facebook.com/marketplace/sfbay/search/?query=brass%20lamp%20%26%20shade&minPrice=10&maxPrice=500&itemCondition=used_good&radius=16&sortBy=creation_time_descend",
        "https://www.mercari.com/search/?keyword=brass%20lamp%20%26%20shade&minPrice=1050&maxPrice=50000&itemConditions=3&sortBy=2",
        "https://offerup.com/search?q=brass%20lamp%20%26%20shade&PRICE_MIN=10&PRICE_MAX=500&CONDITION=USED&zipcode=94103&DISTANCE=10&SORT=-posted",
    ];
    assert_eq!(urls, wanted);
}

#[test]
fn what_cannot_be_asked_is_refused() {
    assert_eq!(facebook::search::page(&Query::words("  ")), Err(QueryError::NoWords));
    assert!(matches!(craigslist::search::page(&Query::words("lamp")), Err(QueryError::Missing { .. })));
    let euros = Query { lowest: Some(Money::new(1, Currency::EUR)), ..Query::words("lamp") };
    assert!(matches!(mercari::search::page(&euros), Err(QueryError::OtherCurrency { .. })));
}
