//! Things for sale, the same for the same seed.

use autobazaaar_domain::{Currency, Money, Utc};
use autobazaaar_fetch::{Jitter as _, SeededJitter};
use chrono::{SecondsFormat, TimeDelta};
use serde_json::{Value, json};

/// Maker, model, usual price in cents, category id and name.
const MODELS: [(&str, &str, i64, &str, &str); 8] = [
    ("Canon", "AE-1 Program 35mm SLR", 18_000, "15230", "Film Cameras"),
    ("Nikon", "FM2 35mm SLR", 32_000, "15230", "Film Cameras"),
    ("Apple", "iPhone 13 128GB", 38_000, "9355", "Cell Phones & Smartphones"),
    ("Samsung", "Galaxy S22 256GB", 30_000, "9355", "Cell Phones & Smartphones"),
    ("Sony", "PlayStation 5 Disc Edition", 41_000, "139971", "Video Game Consoles"),
    ("Nintendo", "Switch OLED", 24_000, "139971", "Video Game Consoles"),
    ("Bosch", "GSR 18V Cordless Drill", 9_000, "184655", "Cordless Drills"),
    ("Herman Miller", "Aeron Chair Size B", 52_000, "54235", "Chairs"),
];

/// Id, word, share of the usual price.
const CONDITIONS: [(u16, &str, f64); 6] = [
    (1000, "New", 1.25),
    (2750, "Like New", 1.1),
    (3000, "Used", 1.0),
    (4000, "Very Good", 0.95),
    (5000, "Good", 0.85),
    (7000, "For parts or not working", 0.35),
];

/// Item summaries of the Browse API, newest first.
pub(super) fn catalogue(seed: u64, count: usize, now: Utc) -> Vec<Value> {
    let chance = SeededJitter::new(seed);
    let pick = |count: usize| (chance.unit() * count as f64) as usize;
    let money = |cents: i64| Money::new(cents, Currency::USD).decimal();
    let mut items = Vec::with_capacity(count);
    for n in 0..count {
        let (maker, model, usual, category, category_name) = MODELS[pick(MODELS.len())];
        let (condition_id, condition, share) = CONDITIONS[pick(CONDITIONS.len())];
        let cents = (usual as f64 * share * (0.7 + 0.6 * chance.unit())) as i64;
        let number = format!("11{n:010}");
        let listed = now - TimeDelta::minutes(7 * n as i64 + 1);
        let auction = pick(5) == 0;
        let mut item = json!({
            "itemId": format!("v1|{number}|0"),
            "legacyItemId": number,
            "title": format!("{maker} {model} {condition}"),
            "price": { "value": money(cents), "currency": "USD" },
            "condition": condition,
            "conditionId": condition_id.to_string(),
            "seller": {
                "username": format!("seller_{}", pick(500)),
                "feedbackPercentage": format!("{:.1}", 95.0 + 5.0 * chance.unit()),
                "feedbackScore": pick(5_000),
            },
            "itemWebUrl": format!("https://www.ebay.com/itm/{number}"),
            "image": { "imageUrl": format!("https://i.ebayimg.com/images/g/{number}/s-l225.jpg") },
            "thumbnailImages": [{ "imageUrl": format!("https://i.ebayimg.com/images/g/{number}/s-l1600.jpg") }],
            "itemLocation": { "postalCode": "941**", "country": "US" },
            "shippingOptions": [{
                "shippingCostType": "FIXED",
                "shippingCost": { "value": money(pick(3) as i64 * 595), "currency": "USD" },
            }],
            "buyingOptions": if auction { json!(["AUCTION"]) } else { json!(["FIXED_PRICE", "BEST_OFFER"]) },
            "itemCreationDate": listed.to_rfc3339_opts(SecondsFormat::Millis, true),
            "categories": [{ "categoryId": category, "categoryName": category_name }],
            "leafCategoryIds": [category],
        });
        if auction {
            item["currentBidPrice"] = item["price"].clone();
            item["bidCount"] = json!(pick(12));
            let end = listed + TimeDelta::days(7);
            item["itemEndDate"] = json!(end.to_rfc3339_opts(SecondsFormat::Millis, true));
        }
        items.push(item);
    }
    items
}
