//! An item's own page (`/itm/…`): what stands on it as JSON-LD (schema.org `Product` and `Offer`) and Open
//! Graph, and in the page's own classes, of which there were two generations (`x-…` and `ux-…` since 2021,
//! ids before).
//!
//! What people see counts before what machines are told, for that is in the seller's own currency and
//! tells the price that an item fetched. A field that is not found stays empty.

mod data;
mod details;
mod price;

use autobazaaar_domain::Status;

use self::data::Data;
use super::words;
use crate::draft::{Draft, Price};
use crate::html::{Document, Element};
use crate::page::{Misread, PageKind, Parsed};
use crate::venue::Venue;

/// The heading, new and old.
const TITLE: [&str; 2] = ["x-item-title__mainTitle", "it-ttl"];
/// What became of it, above the heading.
const STATUS: [&str; 3] = ["d-statusmessage", "vi-status-msg", "msgTextAlign"];
/// Places of one kind that are looked at.
const MOST_PLACES: usize = 30;
/// Said to screen readers, or said before the title.
const NOT_TITLE: [&str; 3] = ["clipped", "g-hdn", "x-item-title__subTitle"];

/// Whether the page is an item's.
pub(super) fn is_one(document: &Document) -> bool {
    address(document).is_some() || document.elements().any(|element| any(element, &TITLE))
}

/// The item; unreadable without a title, or without a price where it is for sale.
pub(super) fn read(document: &Document) -> Parsed {
    let data = Data::of(document);
    let page = Parsed::results(Venue::Ebay, vec![item(document, &data)]);
    let kind = if page.kind == PageKind::Results { PageKind::Listing } else { page.kind };
    Parsed { kind, ..page }
}

fn item(document: &Document, data: &Data) -> Result<Draft, Misread> {
    let id = id(document, data).unwrap_or_default();
    let mut draft = Draft::new(&id, &title(document, data).unwrap_or_default())?;
    let host = address(document).and_then(|url| url.split_once("/itm/")).map(|(host, _)| host);
    let host = host.filter(|host| host.starts_with("http")).unwrap_or("https://www.ebay.com");
    draft.url = Some(format!("{host}/itm/{}", draft.id));
    let end = end(document);
    price::read(&mut draft, document, data)?;
    if draft.price.amount.is_none() && end.is_none() {
        return Err(Misread {
            code: "price_missing",
            reason: "an item page without a price".to_owned(),
            raw: draft.title,
        });
    }
    details::read(&mut draft, document, data);
    if let Some(end) = end {
        ended(&mut draft, &end, document);
    }
    Ok(draft)
}

/// The page's own address, where it is an item's.
fn address(document: &Document) -> Option<&str> {
    let own = [document.link("canonical"), document.meta("og:url")];
    own.into_iter().flatten().find(|url| number_in(url).is_some())
}

/// The digits behind `/itm/`, with or without a title between.
fn number_in(url: &str) -> Option<&str> {
    let (_, path) = url.split_once("/itm/")?;
    let id = path.split(['?', '#']).next()?.rsplit('/').find(|part| !part.is_empty())?;
    is_number(id).then_some(id)
}

fn is_number(id: &str) -> bool {
    (6..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit())
}

fn id(document: &Document, data: &Data) -> Option<String> {
    let by_address = address(document).and_then(number_in).map(str::to_owned);
    let shown = || {
        let place = |element: &Element<'_>| {
            element.attr("id") == Some("descItemNumber")
                || element
                    .classes()
                    .any(|class| class.starts_with("ux-layout-section") && class.ends_with("--itemId"))
        };
        let text = document.elements().find(place)?.text();
        text.split(|c: char| !c.is_ascii_digit()).find(|digits| is_number(digits)).map(str::to_owned)
    };
    by_address.or_else(|| data.address().and_then(number_in).map(str::to_owned)).or_else(shown)
}

fn title(document: &Document, data: &Data) -> Option<String> {
    let heading =
        document.elements().find(|element| any(*element, &TITLE) || element.attr("id") == Some("itemTitle"));
    let shown = heading.map(|heading| heading.text_without(|element| any(element, &NOT_TITLE)));
    let shown = shown.map(|text| text.strip_prefix("Details about").unwrap_or(&text).trim().to_owned());
    let graph = || {
        let title = document.meta("og:title")?;
        let title = title.rsplit_once(" | eBay").map_or(title, |(title, _)| title);
        Some(title.trim_end_matches(" for sale online").trim().to_owned())
    };
    let named = |text: &String| !text.is_empty();
    shown.filter(named).or_else(|| data.name().map(str::to_owned)).or_else(graph).filter(named)
}

/// What the page says of an end: "This listing sold on Mon, Oct 27 at 12:10 PM."
fn end(document: &Document) -> Option<String> {
    let messages = document.elements().filter(|element| any(*element, &STATUS)).map(Element::text);
    messages.take(MOST_PLACES).find(|text| says_sold(text) || says_ended(text))
}

fn says_sold(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        " sold on ",
        "item sold",
        "has been sold",
        "was sold",
        "verkauft",
        "vendu",
        "venduto",
        "vendido",
        "verkocht",
    ]
    .iter()
    .any(|word| text.contains(word))
}

fn says_ended(text: &str) -> bool {
    let text = text.to_lowercase();
    [
        "ended",
        "no longer available",
        "unavailable",
        "beendet",
        "terminé",
        "terminata",
        "finalizado",
        "beëindigd",
        "終了",
    ]
    .iter()
    .any(|word| text.contains(word))
}

/// Sold, at the price shown unless an offer below it was accepted; or over without a sale, so that it
/// cannot be bought.
fn ended(draft: &mut Draft, message: &str, document: &Document) {
    let day = words::day_in(message);
    let labelled = |label: &str| {
        let begins = |text: &str| {
            let start: String = text.trim_start().chars().take(label.len()).collect();
            start.eq_ignore_ascii_case(label)
        };
        document.elements().any(|element| element.tag() != "script" && begins(element.raw()))
    };
    if says_sold(message) || labelled("sold for") || labelled("winning bid") {
        let asked = draft.price;
        draft.sold();
        draft.sold_at = day;
        if labelled("best offer accepted") || words::is_offer_accepted(message) {
            draft.price = Price { kind: autobazaaar_domain::PriceKind::OrBestOffer, ..asked };
            draft.attribute("sold_for", Some("an accepted offer below the price shown"));
        }
        return;
    }
    draft.status = Status::Pending;
    draft.expires_at = day;
    draft.attribute("ended", Some(message));
}

fn any(element: Element<'_>, classes: &[&str]) -> bool {
    element.classes().any(|class| classes.contains(&class))
}
