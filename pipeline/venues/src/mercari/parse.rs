//! Mercari's GraphQL answers, and the same items inside its pages (`__NEXT_DATA__`).

use autobazaaar_domain::{Cents, Currency, Status};
use serde_json::Value;

use crate::draft::{Draft, Price, condition};
use crate::html::Document;
use crate::json::{self, count, list, moment, number, scalar, text};
use crate::page::{Misread, PageKind, Parsed};
use crate::venue::Venue;

pub(crate) const HOSTS: &[&str] = &["mercari.com", "mercdn.net"];
pub(crate) const MARKS: &[&str] = &["itemsList", "Mercari: Your Marketplace"];

/// A search or item page.
pub(crate) fn html(document: &Document) -> Parsed {
    let values = document.json_scripts().filter_map(|script| json::parse(script).ok());
    if let Some(page) = Parsed::joined(values.filter_map(|value| json(&value))) {
        return page;
    }
    match wall(document) {
        Some(why) => Parsed::blocked(Venue::Mercari, why),
        None => Parsed::unreadable(Venue::Mercari, "the page holds no items as data"),
    }
}

fn wall(document: &Document) -> Option<&'static str> {
    let title = document.title().unwrap_or_default().to_lowercase();
    let by_title = [
        ("just a moment", "Mercari checks the browser"),
        ("attention required", "Mercari refuses access"),
        ("access denied", "Mercari refuses access"),
        ("access to this page has been denied", "Mercari refuses access"),
        ("log in", "Mercari asks to log in"),
        ("login", "Mercari asks to log in"),
        ("captcha", "Mercari asks for a captcha"),
    ];
    let captcha = || {
        let marks = ["px-captcha", "cf-challenge", "challenge-form", "g-recaptcha", "h-captcha"];
        let asks = document.elements().any(|element| {
            let own = [element.attr("id"), element.attr("class")];
            own.iter().flatten().any(|own| marks.iter().any(|mark| own.contains(mark)))
        });
        asks.then_some("Mercari asks for a captcha")
    };
    by_title.iter().find(|(start, _)| title.contains(start)).map(|(_, why)| *why).or_else(captcha)
}

/// A search's or an item's answer, or a bare list of items.
pub(crate) fn json(answer: &Value) -> Option<Parsed> {
    if let Value::Array(items) = answer
        && items.first().is_some_and(is_item)
    {
        return Some(results(items));
    }
    let holders = json::objects(answer, &|object| object.get("itemsList").is_some_and(Value::is_array));
    if let Some(search) = holders.first() {
        let items = list(search, &["itemsList"]);
        if items.is_empty() {
            return Some(Parsed::no_results(Venue::Mercari));
        }
        let total = count(search, &["count"]).and_then(|total| u64::try_from(total).ok());
        let next = scalar(search, &["page", "nextPageToken"]).or_else(|| scalar(search, &["nextPageToken"]));
        return Some(Parsed { total, next, ..results(items) });
    }
    let items = json::objects(answer, &|object| {
        object.get("__typename").and_then(Value::as_str) == Some("Item") && object.contains_key("price")
    });
    match items.as_slice() {
        [] => refused(answer),
        [one] => {
            let page = results(&[(*one).clone()]);
            let kind = if page.kind == PageKind::Results { PageKind::Listing } else { page.kind };
            Some(Parsed { kind, ..page })
        }
        many => Some(Parsed::results(Venue::Mercari, many.iter().map(|one| item(one)).collect())),
    }
}

/// GraphQL errors that name Mercari's own operation.
fn refused(answer: &Value) -> Option<Parsed> {
    let search = answer.get("data")?.get("search")?;
    let error = list(answer, &["errors"]).first().and_then(|error| text(error, &["message"]));
    let why = error.unwrap_or("the search holds no list of items");
    search
        .is_null()
        .then(|| match error {
            Some(error) => Parsed::blocked(Venue::Mercari, &format!("Mercari answered: {error}")),
            None => Parsed::unreadable(Venue::Mercari, why),
        })
        .or_else(|| search.is_object().then(|| Parsed::unreadable(Venue::Mercari, why)))
}

/// Ids are `m` and digits.
fn is_item(value: &Value) -> bool {
    let id = value.get("id").and_then(Value::as_str).unwrap_or_default();
    let own = id
        .strip_prefix('m')
        .is_some_and(|digits| digits.len() >= 8 && digits.bytes().all(|b| b.is_ascii_digit()));
    own && value.get("name").is_some()
}

fn results(items: &[Value]) -> Parsed {
    Parsed::results(Venue::Mercari, items.iter().map(item).collect())
}

fn item(item: &Value) -> Result<Draft, Misread> {
    let id = scalar(item, &["id"]).unwrap_or_default();
    let mut draft = Draft::new(&id, text(item, &["name"]).unwrap_or_default())?;
    draft.url = Some(format!("https://www.mercari.com/us/item/{id}/"));
    draft.description = text(item, &["description"]).map(str::to_owned);
    // Whole cents.
    let cents = |key: &str| count(item, &[key]).map(Cents);
    let Some(price) = cents("price") else {
        return Err(Misread {
            code: "price_unreadable",
            reason: "field `price` is not a whole number of cents".to_owned(),
            raw: scalar(item, &["price"]).unwrap_or_default(),
        });
    };
    draft.price = Price::binding(price, Currency::USD);
    draft.original_price = cents("originalPrice").filter(|before| *before > price);
    status(&mut draft, item);
    draft.condition = text(item, &["itemCondition", "name"]).and_then(condition);
    draft.category = category(item);
    for photo in list(item, &["photos"]) {
        let url = ["large", "imageUrl", "thumbnail"].iter().find_map(|key| text(photo, &[key]));
        draft.image(url.or_else(|| photo.as_str()));
    }
    if text(item, &["shippingPayer", "code"]) == Some("seller") {
        draft.shipping_price = Some(Cents::ZERO);
    }
    draft.seller_name = scalar(item, &["seller", "id"]).or_else(|| scalar(item, &["seller", "name"]));
    draft.seller.rating = number(item, &["seller", "ratings", "sellerRatings", "average"])
        .or_else(|| number(item, &["seller", "rating"]))
        .filter(|rating| (0.0..=5.0).contains(rating));
    draft.seller.feedback_count = count(item, &["seller", "ratings", "count"]);
    draft.listed_at = moment(item, &["created"]);
    draft.watchers = count(item, &["numLikes"]);
    draft.attribute("brand", text(item, &["brand", "name"]));
    draft.attribute("size", text(item, &["itemSize", "name"]));
    for facet in list(item, &["customFacetsList"]) {
        draft
            .attribute(text(facet, &["facetName"]).unwrap_or_default(), scalar(facet, &["value"]).as_deref());
    }
    Ok(draft)
}

/// `trading` is sold and on its way; `sold_out` is over.
fn status(draft: &mut Draft, item: &Value) {
    let ribbon = text(item, &["itemDecorationRectangle", "text"])
        .is_some_and(|text| text.eq_ignore_ascii_case("sold"));
    match text(item, &["status"]) {
        Some("trading" | "sold_out" | "sold" | "ITEM_STATUS_TRADING" | "ITEM_STATUS_SOLD_OUT") => {
            draft.sold()
        }
        Some("on_sale" | "ITEM_STATUS_ON_SALE") if !ribbon => {}
        Some("stop" | "ITEM_STATUS_STOP") => draft.status = Status::Pending,
        _ if ribbon => draft.sold(),
        _ => {}
    }
}

/// The names from the widest to the narrowest.
fn category(item: &Value) -> Option<String> {
    let names: Vec<&str> =
        list(item, &["itemCategoryHierarchy"]).iter().filter_map(|level| text(level, &["name"])).collect();
    if !names.is_empty() {
        return Some(names.join(" > "));
    }
    text(item, &["itemCategory", "name"]).or_else(|| text(item, &["categoryTitle"])).map(str::to_owned)
}
