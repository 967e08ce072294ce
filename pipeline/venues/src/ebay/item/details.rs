//! The rest of an item page: condition, specifics, category, pictures, shipping, place, seller.

use autobazaaar_domain::{Cents, Condition, Currency, SellerType};

use super::super::parse::dollar;
use super::super::words;
use super::any;
use super::data::Data;
use crate::draft::Draft;
use crate::html::{Document, Element};
use crate::shown;

/// Rows of labels and values that are not the item's: how it is sent, paid, taken back.
const NOT_ITS_OWN: [&str; 8] = [
    "shipping",
    "deliverto",
    "returns",
    "payment",
    "importCharges",
    "localPickup",
    "itemLocation",
    "coverage",
];
/// Words before where it is.
const LOCATED: [&str; 7] = [
    "Located in:",
    "Item location:",
    "Standort:",
    "Artikelstandort:",
    "Lieu où se trouve l'objet :",
    "Oggetto che si trova a:",
    "Ubicado en:",
];
/// Rows that are looked at.
const MOST_ROWS: usize = 300;
/// How a text begins that eBay writes under every item.
const BOILERPLATE: [&str; 2] = ["Find many great new", "Entdecken Sie"];

pub(super) fn read(draft: &mut Draft, document: &Document, data: &Data) {
    condition(draft, document, data);
    specifics(draft, document);
    draft.attribute("brand", data.brand().filter(|_| !draft.attributes.contains_key("Brand")));
    draft.description = data
        .description()
        .filter(|text| !BOILERPLATE.iter().any(|start| text.starts_with(start)))
        .map(str::to_owned);
    draft.category = category(document).or_else(|| data.category().map(str::to_owned));
    images(draft, document, data);
    draft.shipping_price = shipping(document, draft.price.currency).or_else(|| {
        data.shipping().filter(|(_, of)| Some(*of) == draft.price.currency).map(|(cost, _)| cost)
    });
    place(draft, document);
    seller(draft, document);
}

fn condition(draft: &mut Draft, document: &Document, data: &Data) {
    let place = document.by_class("x-item-condition-text").or_else(|| document.by_id("vi-itm-cond"));
    // The text is there twice: for eyes, and for those who listen.
    let shown = place.map(|place| {
        let visible = place.by_class("ux-textspans").unwrap_or(place);
        visible.text_without(|element| any(element, &["clipped"]))
    });
    if let Some(text) = shown.as_deref().filter(|text| !text.is_empty()) {
        draft.condition = words::condition(text);
        draft.attribute("condition", Some(text));
    }
    if draft.condition.is_none() {
        draft.condition = match data.condition() {
            Some("New") => Some(Condition::New),
            Some("Refurbished") => Some(Condition::LikeNew),
            Some("Used") => Some(Condition::Good),
            Some("Damaged") => Some(Condition::Parts),
            _ => None,
        };
    }
}

/// "About this item": labels and values side by side.
fn specifics(draft: &mut Draft, document: &Document) {
    let rows = document.elements().filter(|element| {
        element.has_class("ux-labels-values")
            && !element.classes().any(|class| {
                class.strip_prefix("ux-labels-values--").is_some_and(|of| NOT_ITS_OWN.contains(&of))
            })
    });
    for row in rows.take(MOST_ROWS) {
        let (Some(label), Some(values)) =
            (row.by_class("ux-labels-values__labels"), row.by_class("ux-labels-values__values"))
        else {
            continue;
        };
        // A long value stands there cut, and whole in a part that unfolds.
        let whole = values.inside().find(|element| {
            element.has_class("ux-expandable-textual-display-block-inline") && element.has_class("hide")
        });
        let value = whole.unwrap_or(values).text_without(|element| {
            matches!(element.tag(), "button" | "a") && whole.is_some() || any(element, &["clipped"])
        });
        let label = label.text();
        let label = label.trim_end_matches([':', ' ']);
        if label.eq_ignore_ascii_case("condition") {
            let (short, note) = value.split_once(':').unwrap_or((&value, ""));
            if draft.condition.is_none() {
                draft.condition = words::condition(short);
            }
            draft.attribute("condition_description", Some(note));
            continue;
        }
        draft.attribute(label, Some(&value));
    }
}

/// The last of the breadcrumbs.
fn category(document: &Document) -> Option<String> {
    let crumbs = document.elements().filter(|element| element.has_class("seo-breadcrumb-text"));
    let last = crumbs.map(Element::text).filter(|text| !text.is_empty() && text != "eBay").last()?;
    Some(last)
}

/// From the first place that names any, for each names the same pictures in another size.
fn images(draft: &mut Draft, document: &Document, data: &Data) {
    for image in data.images() {
        draft.image(Some(image));
    }
    if draft.images.is_empty() {
        let shown = document.elements().filter(|element| {
            element.tag() == "img"
                && element.ancestors().any(|outer| outer.has_class("ux-image-carousel-item"))
        });
        for image in shown {
            let source = ["data-zoom-src", "data-src", "src"].iter().find_map(|name| image.attr(name));
            draft.image(source.filter(|source| source.contains("ebayimg.com")));
        }
    }
    if draft.images.is_empty() {
        draft.image(document.meta("og:image"));
    }
}

fn shipping(document: &Document, currency: Option<Currency>) -> Option<Cents> {
    let row = document.by_class("ux-labels-values--shipping").or_else(|| document.by_id("fshippingCost"))?;
    let cost = row.by_class("ux-textspans--BOLD").unwrap_or(row).text();
    let first = cost.split_whitespace().next().unwrap_or_default().to_lowercase();
    if matches!(first.as_str(), "free" | "gratis" | "kostenlos" | "kostenloser" | "gratuit" | "gratuite") {
        return (!cost.to_lowercase().contains("pickup")).then_some(Cents::ZERO);
    }
    let found = shown::amounts(&cost, currency.unwrap_or_else(|| dollar(document))).into_iter().next()?;
    (Some(found.currency) == currency).then_some(found.amount)
}

/// `Located in: Brooklyn, New York, United States`.
fn place(draft: &mut Draft, document: &Document) {
    let located = |text: &str| LOCATED.iter().any(|words| text.trim_start().starts_with(words));
    let found = document.elements().find(|element| element.tag() != "script" && located(element.raw()));
    let place = found.and_then(|element| Some(element.text().split_once(':')?.1.trim().to_owned()));
    let Some(place) = place.filter(|place| !place.is_empty() && place.len() < 200) else { return };
    let parts: Vec<&str> = place.split(',').map(str::trim).filter(|part| !part.is_empty()).collect();
    let Some((country, before)) = parts.split_last() else { return };
    draft.attribute("country", Some(country));
    draft.location.city = before.first().map(|city| (*city).to_owned());
    draft.location.state = before.get(1).map(|state| (*state).to_owned());
}

/// The card beside the pictures: name, how many have judged, how many of them well.
fn seller(draft: &mut Draft, document: &Document) {
    let Some(card) =
        document.by_class("x-sellercard-atf").or_else(|| document.by_class("x-sellercard-atf__info"))
    else {
        return;
    };
    let name = card
        .inside()
        .find(|element| element.has_class("x-sellercard-atf__about-seller-item--seller-name"))
        .or_else(|| card.by_class("x-sellercard-atf__info__about-seller")?.inside().find(|e| e.tag() == "a"))
        .map(|name| name.text_without(|element| any(element, &["clipped"])));
    draft.seller_name = name.filter(|name| !name.is_empty() && name.len() <= 100);
    let text = card.text();
    let percentage = text.find('%').and_then(|at| {
        let digits = text[..at].rsplit(|c: char| !(c.is_ascii_digit() || c == '.')).next()?;
        digits.parse::<f64>().ok().filter(|share| (0.0..=100.0).contains(share))
    });
    draft.seller.rating = percentage.map(|share| 5.0 * share / 100.0);
    let counts = text.split('(').skip(1).filter_map(|behind| behind.split(')').next());
    draft.seller.feedback_count = counts
        .filter(|count| count.trim().starts_with(|c: char| c.is_ascii_digit()))
        .find_map(words::rounded_count);
    if text.contains("Business") {
        draft.seller.kind = Some(SellerType::Business);
    } else if text.contains("Private") {
        draft.seller.kind = Some(SellerType::Private);
    }
}
