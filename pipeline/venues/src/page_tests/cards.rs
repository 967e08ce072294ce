//! V-01 to V-06 and V-09 on pages of our own.

use autobazaaar_domain::{Cents, Condition, PriceKind, RunId, Status, Utc};

use super::fixtures::*;
use super::{page, rows};
use crate::{PageError, PageKind, ReadContext, Venue, read};

fn ebay_results() -> String {
    let cards = [
        ebay_card(
            "376726124899",
            "Brass lamp",
            &ebay_price("$1,234.50"),
            &[
                "or Best Offer",
                "+$9.99 delivery",
                "Located in Canada",
                "12 watchers",
                "lampman 96.2% positive (1.1K)",
            ],
            "",
        ),
        ebay_card(
            "376726124900",
            "Glass lamp",
            "<span class=s-card__price>$8.49</span><span> to </span><span class=s-card__price>$8.89</span><span class=strikethrough>$9.99</span>",
            &["Buy It Now", "Free delivery"],
            "",
        ),
    ];
    ebay_page("<span>9,100</span><span>+ results for </span><span>lamp</span>", &cards.concat())
}

#[test]
fn v01_ebay_pages_of_both_generations() {
    let found = page(ebay_results().as_bytes());
    assert_eq!((found.venue, found.kind, found.total), (Venue::Ebay, PageKind::Results, Some(9_100)));
    assert_eq!(found.query.as_deref(), Some("lamp"));
    assert_eq!(found.next.as_deref(), Some("https://www.ebay.com/sch/i.html?_nkw=lamp&_pgn=2"));
    assert_eq!(
        rows(&found),
        ["376726124899 123450 USD or_best_offer Brass lamp", "376726124900 849 USD range Glass lamp"]
    );
    let lamp = &found.listings[0];
    assert_eq!(lamp.observation.url.as_deref(), Some("https://www.ebay.com/itm/376726124899"));
    assert_eq!(lamp.observation.shipping_price, Some(Cents(999)));
    assert_eq!((lamp.observation.watchers, lamp.observation.seller.feedback_count), (Some(12), Some(1_100)));
    assert_eq!(lamp.seller_name.as_deref(), Some("lampman"));
    assert_eq!(lamp.observation.attributes.get("country"), Some("Canada"));
    assert_eq!(lamp.observation.condition, Some(Condition::Good));
    assert_eq!(found.listings[1].observation.original_price, Some(Cents(999)));
    assert_eq!(found.listings[1].observation.shipping_price, Some(Cents::ZERO));

    let old = page(ebay_old_page().as_bytes());
    assert_eq!(rows(&old), ["334377840810 1250 GBP auction Brass lamp"]);
    let lamp = &old.listings[0];
    assert_eq!(lamp.observation.url.as_deref(), Some("https://www.ebay.co.uk/itm/334377840810"));
    assert_eq!(
        (lamp.observation.condition, lamp.observation.shipping_price),
        (Some(Condition::Parts), Some(Cents(320)))
    );
    assert_eq!(lamp.seller_name.as_deref(), Some("lampman"));
}

#[test]
fn v01_ebay_sold_pages() {
    let sold = "<div class=\"s-card__caption\"><span>Sold  Mar 4, 2026</span></div>";
    let cards = [
        ebay_card("376726124899", "Brass lamp", &ebay_price("$20.00"), &["Buy It Now"], sold),
        ebay_card(
            "376726124900",
            "Glass lamp",
            "<span class=\"s-card__price strikethrough\">$30.00</span>",
            &["Best offer accepted"],
            sold,
        ),
    ];
    let found = page(ebay_page("2 results", &cards.concat()).as_bytes());
    assert_eq!(
        rows(&found),
        ["376726124899 2000 USD sold Brass lamp", "376726124900 3000 USD or_best_offer Glass lamp"]
    );
    for listing in &found.listings {
        assert_eq!(listing.observation.status, Status::Sold);
        assert_eq!(listing.observation.sold_at.unwrap().date_naive().to_string(), "2026-03-04");
    }
}

#[test]
fn v01_ebay_answers() {
    let asked = "\"price\":{\"value\":\"12.50\",\"currency\":\"EUR\"},\"buyingOptions\":[\"FIXED_PRICE\",\"BEST_OFFER\"],\"seller\":{\"username\":\"lampman\",\"feedbackPercentage\":\"99.5\",\"feedbackScore\":12}";
    let bid = "\"currentBidPrice\":{\"value\":\"1.00\",\"currency\":\"USD\"},\"buyingOptions\":[\"AUCTION\"]";
    let items = format!(
        "{},{}",
        ebay_api_item("304825976215", "Brass lamp", asked),
        ebay_api_item("304825976216", "Glass lamp", bid)
    );
    let found = page(ebay_api(&items, 412).as_bytes());
    assert_eq!(
        rows(&found),
        ["304825976215 1250 EUR or_best_offer Brass lamp", "304825976216 100 USD auction Glass lamp"]
    );
    assert_eq!((found.total, found.query.as_deref()), (Some(412), Some("brass lamp")));
    assert_eq!(rows(&page(format!("[{items}]").as_bytes())).len(), 2);
    let one = page(ebay_api_item("304825976215", "Brass lamp", asked).as_bytes());
    assert_eq!(
        (one.kind, one.listings[0].observation.condition),
        (PageKind::Listing, Some(Condition::Parts))
    );
}

#[test]
fn v01_craigslist() {
    let data = "{\"item\":{\"name\":\"Brass lamp\",\"image\":[\"https://images.craigslist.org/1_600x450.jpg\"],\"offers\":{\"price\":\"40.00\",\"priceCurrency\":\"USD\",\
                \"availableAtOrFrom\":{\"address\":{\"addressLocality\":\"Oakland\",\"addressRegion\":\"CA\"},\"geo\":{\"latitude\":37.8,\"longitude\":-122.2}}}}}";
    let html = craigslist_page(
        &(craigslist_row("7883474047", "Brass lamp", "$40")
            + &craigslist_row("7883474048", "Brass lamp", "$90")),
        data,
    );
    let found = page(html.as_bytes());
    assert_eq!(
        rows(&found),
        ["7883474047 4000 USD fixed Brass lamp", "7883474048 9000 USD fixed Brass lamp"]
    );
    assert_eq!(found.query.as_deref(), Some("brass lamp"));
    let first = &found.listings[0].observation;
    assert_eq!(
        first.url.as_deref(),
        Some("https://sfbay.craigslist.org/eby/for/d/oakland-lamp/7883474047.html")
    );
    assert_eq!(
        (first.location.city.as_deref(), first.location.lat, first.images.len()),
        (Some("Oakland"), Some(37.8), 1)
    );
    assert!(found.listings[1].observation.images.is_empty(), "the other one's picture");

    let posting = page(CRAIGSLIST_POSTING.as_bytes());
    assert_eq!(
        (posting.kind, rows(&posting)),
        (PageKind::Listing, vec!["7552653000 100 USD placeholder Brass lamp".to_owned()])
    );
    let seen = &posting.listings[0].observation;
    assert_eq!((seen.category.as_str(), seen.condition), ("antiques", Some(Condition::LikeNew)));
    assert_eq!(seen.description.as_deref(), Some("Call [phone]\nNice."));
    assert_eq!(seen.listed_at.unwrap().to_string(), "2022-11-02 03:07:31 UTC");
    assert_eq!(seen.attributes.get("works"), Some("yes"));
}

#[test]
fn v01_craigslist_answers() {
    let decode = "{\"minPostingId\":7800000000,\"minPostedDate\":1700000000,\"locations\":[0,[1,\"sfbay\",\"eby\"]],\"locationDescriptions\":[\"\",\"oakland\"]}";
    let items = "[5,60,107,40,\"1:1~37.8~-122.2\",[4,\"3:00x0x_abc_0CI0t2\"],[6,\"oakland-brass-lamp\"],[10,\"$40\"],[13,\"tok\"],\"Brass lamp\"],[9,61,107,-1,\"1:0\",\"Glass lamp\"]";
    let found = page(craigslist_api(items, decode).as_bytes());
    assert_eq!(
        rows(&found),
        ["7800000005 4000 USD fixed Brass lamp", "7800000009 - USD on_request Glass lamp"]
    );
    let lamp = &found.listings[0].observation;
    assert_eq!((lamp.location.city.as_deref(), lamp.location.lng), (Some("oakland"), Some(-122.2)));
    assert_eq!(lamp.url.as_deref(), Some("https://www.craigslist.org/view/d/oakland-brass-lamp/tok"));
    assert_eq!(lamp.listed_at.unwrap().timestamp(), 1_700_000_060);
}

#[test]
fn v01_facebook() {
    let edges = [
        facebook_edge(
            "628",
            "Brass lamp",
            "{\"amount\":\"200.00\",\"formatted_amount\":\"$200\"}",
            ",\"strikethrough_price\":{\"amount\":\"300.00\"}",
        ),
        facebook_edge(
            "629",
            "Glass lamp",
            "{\"amount\":\"0.00\",\"formatted_amount\":\"FREE\"}",
            ",\"is_sold\":true",
        ),
    ];
    let found = page(facebook_page(&edges.join(",")).as_bytes());
    assert_eq!(rows(&found), ["628 20000 USD fixed Brass lamp", "629 0 USD sold Glass lamp"]);
    assert_eq!(found.next.as_deref(), Some("next"));
    let lamp = &found.listings[0].observation;
    assert_eq!((lamp.original_price, lamp.location.state.as_deref()), (Some(Cents(30_000)), Some("TX")));

    let listing = page(FACEBOOK_LISTING.as_bytes());
    assert_eq!(
        (listing.kind, rows(&listing)),
        (PageKind::Listing, vec!["977 123450 EUR fixed Brass lamp".to_owned()])
    );
    let seen = &listing.listings[0].observation;
    assert_eq!(
        (seen.images.len(), seen.status, seen.condition),
        (2, Status::Pending, Some(Condition::LikeNew))
    );
    assert_eq!(seen.location.city.as_deref(), Some("Delft"));
}

#[test]
fn v01_mercari_and_offerup() {
    let items = mercari_item("m22320342524", "Brass lamp", "1800", "trading")
        + ","
        + &mercari_item("m22320342525", "Glass lamp", "100", "on_sale");
    let found = page(mercari_answer(&items).as_bytes());
    assert_eq!(
        rows(&found),
        ["m22320342524 1800 USD sold Brass lamp", "m22320342525 100 USD fixed Glass lamp"]
    );
    let lamp = &found.listings[0].observation;
    assert_eq!(
        (lamp.original_price, lamp.category.as_str(), lamp.shipping_price),
        (Some(Cents(5_000)), "Home > Lamps", Some(Cents::ZERO))
    );
    assert_eq!(lamp.url.as_deref(), Some("https://www.mercari.com/us/item/m22320342524/"));

    let tiles = offerup_tile("a-1", "Brass lamp", "260", ",\"isFirmPrice\":false");
    for text in [offerup_answer(&tiles), offerup_page(&tiles)] {
        let found = page(text.as_bytes());
        assert_eq!(
            (found.venue, rows(&found)),
            (Venue::Offerup, vec!["a-1 26000 USD or_best_offer Brass lamp".to_owned()])
        );
        let lamp = &found.listings[0].observation;
        assert_eq!(
            (lamp.location.city.as_deref(), lamp.location.state.as_deref()),
            (Some("Salem"), Some("MA"))
        );
    }
}

#[test]
fn v02_adverts_and_placeholders_are_skipped() {
    let found = page(ebay_results().as_bytes());
    assert!(found.listings.iter().all(|listing| !listing.observation.title.contains("Shop on eBay")));
    assert!(found.listings.iter().all(|listing| listing.observation.title != "An advert"));
    let tiles = format!("{OFFERUP_ADVERTS},{}", offerup_tile("a-1", "Brass lamp", "260", ""));
    assert_eq!(rows(&page(offerup_answer(&tiles).as_bytes())).len(), 1);
    // Links to other categories stand among Craigslist's rows, and what was paid for among Facebook's.
    let row = craigslist_row("7883474047", "Brass lamp", "$40");
    assert_eq!(rows(&page(craigslist_page(&row, "").as_bytes())).len(), 1);
    let edge = |id: &str| facebook_edge(id, "Brass lamp", "{\"amount\":\"40.00\"}", "");
    let paid = edge("2").replace("MarketplaceFeedListingStoryObject", "MarketplaceFeedAdStory");
    assert_eq!(rows(&page(facebook_page(&format!("{},{paid}", edge("1"))).as_bytes())).len(), 1);
}

#[test]
fn v03_nothing_found_is_said() {
    let decode = "0";
    for (venue, text) in [
        (Venue::Ebay, ebay_page("<span>0</span> results for lamp", "")),
        (Venue::Ebay, ebay_api("", 0)),
        (Venue::Craigslist, craigslist_page("", "")),
        (Venue::Craigslist, craigslist_api("", decode)),
        (Venue::Facebook, facebook_page("")),
        (Venue::Mercari, mercari_answer("")),
        (Venue::Offerup, offerup_answer("")),
        (Venue::Offerup, offerup_page(OFFERUP_ADVERTS)),
    ] {
        let found = page(text.as_bytes());
        assert_eq!(
            (found.venue, found.kind, found.listings.len()),
            (venue, PageKind::NoResults, 0),
            "{text}"
        );
    }
}

#[test]
fn v04_walls_are_blocked_and_never_empty() {
    for (venue, text) in [
        (Venue::Ebay, EBAY_WALL.to_owned()),
        (Venue::Ebay, wall("www.ebay.com", "Security Measure")),
        (Venue::Ebay, wall("www.ebay.com", "Sign in or Register | eBay")),
        (
            Venue::Ebay,
            "{\"errors\":[{\"errorId\":1001,\"domain\":\"OAuth\",\"message\":\"Invalid access token\"}]}"
                .to_owned(),
        ),
        (Venue::Craigslist, wall("www.craigslist.org", "blocked")),
        (Venue::Craigslist, wall("accounts.craigslist.org", "craigslist: account log in")),
        (Venue::Facebook, FACEBOOK_WALL.to_owned()),
        (Venue::Mercari, wall("www.mercari.com", "Just a moment...")),
        (Venue::Offerup, wall("offerup.com", "Access denied")),
        // Checks before the page name its venue but once.
        (Venue::Offerup, named_once("offerup.com", "Just a moment...")),
        (Venue::Craigslist, named_once("sfbay.craigslist.org", "Attention Required!")),
        (Venue::Facebook, named_once("www.facebook.com", "Access Denied")),
    ] {
        let found = page(text.as_bytes());
        assert_eq!((found.venue, found.kind), (venue, PageKind::Blocked), "{text}");
        assert!(found.reason.is_some());
    }
}

/// What a service in front of a site shows.
fn named_once(host: &str, title: &str) -> String {
    format!("<html><head><title>{title}</title></head><body><h1>Checking https://{host}</h1></body></html>")
}

#[test]
fn a_wall_that_names_no_venue_or_two_is_nobodys() {
    for text in [
        named_once("www.example.com", "Just a moment..."),
        named_once("offerup.com and https://www.mercari.com", "Just a moment..."),
        named_once("offerup.com", "About us"),
    ] {
        let run_id = RunId("test".into());
        let context =
            ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: "page", currency: None };
        assert_eq!(read(text.as_bytes(), &context).err(), Some(PageError::Unknown), "{text}");
    }
}

#[test]
fn v05_changed_markup_is_unreadable_and_never_empty() {
    for (venue, text) in [
        (Venue::Ebay, changed("www.ebay.com")),
        (Venue::Ebay, ebay_results().replace("s-card__title", "t").replace("s-card__link", "l")),
        (Venue::Ebay, ebay_results().replace("s-card", "new-card")),
        (
            Venue::Ebay,
            "{\"href\":\"https://api.ebay.com/buy/browse/v1/item_summary/search?q=x\",\"total\":9}"
                .to_owned(),
        ),
        (Venue::Craigslist, changed("sfbay.craigslist.org")),
        (Venue::Craigslist, craigslist_page("<li class=\"new-row\"><a href=\"/1\">Lamp</a></li>", "")),
        (
            Venue::Craigslist,
            craigslist_page(
                "<div class=card><a href=\"https://sfbay.craigslist.org/eby/for/d/lamp/7883474047.html\">Lamp</a></div>",
                "",
            ),
        ),
        (
            Venue::Craigslist,
            "{\"data\":{\"decode\":{\"first\":7},\"items\":[[1,2,5,40,\"0:0\",\"Lamp\"]]},\"apiVersion\":9}"
                .to_owned(),
        ),
        (Venue::Facebook, changed("www.facebook.com")),
        (
            Venue::Facebook,
            facebook_page(&facebook_edge("1", "Lamp", "{}", ""))
                .replace("\"listing\"", "\"thing\"")
                .replace("marketplace_listing_title", "name"),
        ),
        (Venue::Mercari, changed("www.mercari.com")),
        (Venue::Offerup, changed("offerup.com")),
        (Venue::Offerup, offerup_answer(&offerup_tile("1", "Lamp", "5", "")).replace("LISTING", "CARD")),
    ] {
        let found = page(text.as_bytes());
        assert_eq!(
            (found.venue, found.kind, found.listings.len()),
            (venue, PageKind::Unreadable, 0),
            "{text}"
        );
        assert!(found.reason.is_some());
    }
}

#[test]
fn v06_odd_prices_are_typed() {
    let kinds = |text: String| {
        page(text.as_bytes())
            .listings
            .iter()
            .map(|one| {
                (
                    one.observation.price_kind,
                    one.observation.price.map(|p| p.0),
                    one.observation.currency.to_string(),
                )
            })
            .collect::<Vec<_>>()
    };
    let usd = |kind, price| vec![(kind, price, "USD".to_owned())];
    let row = |price: &str| craigslist_page(&craigslist_row("7883474047", "Lamp", price), "");
    assert_eq!(kinds(row("$0")), usd(PriceKind::Free, Some(0)));
    assert_eq!(kinds(row("free")), usd(PriceKind::Free, Some(0)));
    assert_eq!(kinds(row("$1")), usd(PriceKind::Placeholder, Some(100)));
    assert_eq!(kinds(row("$1,234")), usd(PriceKind::Placeholder, Some(123_400)));
    assert_eq!(kinds(row("")), usd(PriceKind::OnRequest, None));
    assert_eq!(kinds(row("CA$50")), vec![(PriceKind::Fixed, Some(5_000), "CAD".to_owned())]);
    let edge = |price: &str| facebook_page(&facebook_edge("1", "Lamp", price, ""));
    assert_eq!(
        kinds(edge("{\"amount\":\"1.00\",\"formatted_amount\":\"$1\"}")),
        usd(PriceKind::Placeholder, Some(100))
    );
    assert_eq!(
        kinds(edge("{\"amount\":\"500.00\",\"formatted_amount\":\"€500\"}")),
        vec![(PriceKind::Fixed, Some(50_000), "EUR".to_owned())]
    );
    assert_eq!(kinds(offerup_answer(&offerup_tile("1", "Lamp", "0", ""))), usd(PriceKind::Free, Some(0)));
    assert_eq!(
        kinds(offerup_answer(&offerup_tile("1", "Lamp", "1", ""))),
        usd(PriceKind::Placeholder, Some(100))
    );
    // On eBay and Mercari whoever clicks has bought: a dollar is a dollar.
    let item = |price: &str, status: &str| mercari_answer(&mercari_item("m1", "Lamp", price, status));
    assert_eq!(kinds(item("100", "on_sale")), usd(PriceKind::Fixed, Some(100)));
    assert_eq!(kinds(item("4500", "sold_out")), usd(PriceKind::Sold, Some(4_500)));
    let card = |price: &str| {
        ebay_page("1 result", &ebay_card("376726124899", "Lamp", &ebay_price(price), &["Buy It Now"], ""))
    };
    assert_eq!(kinds(card("$1.00")), usd(PriceKind::Fixed, Some(100)));
    assert_eq!(kinds(card("EUR 1.234,50")), vec![(PriceKind::Fixed, Some(123_450), "EUR".to_owned())]);
    assert_eq!(kinds(card("3,858 円 ～ 13,507 円")), vec![(PriceKind::Range, Some(3_858), "JPY".to_owned())]);
}

#[test]
fn v09_a_page_cut_anywhere_neither_panics_nor_invents() {
    let whole = ebay_results();
    let titles = ["Brass lamp", "Glass lamp"];
    for end in (0..whole.len()).filter(|end| whole.is_char_boundary(*end)).step_by(7) {
        let Some(found) = super::fuzz::try_read(&whole.as_bytes()[..end]) else { continue };
        assert!(found.listings.len() <= 2);
        assert!(
            found
                .listings
                .iter()
                .all(|one| titles.iter().any(|title| title.starts_with(&one.observation.title)))
        );
        assert!(found.kind != PageKind::NoResults, "cut at {end}");
    }
}
