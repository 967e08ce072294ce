//! eBay's pages and answers.

use autobazaaar_domain::Currency;
use serde_json::Value;

use super::{api, card, item};
use crate::html::{Document, Element};
use crate::page::{PageKind, Parsed};
use crate::venue::Venue;

/// Hosts that eBay's pages name.
pub(crate) const HOSTS: &[&str] = &["ebaystatic.com", "ebayimg.com", "www.ebay."];
/// Marks that no other venue has.
pub(crate) const MARKS: &[&str] =
    &["s-card__", "s-item__", "srp-results", "x-item-title__", "x-price-primary", "Pardon Our Interruption"];

/// Titles of pages in the place of the one asked for.
const WALLS: &[(&str, &str)] = &[
    ("pardon our interruption", "eBay asks whether a person reads"),
    ("security measure", "eBay asks for a captcha"),
    ("checking your browser", "eBay checks the browser"),
    ("sign in or register", "eBay asks to sign in"),
    ("access denied", "eBay refuses access"),
    ("error page | ebay", "eBay shows an error"),
];

/// A search page, or an item's.
pub(crate) fn html(document: &Document) -> Parsed {
    if item::is_one(document) {
        let page = item::read(document);
        let wall = if page.kind == PageKind::Unreadable { wall(document) } else { None };
        return wall.map_or(page, |why| Parsed::blocked(Venue::Ebay, why));
    }
    let cards: Vec<Element<'_>> = document.elements().filter(|element| is_card(*element)).collect();
    // A page with results is none; looking for its marks would read every script.
    if cards.len() < 3
        && let Some(why) = wall(document)
    {
        return Parsed::blocked(Venue::Ebay, why);
    }
    let dollar = dollar(document);
    let listings: Vec<_> = cards.into_iter().filter_map(|card| card::read(card, dollar)).collect();
    let heading = document.by_class("srp-controls__count-heading").map(Element::text);
    if listings.is_empty() {
        return if says_none(document, heading.as_deref()) {
            Parsed::no_results(Venue::Ebay)
        } else {
            Parsed::unreadable(
                Venue::Ebay,
                "no listing was found, and the page does not say that there is none",
            )
        };
    }
    let page = Parsed::results(Venue::Ebay, listings);
    if page.kind == PageKind::Unreadable {
        return page;
    }
    Parsed { next: next(document), total: heading.as_deref().and_then(count), query: query(document), ..page }
}

/// An answer of the Browse API, or the items of one.
pub(crate) fn json(answer: &Value) -> Option<Parsed> {
    api::read(answer)
}

/// A card among the results: not one of a carousel, of which other lists are made.
fn is_card(element: Element<'_>) -> bool {
    let is = |class: &str| element.has_class(class);
    if element.tag() != "li" && element.tag() != "div" || !(is("s-card") || is("s-item")) {
        return false;
    }
    !element.ancestors().any(|outer| {
        outer.classes().any(|class| class.contains("carousel") || class == "s-card" || class == "s-item")
    })
}

fn wall(document: &Document) -> Option<&'static str> {
    let title = document.title().unwrap_or_default().to_lowercase();
    let by_title = WALLS.iter().find(|(start, _)| title.contains(start)).map(|(_, why)| *why);
    let captcha = || {
        let asks = document.elements().any(|element| {
            let names = [element.attr("id"), element.attr("class"), element.attr("src")];
            names.iter().flatten().any(|name| name.contains("captcha"))
        });
        asks.then_some("eBay asks for a captcha")
    };
    let splash = || {
        let by_script = document.scripts().any(|script| {
            script.raw().contains("splashui/challenge") || script.raw().contains("/splashui/captcha")
        });
        by_script.then_some("eBay asks whether a person reads")
    };
    by_title.or_else(captcha).or_else(splash)
}

/// What a bare `$` is on this page, by its host.
pub(super) fn dollar(document: &Document) -> Currency {
    let host = document.link("canonical").or_else(|| document.meta("og:url")).unwrap_or_default();
    let code = match () {
        () if host.contains("ebay.ca/") => "CAD",
        () if host.contains("ebay.com.au/") => "AUD",
        () if host.contains("ebay.com.sg/") => "SGD",
        () if host.contains("ebay.com.hk/") => "HKD",
        () => "USD",
    };
    code.parse().unwrap_or(Currency::USD)
}

fn says_none(document: &Document, heading: Option<&str>) -> bool {
    if heading.and_then(count) == Some(0) {
        return true;
    }
    document.elements().any(|element| {
        element.classes().any(|class| class.contains("null-search") || class.contains("no-results"))
            || (element.classes().any(|class| class == "srp-save-null-search__heading"))
            || (matches!(element.tag(), "h1" | "h2" | "h3") && {
                let text = element.text().to_lowercase();
                text.starts_with("no exact matches found") || text.starts_with("0 results")
            })
    })
}

/// The number in `9,100+ results for …`, `Nintendo Switch の結果7,400件以上`. A query may hold
/// numbers of its own, so the bold one that is all digits counts.
fn count(heading: &str) -> Option<u64> {
    let first = heading.split_whitespace().next()?;
    let number = |text: &str| {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let legal = text.chars().all(|c| c.is_ascii_digit() || matches!(c, ',' | '.' | '+'));
        legal.then(|| digits.parse().ok()).flatten()
    };
    number(first).or_else(|| {
        let (_, behind) = heading.rsplit_once("の結果")?;
        number(behind.trim_end_matches(|c: char| !c.is_ascii_digit()))
    })
}

fn next(document: &Document) -> Option<String> {
    let next = document.by_class("pagination__next").filter(|next| next.tag() == "a")?;
    next.attr("href").filter(|href| href.starts_with("http")).map(str::to_owned)
}

/// The searched words, which the page's title repeats: `Kitchen Accessories for sale | eBay`.
fn query(document: &Document) -> Option<String> {
    let title = document.title()?;
    let (words, _) = title.split_once(" for sale |")?;
    Some(words.trim().to_lowercase()).filter(|words| !words.is_empty())
}
