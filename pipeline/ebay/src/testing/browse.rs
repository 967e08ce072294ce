//! Searching, item details, sold prices, and what is left of the quota.

use std::collections::HashMap;

use chrono::{Days, NaiveTime, SecondsFormat};
use serde_json::{Value, json};

use super::reply::Reply;
use super::world::World;

type Query = HashMap<String, String>;

pub(super) fn search(world: &mut World, query: &Query) -> Reply {
    if let Some(refused) = spend(world) {
        return refused;
    }
    let bad = |message: &str| Reply::refused(400, 12_001, "API_BROWSE", message);
    let number = |name: &str, default: usize| query.get(name).map_or(Ok(default), |text| text.parse());
    let (Ok(limit), Ok(offset)) = (number("limit", 50), number("offset", 0)) else {
        return bad("limit and offset must be numbers");
    };
    if !(1..=200).contains(&limit) {
        return bad("The 'limit' value must be between 1 and 200");
    }
    if offset % limit != 0 || offset >= 10_000 {
        return bad("The 'offset' value must be either zero or a multiple of the 'limit' value, below 10000");
    }
    if !query.contains_key("q") && !query.contains_key("category_ids") {
        return bad("The call must have a valid 'q', 'category_ids', 'epid' or 'gtin' query parameter");
    }
    let filter = match Filter::read(query.get("filter").map_or("", String::as_str)) {
        Ok(filter) => filter,
        Err(message) => return bad(&message),
    };
    let mut found: Vec<&Value> = world.items.iter().filter(|item| fits(item, query, &filter)).collect();
    match query.get("sort").map(String::as_str) {
        None | Some("newlyListed" | "endingSoonest") => {}
        Some("price") => found.sort_by_key(|item| cents(item)),
        Some("-price") => found.sort_by_key(|item| -cents(item)),
        Some(_) => return bad("The 'sort' value is invalid"),
    }
    let page: Vec<&Value> = found.iter().skip(offset).take(limit).copied().collect();
    let total = found.len();
    let href = |offset: usize| {
        format!("https://api.ebay.com/buy/browse/v1/item_summary/search?limit={limit}&offset={offset}")
    };
    let mut body = json!({ "href": href(offset), "total": total, "limit": limit, "offset": offset });
    if offset + limit < total {
        body["next"] = json!(href(offset + limit));
    }
    if !page.is_empty() {
        body["itemSummaries"] = json!(page);
    }
    Reply::ok(body)
}

pub(super) fn item(world: &mut World, item_id: Option<&str>, query: &Query) -> Reply {
    if let Some(refused) = spend(world) {
        return refused;
    }
    let number = query.get("legacy_item_id").map(String::as_str);
    let same = |item: &&Value| match item_id {
        Some(id) => item["itemId"] == id,
        None => item["legacyItemId"].as_str() == number,
    };
    let Some(found) = world.items.iter().find(same) else {
        return Reply::refused(404, 11_001, "API_BROWSE", "The specified item Id was not found.");
    };
    let mut item = found.clone();
    item["description"] =
        json!(format!("<p>{}. Works as it should.</p>", item["title"].as_str().unwrap_or("")));
    item["categoryPath"] = item["categories"][0]["categoryName"].clone();
    Reply::ok(item)
}

pub(super) fn sales(world: &World) -> Reply {
    if !world.setup.insights {
        return Reply::refused(403, 1100, "ACCESS", "Insufficient permissions to fulfill the request.");
    }
    let sold = world.items.iter().take(50).map(|item| {
        let mut sale = item.clone();
        sale["lastSoldDate"] = item["itemCreationDate"].clone();
        sale["lastSoldPrice"] = item["price"].clone();
        sale["totalSoldQuantity"] = json!(1);
        sale
    });
    let sold: Vec<Value> = sold.collect();
    Reply::ok(json!({ "total": sold.len(), "limit": 200, "offset": 0, "itemSales": sold }))
}

pub(super) fn rate_limits(world: &World) -> Reply {
    let tomorrow = world.now().date_naive().checked_add_days(Days::new(1)).unwrap_or_default();
    let reset = tomorrow.and_time(NaiveTime::MIN).and_utc().to_rfc3339_opts(SecondsFormat::Millis, true);
    let limit = world.setup.browse_calls;
    let remaining = limit.saturating_sub(world.browse_used);
    let rate = json!({ "limit": limit, "remaining": remaining, "reset": reset, "timeWindow": 86_400 });
    Reply::ok(json!({ "rateLimits": [{
        "apiContext": "buy", "apiName": "Browse", "apiVersion": "v1",
        "resources": [{ "name": "buy.browse", "rates": [rate] }],
    }] }))
}

fn spend(world: &mut World) -> Option<Reply> {
    if world.browse_used >= world.setup.browse_calls {
        return Some(Reply::refused(429, 2001, "ACCESS", "Too many requests."));
    }
    world.browse_used += 1;
    None
}

/// The filters this server knows.
#[derive(Default)]
struct Filter {
    low: Option<i64>,
    high: Option<i64>,
    conditions: Vec<String>,
    buying: Vec<String>,
}

impl Filter {
    fn read(text: &str) -> Result<Self, String> {
        let mut filter = Self::default();
        let mut currency = false;
        for part in text.split(',').filter(|part| !part.is_empty()) {
            let bad = || format!("The 'filter' value {part} is invalid");
            let (name, value) = part.split_once(':').ok_or_else(bad)?;
            let list = || {
                let inner = value.strip_prefix('{').and_then(|v| v.strip_suffix('}')).ok_or_else(bad)?;
                Ok::<_, String>(inner.split('|').map(str::to_owned).collect())
            };
            match name {
                "price" => {
                    let inner = value.strip_prefix('[').and_then(|v| v.strip_suffix(']')).ok_or_else(bad)?;
                    let (low, high) = inner.split_once("..").ok_or_else(bad)?;
                    (filter.low, filter.high) = (decimal(low), decimal(high));
                }
                "priceCurrency" => currency = true,
                "conditionIds" => filter.conditions = list()?,
                "buyingOptions" => filter.buying = list()?,
                "itemLocationCountry"
                | "pickupCountry"
                | "pickupPostalCode"
                | "pickupRadius"
                | "pickupRadiusUnit"
                | "deliveryOptions" => {}
                _ => return Err(bad()),
            }
        }
        if (filter.low.is_some() || filter.high.is_some()) && !currency {
            return Err("The 'price' filter needs 'priceCurrency'".to_owned());
        }
        if filter.buying.is_empty() {
            filter.buying = vec!["FIXED_PRICE".to_owned()];
        }
        Ok(filter)
    }
}

fn fits(item: &Value, query: &Query, filter: &Filter) -> bool {
    let title = item["title"].as_str().unwrap_or_default().to_lowercase();
    let words = query.get("q").map_or("", String::as_str).to_lowercase();
    let category = item["leafCategoryIds"][0].as_str().unwrap_or_default();
    let wanted = query.get("category_ids").map(String::as_str);
    let options = item["buyingOptions"].as_array().map_or(&[][..], Vec::as_slice);
    words.split_whitespace().all(|word| title.contains(word))
        && wanted.is_none_or(|ids| ids.split(',').any(|id| id == category))
        && filter.low.is_none_or(|low| cents(item) >= low)
        && filter.high.is_none_or(|high| cents(item) <= high)
        && (filter.conditions.is_empty()
            || filter.conditions.iter().any(|id| item["conditionId"] == id.as_str()))
        && filter.buying.iter().any(|option| options.iter().any(|has| has == option.as_str()))
}

fn cents(item: &Value) -> i64 {
    item["price"]["value"].as_str().and_then(decimal).unwrap_or(0)
}

/// Two digits after the point at most.
fn decimal(text: &str) -> Option<i64> {
    let (major, minor) = text.split_once('.').unwrap_or((text, "0"));
    Some(major.parse::<i64>().ok()? * 100 + format!("{minor:0<2}").get(..2)?.parse::<i64>().ok()?)
}
