//! OfferUp's GraphQL answers (`GetModularFeed`), and the same tiles inside its pages
//! (`__NEXT_DATA__`).

use std::collections::HashMap;

use autobazaaar_domain::{Currency, PriceKind, Status};
use serde_json::Value;

use crate::draft::{Draft, Price, condition};
use crate::html::Document;
use crate::json::{self, amount, at, count, flag, list, moment, number, scalar, text};
use crate::page::{Misread, PageKind, Parsed};
use crate::venue::Venue;

pub(crate) const HOSTS: &[&str] = &["offerup.com", "offerup-apis.com"];
pub(crate) const MARKS: &[&str] = &["looseTiles", "ModularFeed"];

/// A search or item page.
pub(crate) fn html(document: &Document) -> Parsed {
    let values = document.json_scripts().filter_map(|script| json::parse(script).ok());
    if let Some(page) = Parsed::joined(values.filter_map(|value| json(&value))) {
        return page;
    }
    match wall(document) {
        Some(why) => Parsed::blocked(Venue::Offerup, why),
        None => Parsed::unreadable(Venue::Offerup, "the page holds no tiles as data"),
    }
}

fn wall(document: &Document) -> Option<&'static str> {
    let title = document.title().unwrap_or_default().to_lowercase();
    let by_title = [
        ("just a moment", "OfferUp checks the browser"),
        ("attention required", "OfferUp refuses access"),
        ("access denied", "OfferUp refuses access"),
        ("403", "OfferUp refuses access"),
        ("log in", "OfferUp asks to log in"),
        ("login", "OfferUp asks to log in"),
        ("captcha", "OfferUp asks for a captcha"),
    ];
    let captcha = || {
        let marks = ["px-captcha", "cf-challenge", "challenge-form", "g-recaptcha", "h-captcha"];
        let asks = document.elements().any(|element| {
            let own = [element.attr("id"), element.attr("class")];
            own.iter().flatten().any(|own| marks.iter().any(|mark| own.contains(mark)))
        });
        asks.then_some("OfferUp asks for a captcha")
    };
    by_title.iter().find(|(start, _)| title.contains(start)).map(|(_, why)| *why).or_else(captcha)
}

/// A feed's or an item's answer.
pub(crate) fn json(answer: &Value) -> Option<Parsed> {
    let feeds = json::objects(answer, &|object| object.get("looseTiles").is_some_and(Value::is_array));
    if let Some(feed) = feeds.first() {
        return Some(tiles(feed));
    }
    let listings =
        json::objects(answer, &|object| object.contains_key("listingId") && object.contains_key("title"));
    match listings.first() {
        Some(one) => {
            let detail = Parsed::results(Venue::Offerup, vec![listing(one)]);
            let kind = if detail.kind == PageKind::Results { PageKind::Listing } else { detail.kind };
            Some(Parsed { kind, ..detail })
        }
        None => apollo(answer).or_else(|| refused(answer)),
    }
}

/// Tiles of kind listing; the rest are advertisements, those of sellers (with a listing inside)
/// among them.
fn tiles(feed: &Value) -> Parsed {
    let tiles = list(feed, &["looseTiles"]);
    let of_listing = |tile: &&Value| match text(tile, &["tileType"]) {
        Some(kind) => kind.eq_ignore_ascii_case("listing"),
        None => text(tile, &["__typename"]) == Some("ModularFeedTileListing"),
    };
    let shown: Vec<&Value> = tiles.iter().filter(of_listing).collect();
    let is_advert = |tile: &Value| {
        let kind = scalar(tile, &["tileType"]).or_else(|| scalar(tile, &["__typename"])).unwrap_or_default();
        kind.starts_with("AD") || kind.ends_with("Ad") || kind.contains("BANNER") || kind.contains("Banner")
    };
    let next = text(feed, &["pageCursor"]).map(str::to_owned);
    let query = text(feed, &["query", "originalQuery"]).map(str::to_lowercase);
    if shown.is_empty() {
        return if tiles.iter().all(is_advert) {
            Parsed { query, ..Parsed::no_results(Venue::Offerup) }
        } else {
            Parsed::unreadable(Venue::Offerup, "none of the feed's tiles is a listing")
        };
    }
    let rows = shown.into_iter().map(|tile| listing(at(tile, &["listing"]).unwrap_or(tile))).collect();
    Parsed { next, query, ..Parsed::results(Venue::Offerup, rows) }
}

/// Item pages keep their listing in a cache: `ListingDetail:<id>` or `Listing:<id>` objects.
fn apollo(answer: &Value) -> Option<Parsed> {
    let found = json::objects(answer, &|object| {
        let kind = object.get("__typename").and_then(Value::as_str);
        matches!(kind, Some("Listing" | "ListingDetail"))
            && object.contains_key("title")
            && object.contains_key("price")
    });
    let detail = Parsed::results(Venue::Offerup, vec![listing(found.first()?)]);
    let kind = if detail.kind == PageKind::Results { PageKind::Listing } else { detail.kind };
    Some(Parsed { kind, ..detail })
}

fn refused(answer: &Value) -> Option<Parsed> {
    let feed = answer.get("data")?.get("modularFeed")?;
    let error = list(answer, &["errors"]).first().and_then(|error| text(error, &["message"]));
    match error {
        Some(error) => Some(Parsed::blocked(Venue::Offerup, &format!("OfferUp answered: {error}"))),
        None => (feed.is_object() || feed.is_null())
            .then(|| Parsed::unreadable(Venue::Offerup, "the feed holds no tiles")),
    }
}

fn listing(listing: &Value) -> Result<Draft, Misread> {
    let id = scalar(listing, &["listingId"]).or_else(|| scalar(listing, &["id"])).unwrap_or_default();
    let mut draft = Draft::new(&id, text(listing, &["title"]).unwrap_or_default())?;
    draft.url = Some(format!("https://offerup.com/item/detail/{id}"));
    draft.description = text(listing, &["description"]).map(str::to_owned);
    price(&mut draft, listing)?;
    draft.condition = text(listing, &["conditionText"]).and_then(condition);
    draft.attribute("condition", text(listing, &["conditionText"]));
    draft.category = category(listing);
    place(&mut draft, listing);
    images(&mut draft, listing);
    let state = scalar(listing, &["state"]).unwrap_or_default().to_lowercase();
    let flags: HashMap<&str, ()> =
        list(listing, &["flags"]).iter().filter_map(Value::as_str).map(|flag| (flag, ())).collect();
    if state == "sold" || flags.contains_key("SOLD") {
        draft.sold();
    } else if state == "pending" || flags.contains_key("PENDING") {
        draft.status = Status::Pending;
    }
    draft.listed_at = moment(listing, &["postDate"]);
    draft.seller_name = scalar(listing, &["owner", "id"]).or_else(|| scalar(listing, &["ownerId"]));
    draft.seller.rating = number(listing, &["owner", "profile", "ratingSummary", "average"])
        .filter(|rating| (0.0..=5.0).contains(rating));
    draft.seller.feedback_count = count(listing, &["owner", "profile", "ratingSummary", "count"]);
    draft.attribute("vehicle_miles", scalar(listing, &["vehicleMiles"]).as_deref());
    let firm = flag(listing, &["isFirmPrice"]).or_else(|| flag(listing, &["isFirmOnPrice"]));
    draft.attribute("firm_price", firm.map(|firm| if firm { "yes" } else { "no" }));
    let mut ways: Vec<&str> = flags
        .keys()
        .copied()
        .filter(|flag| matches!(*flag, "LOCAL_PICKUP" | "SHIPPING" | "BUY_NOW"))
        .collect();
    ways.sort_unstable();
    draft.attribute("delivery", Some(&ways.join(", ").to_lowercase()));
    Ok(draft)
}

/// Dollars as text; 0 is what people type who give it away.
fn price(draft: &mut Draft, listing: &Value) -> Result<(), Misread> {
    let Some(found) = scalar(listing, &["price"]) else { return Ok(()) };
    let currency = text(listing, &["currency"]).and_then(|code| code.parse().ok()).unwrap_or(Currency::USD);
    let cents = crate::shown::decimal(found.trim_start_matches('$'), currency).ok_or_else(|| Misread {
        code: "price_unreadable",
        reason: format!("field `price`: found `{found}`, expected dollars such as `260`"),
        raw: found,
    })?;
    draft.price = Price::asked(cents, currency);
    // OfferUp says when a price is not firm: offers are welcome.
    let open = flag(listing, &["isFirmPrice"]).or_else(|| flag(listing, &["isFirmOnPrice"])) == Some(false);
    if open && draft.price.kind == PriceKind::Fixed {
        draft.price.kind = PriceKind::OrBestOffer;
    }
    draft.original_price = amount(listing, &["originalPrice"], currency).filter(|before| *before > cents);
    Ok(())
}

/// `Chelmsford, MA`.
fn place(draft: &mut Draft, listing: &Value) {
    let named =
        text(listing, &["locationName"]).or_else(|| text(listing, &["locationDetails", "locationName"]));
    if let Some(named) = named {
        match named.rsplit_once(',') {
            Some((city, state)) => {
                draft.location.city = Some(city.trim().to_owned());
                draft.location.state = Some(state.trim().to_owned());
            }
            None => draft.location.city = Some(named.to_owned()),
        }
    }
    draft.location.lat = number(listing, &["locationDetails", "latitude"]).filter(|lat| lat.abs() <= 90.0);
    draft.location.lng = number(listing, &["locationDetails", "longitude"]).filter(|lng| lng.abs() <= 180.0);
}

fn images(draft: &mut Draft, listing: &Value) {
    draft.image(text(listing, &["image", "url"]));
    for photo in list(listing, &["photos"]) {
        let sizes = ["detailFull", "detail", "detailSquare", "list"];
        let url = sizes.iter().find_map(|size| text(photo, &[size, "url"]));
        draft.image(url.or_else(|| text(photo, &["url"])).or_else(|| photo.as_str()));
    }
}

fn category(listing: &Value) -> Option<String> {
    let named = text(listing, &["listingCategory", "categoryV2", "name"]);
    named.or_else(|| text(listing, &["category", "name"])).map(str::to_owned)
}
