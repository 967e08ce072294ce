//! Facebook Marketplace: the JSON inside its pages, wherever it sits, and GraphQL answers.

use autobazaaar_domain::{Cents, Currency, PriceKind, Status};
use serde_json::{Map, Value};

use crate::draft::{Draft, Price, condition};
use crate::html::Document;
use crate::json::{self, at, count, flag, list, moment, number, scalar, text};
use crate::page::{Misread, PageKind, Parsed};
use crate::shown;
use crate::venue::Venue;

pub(crate) const HOSTS: &[&str] = &["fbcdn.net", "facebook.com"];
pub(crate) const MARKS: &[&str] = &["id=\"facebook\"", "marketplace_listing_title", "marketplace_search"];

/// A search or listing page.
pub(crate) fn html(document: &Document) -> Parsed {
    let values: Vec<Value> = document
        .scripts()
        .map(crate::html::Element::raw)
        .filter(|script| script.contains("marketplace") || script.contains("listing_photos"))
        .flat_map(documents)
        .collect();
    match read(&values.iter().collect::<Vec<_>>()) {
        Some(page) if page.kind != PageKind::Unreadable => page,
        other => match wall(document) {
            Some(why) => Parsed::blocked(Venue::Facebook, why),
            None => other
                .unwrap_or_else(|| Parsed::unreadable(Venue::Facebook, "the page holds no listings as data")),
        },
    }
}

/// A GraphQL answer.
pub(crate) fn json(answer: &Value) -> Option<Parsed> {
    read(&[answer])
}

/// A script that is JSON, or the JSON objects inside one that is code.
fn documents(script: &str) -> Vec<Value> {
    match json::parse(script.trim()) {
        Ok(value) => vec![value],
        Err(_) => embedded(script),
    }
}

/// Objects that stand in code, each from its brace to the matching one.
fn embedded(script: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut rest = script;
    // A try that fails costs what it read; hostile braces would cost that again and again.
    let mut wasted = 0;
    while wasted <= script.len() {
        let Some(start) = rest.find("{\"") else { break };
        let tried = &rest[start..];
        let mut stream = serde_json::Deserializer::from_str(tried).into_iter::<Value>();
        let taken = match stream.next() {
            Some(Ok(value)) => {
                found.push(value);
                stream.byte_offset().max(1)
            }
            Some(Err(error)) => {
                wasted += offset(tried, &error);
                2
            }
            None => 2,
        };
        rest = rest.get(start + taken..).unwrap_or_default();
    }
    found
}

/// Bytes that were read until an error.
fn offset(text: &str, error: &serde_json::Error) -> usize {
    let before = text.split_inclusive('\n').take(error.line().saturating_sub(1));
    before.map(str::len).sum::<usize>() + error.column()
}

fn wall(document: &Document) -> Option<&'static str> {
    let title = document.title().unwrap_or_default().to_lowercase();
    let by_title = [
        ("log in to facebook", "Facebook asks to log in"),
        ("log into facebook", "Facebook asks to log in"),
        ("facebook - log in", "Facebook asks to log in"),
        ("security check", "Facebook asks for a captcha"),
        ("you're temporarily blocked", "Facebook has blocked the account for a time"),
        ("error", "Facebook shows an error"),
        ("checkpoint", "Facebook asks for a check of the account"),
    ];
    if let Some((_, why)) = by_title.iter().find(|(start, _)| title.contains(start)) {
        return Some(why);
    }
    let form = |element: &crate::html::Element<'_>| {
        let id = element.attr("id").unwrap_or_default();
        let name = element.attr("name").unwrap_or_default();
        matches!(id, "login_form" | "loginform" | "login_popup_cta_form")
            || element.tag() == "input" && name == "pass"
    };
    let consent = |element: &crate::html::Element<'_>| {
        element.attr("id").is_some_and(|id| id.contains("captcha") || id.contains("checkpoint"))
    };
    if document.elements().any(|element| form(&element)) {
        return Some("Facebook asks to log in");
    }
    document.elements().any(|element| consent(&element)).then_some("Facebook asks for a check")
}

/// A listing page has one listing with a description; a search has edges of a feed. Listings that a
/// page recommends beside its own are not its own.
fn read(values: &[&Value]) -> Option<Parsed> {
    let pages =
        find(values, &|object| object.get("marketplace_product_details_page").is_some_and(Value::is_object));
    let described =
        || find(values, &|object| is_listing(object) && object.contains_key("redacted_description"));
    if !pages.is_empty() {
        // The page's parts arrive apart; the one with title and price is the listing itself.
        let targets =
            pages.iter().filter_map(|page| at(page, &["marketplace_product_details_page", "target"]));
        let whole = |target: &&Value| {
            target
                .as_object()
                .is_some_and(|object| is_listing(object) && object.contains_key("listing_price"))
        };
        if let Some(target) =
            targets.filter(whole).max_by_key(|target| target.get("redacted_description").is_some())
        {
            return Some(detail(target, values));
        }
        return match described().first() {
            Some(target) => Some(detail(target, values)),
            None => {
                Some(Parsed::unreadable(Venue::Facebook, "the page holds no listing with title and price"))
            }
        };
    }
    // As one scrolls a feed goes on in further answers; suggestions beside it have another name.
    for name in ["feed_units", "marketplace_feed_stories"] {
        let feeds: Vec<&Value> = find(values, &|object| is_feed(object.get(name)))
            .into_iter()
            .filter_map(|holder| holder.get(name))
            .collect();
        if !feeds.is_empty() {
            return Some(search(&feeds, values));
        }
    }
    if let Some(target) = described().first() {
        return Some(detail(target, values));
    }
    let loose = find(values, &|object| is_listing(object) && object.contains_key("listing_price"));
    if !loose.is_empty() {
        return Some(Parsed::results(Venue::Facebook, loose.iter().map(|one| listing(one)).collect()));
    }
    let asked = find(values, &|object| {
        object.contains_key("marketplace_search") || object.contains_key("marketplace_product_details_page")
    });
    (!asked.is_empty()).then(|| Parsed::unreadable(Venue::Facebook, "the search holds no feed of listings"))
}

fn find<'v>(values: &[&'v Value], wanted: &dyn Fn(&Map<String, Value>) -> bool) -> Vec<&'v Value> {
    values.iter().flat_map(|value| json::objects(value, wanted)).collect()
}

fn is_listing(object: &Map<String, Value>) -> bool {
    object.contains_key("id") && object.contains_key("marketplace_listing_title")
}

fn is_feed(feed: Option<&Value>) -> bool {
    feed.is_some_and(|feed| feed.get("edges").is_some_and(Value::is_array))
}

/// `MarketplaceFeedAdStory`: somebody paid for its place.
fn is_advert(edge: &Value) -> bool {
    let kind = text(edge, &["node", "__typename"]).unwrap_or_default();
    kind.contains("Sponsored")
        || kind
            .match_indices("Ad")
            .any(|(at, _)| kind[at + 2..].chars().next().is_none_or(char::is_uppercase))
}

/// A search by the parts of its feed, in order.
fn search(feeds: &[&Value], values: &[&Value]) -> Parsed {
    let edges: Vec<&Value> =
        feeds.iter().flat_map(|feed| list(feed, &["edges"])).filter(|edge| !is_advert(edge)).collect();
    let listings: Vec<&Value> = edges
        .iter()
        .filter_map(|edge| {
            at(edge, &["node", "listing"]).or_else(|| json::objects(edge, &is_listing).first().copied())
        })
        .filter(|listing| flag(listing, &["is_hidden"]) != Some(true))
        .collect();
    if listings.is_empty() {
        // A feed of "no results" units, or one with nothing in it.
        let says_none = edges.is_empty()
            || edges.iter().all(|edge| {
                text(edge, &["node", "__typename"])
                    .is_some_and(|kind| kind.contains("NoResults") || kind.contains("Empty"))
            });
        return if says_none {
            Parsed::no_results(Venue::Facebook)
        } else {
            Parsed::unreadable(Venue::Facebook, "the feed's units hold no listings")
        };
    }
    let last = feeds.last().and_then(|feed| feed.get("page_info")).unwrap_or(&Value::Null);
    let goes_on = flag(last, &["has_next_page"]) != Some(false);
    let next = text(last, &["end_cursor"]).filter(|_| goes_on).map(str::to_owned);
    let query = values
        .iter()
        .find_map(|value| json::anywhere(value, "bqf"))
        .and_then(|bqf| text(bqf, &["query"]))
        .map(str::to_lowercase);
    Parsed { next, query, ..Parsed::results(Venue::Facebook, listings.into_iter().map(listing).collect()) }
}

/// A listing page's own listing; its photos stand in another part of the page.
fn detail(target: &Value, values: &[&Value]) -> Parsed {
    let id = scalar(target, &["id"]).unwrap_or_default();
    let row = listing(target).map(|mut draft| {
        let photos = find(values, &|object| {
            object.get("listing_photos").is_some_and(Value::is_array)
                && object.get("id").is_none_or(|own| own.as_str() == Some(&id))
        });
        if let Some(holder) = photos.first() {
            let primary = std::mem::take(&mut draft.images);
            for photo in list(holder, &["listing_photos"]) {
                draft.image(text(photo, &["image", "uri"]));
            }
            if draft.images.is_empty() {
                draft.images = primary;
            }
        }
        let same = |object: &Map<String, Value>| {
            object.get("id").and_then(Value::as_str) == Some(&id)
                && object.get("location").is_some_and(Value::is_object)
        };
        if draft.location.lat.is_none()
            && let Some(other) = find(values, &same).first()
        {
            place(&mut draft, other);
        }
        draft
    });
    let page = Parsed::results(Venue::Facebook, vec![row]);
    let kind = if page.kind == PageKind::Results { PageKind::Listing } else { page.kind };
    Parsed { kind, ..page }
}

fn listing(listing: &Value) -> Result<Draft, Misread> {
    let id = scalar(listing, &["id"]).unwrap_or_default();
    let title = text(listing, &["marketplace_listing_title"])
        .or_else(|| text(listing, &["base_marketplace_listing_title"]))
        .unwrap_or_default();
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut draft = Draft::new(&id, &title)?;
    draft.url = Some(format!("https://www.facebook.com/marketplace/item/{id}/"));
    draft.description = text(listing, &["redacted_description", "text"]).map(str::to_owned);
    price(&mut draft, listing)?;
    place(&mut draft, listing);
    attributes(&mut draft, listing);
    draft.image(
        text(listing, &["primary_listing_photo", "image", "uri"])
            .or_else(|| text(listing, &["primary_listing_photo", "listing_image", "uri"])),
    );
    for photo in list(listing, &["listing_photos"]) {
        draft.image(text(photo, &["image", "uri"]));
    }
    seller(&mut draft, listing);
    draft.listed_at = moment(listing, &["creation_time"]);
    if flag(listing, &["is_sold"]) == Some(true) {
        draft.sold();
    } else if flag(listing, &["is_pending"]) == Some(true) {
        draft.status = Status::Pending;
    }
    Ok(draft)
}

/// `{amount: "200.00", currency?, formatted_amount: "$200"}`. The amount is in the currency's major
/// unit; its name stands beside it, or its sign in the formatted one.
fn price(draft: &mut Draft, listing: &Value) -> Result<(), Misread> {
    let Some(found) = at(listing, &["listing_price"]) else { return Ok(()) };
    let formatted = ["formatted_amount", "formatted_amount_zeros_stripped"]
        .iter()
        .find_map(|key| text(found, &[key]))
        .or_else(|| text(listing, &["formatted_price", "text"]));
    let shown = formatted.and_then(|text| shown::amounts(text, Currency::USD).into_iter().next());
    let currency = text(found, &["currency"])
        .and_then(|code| code.parse().ok())
        .or(shown.as_ref().map(|shown| shown.currency))
        .unwrap_or(Currency::USD);
    let unreadable = || Misread {
        code: "price_unreadable",
        reason: format!("field `listing_price`: found `{found}`, expected an amount"),
        raw: found.to_string(),
    };
    let amount = match scalar(found, &["amount"]) {
        Some(amount) => Some(shown::decimal(&amount, currency).ok_or_else(unreadable)?),
        None => shown.map(|shown| shown.amount),
    };
    let is_free = formatted.is_some_and(|text| text.eq_ignore_ascii_case("free"));
    draft.price = match amount {
        Some(cents) => Price::asked(cents, currency),
        None if is_free => Price::asked(Cents::ZERO, currency),
        None => Price::ON_REQUEST,
    };
    let low = json::amount(listing, &["min_listing_price", "amount"], currency);
    let high = json::amount(listing, &["max_listing_price", "amount"], currency);
    if let (Some(low), Some(high)) = (low, high)
        && low < high
    {
        draft.price = Price { amount: Some(low), kind: PriceKind::Range, currency: Some(currency) };
    }
    let before = json::amount(listing, &["strikethrough_price", "amount"], currency);
    draft.original_price = before.filter(|before| amount.is_some_and(|now| *before > now));
    Ok(())
}

fn place(draft: &mut Draft, listing: &Value) {
    let geocode = |key: &str| text(listing, &["location", "reverse_geocode", key]).map(str::to_owned);
    if let Some(city) = geocode("city") {
        (draft.location.city, draft.location.state) = (Some(city), geocode("state"));
    } else if let Some(named) = text(listing, &["location_text", "text"]) {
        match named.rsplit_once(',') {
            Some((city, state)) => {
                draft.location.city = Some(city.trim().to_owned());
                draft.location.state = Some(state.trim().to_owned());
            }
            None if named.len() == 2 && named.bytes().all(|b| b.is_ascii_uppercase()) => {
                draft.location.state = Some(named.to_owned())
            }
            None => draft.location.city = Some(named.to_owned()),
        }
    }
    draft.location.zip = text(listing, &["location", "reverse_geocode_detailed", "postal_code_trimmed"])
        .map(str::to_owned)
        .or(draft.location.zip.take());
    let lat = number(listing, &["location", "latitude"]).filter(|lat| lat.abs() <= 90.0);
    let lng = number(listing, &["location", "longitude"]).filter(|lng| lng.abs() <= 180.0);
    draft.location.lat = lat.or(draft.location.lat);
    draft.location.lng = lng.or(draft.location.lng);
}

fn attributes(draft: &mut Draft, listing: &Value) {
    draft.condition = text(listing, &["condition"]).and_then(condition);
    for attribute in list(listing, &["attribute_data"]) {
        let name = text(attribute, &["attribute_name"]).unwrap_or_default();
        if name.eq_ignore_ascii_case("condition") {
            draft.condition = draft.condition.or_else(|| text(attribute, &["value"]).and_then(condition));
        }
        draft.attribute(
            &name.to_lowercase(),
            text(attribute, &["label"]).or_else(|| text(attribute, &["value"])),
        );
    }
    for (key, name) in [
        ("vehicle_make_display_name", "make"),
        ("vehicle_model_display_name", "model"),
        ("vehicle_trim_display_name", "trim"),
        ("vehicle_transmission_type", "transmission"),
        ("vehicle_fuel_type", "fuel"),
        ("vehicle_exterior_color", "colour"),
        ("vehicle_title_status", "title_status"),
    ] {
        draft.attribute(name, text(listing, &[key]));
    }
    draft.attribute("odometer", scalar(listing, &["vehicle_odometer_data", "value"]).as_deref());
    let ways: Vec<String> =
        list(listing, &["delivery_types"]).iter().filter_map(Value::as_str).map(str::to_lowercase).collect();
    draft.attribute("delivery", Some(&ways.join(", ")));
    draft.attribute("category_id", scalar(listing, &["marketplace_listing_category_id"]).as_deref());
}

fn seller(draft: &mut Draft, listing: &Value) {
    let seller = at(listing, &["marketplace_listing_seller"]);
    let Some(seller) = seller else { return };
    draft.seller_name = scalar(seller, &["id"]).or_else(|| scalar(seller, &["name"]));
    let stats = ["marketplace_ratings_stats_by_role", "seller_stats"];
    draft.seller.feedback_count =
        count(seller, &[stats[0], stats[1], "five_star_total_rating_count_by_role"]);
    let rated = draft.seller.feedback_count.is_some_and(|ratings| ratings > 0);
    draft.seller.rating = number(seller, &[stats[0], stats[1], "five_star_ratings_average"])
        .filter(|rating| rated && (0.0..=5.0).contains(rating));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unit(kind: &str, id: u32) -> String {
        format!(
            r#"{{"node": {{"__typename": "{kind}", "listing": {{"id": "{id}",
                "marketplace_listing_title": "Lamp {id}", "listing_price": {{"amount": "10.00", "currency": "USD"}}}}}}}}"#
        )
    }

    fn feed(name: &str, units: &[String], info: &str) -> Value {
        let text = format!(r#"{{"{name}": {{"edges": [{}], "page_info": {info}}}}}"#, units.join(","));
        serde_json::from_str(&text).unwrap()
    }

    #[test]
    fn a_feed_goes_on_in_later_answers_and_adverts_are_left_out() {
        let story = "MarketplaceFeedListingStory";
        let first = [unit(story, 1), unit("MarketplaceFeedAdStory", 2), unit("MarketplaceAdditionStory", 3)];
        let parts = [
            feed("feed_units", &first, r#"{"end_cursor": "a", "has_next_page": true}"#),
            feed("marketplace_feed_stories", &[unit(story, 9)], "{}"),
            feed("feed_units", &[unit(story, 4)], r#"{"end_cursor": "b", "has_next_page": true}"#),
        ];
        let page = read(&parts.iter().collect::<Vec<_>>()).unwrap();
        let ids: Vec<String> = page.listings.into_iter().map(|row| row.ok().unwrap().id).collect();
        assert_eq!(ids, ["1", "3", "4"]);
        assert_eq!(page.next.as_deref(), Some("b"));
    }

    #[test]
    fn objects_are_found_behind_braces_that_are_none() {
        let script = format!("{}{{\"id\":1}};{{\"id\":2}}", "f({\"x\" + y);".repeat(500));
        let ids: Vec<Value> = embedded(&script).into_iter().map(|object| object["id"].clone()).collect();
        assert_eq!(ids, [1, 2]);
    }

    #[test]
    fn hostile_braces_cost_no_more_than_the_script_once_more() {
        // Each try would read the rest: 20,000 times 100 kB.
        let script = format!("{}\"", "{\"a\":[".repeat(20_000));
        let begun = std::time::Instant::now();
        assert!(embedded(&script).is_empty());
        assert!(embedded(&"{\"".repeat(1_000_000)).is_empty());
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
