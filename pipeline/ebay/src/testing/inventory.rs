//! The seller's inventory, offers and listings, with what eBay refuses.

use axum::http::HeaderMap;
use serde_json::{Value, json};

use super::reply::Reply;
use super::world::{CATEGORY, LOCATION, POLICIES, World, is_up};

const DOMAIN: &str = "API_INVENTORY";
/// Leaf categories that are known.
const CATEGORIES: [&str; 5] = [CATEGORY, "9355", "139971", "184655", "54235"];

/// How used a thing is; only categories of books, films and records know these, and none of ours is.
const MEDIA_GRADES: [&str; 4] = ["LIKE_NEW", "USED_VERY_GOOD", "USED_GOOD", "USED_ACCEPTABLE"];

/// `PUT /inventory_item/{sku}`.
pub(super) fn put_item(world: &mut World, sku: &str, headers: &HeaderMap, body: &Value) -> Reply {
    if let Some(refused) = language(headers) {
        return refused;
    }
    if sku.is_empty() || sku.chars().count() > 50 {
        return refuse(25_707, "This is an invalid value for the SKU field: up to 50 characters");
    }
    let title = body["product"]["title"].as_str().unwrap_or_default();
    if title.is_empty() || title.chars().count() > 80 {
        return refuse(25_016, "Invalid title. The title must have 1 to 80 characters.");
    }
    if body["availability"]["shipToLocationAvailability"]["quantity"].as_i64().is_none_or(|n| n < 0) {
        return refuse(25_004, "Invalid quantity.");
    }
    let new = world.inventory.insert(sku.to_owned(), body.clone()).is_none();
    world.effects.push(("item", sku.to_owned()));
    if new { Reply::created(json!({})) } else { Reply::no_content() }
}

/// `GET /offer?sku=…`.
pub(super) fn offers_of(world: &World, sku: &str) -> Reply {
    let offers: Vec<&Value> = world.offers.values().filter(|offer| offer["sku"] == sku).collect();
    if offers.is_empty() {
        return no_offer();
    }
    Reply::ok(json!({ "total": offers.len(), "size": offers.len(), "offers": offers }))
}

/// `POST /offer`.
pub(super) fn post_offer(world: &mut World, headers: &HeaderMap, body: &Value) -> Reply {
    if let Some(refused) = language(headers).or_else(|| check_offer(world, body)) {
        return refused;
    }
    let same =
        |offer: &&Value| ["sku", "marketplaceId", "format"].iter().all(|field| offer[*field] == body[*field]);
    if let Some(there) = world.offers.values().find(same) {
        let offer_id = there["offerId"].as_str().unwrap_or_default();
        let message = "A user error has occurred. Offer entity already exists.";
        return Reply::refused_with(400, 25_002, DOMAIN, message, &[("offerId", offer_id)]);
    }
    let offer_id = world.number();
    let mut offer = body.clone();
    offer["offerId"] = json!(offer_id);
    offer["status"] = json!("UNPUBLISHED");
    world.offers.insert(offer_id.clone(), offer);
    world.effects.push(("offer", offer_id.clone()));
    Reply::created(json!({ "offerId": offer_id, "warnings": [] }))
}

/// `PUT /offer/{id}`: a complete replacement.
pub(super) fn put_offer(world: &mut World, offer_id: &str, headers: &HeaderMap, body: &Value) -> Reply {
    if let Some(refused) = language(headers).or_else(|| check_offer(world, body)) {
        return refused;
    }
    let Some(known) = world.offers.get_mut(offer_id) else { return no_offer() };
    if known["sku"] != body["sku"] {
        return refuse(25_604, "Input error. The SKU of an offer cannot be changed.");
    }
    let mut offer = body.clone();
    for kept in ["offerId", "status", "listing"] {
        offer[kept] = known[kept].clone();
    }
    *known = offer;
    Reply::no_content()
}

/// `GET /offer/{id}`.
pub(super) fn offer(world: &World, offer_id: &str) -> Reply {
    world.offers.get(offer_id).map_or_else(no_offer, |offer| Reply::ok(offer.clone()))
}

/// `POST /offer/{id}/publish`.
pub(super) fn publish(world: &mut World, offer_id: &str) -> Reply {
    let Some(offer) = world.offers.get(offer_id).cloned() else { return no_offer() };
    if let Some(refused) = check_publication(world, &offer) {
        return refused;
    }
    let listing_id = match offer["listing"]["listingId"].as_str() {
        Some(listing_id) if is_up(&offer) => listing_id.to_owned(),
        _ => {
            let listing_id = format!("11{}", world.number());
            world.effects.push(("publish", listing_id.clone()));
            listing_id
        }
    };
    if let Some(offer) = world.offers.get_mut(offer_id) {
        offer["status"] = json!("PUBLISHED");
        offer["listing"] = json!({ "listingId": listing_id, "listingStatus": "ACTIVE", "soldQuantity": 0 });
    }
    Reply::ok(json!({ "listingId": listing_id, "warnings": [] }))
}

/// `POST /offer/{id}/withdraw`.
pub(super) fn withdraw(world: &mut World, offer_id: &str) -> Reply {
    let Some(offer) = world.offers.get_mut(offer_id) else { return no_offer() };
    if offer["status"] != "PUBLISHED" {
        return refuse(25_002, "A user error has occurred. The offer is not published.");
    }
    offer["status"] = json!("UNPUBLISHED");
    let listing_id = offer["listing"]["listingId"].clone();
    world.effects.push(("withdraw", offer_id.to_owned()));
    Reply::ok(json!({ "listingId": listing_id }))
}

/// `POST /bulk_update_price_quantity`, for one offer per SKU.
pub(super) fn price(world: &mut World, body: &Value) -> Reply {
    let mut responses = Vec::new();
    for request in body["requests"].as_array().map_or(&[][..], Vec::as_slice) {
        let (sku, wanted) = (&request["sku"], &request["offers"][0]);
        let offer_id = wanted["offerId"].as_str().unwrap_or_default();
        let outcome = match world.offers.get_mut(offer_id) {
            Some(offer) if offer["sku"] == *sku => match positive(&wanted["price"]) {
                true => {
                    offer["pricingSummary"]["price"] = wanted["price"].clone();
                    world.effects.push(("price", offer_id.to_owned()));
                    json!({ "statusCode": 200, "sku": sku, "offerId": offer_id })
                }
                false => failed(sku, offer_id, 25_002, "A user error has occurred. Invalid price."),
            },
            Some(_) => failed(sku, offer_id, 25_709, "Invalid value for offerId: it is not of this SKU."),
            None => failed(sku, offer_id, 25_709, "Invalid value for offerId."),
        };
        responses.push(outcome);
    }
    let wrong = responses.iter().any(|response| response["statusCode"] != 200);
    Reply { status: if wrong { 207 } else { 200 }, ..Reply::ok(json!({ "responses": responses })) }
}

fn failed(sku: &Value, offer_id: &str, error_id: i64, message: &str) -> Value {
    let error = json!({ "errorId": error_id, "domain": DOMAIN, "category": "REQUEST", "message": message });
    json!({ "statusCode": 400, "sku": sku, "offerId": offer_id, "errors": [error] })
}

/// What an offer must have from the start.
fn check_offer(world: &World, offer: &Value) -> Option<Reply> {
    let sku = offer["sku"].as_str().unwrap_or_default();
    if !world.inventory.contains_key(sku) {
        return Some(refuse(25_702, &format!("SKU {sku} is not available in the system")));
    }
    let price = &offer["pricingSummary"]["price"];
    if !price.is_null() && !positive(price) {
        return Some(refuse(25_003, "Invalid price. The price must be greater than 0."));
    }
    None
}

/// What it must have to be published.
fn check_publication(world: &World, offer: &Value) -> Option<Reply> {
    let policies = [
        ("fulfillmentPolicyId", 25_007, "fulfillment"),
        ("paymentPolicyId", 25_008, "payment"),
        ("returnPolicyId", 25_009, "return"),
    ];
    for ((field, error_id, name), known) in policies.into_iter().zip(POLICIES) {
        if offer["listingPolicies"][field] != known {
            return Some(refuse(error_id, &format!("Invalid or missing {name} policy: {field} is invalid.")));
        }
    }
    if !CATEGORIES.iter().any(|known| offer["categoryId"] == *known) {
        return Some(refuse(25_005, "Invalid category ID. The category must be a leaf of the marketplace."));
    }
    if offer["merchantLocationKey"] != LOCATION {
        return Some(refuse(25_012, "Invalid location: merchantLocationKey is unknown."));
    }
    if !positive(&offer["pricingSummary"]["price"]) {
        return Some(refuse(25_003, "Invalid price. The price must be greater than 0."));
    }
    if offer["availableQuantity"].as_i64().is_none_or(|quantity| quantity < 1) {
        return Some(refuse(25_004, "Invalid quantity. The quantity must be greater than 0."));
    }
    let item = world.inventory.get(offer["sku"].as_str().unwrap_or_default()).unwrap_or(&Value::Null);
    check_item(item)
}

/// What the thing itself must have where it is offered.
fn check_item(item: &Value) -> Option<Reply> {
    let product = &item["product"];
    let images = product["imageUrls"].as_array().map_or(&[][..], Vec::as_slice);
    if images.is_empty() {
        return Some(refuse(25_002, "A user error has occurred. Add at least 1 photo."));
    }
    if !images.iter().all(|image| image.as_str().is_some_and(|url| url.starts_with("https://"))) {
        return Some(refuse(25_014, "Invalid pictures: addresses must be https."));
    }
    if item["condition"].as_str().is_none_or(|word| MEDIA_GRADES.contains(&word)) {
        return Some(refuse(25_021, "Invalid item condition information: the category does not know it."));
    }
    if product["aspects"]["Brand"][0].as_str().is_none_or(str::is_empty) {
        let message = "A user error has occurred. The item specific Brand is missing. Add Brand to this listing, enter a valid value, and then try again.";
        return Some(refuse(25_002, message));
    }
    None
}

fn positive(price: &Value) -> bool {
    price["currency"] == "USD"
        && price["value"].as_str().and_then(|v| v.parse::<f64>().ok()).is_some_and(|v| v > 0.0)
}

fn language(headers: &HeaderMap) -> Option<Reply> {
    let missing = headers.get("content-language").is_none_or(|value| value != "en-US");
    missing.then(|| refuse(25_709, "Invalid value for header Content-Language."))
}

fn no_offer() -> Reply {
    Reply::refused(404, 25_713, DOMAIN, "This Offer is not available.")
}

fn refuse(error_id: i64, message: &str) -> Reply {
    Reply::refused(400, error_id, DOMAIN, message)
}
