//! Exports: what is offered becomes files that venues take.

use std::collections::BTreeMap;

use autobazaaar_domain::inventory::InventoryItem;
use autobazaaar_domain::resale::ResaleListing;
use serde_json::json;

use crate::ebay::export::drafts;
use crate::export::{ForSale, text};
use crate::facebook::export::catalogue;

const ID: &str = "01ARZ3NDEKTSV4RRFFQ69G5FAV";

fn camera() -> ForSale {
    let at = "2026-11-24T12:00:00Z";
    let listing: ResaleListing = serde_json::from_value(json!({
        "resale_id": ID, "inventory_id": ID, "platform": "ebay", "platform_listing_id": null, "url": null,
        "title": "Canon AE-1, \"black\"", "description": "Works.\nLight meter < 1 stop off.",
        "currency": "USD", "price": 18_950, "floor_price": 15_000, "shipping_price": 599,
        "images": ["https://pictures.test/1.jpg", "photos/2.jpg", "https://pictures.test/3.jpg"],
        "status": "draft", "visibility": "public",
        "metrics": { "views": null, "watchers": null, "saves": null, "inquiries": null, "clicks": null },
        "last_optimized": null, "suggested_price": null, "created_at": at, "updated_at": at, "expires_at": null,
    }))
    .unwrap();
    let item: InventoryItem = serde_json::from_value(json!({
        "inventory_id": ID, "sku": "AB-1", "deal_id": "0123456789abcdef0123456789abcdef-1", "purchase_id": ID, "negotiation_id": null,
        "title": "Canon AE-1", "description": "", "category": "Cameras", "condition": "good", "images": [],
        "processed_images": [], "currency": "USD", "purchase_price": 9_000, "cost": 9_500,
        "purchase_platform": "offerup", "storage_location": null, "status": "in_stock", "inspection": null,
        "purchased_at": at, "acquired_at": at, "listed_at": null, "sold_at": null, "updated_at": at,
    }))
    .unwrap();
    ForSale { listing, item }
}

fn categories() -> BTreeMap<String, String> {
    [("cameras".to_owned(), "15230".to_owned())].into()
}

/// Rows of a CSV, the lines before its header left out.
fn rows(text: &str, skipped: usize) -> Vec<Vec<String>> {
    let body: String = text.split_inclusive("\r\n").skip(skipped).collect();
    let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(body.as_bytes());
    reader.records().map(|row| row.unwrap().iter().map(str::to_owned).collect()).collect()
}

#[test]
fn drafts_are_as_ebays_template_has_them() {
    let upload = drafts(&[camera()], "EBAY_US", &categories()).unwrap();
    assert!(upload.text.starts_with("#INFO,Version=0.0.2,Template= eBay-draft-listings-template_US,"));
    let rows = rows(&upload.text, 1);
    assert_eq!(rows[0][0], "Action(SiteID=US|Country=US|Currency=USD|Version=1193|CC=UTF-8)");
    let wanted = [
        "Draft",
        "AB-1",
        "15230",
        "Canon AE-1, \"black\"",
        "",
        "189.50",
        "1",
        "https://pictures.test/1.jpg|https://pictures.test/3.jpg",
        "3000",
        "Works.<br>Light meter &lt; 1 stop off.",
        "FixedPrice",
    ];
    assert_eq!(rows[1], wanted);
    assert_eq!((upload.exported.as_slice(), upload.left_out.len()), (&["AB-1".to_owned()][..], 0));
    assert!(drafts(&[], "EBAY_MARS", &categories()).is_err());
}

#[test]
fn what_ebay_would_refuse_is_left_out_with_the_mend() {
    let left_out = |change: fn(&mut ForSale)| {
        let mut one = camera();
        change(&mut one);
        let upload = drafts(&[one, camera()], "EBAY_US", &categories()).unwrap();
        assert_eq!(upload.exported.len(), 1, "the other goes on");
        upload.left_out[0].reason.clone()
    };
    type Change = fn(&mut ForSale);
    let cases: [(Change, &str); 4] = [
        (|one| one.listing.title = "x".repeat(81), "the title has 81 characters, and eBay takes 80"),
        (|one| one.item.category = "Lamps".into(), "eBay's number for the category `Lamps` is not known"),
        (|one| one.listing.currency = "EUR".parse().unwrap(), "it is offered in EUR, and the site takes USD"),
        (|one| one.listing.price.0 = 0, "its price is not above zero"),
    ];
    for (change, wanted) in cases {
        assert_eq!(left_out(change), wanted);
    }
}

#[test]
fn the_catalogue_is_a_feed_that_facebook_takes() {
    let upload = catalogue(&[camera()], Some("https://me.test/shop"));
    let rows = rows(&upload.text, 0);
    let row: BTreeMap<&str, &str> =
        rows[0].iter().map(String::as_str).zip(rows[1].iter().map(String::as_str)).collect();
    let wanted = [
        ("id", "AB-1"),
        ("availability", "in stock"),
        ("condition", "used_good"),
        ("price", "189.50 USD"),
        ("link", "https://me.test/shop"),
        ("image_link", "https://pictures.test/1.jpg"),
        ("additional_image_link", "https://pictures.test/3.jpg"),
        ("brand", ""),
    ];
    for (column, value) in wanted {
        assert_eq!(row[column], value, "{column}");
    }
    let reason = |one: ForSale, link| catalogue(&[one], link).left_out[0].reason.clone();
    assert_eq!(reason(camera(), None), "it has no page of its own");
    let mut without = camera();
    without.listing.images = vec!["photos/2.jpg".into()];
    assert_eq!(reason(without, Some("https://me.test/")), "it has no picture with an https address");
}

#[test]
fn a_text_holds_what_a_form_asks_for() {
    let text = text(&camera());
    let wanted = "Title: Canon AE-1, \"black\"\nPrice: 189.50 USD\nShipping: 5.99 USD\nCondition: good\n\
                  Category: Cameras\nOur number: AB-1\n\nWorks.\nLight meter < 1 stop off.\n\nPictures:\n\
                  - https://pictures.test/1.jpg\n- photos/2.jpg\n- https://pictures.test/3.jpg\n";
    assert_eq!(text, wanted);
}
