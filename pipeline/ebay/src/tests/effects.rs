//! Effects under faults: each happens at most once, and what is not known is said to be so.

use super::*;
use crate::testing::Fault;
use crate::{OrderFilter, Outcome, Shipment};

/// What an outcome is, in a word.
fn word<T>(outcome: &Outcome<T>) -> &'static str {
    match outcome {
        Outcome::Done(_) => "done",
        Outcome::Refused(error) if error.is_transient() => "refused for now",
        Outcome::Refused(_) => "refused",
        Outcome::Uncertain(_) => "uncertain",
    }
}

#[tokio::test]
async fn a_publication_in_doubt_is_read_not_repeated() {
    // (where, fault, outcome, listings made)
    let cases = [
        ("/publish", Fault::TimeOutAfter, "done", 1),
        ("/publish", Fault::ErrorAfter, "done", 1),
        ("/publish", Fault::Malformed, "done", 1),
        ("/publish", Fault::TimeOutBefore, "uncertain", 0),
        ("/publish", Fault::ErrorBefore, "uncertain", 0),
        ("/publish", Fault::TooMany(0), "refused for now", 0),
        ("/v1/offer", Fault::TimeOutAfter, "done", 1),
        ("/v1/offer", Fault::Malformed, "done", 1),
        ("/v1/offer", Fault::ErrorBefore, "refused for now", 0),
        ("/oauth2/token", Fault::TimeOutBefore, "refused for now", 0),
    ];
    for (path, fault, expected, made) in cases {
        let stage = stage(|_, _| ()).await;
        stage.server.plan("POST", path, fault, 1);
        let outcome = stage.ebay.publish(&effect(), &camera()).await;
        assert_eq!(word(&outcome), expected, "{path} {fault:?}: {outcome:?}");
        assert_eq!(stage.count("publish"), made, "{path} {fault:?}");
        let calls = stage.server.calls();
        assert!(
            calls.iter().filter(|call| call.contains("/publish")).count() <= 1,
            "not repeated: {calls:?}"
        );

        // Then: reconciling tells what is, and a further attempt makes it one listing and no more.
        let known = stage.ebay.reconcile_publish(&effect(), "AB-1").await;
        assert_eq!(word(&known), if made == 1 { "done" } else { "refused" }, "{path} {fault:?}");
        assert_eq!(word(&stage.ebay.publish(&effect(), &camera()).await), "done", "{path} {fault:?}");
        assert_eq!((stage.count("publish"), stage.count("offer")), (1, 1), "{path} {fault:?}");
    }
}

#[tokio::test]
async fn an_ill_ebay_leaves_everything_in_doubt() {
    let stage = stage(|_, _| ()).await;
    stage.server.plan("POST", "/publish", Fault::TimeOutAfter, 1);
    // The look before the publication is well; the look after it is not.
    stage.server.plan("GET", "/v1/offer/", Fault::ErrorBefore, 9);
    let outcome = stage.ebay.publish(&effect(), &camera()).await;
    assert_eq!(word(&outcome), "uncertain");
    stage.server.plan("GET", "/v1/offer", Fault::ErrorBefore, 3);
    assert_eq!(word(&stage.ebay.reconcile_publish(&effect(), "AB-1").await), "uncertain");
}

#[tokio::test]
async fn prices_ends_and_shipments_happen_once() {
    let faults = [
        (Fault::TimeOutAfter, "done"),
        (Fault::ErrorAfter, "done"),
        (Fault::Malformed, "done"),
        (Fault::TimeOutBefore, "uncertain"),
    ];
    for (fault, expected) in faults {
        let stage = stage(|_, _| ()).await;
        let Outcome::Done(published) =
            stage.ebay.publish(&effect(), &ListingDraft { quantity: 2, ..camera() }).await
        else {
            panic!()
        };
        let (ebay, offer_id) = (&stage.ebay, published.offer_id.as_str());
        let price = Money::new(15_000, Currency::USD);

        stage.server.plan("POST", "bulk_update", fault, 1);
        assert_eq!(
            word(&ebay.reprice(&effect(), offer_id, "AB-1", price).await),
            expected,
            "price {fault:?}"
        );
        assert_eq!(word(&ebay.reprice(&effect(), offer_id, "AB-1", price).await), "done");

        let order_id = stage.server.sell(offer_id).unwrap();
        let filter = OrderFilter { changed_since: stage.clock.now(), open_only: true };
        let line = ebay.orders(&filter).await.unwrap()[0].line_items[0].line_item_id.clone();
        let shipment = Shipment {
            order_id,
            line_items: vec![(line, 1)],
            carrier: "USPS".into(),
            tracking: "94001".into(),
            shipped_at: stage.clock.now(),
        };
        stage.server.plan("POST", "shipping_fulfillment", fault, 1);
        assert_eq!(word(&ebay.ship(&effect(), &shipment).await), expected, "ship {fault:?}");
        assert_eq!(word(&ebay.ship(&effect(), &shipment).await), "done");
        assert_eq!(stage.count("ship"), 1, "{fault:?}");

        // A body that is cut is no doubt where nothing in it is needed.
        stage.server.plan("POST", "/withdraw", fault, 1);
        assert_eq!(word(&ebay.withdraw(&effect(), offer_id).await), expected, "withdraw {fault:?}");
        assert_eq!(word(&ebay.withdraw(&effect(), offer_id).await), "done");
        assert_eq!(stage.count("withdraw"), 1, "{fault:?}");
    }
}

#[tokio::test]
async fn refusals_of_shipments_are_told() {
    let stage = stage(|_, _| ()).await;
    let Outcome::Done(published) = stage.ebay.publish(&effect(), &camera()).await else { panic!() };
    let order_id = stage.server.sell(&published.offer_id).unwrap();
    let shipment = |order_id: &str, tracking: &str| Shipment {
        order_id: order_id.into(),
        line_items: vec![("nothing".into(), 1)],
        carrier: "USPS".into(),
        tracking: tracking.into(),
        shipped_at: stage.clock.now(),
    };
    for (shipment, part) in [
        (shipment(&order_id, "94001"), "Invalid line item"),
        (shipment("12-0-0", "94001"), "check the order number"),
        (shipment(&order_id, "94/001"), "a tracking number of letters and digits"),
    ] {
        match stage.ebay.ship(&effect(), &shipment).await {
            Outcome::Refused(error) => assert!(error.to_string().contains(part), "{error}"),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(stage.count("ship"), 0);
}
