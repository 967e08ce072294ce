//! Searches, items, sold prices, tokens, quotas.

use std::collections::BTreeSet;

use autobazaaar_domain::Cents;
use autobazaaar_fetch::Recorder;
use serde_json::Value;

use super::*;
use crate::testing::Fault;
use crate::{Buying, Coverage, EbayError, PriceRange, SearchQuery, Sort, first_sales};

fn everything() -> SearchQuery {
    let categories = ["15230", "9355", "139971", "184655", "54235"].map(str::to_owned).into();
    SearchQuery { categories, buying: vec![Buying::Auction, Buying::FixedPrice], ..SearchQuery::default() }
}

/// All pages of a search, and how much was seen.
async fn all(ebay: &Ebay, query: &SearchQuery) -> (Vec<Value>, usize, Coverage) {
    let mut search = ebay.search(query);
    let (mut items, mut pages) = (Vec::new(), 0);
    while let Some(page) = search.next().await.unwrap() {
        let body: Value = serde_json::from_slice(&page.body).unwrap();
        let list = body["itemSummaries"].as_array().cloned().unwrap_or_default();
        assert_eq!(page.results, list.len() as u64);
        items.extend(list);
        pages += 1;
    }
    (items, pages, search.coverage())
}

fn ids(items: &[Value]) -> BTreeSet<&str> {
    items.iter().map(|item| item["itemId"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_search_is_read_to_its_end_once() {
    for (count, pages, coverage) in [
        (0, 1, Coverage::Complete),
        (199, 1, Coverage::Complete),
        (200, 1, Coverage::Complete),
        (401, 3, Coverage::Complete),
        (10_000, 50, Coverage::Complete),
        (10_001, 50, Coverage::Capped),
    ] {
        let stage = stage(|setup, _| setup.items = count).await;
        let (items, read, seen) = all(&stage.ebay, &everything()).await;
        assert_eq!((items.len(), read, seen), (count.min(10_000), pages, coverage), "{count}");
        assert_eq!(ids(&items).len(), items.len(), "each once");
        assert_eq!(stage.server.tokens_given(), 1);
    }
}

#[tokio::test]
async fn a_search_that_stops_early_is_not_complete() {
    let stage = stage(|setup, _| setup.items = 500).await;
    let query = everything();
    let mut search = stage.ebay.search(&query);
    search.next().await.unwrap().unwrap();
    assert_eq!(search.coverage(), Coverage::Going);
}

#[tokio::test]
async fn filters_narrow_and_sorts_order() {
    let stage = stage(|_, _| ()).await;
    let price = PriceRange { low: Some(Cents(10_000)), high: Some(Cents(20_000)), currency: Currency::USD };
    let query = SearchQuery {
        text: Some("canon ae-1".into()),
        price: Some(price),
        conditions: vec![3000, 4000],
        sort: Some(Sort::Price),
        ..SearchQuery::default()
    };
    let (items, _, seen) = all(&stage.ebay, &query).await;
    let value = |item: &Value| item["price"]["value"].as_str().unwrap().parse::<f64>().unwrap();
    assert!(!items.is_empty() && seen == Coverage::Complete);
    assert!(items.is_sorted_by_key(value));
    for item in &items {
        assert!(
            (100.0..=200.0).contains(&value(item))
                && ["3000", "4000"].contains(&item["conditionId"].as_str().unwrap())
        );
        assert_eq!(item["buyingOptions"][0], "FIXED_PRICE", "auctions are to be asked for");
    }
}

#[tokio::test]
async fn what_ebay_refuses_is_told_with_its_number_and_the_mend() {
    let stage = stage(|_, _| ()).await;
    let refused = stage.ebay.search(&SearchQuery::default()).next().await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "eBay refuses GET /buy/browse/v1/item_summary/search with status 400; 12001: The call must have a \
         valid 'q', 'category_ids', 'epid' or 'gtin' query parameter: correct what the message names"
    );
    assert!(!refused.is_transient());
}

#[tokio::test]
async fn one_token_serves_many_calls_and_is_renewed_in_time() {
    let stage = stage(|_, _| ()).await;
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..8 {
        let ebay = stage.ebay.clone();
        calls.spawn(async move { ebay.search(&everything()).next().await.unwrap() });
    }
    calls.join_all().await;
    assert_eq!(stage.server.tokens_given(), 1, "who finds none waits for whoever fetches it");

    stage.clock.forward(TimeDelta::minutes(114));
    stage.ebay.search(&everything()).next().await.unwrap();
    assert_eq!(stage.server.tokens_given(), 1);
    stage.clock.forward(TimeDelta::minutes(1));
    stage.ebay.search(&everything()).next().await.unwrap();
    assert_eq!(stage.server.tokens_given(), 2, "renewed five minutes before its end");

    // When eBay no longer takes it: renewed once, and the call made.
    stage.server.revoke_tokens();
    stage.ebay.search(&everything()).next().await.unwrap();
    assert_eq!(stage.server.tokens_given(), 3);
}

#[tokio::test]
async fn wrong_keys_are_told_and_not_shown() {
    let stage = stage(|_, keys| *keys = Some(("app".into(), Secret::new("s3cr3t")))).await;
    let error = stage.ebay.search(&everything()).next().await.unwrap_err();
    assert_eq!(
        error.to_string(),
        "eBay does not accept the application's keys (invalid_client: client authentication failed): \
         compare them with the keyset at developer.ebay.com (production and sandbox differ)"
    );
    assert!(!format!("{error:?} {:?}", stage.ebay.settings).contains("s3cr3t"));

    // They are not tried again at once, and are after a while.
    let asked = || stage.server.calls().len();
    assert!(stage.ebay.item("v1|1|0").await.is_err());
    assert_eq!(asked(), 1);
    stage.clock.forward(TimeDelta::minutes(1));
    assert!(stage.ebay.item("v1|1|0").await.is_err());
    assert_eq!(asked(), 2);
    assert!(matches!(
        Settings::at("http://api.ebay.com/", "app", Secret::new("x")),
        Err(EbayError::Invalid { .. })
    ));
}

#[tokio::test]
async fn answers_are_recorded_but_tokens_are_not() {
    let stage = stage(|setup, _| setup.items = 3).await;
    let page = stage.ebay.search(&everything()).next().await.unwrap().unwrap();
    let kept = Recorder::new(stage.records.path(), TimeDelta::days(1)).list().unwrap();
    assert_eq!(kept, std::slice::from_ref(page.record.as_ref().unwrap()));
    let record = Recorder::read(&kept[0]).unwrap();
    assert_eq!(record.body, page.body);
    assert!(!format!("{record:?}").contains("token-"));
}

#[tokio::test]
async fn items_are_read_by_id_and_number_or_are_gone() {
    let stage = stage(|setup, _| setup.items = 5).await;
    let page = stage.ebay.item("v1|110000000003|0").await.unwrap().unwrap();
    let item: Value = serde_json::from_slice(&page.body).unwrap();
    assert_eq!(item["legacyItemId"], "110000000003");
    assert!(item["description"].as_str().unwrap().contains("Works"));
    assert!(stage.ebay.item_by_number("110000000003").await.unwrap().is_some());
    assert!(stage.ebay.item("v1|9|0").await.unwrap().is_none());
    assert!(stage.ebay.item_by_number("9").await.unwrap().is_none());
}

#[tokio::test]
async fn sold_prices_are_read_where_granted() {
    for granted in [true, false] {
        let stage = stage(|setup, _| setup.insights = granted).await;
        let query = everything();
        let mut sales = stage.ebay.sales(&query);
        match first_sales(&mut sales).await {
            Ok(page) => {
                assert!(granted && page.unwrap().results == 50 && sales.coverage() == Coverage::Complete)
            }
            Err(error) => assert!(!granted && matches!(error, EbayError::NotGranted { .. })),
        }
    }
}

#[tokio::test]
async fn the_quota_is_counted_here_and_there() {
    let stage = stage(|setup, _| setup.browse_calls = 2).await;
    let now = stage.clock.now();
    let quotas = || stage.ebay.fetcher.quotas();
    stage.ebay.search(&everything()).next().await.unwrap();
    assert_eq!(quotas().left("ebay.browse", now), 4_999);

    let limits = stage.ebay.rate_limits().await.unwrap();
    assert_eq!((limits[0].resource.as_str(), limits[0].limit, limits[0].remaining), ("buy.browse", 2, 1));
    assert_eq!(quotas().left("ebay.browse", now), 1, "eBay's count holds where it is lower");

    stage.ebay.search(&everything()).next().await.unwrap();
    let spent = stage.ebay.search(&everything()).next().await.unwrap_err();
    assert!(
        spent.to_string().starts_with("the quota of 5000 requests a day for ebay.browse is spent"),
        "{spent}"
    );
    stage.clock.forward(TimeDelta::days(1));
    let refused = stage.ebay.search(&everything()).next().await.unwrap_err();
    assert!(
        refused.to_string().contains("2001: Too many requests.: the day's or minute's calls"),
        "{refused}"
    );
    assert!(refused.is_transient());
}

#[tokio::test]
async fn a_search_survives_faults_that_pass() {
    let stage = stage(|setup, _| setup.items = 300).await;
    stage.server.plan("GET", "item_summary", Fault::ErrorBefore, 2);
    let (items, _, seen) = all(&stage.ebay, &everything()).await;
    assert_eq!((items.len(), seen), (300, Coverage::Complete));

    // A page that cannot be understood is an error, never an empty page; it can be asked for again.
    stage.server.plan("GET", "item_summary", Fault::Malformed, 1);
    let query = everything();
    let mut search = stage.ebay.search(&query);
    let error = search.next().await.unwrap_err();
    assert!(matches!(error, EbayError::Unreadable { .. }) && error.is_transient(), "{error}");
    assert_eq!(search.next().await.unwrap().unwrap().results, 200);

    stage.server.plan("GET", "item_summary", Fault::TimeOutBefore, 1);
    assert!(search.next().await.unwrap_err().is_transient());
    assert_eq!(search.next().await.unwrap().unwrap().results, 100);
    assert_eq!(search.coverage(), Coverage::Complete);

    stage.server.plan("GET", "item_summary", Fault::TooMany(3_600), 1);
    let (first, held) = (stage.ebay.search(&query).next().await, stage.ebay.search(&query).next().await);
    assert!(matches!(first, Err(EbayError::Api(error)) if error.status == 429));
    assert!(held.unwrap_err().to_string().contains("asks to wait until"));
}
