//! eBay's item pages: of both generations, from what machines are told alone, sold, ended, and changed.

use autobazaaar_domain::{Cents, Condition, PriceKind, Status};

use super::fixtures::*;
use super::{page, rows};
use crate::{PageKind, SeenListing, Venue};

fn item(text: &str) -> SeenListing {
    let mut found = page(text.as_bytes());
    assert_eq!((found.venue, found.kind), (Venue::Ebay, PageKind::Listing), "{:?}", found.reason);
    found.listings.remove(0)
}

#[test]
fn an_item_page_tells_what_people_see() {
    let lamp = item(&ebay_item("", &[]));
    let seen = &lamp.observation;
    assert_eq!(seen.title, "Brass lamp, working");
    assert_eq!(seen.key.external_id, "376726124899");
    assert_eq!(seen.url.as_deref(), Some("https://www.ebay.com/itm/376726124899"));
    assert_eq!((seen.price, seen.price_kind), (Some(Cents(123_450)), PriceKind::OrBestOffer));
    assert_eq!((seen.currency.as_str(), seen.original_price), ("USD", Some(Cents(150_000))));
    assert_eq!(seen.shipping_price, Some(Cents(1_240)));
    assert_eq!((seen.condition, seen.status), (Some(Condition::Good), Status::Active));
    assert_eq!(seen.category, "Lamps");
    assert_eq!(seen.images, ["https://i.ebayimg.com/a/s-l1600.jpg"]);
    assert_eq!(seen.location.city.as_deref(), Some("Brooklyn"));
    assert_eq!(seen.location.state.as_deref(), Some("New York"));
    assert_eq!(lamp.seller_name.as_deref(), Some("lampman"));
    assert_eq!(seen.seller.feedback_count, Some(1_204));
    assert!(seen.seller.rating.is_some_and(|rating| (rating - 4.955).abs() < 1e-9));
    let told = [
        ("condition", "Used"),
        ("condition_description", "a dent in the shade"),
        ("country", "United States"),
        ("Material", "Brass"),
    ];
    for (name, value) in told {
        assert_eq!(seen.attributes.get(name), Some(value), "{name}");
    }
    assert_eq!(seen.attributes.get("Shipping"), None);
}

#[test]
fn an_item_page_is_read_from_what_machines_are_told() {
    let lamp = item(EBAY_ITEM_DATA);
    let seen = &lamp.observation;
    assert_eq!((seen.title.as_str(), seen.key.external_id.as_str()), ("Messinglampe", "376726124900"));
    assert_eq!(seen.url.as_deref(), Some("https://www.ebay.de/itm/376726124900"));
    assert_eq!((seen.price, seen.currency.as_str()), (Some(Cents(4_590)), "EUR"));
    assert_eq!((seen.condition, seen.shipping_price), (Some(Condition::Good), Some(Cents(499))));
    assert_eq!((seen.category.as_str(), seen.attributes.get("brand")), ("Lampen", Some("Acme")));
    assert_eq!(seen.images, ["https://i.ebayimg.com/b/s-l1600.jpg"]);
    // What is not there stays empty.
    assert_eq!((seen.seller.feedback_count, seen.location.city.as_deref()), (None, None));
}

#[test]
fn an_old_item_page_is_read() {
    let found = page(EBAY_OLD_ITEM.as_bytes());
    assert_eq!(found.kind, PageKind::Listing, "{:?}", found.reason);
    assert_eq!(rows(&found), ["334377840810 1250 GBP fixed Brass lamp"]);
    let seen = &found.listings[0].observation;
    assert_eq!((seen.condition, seen.shipping_price), (Some(Condition::Parts), Some(Cents::ZERO)));
}

/// What is replaced in the page, and the price that it then tells: minor units, currency, kind.
type Case<'a> = (&'a [(&'a str, &'a str)], i64, &'a str, PriceKind);

#[test]
fn ways_to_buy_are_told_apart() {
    let bid = [("x-bin-price", "x-bid-price"), ("x-offer-action", "x-bid-action")];
    let span = [("US $1,234.50", "US $10.00 to US $20.00"), ("x-offer-action", "x-bid-action")];
    let fixed = [("x-offer-action", "x-bid-action")];
    let dollar =
        [("US $1,234.50", "$1,234.50/ea"), ("www.ebay.com/itm", "www.ebay.ca/itm"), ("x-offer-action", "x")];
    let cases: [Case<'_>; 4] = [
        (&bid, 123_450, "USD", PriceKind::Auction),
        (&span, 1_000, "USD", PriceKind::Range),
        (&fixed, 123_450, "USD", PriceKind::Fixed),
        (&dollar, 123_450, "CAD", PriceKind::Fixed),
    ];
    for (replaced, cents, currency, kind) in cases {
        let seen = item(&ebay_item("", replaced)).observation;
        let found = (seen.price, seen.currency.as_str(), seen.price_kind);
        assert_eq!(found, (Some(Cents(cents)), currency, kind), "{replaced:?}");
    }
}

#[test]
fn what_is_over_is_told_as_sold_or_ended() {
    let say = |text: &str| format!("<div class=d-statusmessage><span>{text}</span></div>");
    let sold = item(&ebay_item(&say("This listing sold on Mon, May 4, 2026 at 9:41 PM."), &[])).observation;
    assert_eq!(
        (sold.status, sold.price_kind, sold.price),
        (Status::Sold, PriceKind::Sold, Some(Cents(123_450)))
    );
    assert_eq!(sold.sold_at.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-05-04"));

    // Without a year the day is not known.
    let sold = item(&ebay_item(&say("This listing sold on Mon, May 4 at 9:41 PM."), &[])).observation;
    assert_eq!((sold.status, sold.sold_at), (Status::Sold, None));

    // Sold for less than the price shown.
    let accepted = [("Was <span", "<b>Best offer accepted</b> <span")];
    let sold = item(&ebay_item(&say("This listing sold on Mon, May 4 at 9:41 PM."), &accepted)).observation;
    assert_eq!((sold.status, sold.price_kind), (Status::Sold, PriceKind::OrBestOffer));
    assert!(sold.attributes.get("sold_for").is_some());

    let won = [
        ("x-bin-price", "x-bid-price"),
        ("<div class='x-price-section'>", "<div class='x-price-section'>Winning bid: "),
    ];
    let won = item(&ebay_item(&say("Bidding ended on Mon, May 4 at 9:41 PM."), &won)).observation;
    assert_eq!((won.status, won.price_kind), (Status::Sold, PriceKind::Sold));

    let message = "This listing was ended by the seller on Mon, May 4, 2026 at 9:41 PM because the item is no longer available.";
    let ended = item(&ebay_item(&say(message), &[])).observation;
    assert_eq!((ended.status, ended.sold_at), (Status::Pending, None));
    assert_eq!(ended.expires_at.map(|at| at.date_naive().to_string()).as_deref(), Some("2026-05-04"));
    assert_eq!(ended.attributes.get("ended"), Some(message));
}

#[test]
fn a_changed_item_page_is_unreadable_and_a_wall_is_blocked() {
    let gone = [("x-bin-price", "y"), ("x-price-primary", "z")];
    let found = page(ebay_item("", &gone).as_bytes());
    assert_eq!((found.kind, found.listings.len()), (PageKind::Unreadable, 0));

    let odd = page(ebay_item("", &[("US $1,234.50", "1,234.50 doubloons")]).as_bytes());
    assert_eq!(odd.kind, PageKind::Unreadable, "a price that cannot be read is no price on request");

    let wall =
        EBAY_ITEM_DATA.replace("<title>Lampe | eBay", "<title>Security Measure").replace("Product", "Thing");
    assert_eq!(page(wall.as_bytes()).kind, PageKind::Blocked);
}
