//! One listing on a search page, in both generations of markup (`s-card` since 2025, `s-item`
//! before).

use autobazaaar_domain::{Cents, Currency, PriceKind};

use super::words;
use crate::draft::{Draft, Price};
use crate::html::Element;
use crate::page::Misread;
use crate::shown::{self, Shown};

// Each class of a card's parts, new and old.
const TITLE: [&str; 2] = ["s-card__title", "s-item__title"];
const LINK: [&str; 2] = ["s-card__link", "s-item__link"];
const SUBTITLE: [&str; 2] = ["s-card__subtitle", "s-item__subtitle"];
const CAPTION: [&str; 4] =
    ["s-card__caption", "s-item__caption", "s-item__title--tagblock", "s-item__ended-date"];
const PRICE: [&str; 2] = ["s-card__price", "s-item__price"];
const ROW: [&str; 2] = ["s-card__attribute-row", "s-item__detail"];
const STRUCK: [&str; 2] = ["strikethrough", "STRIKETHROUGH"];
/// Said to screen readers, or before the title.
const NOT_TITLE: [&str; 4] = ["clipped", "s-card__new-listing", "LIGHT_HIGHLIGHT", "NEGATIVE"];

/// A listing; `None` for a placeholder ("Shop on eBay", item 123456).
pub(super) fn read(card: Element<'_>, dollar: Currency) -> Option<Result<Draft, Misread>> {
    let link = card
        .inside()
        .find_map(|element| listing_link(element, &LINK))
        .or_else(|| card.inside().find_map(|element| listing_link(element, &[])));
    let title = title(card);
    let is_placeholder =
        title.eq_ignore_ascii_case("shop on ebay") || link.as_ref().is_some_and(|link| link.id == "123456");
    if is_placeholder {
        return None;
    }
    let id = link.as_ref().map(|link| link.id.as_str()).or(card.attr("data-listingid")).unwrap_or_default();
    Some(Draft::new(id, &title).and_then(|draft| fill(draft, card, link.map(|link| link.url), dollar)))
}

struct Link {
    id: String,
    url: String,
}

/// The link to the listing, without its tracking.
fn listing_link(element: Element<'_>, classes: &[&str]) -> Option<Link> {
    if element.tag() != "a" || !(classes.is_empty() || any(element, classes)) {
        return None;
    }
    let (host, path) = element.attr("href")?.split_once("/itm/")?;
    let path = path.split(['?', '#']).next()?;
    let id = path.rsplit('/').find(|part| !part.is_empty())?;
    let legal = (6..=20).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_digit());
    let host = if host.starts_with("http") { host } else { "https://www.ebay.com" };
    legal.then(|| Link { id: id.to_owned(), url: format!("{host}/itm/{id}") })
}

fn title(card: Element<'_>) -> String {
    let Some(title) = card.inside().find(|element| any(*element, &TITLE)) else { return String::new() };
    let shown = title.text_without(|element| any(element, &NOT_TITLE));
    let shown = ["New Listing", "新規出品", "NEUES ANGEBOT", "Neues Angebot"]
        .iter()
        .fold(shown.as_str(), |text, tag| text.strip_prefix(tag).unwrap_or(text));
    shown.trim().to_owned()
}

fn fill(
    mut draft: Draft,
    card: Element<'_>,
    url: Option<String>,
    dollar: Currency,
) -> Result<Draft, Misread> {
    draft.url = url;
    let rows: Vec<String> = card.inside().filter(|element| any(*element, &ROW)).map(Element::text).collect();
    condition(&mut draft, card);
    price(&mut draft, card, &rows, dollar)?;
    sale(&mut draft, card, &rows);
    for image in card.inside().filter(|element| element.tag() == "img") {
        let source = ["data-defer-load", "data-src", "src"].iter().find_map(|name| image.attr(name));
        draft.image(
            source.filter(|source| source.contains("ebayimg.com") || !source.contains("ebaystatic.com")),
        );
    }
    for row in &rows {
        detail(&mut draft, row, dollar);
    }
    Ok(draft)
}

fn condition(draft: &mut Draft, card: Element<'_>) {
    let subtitles = card.inside().filter(|element| any(*element, &SUBTITLE)).map(Element::text);
    for subtitle in subtitles {
        for (at, part) in subtitle.split(['·', '|']).map(str::trim).enumerate() {
            match words::condition(part) {
                Some(condition) if draft.condition.is_none() => {
                    draft.condition = Some(condition);
                    draft.attribute("condition", Some(part));
                }
                None if at > 0 && draft.condition.is_some() => draft.attribute("brand", Some(part)),
                _ => {}
            }
        }
    }
}

fn price(draft: &mut Draft, card: Element<'_>, rows: &[String], dollar: Currency) -> Result<(), Misread> {
    let Some(own) = card.inside().find(|element| any(*element, &PRICE)) else {
        return Err(Misread {
            code: "price_missing",
            reason: "a card without a price".to_owned(),
            raw: card.text(),
        });
    };
    // The new markup strews a range over spans of one row; the old one has it in the price.
    let row = own.ancestors().find(|element| any(*element, &ROW)).unwrap_or(own);
    let struck_through = any(own, &STRUCK);
    let text = if struck_through || row.tag() == own.tag() && any(row, &PRICE) {
        own.text()
    } else {
        row.text_without(|element| {
            any(element, &STRUCK)
                || element
                    .classes()
                    .any(|class| class.contains("additional-price") || class.contains("discount"))
        })
    };
    let found = shown::amounts(&text, dollar);
    let Some(first) = found.first() else {
        let names_number = text.bytes().any(|b| b.is_ascii_digit());
        return if names_number { Err(unreadable(&text)) } else { Ok(()) };
    };
    if found.iter().any(|one| one.currency != first.currency) {
        return Err(unreadable(&text));
    }
    draft.price = Price::binding(first.amount, first.currency);
    let high = found.iter().skip(1).map(|one| one.amount).max();
    if high.is_some_and(|high| high > first.amount) {
        draft.price.kind = PriceKind::Range;
    }
    let is_auction = rows.iter().any(|row| words::is_bids(row))
        || card.inside().any(|element| {
            element.classes().any(|class| class.contains("bidCount") || class.contains("time-left"))
        });
    if is_auction {
        draft.price.kind = PriceKind::Auction;
    } else if draft.price.kind == PriceKind::Fixed && rows.iter().any(|row| words::is_offer(row)) {
        draft.price.kind = PriceKind::OrBestOffer;
    }
    let before =
        row_struck(card, dollar).filter(|before| before.currency == first.currency && !struck_through);
    draft.original_price = before.map(|before| before.amount);
    Ok(())
}

fn unreadable(text: &str) -> Misread {
    Misread {
        code: "price_unreadable",
        reason: format!("`{text}` is not a price that can be read exactly"),
        raw: text.to_owned(),
    }
}

/// The price before, struck through beside the price.
fn row_struck(card: Element<'_>, dollar: Currency) -> Option<Shown> {
    card.inside()
        .filter(|element| any(*element, &STRUCK))
        .find_map(|element| shown::amounts(&element.text(), dollar).into_iter().next())
}

/// "Sold Mar 4, 2026" above the title; a price struck through is then not what was paid.
fn sale(draft: &mut Draft, card: Element<'_>, rows: &[String]) {
    let captions: Vec<Element<'_>> = card.inside().filter(|element| any(*element, &CAPTION)).collect();
    for caption in captions {
        let text = caption.text();
        if words::is_sold(&text) {
            let asked = draft.price;
            draft.sold();
            draft.sold_at = words::day(&text);
            if rows.iter().any(|row| words::is_offer_accepted(row)) {
                // What was paid is hidden; the page shows what was asked.
                draft.price = Price { kind: PriceKind::OrBestOffer, ..asked };
                draft.attribute("sold_for", Some("an accepted offer below the price shown"));
            }
            return;
        }
        if words::is_ended(&text) {
            draft.expires_at = words::day(&text);
            return;
        }
    }
}

/// Shipping, place, watchers and seller stand in rows of their own, in any order.
fn detail(draft: &mut Draft, row: &str, dollar: Currency) {
    if draft.shipping_price.is_none() {
        draft.shipping_price = shipping(row, draft.price.currency, dollar);
    }
    if let Some(watchers) = words::watchers(row) {
        draft.watchers = Some(watchers);
    } else if let Some(seller) = words::seller(row) {
        draft.seller.rating = Some(5.0 * seller.percentage / 100.0);
        draft.seller.feedback_count = seller.count;
        draft.seller_name = Some(seller.name);
    } else if let Some(country) = words::country(row) {
        draft.attribute("country", Some(country));
    }
}

fn shipping(row: &str, currency: Option<Currency>, dollar: Currency) -> Option<Cents> {
    if row.starts_with(['+', '＋']) {
        let found = shown::amounts(row, dollar).into_iter().next()?;
        return (Some(found.currency) == currency).then_some(found.amount);
    }
    words::is_free_shipping(row).then_some(Cents::ZERO)
}

fn any(element: Element<'_>, classes: &[&str]) -> bool {
    element.classes().any(|class| classes.contains(&class))
}
