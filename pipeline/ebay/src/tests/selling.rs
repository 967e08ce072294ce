//! What is published, and what eBay refuses.

use autobazaaar_domain::Cents;

use super::*;
use crate::testing::Fault;
use crate::{EbayError, OrderFilter, Outcome, Published, Shipment};

async fn publish(stage: &Stage, draft: &ListingDraft) -> Published {
    match stage.ebay.publish(&effect(), draft).await {
        Outcome::Done(published) => published,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_thing_goes_from_draft_to_sold_and_shipped() {
    // Given: a published camera, its price lowered.
    let stage = stage(|_, _| ()).await;
    let published = publish(&stage, &camera()).await;
    assert!(!published.already);
    let offer = stage.ebay.offer_of("AB-1").await.unwrap().unwrap();
    assert!(offer.published && offer.listing_id.as_ref() == Some(&published.listing_id));
    let lower = Money::new(17_500, Currency::USD);
    assert!(matches!(stage.ebay.reprice(&effect(), &offer.offer_id, "AB-1", lower).await, Outcome::Done(_)));
    assert_eq!(stage.ebay.offer(&offer.offer_id).await.unwrap().unwrap().price, Some(lower));

    // When: somebody buys it.
    let order_id = stage.server.sell(&offer.offer_id).unwrap();
    let filter = OrderFilter { changed_since: stage.clock.now() - TimeDelta::days(1), open_only: true };
    let orders = stage.ebay.orders(&filter).await.unwrap();
    assert_eq!(orders.len(), 1);
    assert_eq!(
        (&orders[0].order_id, orders[0].total, orders[0].payment.as_str()),
        (&order_id, lower, "PAID")
    );
    let line = &orders[0].line_items[0];
    assert_eq!((line.sku.as_deref(), line.total, line.quantity), (Some("AB-1"), lower, 1));

    // Then: it is shipped once, and no longer open.
    let shipment = Shipment {
        order_id: order_id.clone(),
        line_items: vec![(line.line_item_id.clone(), 1)],
        carrier: "USPS".into(),
        tracking: "9400 1000-0000".into(),
        shipped_at: stage.clock.now(),
    };
    for _ in 0..2 {
        assert!(matches!(stage.ebay.ship(&effect(), &shipment).await, Outcome::Done(())));
    }
    assert_eq!(stage.count("ship"), 1);
    assert_eq!(
        (line.price, line.shipping.amount, orders[0].fee),
        (lower, Cents::ZERO, Some(Money::new(350, Currency::USD)))
    );
    assert_eq!(stage.ebay.shipments(&order_id).await.unwrap(), ["940010000000"]);
    assert!(stage.ebay.orders(&filter).await.unwrap().is_empty());
    assert!(matches!(stage.ebay.withdraw(&effect(), &offer.offer_id).await, Outcome::Done(())));
    assert!(!stage.ebay.offer(&offer.offer_id).await.unwrap().unwrap().published);
}

#[tokio::test]
async fn what_was_sold_is_put_up_again_as_a_new_listing() {
    let stage = stage(|_, _| ()).await;
    let first = publish(&stage, &camera()).await;
    let order_id = stage.server.sell(&first.offer_id).unwrap();
    assert_eq!(stage.server.sell(&first.offer_id), None, "there was one of it");
    stage.server.cancel(&order_id);
    let filter = OrderFilter { changed_since: stage.clock.now() - TimeDelta::days(1), open_only: false };
    assert!(stage.ebay.orders(&filter).await.unwrap()[0].cancelled);
    let again = publish(&stage, &camera()).await;
    assert!(!again.already && again.listing_id != first.listing_id && again.offer_id == first.offer_id);
}

#[tokio::test]
async fn publishing_twice_publishes_once() {
    let stage = stage(|_, _| ()).await;
    let first = publish(&stage, &camera()).await;
    let again = publish(&stage, &camera()).await;
    assert_eq!(again, Published { already: true, ..first });
    assert_eq!((stage.count("publish"), stage.count("offer"), stage.count("item")), (1, 1, 1));
}

#[tokio::test]
async fn what_ebay_would_refuse_is_refused_with_a_mend() {
    let policies = |change: fn(&mut Policies)| {
        let mut draft = camera();
        change(&mut draft.policies);
        draft
    };
    let cases = [
        (policies(|p| p.fulfilment.clear()), "25007: ", "create a fulfilment policy"),
        (policies(|p| p.payment = "77".into()), "25008: ", "create a payment policy"),
        (policies(|p| p.returns.clear()), "25009: ", "create a return policy"),
        (ListingDraft { title: "x".repeat(81), ..camera() }, "25016: ", "correct the field"),
        (ListingDraft { category_id: "1".into(), ..camera() }, "25005: ", "choose a leaf category"),
        (
            ListingDraft { location_key: "moon".into(), ..camera() },
            "25012: ",
            "create the inventory location",
        ),
        (ListingDraft { images: vec![], ..camera() }, "25002: ", "correct what the message names"),
        (
            ListingDraft { images: vec!["http://pictures.test/1.jpg".into()], ..camera() },
            "25014: ",
            "https address",
        ),
        (ListingDraft { condition_id: 5000, ..camera() }, "25021: ", "a condition that the category knows"),
        (
            ListingDraft { aspects: BTreeMap::new(), ..camera() },
            "specific Brand is missing",
            "correct what the message names",
        ),
        (ListingDraft { quantity: 0, ..camera() }, "25004: ", "set a quantity"),
        (ListingDraft { sku: "x".repeat(51), ..camera() }, "25707: ", "at most 50 letters and digits"),
        (ListingDraft { price: Money::new(0, Currency::USD), ..camera() }, "price is `0.00`", "above zero"),
        (ListingDraft { condition_id: 42, ..camera() }, "condition_id is `42`", "an id of eBay's conditions"),
    ];
    for (draft, error, mend) in cases {
        let stage = stage(|_, _| ()).await;
        match stage.ebay.publish(&effect(), &draft).await {
            Outcome::Refused(refused) => {
                let text = refused.to_string();
                assert!(text.contains(error) && text.contains(mend), "{text}");
                assert!(!refused.is_transient(), "{text}");
            }
            other => panic!("{error}: {other:?}"),
        }
        assert_eq!(stage.count("publish"), 0);
    }
}

#[tokio::test]
async fn a_refused_draft_is_mended_and_goes_on() {
    let stage = stage(|_, _| ()).await;
    let wrong = ListingDraft { category_id: "1".into(), ..camera() };
    assert!(matches!(stage.ebay.publish(&effect(), &wrong).await, Outcome::Refused(_)));
    publish(&stage, &camera()).await;
    assert_eq!((stage.count("offer"), stage.count("publish")), (1, 1), "the same offer, corrected");
}

#[tokio::test]
async fn an_offer_of_another_thing_is_not_touched() {
    let stage = stage(|_, _| ()).await;
    let published = publish(&stage, &camera()).await;
    let price = Money::new(100, Currency::USD);
    for (offer_id, sku) in [(published.offer_id.as_str(), "AB-2"), ("99", "AB-1")] {
        let outcome = stage.ebay.reprice(&effect(), offer_id, sku, price).await;
        assert!(
            matches!(outcome, Outcome::Refused(EbayError::Invalid { field: "offer", .. })),
            "{outcome:?}"
        );
    }
    let nothing = Money { amount: Cents(-5), ..price };
    let outcome = stage.ebay.reprice(&effect(), &published.offer_id, "AB-1", nothing).await;
    assert!(matches!(outcome, Outcome::Refused(EbayError::Invalid { field: "price", .. })), "{outcome:?}");
    assert!(matches!(stage.ebay.withdraw(&effect(), "99").await, Outcome::Refused(_)));
    assert_eq!(stage.count("price") + stage.count("withdraw"), 0);
}

#[tokio::test]
async fn the_server_itself_refuses_wrong_skus_and_prices() {
    use crate::sell_for_tests::set_price;
    let stage = stage(|_, _| ()).await;
    let published = publish(&stage, &camera()).await;
    let five = serde_json::json!({ "value": "5.00", "currency": "USD" });
    let zero = serde_json::json!({ "value": "0.00", "currency": "USD" });
    for (sku, price, error) in [("AB-2", &five, 25_709), ("AB-1", &zero, 25_002)] {
        match set_price(&stage.ebay, &published.offer_id, sku, price).await {
            Err(EbayError::Api(refused)) => assert!(refused.is(error), "{refused}"),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn without_consent_nothing_is_sold() {
    let stage = stage(|setup, _| setup.refresh_token = None).await;
    assert!(!stage.ebay.can_sell());
    let outcome = stage.ebay.publish(&effect(), &camera()).await;
    assert!(matches!(outcome, Outcome::Refused(EbayError::NoSeller)), "{outcome:?}");
    assert!(stage.server.calls().is_empty());
}

#[tokio::test]
async fn orders_are_read_page_by_page_each_once() {
    let stage = stage(|_, _| ()).await;
    let published = publish(&stage, &ListingDraft { quantity: 401, ..camera() }).await;
    for _ in 0..401 {
        stage.server.sell(&published.offer_id).unwrap();
    }
    let filter = OrderFilter { changed_since: stage.clock.now(), open_only: false };
    let orders = stage.ebay.orders(&filter).await.unwrap();
    let ids: std::collections::BTreeSet<_> = orders.iter().map(|order| &order.order_id).collect();
    assert_eq!((orders.len(), ids.len()), (401, 401));
    assert_eq!(stage.server.calls().iter().filter(|call| call.ends_with("/order")).count(), 3);
    let later = OrderFilter { changed_since: stage.clock.now() + TimeDelta::seconds(1), open_only: false };
    assert!(stage.ebay.orders(&later).await.unwrap().is_empty());
    stage.server.plan("GET", "/order", Fault::Malformed, 1);
    assert!(matches!(stage.ebay.orders(&filter).await, Err(EbayError::Unreadable { .. })));
}
