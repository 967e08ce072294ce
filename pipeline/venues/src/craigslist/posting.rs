//! A posting's own page.

use autobazaaar_domain::{Currency, Utc};
use chrono::DateTime;
use serde_json::Value;

use super::parse::posting_id;
use crate::draft::{Draft, Price, condition};
use crate::html::{Document, Element};
use crate::json::{self, list, number, text};
use crate::page::{Misread, PageKind, Parsed};
use crate::shown;
use crate::venue::Venue;

/// Whether the page is a posting's.
pub(super) fn is_one(document: &Document) -> bool {
    document.by_id("titletextonly").is_some() || document.by_id("postingbody").is_some()
}

pub(super) fn read(document: &Document) -> Parsed {
    let page = Parsed::results(Venue::Craigslist, vec![posting(document)]);
    let kind = if page.kind == PageKind::Results { PageKind::Listing } else { page.kind };
    Parsed { kind, ..page }
}

fn posting(document: &Document) -> Result<Draft, Misread> {
    let data = posting_data(document);
    let url = document.link("canonical").or_else(|| document.meta("og:url"));
    let by_words = || {
        let words = document.elements().filter(|element| element.has_class("postinginfo")).map(Element::text);
        words.into_iter().find_map(|text| Some(text.strip_prefix("post id:")?.trim().to_owned()))
    };
    let id = url.and_then(posting_id).or_else(by_words).unwrap_or_default();
    let title = document.by_id("titletextonly").map(Element::text).unwrap_or_default();
    let mut draft = Draft::new(&id, &title)?;
    draft.url = url.map(str::to_owned);
    price(&mut draft, document, data.as_ref())?;
    draft.description = document.by_id("postingbody").map(body);
    draft.category = document
        .elements()
        .find(|element| element.has_class("crumb") && element.has_class("category"))
        .map(Element::text)
        .filter(|text| !text.is_empty());
    attributes(&mut draft, document);
    place(&mut draft, document, data.as_ref());
    draft.listed_at = document
        .elements()
        .find(|element| element.tag() == "time")
        .and_then(|time| moment(time.attr("datetime")?));
    draft.expires_at = document.meta("robots").and_then(until);
    let thumbs = document.elements().filter(|element| element.tag() == "a" && element.has_class("thumb"));
    for thumb in thumbs {
        draft.image(thumb.attr("href"));
    }
    if draft.images.is_empty() {
        let images = data.as_ref().map_or(&[][..], |data| list(data, &["image"]));
        for image in images {
            draft.image(image.as_str());
        }
        draft.image(document.meta("og:image"));
    }
    Ok(draft)
}

/// `script#ld_posting_data`: a schema.org Product.
fn posting_data(document: &Document) -> Option<Value> {
    let script = document.by_id("ld_posting_data")?;
    json::parse(script.raw().trim()).ok()
}

fn price(draft: &mut Draft, document: &Document, data: Option<&Value>) -> Result<(), Misread> {
    let named =
        data.and_then(|data| text(data, &["offers", "priceCurrency"])).and_then(|code| code.parse().ok());
    let currency = named.unwrap_or(Currency::USD);
    let title = document.by_class("postingtitletext").or_else(|| document.by_class("postingtitle"));
    let shown = title.and_then(|title| title.by_class("price")).map(Element::text);
    let Some(shown) = shown.filter(|text| !text.is_empty()) else {
        let offered = data.and_then(|data| json::amount(data, &["offers", "price"], currency));
        draft.price = offered.map_or(Price::ON_REQUEST, |amount| Price::asked(amount, currency));
        return Ok(());
    };
    draft.price = price_text(&shown, currency)?;
    Ok(())
}

/// `$1,967`, `free`, or nothing.
pub(super) fn price_text(text: &str, dollar: Currency) -> Result<Price, Misread> {
    if text.trim().is_empty() {
        return Ok(Price::ON_REQUEST);
    }
    if text.trim().eq_ignore_ascii_case("free") {
        return Ok(Price::asked(autobazaaar_domain::Cents::ZERO, dollar));
    }
    let shown = shown::amounts(text, dollar).into_iter().next();
    shown.map(|shown| Price::asked(shown.amount, shown.currency)).ok_or_else(|| Misread {
        code: "price_unreadable",
        reason: format!("`{text}` is not a price that can be read exactly"),
        raw: text.to_owned(),
    })
}

/// The seller's text, without what is for printing.
fn body(body: Element<'_>) -> String {
    let text = body.lines_without(|element| {
        element.has_class("print-information") || element.has_class("print-qrcode-container")
    });
    let lines: Vec<&str> = text.lines().map(str::trim).collect();
    lines.join("\n").trim().to_owned()
}

/// `condition: good` and bare words like `cats are OK`; newer pages hold label and value apart.
fn attributes(draft: &mut Draft, document: &Document) {
    let groups = document.elements().filter(|element| element.has_class("attrgroup"));
    for group in groups {
        for item in group.inside().filter(|element| is_item(*element)) {
            let (label, value) =
                (item.by_class("labl").map(Element::text), item.by_class("valu").map(Element::text));
            let text = item.text();
            let pair = match (label, value) {
                (Some(label), Some(value)) => Some((label, value)),
                (None, Some(value)) => Some((value, "yes".to_owned())),
                _ => text.split_once(':').map(|(name, value)| (name.to_owned(), value.to_owned())),
            };
            let (name, value) = pair.unwrap_or_else(|| (text.clone(), "yes".to_owned()));
            let name = name.trim().trim_end_matches(':').trim().to_lowercase();
            if name == "condition" {
                draft.condition = condition(&value);
            }
            if item.has_class("otherpostings") || name.starts_with("more ads by") {
                continue;
            }
            draft.attribute(&name, Some(&value));
        }
    }
}

/// A span or `div.attr` that is not inside another.
fn is_item(element: Element<'_>) -> bool {
    let own = |element: Element<'_>| element.tag() == "span" || element.has_class("attr");
    let inner = element.ancestors().take_while(|outer| !outer.has_class("attrgroup")).any(own);
    own(element) && !inner
}

fn place(draft: &mut Draft, document: &Document, data: Option<&Value>) {
    let address = ["offers", "availableAtOrFrom", "address"];
    let own = |key: &str| {
        data.and_then(|data| text(data, &[address[0], address[1], address[2], key])).map(str::to_owned)
    };
    let region = document
        .meta("geo.region")
        .and_then(|region| region.split_once('-'))
        .map(|(_, state)| state.to_owned());
    draft.location.city =
        own("addressLocality").or_else(|| document.meta("geo.placename").map(str::to_owned));
    draft.location.state = own("addressRegion").or(region);
    draft.location.zip = own("postalCode");
    let map = document.by_id("map");
    let degrees = |attribute: &str, key: &str, most: f64| {
        let shown = map.and_then(|map| map.attr(attribute)).and_then(|text| text.parse::<f64>().ok());
        let held = || data.and_then(|data| number(data, &["offers", "availableAtOrFrom", "geo", key]));
        shown.or_else(held).filter(|value| value.abs() <= most)
    };
    draft.location.lat = degrees("data-latitude", "latitude", 90.0);
    draft.location.lng = degrees("data-longitude", "longitude", 180.0);
}

/// `2022-11-01T20:07:31-0700`.
pub(super) fn moment(text: &str) -> Option<Utc> {
    let zoned =
        DateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S%z").or_else(|_| DateTime::parse_from_rfc3339(text));
    zoned.ok().map(|at| at.to_utc())
}

/// `noarchive,nofollow,unavailable_after: 09-Jul-21 14:45:20 PDT`.
fn until(robots: &str) -> Option<Utc> {
    let (_, after) = robots.split_once("unavailable_after:")?;
    let (moment, zone) = after.trim().rsplit_once(' ')?;
    let offset = match zone.trim() {
        "EST" | "CDT" => "-0500",
        "EDT" => "-0400",
        "CST" | "MDT" => "-0600",
        "MST" | "PDT" => "-0700",
        "PST" => "-0800",
        "UTC" | "GMT" => "+0000",
        _ => return None,
    };
    DateTime::parse_from_str(&format!("{moment} {offset}"), "%d-%b-%y %H:%M:%S %z").ok().map(|at| at.to_utc())
}
