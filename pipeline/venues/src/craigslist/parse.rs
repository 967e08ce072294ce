//! Craigslist's pages and answers.

use autobazaaar_domain::Currency;
use serde_json::Value;

use super::{posting, sapi};
use crate::draft::Draft;
use crate::html::{Document, Element};
use crate::json::{self, list, number, text};
use crate::page::{Misread, Parsed};
use crate::venue::Venue;

pub(crate) const HOSTS: &[&str] = &["craigslist.org", "craigslist.ca"];
pub(crate) const MARKS: &[&str] =
    &["cl-static-search-result", "cl-search-result", "result-row", "postingbody"];

/// A row in each generation of markup: without JavaScript, rendered, and before 2022.
const ROWS: [&str; 3] = ["cl-static-search-result", "cl-search-result", "result-row"];
const LISTS: [&str; 3] = ["cl-static-search-results", "cl-search-results", "rows"];

/// A search or posting page.
pub(crate) fn html(document: &Document) -> Parsed {
    if posting::is_one(document) {
        return posting::read(document);
    }
    let dollar = dollar(document);
    let rows: Vec<Element<'_>> = document.elements().filter(|element| is_row(*element)).collect();
    if rows.is_empty() {
        return without_rows(document);
    }
    let mut listings: Vec<Result<Draft, Misread>> =
        rows.into_iter().map(|row| read_row(row, dollar)).collect();
    add_details(&mut listings, document);
    let next = document.link("next").or_else(|| {
        document
            .elements()
            .find(|element| {
                element.tag() == "a" && (element.has_class("next") || element.has_class("cl-next-page"))
            })
            .and_then(|next| next.attr("href"))
    });
    let next = next.filter(|next| next.starts_with("http")).map(str::to_owned);
    Parsed {
        next,
        total: total(document),
        query: query(document),
        ..Parsed::results(Venue::Craigslist, listings)
    }
}

/// An answer of the search's API.
pub(crate) fn json(answer: &Value) -> Option<Parsed> {
    sapi::read(answer).or_else(|| sapi::refused(answer))
}

fn is_row(element: Element<'_>) -> bool {
    let own = |element: Element<'_>| element.classes().any(|class| ROWS.contains(&class));
    matches!(element.tag(), "li" | "div" | "p") && own(element) && !element.ancestors().any(own)
}

/// Nothing found, blocked, gone, or changed.
fn without_rows(document: &Document) -> Parsed {
    if let Some(why) = wall(document) {
        return Parsed::blocked(Venue::Craigslist, why);
    }
    let body = document
        .elements()
        .find(|element| element.tag() == "body")
        .map(Element::text)
        .unwrap_or_default()
        .to_lowercase();
    let gone = [
        "this posting has been deleted by its author",
        "this posting has expired",
        "this posting has been flagged for removal",
    ];
    if let Some(gone) = gone.iter().find(|gone| body.contains(**gone)) {
        return Parsed { reason: Some((*gone).to_owned()), ..Parsed::no_results(Venue::Craigslist) };
    }
    let says_none = ["nothing found for that search", "no results", "zero results", "nothing found"];
    let list = document.elements().find(|element| element.classes().any(|class| LISTS.contains(&class)));
    // An empty list of results, with at most links to other pages in it, and nothing in the data.
    let is_empty = list.is_some_and(|list| {
        let items = list.inside().filter(|element| element.tag() == "li");
        items.into_iter().all(|item| item.has_class("cl-static-hub-links"))
            && !list.inside().any(|element| element.attr("href").and_then(posting_id).is_some())
    }) && results_data(document).is_empty();
    if is_empty || says_none.iter().any(|words| body.contains(words)) {
        return Parsed::no_results(Venue::Craigslist);
    }
    Parsed::unreadable(
        Venue::Craigslist,
        "no listing was found, and the page does not say that there is none",
    )
}

fn wall(document: &Document) -> Option<&'static str> {
    let title = document.title().unwrap_or_default().to_lowercase();
    let body = || {
        document
            .elements()
            .find(|element| element.tag() == "body")
            .map(Element::text)
            .unwrap_or_default()
            .to_lowercase()
    };
    if title.contains("blocked") || title.contains("forbidden") || title.contains("access denied") {
        return Some("Craigslist refuses access");
    }
    if title.contains("log in")
        || title.contains("account log")
        || document.elements().any(|element| element.attr("id") == Some("inputPassword"))
    {
        return Some("Craigslist asks to log in");
    }
    let body = body();
    if body.contains("has been automatically blocked") || body.contains("ip has been blocked") {
        return Some("Craigslist refuses access");
    }
    let captcha = document.elements().any(|element| {
        let own = [element.attr("class"), element.attr("id"), element.attr("src")];
        own.iter().flatten().any(|own| own.contains("captcha"))
    });
    captcha.then_some("Craigslist asks for a captcha")
}

fn read_row(row: Element<'_>, dollar: Currency) -> Result<Draft, Misread> {
    let links = || row.inside().filter(|element| element.tag() == "a");
    let link = links().find(|link| link.attr("href").and_then(posting_id).is_some());
    let href = link.and_then(|link| link.attr("href"));
    let id =
        row.attr("data-pid").map(str::to_owned).or_else(|| href.and_then(posting_id)).unwrap_or_default();
    let titled = row.inside().find(|element| {
        ["title", "titlestring", "posting-title", "hdrlnk", "result-title", "label"]
            .iter()
            .any(|class| element.has_class(class))
    });
    let title = titled.map(Element::text).filter(|title| !title.is_empty());
    let title = title
        .or_else(|| row.attr("title").map(str::to_owned))
        .or_else(|| link.map(Element::text))
        .unwrap_or_default();
    let mut draft = Draft::new(&id, &title)?;
    draft.url =
        href.map(|href| if href.starts_with("//") { format!("https:{href}") } else { href.to_owned() });
    let price = row
        .inside()
        .find(|element| ["price", "priceinfo", "result-price"].iter().any(|class| element.has_class(class)));
    draft.price = posting::price_text(&price.map(Element::text).unwrap_or_default(), dollar)?;
    let place = row.inside().find(|element| {
        ["location", "result-hood", "supertitle"].iter().any(|class| element.has_class(class))
    });
    let place = place.map(Element::text).map(|text| text.trim_matches(['(', ')', ' ']).to_owned());
    draft.location.city = place.filter(|place| !place.is_empty());
    let time = row.inside().find(|element| element.tag() == "time").and_then(|time| time.attr("datetime"));
    draft.listed_at = time.and_then(posting::moment);
    if draft.listed_at.is_none() {
        // Without a zone it is the site's own time, which the page does not tell.
        draft.attribute("posted_local", time);
    }
    for image in row.inside().filter(|element| element.tag() == "img") {
        draft.image(image.attr("src"));
    }
    Ok(draft)
}

/// The digits of `…/7883474047.html`.
pub(super) fn posting_id(url: &str) -> Option<String> {
    let path = url.split(['?', '#']).next()?;
    let name = path.rsplit('/').next()?.strip_suffix(".html")?;
    (!name.is_empty() && name.len() <= 20 && name.bytes().all(|b| b.is_ascii_digit()))
        .then(|| name.to_owned())
}

/// `script#ld_searchpage_results`: the same listings as schema.org Products, in the same order,
/// though not each has one.
fn results_data(document: &Document) -> Vec<Value> {
    let Some(script) = document.by_id("ld_searchpage_results") else { return Vec::new() };
    let Ok(data) = json::parse(script.raw().trim()) else { return Vec::new() };
    list(&data, &["itemListElement"]).iter().filter_map(|element| element.get("item").cloned()).collect()
}

/// Images, places and currency from the page's data. A row and its data have the same title and
/// price; both lists are walked in step, so that two things of one title get their own.
fn add_details(listings: &mut [Result<Draft, Misread>], document: &Document) {
    let data = results_data(document);
    let mut used = vec![false; data.len()];
    let names: Vec<String> =
        data.iter().map(|item| squeezed(text(item, &["name"]).unwrap_or_default())).collect();
    let mut by_name: std::collections::HashMap<&str, Vec<usize>> = std::collections::HashMap::new();
    for (at, name) in names.iter().enumerate() {
        by_name.entry(name).or_default().push(at);
    }
    for draft in listings.iter_mut().flatten() {
        let Some(candidates) = by_name.get(squeezed(&draft.title).as_str()) else { continue };
        let fits = |at: &&usize| {
            let offered = json::amount(&data[**at], &["offers", "price"], Currency::USD);
            !used[**at]
                && (offered == draft.price.amount || offered.is_none() || draft.price.amount.is_none())
        };
        let Some(at) = candidates.iter().find(fits).copied() else { continue };
        used[at] = true;
        add_detail(draft, &data[at]);
    }
}

fn add_detail(draft: &mut Draft, item: &Value) {
    for image in list(item, &["image"]) {
        draft.image(image.as_str());
    }
    let address = |key: &str| text(item, &["offers", "availableAtOrFrom", "address", key]).map(str::to_owned);
    draft.location.city = address("addressLocality").or(draft.location.city.take());
    draft.location.state = address("addressRegion");
    draft.location.zip = address("postalCode");
    let geo = |key: &str, most: f64| {
        number(item, &["offers", "availableAtOrFrom", "geo", key]).filter(|value| value.abs() <= most)
    };
    draft.location.lat = geo("latitude", 90.0);
    draft.location.lng = geo("longitude", 180.0);
    if let Some(currency) = text(item, &["offers", "priceCurrency"]).and_then(|code| code.parse().ok())
        && draft.price.amount.is_some()
    {
        draft.price.currency = Some(currency);
    }
    draft.description = text(item, &["description"]).map(str::to_owned).or(draft.description.take());
}

fn squeezed(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn dollar(document: &Document) -> Currency {
    let host = document.link("canonical").or_else(|| document.meta("og:url")).unwrap_or_default();
    if host.contains("craigslist.ca") { "CAD".parse().unwrap_or(Currency::USD) } else { Currency::USD }
}

fn total(document: &Document) -> Option<u64> {
    let count = document.by_class("totalcount").or_else(|| document.by_class("cl-count-save-bar"))?.text();
    let digits: String = count
        .chars()
        .filter(|c| *c != ',')
        .skip_while(|c| !c.is_ascii_digit())
        .take_while(char::is_ascii_digit)
        .collect();
    digits.parse().ok()
}

/// `query=` of the page's own address.
fn query(document: &Document) -> Option<String> {
    let address = document.link("canonical").or_else(|| document.meta("og:url"))?;
    let (_, parameters) = address.split_once('?')?;
    let query = parameters.split('&').find_map(|pair| pair.strip_prefix("query="))?.replace('+', " ");
    let query = percent_encoding::percent_decode_str(&query).decode_utf8_lossy().trim().to_lowercase();
    Some(query).filter(|query| !query.is_empty())
}
