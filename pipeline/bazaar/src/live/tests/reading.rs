//! Pages, passes and bodies.

use std::collections::HashSet;

use proptest::prelude::*;

use super::*;

#[test]
fn paging_shows_everything_once_unless_capped() {
    let mut bazaar = small(71);
    for venue in ["bazaar-local", "bazaar-social"] {
        for query in [Query::category("furniture"), Query::words("phone"), Query::default()] {
            let (mut keys, mut rows, mut page) = (HashSet::new(), 0_u64, 0);
            let last = loop {
                let result = bazaar.search(venue, &query, page).unwrap();
                rows += result.listings.len() as u64;
                keys.extend(result.listings.iter().map(|row| row.key.clone()));
                match result.next {
                    Some(next) => page = next,
                    None => break result,
                }
            };
            assert_eq!(keys.len() as u64, rows);
            assert_eq!(last.complete, rows == last.total, "{venue} {query:?}");
            assert!(rows > 0, "{venue} {query:?}");
        }
    }
    bazaar.params.market.search_cap = [120; 5];
    let capped = bazaar.search("bazaar-social", &Query::default(), 2).unwrap();
    assert_eq!((capped.complete, capped.next, capped.listings.len()), (false, None, 20));
}

#[test]
fn words_find_what_they_name() {
    let mut bazaar = small(72);
    let page = bazaar.search("bazaar-local", &Query::words("Hantek laptop"), 0).unwrap();
    assert!(!page.listings.is_empty());
    assert!(page.listings.iter().all(|row| row.category == "laptops"));
}

#[test]
fn a_second_pass_repeats_no_row_that_is_the_same() {
    let mut bazaar = small(73);
    let first = bazaar.scan("bazaar-ship", "tools").unwrap();
    assert!(first.seen_again.is_empty() && !first.observations.is_empty());
    let again = bazaar.scan("bazaar-ship", "tools").unwrap();
    assert_eq!((again.observations.len(), again.listings()), (0, first.listings()));
    bazaar.advance_to(start() + hours(72));
    let later = bazaar.scan("bazaar-ship", "tools").unwrap();
    assert!(!later.observations.is_empty() && !later.seen_again.is_empty());
    for row in later.observations.iter().take(20) {
        assert_eq!(bazaar.listing("bazaar-ship", &row.key.external_id).unwrap(), *row);
    }
}

#[test]
fn bodies_are_whole_and_safe() {
    let mut bazaar = small(74);
    let key = bazaar.scenario(Scenario::GoodFlip);
    done(bazaar.buy("b", &key, Cents(80_000)));
    bazaar.advance_to(start() + hours(24 * 12));
    let own = Draft {
        platform: key.platform.clone(),
        order: "B-000001".into(),
        title: "<script>alert(1)</script> & \"more\"".into(),
        description: Some("</p><img onerror='x'>".into()),
        condition: None,
        price: Cents(500_000),
        shipping_price: None,
        delivery: Delivery::Local,
        images: Vec::new(),
        attributes: Default::default(),
    };
    let Receipt::Published { listing, .. } = done(bazaar.publish("p", &own)) else { panic!() };
    let venue = listing.platform.as_str();
    let html = bazaar.listing_body(venue, &listing.external_id, Format::Html).unwrap();
    assert!(html.contains("&lt;script&gt;") && !html.contains("<script") && !html.contains("<img"));
    let json = bazaar.listing_body(venue, &listing.external_id, Format::Json).unwrap();
    let value: serde_json::Value = serde_json::from_str(&json).unwrap();
    assert_eq!((&value["title"], &value["price"]), (&own.title.clone().into(), &500_000.into()));
    let page = bazaar.search_body(venue, &Query::category("phones"), 0, Format::Json).unwrap();
    let page: serde_json::Value = serde_json::from_str(&page).unwrap();
    assert!(page["listings"].as_array().is_some_and(|rows| !rows.is_empty()));
    assert!(page["listings"][0].get("run_id").is_none());
    let results = bazaar.search_body(venue, &Query::category("phones"), 0, Format::Html).unwrap();
    assert!(results.ends_with("</body></html>\n"));
    assert_eq!(results.contains("rel=\"next\""), !page["next"].is_null());
    bazaar.set_faults(Faults { malformed: 1.0, ..Faults::default() });
    let cut = bazaar.search_body(venue, &Query::category("phones"), 0, Format::Html).unwrap();
    assert!(results.starts_with(&cut) && cut.len() < results.len());
}

#[test]
fn what_is_not_there_is_refused() {
    let mut bazaar = small(75);
    let unknown = |result: Result<_, Refusal>| matches!(result, Err(Refusal::NotFound { .. }));
    assert!(unknown(bazaar.search("ebay", &Query::default(), 0)));
    assert!(unknown(bazaar.search("bazaar-ship", &Query::category("yachts"), 0)));
    for id in ["", "x", "123", "99999999999999999999", "../../etc"] {
        assert!(
            matches!(bazaar.listing("bazaar-ship", id), Err(Refusal::NotFound { .. } | Refusal::Gone)),
            "{id}"
        );
    }
    let beyond = bazaar.search("bazaar-ship", &Query::default(), u32::MAX).unwrap();
    assert!(beyond.listings.is_empty() && beyond.next.is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn no_call_panics(id in ".{0,12}", text in ".{0,200}", cents in any::<i64>(), page in any::<u32>()) {
        thread_local! {
            static MARKET: std::cell::RefCell<Option<Bazaar>> = const { std::cell::RefCell::new(None) };
        }
        MARKET.with_borrow_mut(|market| {
            let bazaar = market.get_or_insert_with(|| small(76));
            let real = bazaar.oracle().standing("bazaar-local", "audio")[0].listing.clone();
            let made = autobazaaar_domain::ListingKey { platform: real.platform.clone(), external_id: id.clone() };
            for key in [&real, &made] {
                bazaar.send_message(&format!("{text}{cents}{key}"), key, &text, Some(Cents(cents)));
                bazaar.send_message(&format!("t{text}{cents}{key}"), key, &text, None);
                bazaar.buy(&format!("b{text}{key}"), &made, Cents(cents));
                bazaar.reprice(&format!("r{text}{key}"), key, Cents(cents));
                bazaar.delist(&format!("d{text}{key}"), key);
            }
            bazaar.answer_buyer(&text, &id, BuyerAnswer::Counter(Cents(cents)), &text);
            bazaar.ship(&text, &id);
            bazaar.refund(&format!("f{text}"), &id, Cents(cents));
            bazaar.claim(&format!("c{text}"), &id);
            let _ = bazaar.search("bazaar-local", &Query::words(&text), page);
            let _ = bazaar.listing("bazaar-local", &id);
            let _ = (bazaar.inbox(u64::from(page)), bazaar.orders(u64::MAX), bazaar.order(&id));
            let later = bazaar.now() + TimeDelta::minutes(45);
            bazaar.advance_to(later);
        });
    }
}
