//! Orders and shipments.

use std::collections::HashMap;

use serde_json::{Value, json};

use super::reply::Reply;
use super::world::World;

const DOMAIN: &str = "API_FULFILLMENT";

/// `GET /order`.
pub(super) fn orders(world: &World, query: &HashMap<String, String>) -> Reply {
    let number = |name: &str, default: usize| query.get(name).map_or(Ok(default), |text| text.parse());
    let (Ok(limit), Ok(offset)) = (number("limit", 50), number("offset", 0)) else {
        return Reply::refused(400, 31_100, DOMAIN, "Invalid limit or offset");
    };
    if !(1..=200).contains(&limit) {
        return Reply::refused(400, 31_100, DOMAIN, "Invalid limit");
    }
    if offset % limit != 0 {
        return Reply::refused(400, 31_000, DOMAIN, "Invalid offset");
    }
    let filter = query.get("filter").map_or("", String::as_str);
    let since =
        filter.split("lastmodifieddate:[").nth(1).and_then(|rest| rest.split("..").next()).unwrap_or("");
    let open_only = filter.contains("orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}");
    let fits = |order: &&Value| {
        order["lastModifiedDate"].as_str().is_some_and(|at| at >= since)
            && (!open_only || order["orderFulfillmentStatus"] != "FULFILLED")
    };
    let found: Vec<&Value> = world.orders.iter().filter(fits).collect();
    let page: Vec<&Value> = found.iter().skip(offset).take(limit).copied().collect();
    let mut body = json!({ "total": found.len(), "limit": limit, "offset": offset, "orders": page });
    if offset + limit < found.len() {
        body["next"] =
            json!(format!("https://api.ebay.com/sell/fulfillment/v1/order?offset={}", offset + limit));
    }
    Reply::ok(body)
}

/// `GET /order/{id}/shipping_fulfillment`.
pub(super) fn fulfillments(world: &World, order_id: &str) -> Reply {
    if !world.orders.iter().any(|order| order["orderId"] == order_id) {
        return no_order();
    }
    let known = world.fulfillments.get(order_id).map_or(&[][..], Vec::as_slice);
    Reply::ok(json!({ "total": known.len(), "fulfillments": known }))
}

/// `POST /order/{id}/shipping_fulfillment`.
pub(super) fn ship(world: &mut World, order_id: &str, body: &Value) -> Reply {
    let tracking = body["trackingNumber"].as_str().unwrap_or_default();
    if tracking.is_empty() || !tracking.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Reply::refused(400, 32_300, DOMAIN, "Invalid shipment tracking number or carrier");
    }
    let Some(order) = world.orders.iter_mut().find(|order| order["orderId"] == order_id) else {
        return no_order();
    };
    let lines = order["lineItems"].as_array().cloned().unwrap_or_default();
    let named = body["lineItems"].as_array().cloned().unwrap_or_default();
    let known = |named: &Value| lines.iter().any(|line| line["lineItemId"] == named["lineItemId"]);
    if named.is_empty() || !named.iter().all(known) {
        return Reply::refused(400, 32_200, DOMAIN, "Invalid line item id");
    }
    order["orderFulfillmentStatus"] = json!("FULFILLED");
    let fulfillment_id = format!("94{tracking}");
    world.fulfillments.entry(order_id.to_owned()).or_default().push(json!({
        "fulfillmentId": fulfillment_id,
        "shipmentTrackingNumber": tracking,
        "shippingCarrierCode": body["shippingCarrierCode"],
        "shippedDate": body["shippedDate"],
        "lineItems": named,
    }));
    world.effects.push(("ship", order_id.to_owned()));
    Reply::created(json!({ "fulfillmentId": fulfillment_id }))
}

fn no_order() -> Reply {
    Reply::refused(404, 32_100, DOMAIN, "Invalid order ID")
}
