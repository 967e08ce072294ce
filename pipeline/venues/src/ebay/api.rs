//! Answers of the Browse API (`buy/browse/v1`) and of Marketplace Insights
//! (`buy/marketplace_insights/v1_beta`): searches, single items, and bare lists of items.
//! Source: developer.ebay.com, "Browse API", types `SearchPagedCollection`, `ItemSummary`, `Item`.

use autobazaaar_domain::{Cents, Currency, PriceKind, SellerType, Status};
use serde_json::{Map, Value};

use super::words;
use crate::draft::{Draft, Price};
use crate::json::{amount, at, count, list, moment, number, scalar, text};
use crate::page::{Misread, PageKind, Parsed};
use crate::venue::Venue;

/// An answer; `None` where it is another's.
pub(super) fn read(answer: &Value) -> Option<Parsed> {
    match answer {
        Value::Array(items) if !items.is_empty() && items.iter().all(is_item) => Some(results(items)),
        Value::Object(_) if is_item(answer) => {
            let page = results(std::slice::from_ref(answer));
            let kind = if page.kind == PageKind::Results { PageKind::Listing } else { page.kind };
            Some(Parsed { kind, ..page })
        }
        Value::Object(object) => envelope(answer, object),
        _ => None,
    }
}

fn envelope(answer: &Value, object: &Map<String, Value>) -> Option<Parsed> {
    if let Some(error) = list(answer, &["errors"]).first()
        && error.get("errorId").is_some()
    {
        return Some(refused(error));
    }
    let items = ["itemSummaries", "itemSales"].iter().find_map(|key| object.get(*key));
    if let Some(items) = items.and_then(Value::as_array).filter(|items| !items.is_empty()) {
        let page = results(items);
        let next = text(answer, &["next"]).map(str::to_owned);
        return Some(Parsed { next, total: total(answer), query: query(answer), ..page });
    }
    let of_ebay = text(answer, &["href"])
        .is_some_and(|href| href.contains("/item_summary/search") || href.contains("/item_sales/search"));
    if total(answer) == Some(0) && (of_ebay || items.is_some()) {
        return Some(Parsed { query: query(answer), ..Parsed::no_results(Venue::Ebay) });
    }
    let why = "the answer is a search's, but holds no items";
    (of_ebay || items.is_some()).then(|| Parsed::unreadable(Venue::Ebay, why))
}

/// An error that eBay answers with: no listings, and nothing to read again.
fn refused(error: &Value) -> Parsed {
    let message = text(error, &["longMessage"]).or_else(|| text(error, &["message"])).unwrap_or("no message");
    let id = scalar(error, &["errorId"]).unwrap_or_default();
    Parsed {
        reason: Some(format!("eBay answered with error {id}: {message}")),
        ..Parsed::new(Venue::Ebay, PageKind::Blocked)
    }
}

fn total(answer: &Value) -> Option<u64> {
    count(answer, &["total"]).and_then(|total| u64::try_from(total).ok())
}

/// `q` of the request that the answer repeats.
fn query(answer: &Value) -> Option<String> {
    let href = text(answer, &["href"])?;
    let (_, parameters) = href.split_once('?')?;
    let q = parameters.split('&').find_map(|pair| pair.strip_prefix("q="))?;
    let decoded = percent_encoding::percent_decode_str(q).decode_utf8_lossy().replace('+', " ");
    Some(decoded.trim().to_lowercase()).filter(|query| !query.is_empty())
}

/// `v1|<listing>|<variation>` with a title.
fn is_item(value: &Value) -> bool {
    let id = value
        .get("itemId")
        .and_then(Value::as_str)
        .is_some_and(|id| id.contains('|') || id.parse::<u64>().is_ok());
    id && value.get("title").is_some_and(Value::is_string)
}

fn results(items: &[Value]) -> Parsed {
    Parsed::results(Venue::Ebay, items.iter().map(item).collect())
}

fn item(item: &Value) -> Result<Draft, Misread> {
    let id = scalar(item, &["legacyItemId"]).or_else(|| {
        let full = text(item, &["itemId"])?;
        Some(full.split('|').nth(1).unwrap_or(full).to_owned())
    });
    let mut draft = Draft::new(&id.unwrap_or_default(), text(item, &["title"]).unwrap_or_default())?;
    let web = text(item, &["itemWebUrl"]).and_then(|url| url.split(['?', '#']).next());
    draft.url = web
        .map_or_else(|| Some(format!("https://www.ebay.com/itm/{}", draft.id)), |url| Some(url.to_owned()));
    price(&mut draft, item)?;
    draft.condition = scalar(item, &["conditionId"])
        .and_then(|id| words::condition_id(&id))
        .or_else(|| text(item, &["condition"]).and_then(words::condition));
    draft.attribute("condition", text(item, &["condition"]));
    draft.description = text(item, &["description"]).or_else(|| text(item, &["shortDescription"])).map(plain);
    let categories = list(item, &["categories"]);
    let leaf = text(item, &["categoryPath"]).and_then(|path| path.rsplit('|').next());
    draft.category =
        categories.first().and_then(|first| text(first, &["categoryName"])).or(leaf).map(str::to_owned);
    images(&mut draft, item);
    place(&mut draft, item);
    seller(&mut draft, item);
    draft.listed_at = moment(item, &["itemCreationDate"]);
    draft.expires_at = moment(item, &["itemEndDate"]);
    draft.watchers = count(item, &["watchCount"]);
    draft.attribute("epid", scalar(item, &["epid"]).as_deref());
    draft.attribute("brand", text(item, &["brand"]));
    draft.attribute("condition_description", text(item, &["conditionDescription"]));
    for aspect in list(item, &["localizedAspects"]) {
        draft.attribute(text(aspect, &["name"]).unwrap_or_default(), text(aspect, &["value"]));
    }
    Ok(draft)
}

fn price(draft: &mut Draft, item: &Value) -> Result<(), Misread> {
    let options: Vec<&str> = list(item, &["buyingOptions"]).iter().filter_map(Value::as_str).collect();
    let offers = |option: &str| options.contains(&option);
    let sold = money(item, &["lastSoldPrice"])?;
    let bid = money(item, &["currentBidPrice"])?;
    let asked = money(item, &["price"])?;
    // Where both are open, the price to buy at once is the one that is asked.
    let bids = offers("AUCTION") && !offers("FIXED_PRICE") || asked.is_none() && bid.is_some();
    let Some((cents, currency)) = sold.or(if bids { bid.or(asked) } else { asked }) else { return Ok(()) };
    draft.price = Price::binding(cents, currency);
    if sold.is_some() {
        draft.sold();
        draft.sold_at = moment(item, &["lastSoldDate"]);
        return Ok(());
    }
    if bids {
        draft.price.kind = PriceKind::Auction;
    } else if offers("BEST_OFFER") {
        draft.price.kind = PriceKind::OrBestOffer;
    }
    draft.status = Status::Active;
    if let Some((before, of)) = money(item, &["marketingPrice", "originalPrice"])? {
        draft.original_price = (of == currency && before > cents).then_some(before);
    }
    let shipping = list(item, &["shippingOptions"]).first();
    if let Some(option) = shipping
        && let Some((cost, of)) = money(option, &["shippingCost"])?
    {
        draft.shipping_price = (of == currency).then_some(cost);
    }
    Ok(())
}

/// `{value: "12.50", currency: "USD"}`, exactly.
fn money(item: &Value, path: &[&str]) -> Result<Option<(Cents, Currency)>, Misread> {
    let Some(found) = at(item, path) else { return Ok(None) };
    let read = || {
        let currency: Currency = text(found, &["currency"])?.parse().ok()?;
        Some((amount(found, &["value"], currency)?, currency))
    };
    read().map(Some).ok_or_else(|| Misread {
        code: "price_unreadable",
        reason: format!("field `{}`: found `{found}`, expected {{value, currency}}", path.join(".")),
        raw: found.to_string(),
    })
}

fn images(draft: &mut Draft, item: &Value) {
    let thumbnails = list(item, &["thumbnailImages"]).iter();
    let main = at(item, &["image"]).into_iter().chain(thumbnails).next();
    for image in main.into_iter().chain(list(item, &["additionalImages"])) {
        draft.image(text(image, &["imageUrl"]));
    }
}

fn place(draft: &mut Draft, item: &Value) {
    let own = |key: &str| text(item, &["itemLocation", key]).map(str::to_owned);
    draft.location.city = own("city");
    draft.location.state = own("stateOrProvince");
    draft.location.zip = own("postalCode");
    let country = own("country");
    draft.attribute("country", country.as_deref());
}

fn seller(draft: &mut Draft, item: &Value) {
    draft.seller_name = text(item, &["seller", "username"]).map(str::to_owned);
    draft.seller.rating = number(item, &["seller", "feedbackPercentage"])
        .filter(|percentage| (0.0..=100.0).contains(percentage))
        .map(|percentage| 5.0 * percentage / 100.0);
    draft.seller.feedback_count = count(item, &["seller", "feedbackScore"]);
    draft.seller.kind = text(item, &["seller", "sellerAccountType"]).and_then(|kind| match kind {
        "BUSINESS" => Some(SellerType::Business),
        "INDIVIDUAL" => Some(SellerType::Private),
        _ => None,
    });
}

/// A description's text without its markup.
fn plain(html: &str) -> String {
    if !html.contains('<') {
        return html.to_owned();
    }
    let document = crate::html::Document::parse(&format!("<div>{html}</div>"));
    document.elements().next().map(crate::html::Element::text).unwrap_or_default()
}
