//! All that the local eBay knows.

use std::collections::BTreeMap;
use std::sync::Arc;

use autobazaaar_domain::{Clock, Utc};
use serde_json::{Value, json};

use super::catalogue::catalogue;
use super::fault::Planned;

/// Ids of the seller's policies: fulfilment, payment, returns.
pub const POLICIES: [&str; 3] = ["6001", "6002", "6003"];
/// Key of the seller's inventory location.
pub const LOCATION: &str = "home";
/// A leaf category.
pub const CATEGORY: &str = "15230";

/// How the server begins.
#[derive(Clone)]
pub struct Setup {
    pub seed: u64,
    /// Things for sale.
    pub items: usize,
    pub client_id: String,
    pub client_secret: String,
    /// The seller's; `None` has no seller.
    pub refresh_token: Option<String>,
    /// Seconds.
    pub token_lasts: i64,
    /// Calls a day to the Browse API.
    pub browse_calls: u64,
    /// Whether sold prices are granted.
    pub insights: bool,
    pub clock: Arc<dyn Clock>,
}

impl Setup {
    /// 1,000 things, keys `app` and `secret`, a seller with the refresh token `consent`, eBay's usual
    /// limits, no sold prices.
    #[must_use]
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self {
            seed: 1,
            items: 1_000,
            client_id: "app".to_owned(),
            client_secret: "secret".to_owned(),
            refresh_token: Some("consent".to_owned()),
            token_lasts: 7_200,
            browse_calls: 5_000,
            insights: false,
            clock,
        }
    }
}

/// A token that was given out.
pub(super) struct Token {
    pub seller: bool,
    pub insights: bool,
    pub until: Utc,
}

pub(super) struct World {
    pub setup: Setup,
    pub items: Vec<Value>,
    pub tokens: BTreeMap<String, Token>,
    pub tokens_given: u64,
    pub browse_used: u64,
    /// By SKU.
    pub inventory: BTreeMap<String, Value>,
    /// By offer id.
    pub offers: BTreeMap<String, Value>,
    pub next_number: u64,
    pub orders: Vec<Value>,
    /// By order id.
    pub fulfillments: BTreeMap<String, Vec<Value>>,
    pub faults: Vec<Planned>,
    /// Method and path of every call.
    pub calls: Vec<String>,
    /// Effects carried out: kind and on what.
    pub effects: Vec<(&'static str, String)>,
}

impl World {
    pub(super) fn new(setup: Setup) -> Self {
        Self {
            items: catalogue(setup.seed, setup.items, setup.clock.now()),
            setup,
            tokens: BTreeMap::new(),
            tokens_given: 0,
            browse_used: 0,
            inventory: BTreeMap::new(),
            offers: BTreeMap::new(),
            next_number: 5_000,
            orders: Vec::new(),
            fulfillments: BTreeMap::new(),
            faults: Vec::new(),
            calls: Vec::new(),
            effects: Vec::new(),
        }
    }

    pub(super) fn now(&self) -> Utc {
        self.setup.clock.now()
    }

    pub(super) fn number(&mut self) -> String {
        self.next_number += 1;
        self.next_number.to_string()
    }

    /// Lets somebody buy one of what an offer sells.
    pub(super) fn sell(&mut self, offer_id: &str) -> Option<String> {
        let offer = self.offers.get(offer_id).filter(|offer| is_up(offer))?.clone();
        let (order, line) = (self.number(), self.number());
        let order_id = format!("12-{order}-34567");
        let now = self.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        if let Some(offer) = self.offers.get_mut(offer_id) {
            let left = offer["availableQuantity"].as_i64().unwrap_or(1) - 1;
            offer["availableQuantity"] = json!(left);
            if left <= 0 {
                offer["listing"]["listingStatus"] = json!("OUT_OF_STOCK");
            }
        }
        let sku = offer["sku"].as_str().unwrap_or_default();
        let title = self.inventory.get(sku).map_or(Value::Null, |item| item["product"]["title"].clone());
        let price = offer["pricingSummary"]["price"].clone();
        let nothing = json!({ "value": "0.0", "currency": price["currency"] });
        self.orders.push(json!({
            "orderId": order_id,
            "creationDate": now,
            "lastModifiedDate": now,
            "orderFulfillmentStatus": "NOT_STARTED",
            "orderPaymentStatus": "PAID",
            "buyer": { "username": "buyer_1" },
            "cancelStatus": { "cancelState": "NONE_REQUESTED" },
            "totalMarketplaceFee": { "value": "3.5", "currency": price["currency"] },
            "pricingSummary": { "priceSubtotal": price, "total": price },
            "lineItems": [{
                "lineItemId": line, "sku": sku, "title": title, "quantity": 1,
                "legacyItemId": offer["listing"]["listingId"], "total": price,
                "lineItemCost": price, "deliveryCost": { "shippingCost": nothing },
            }],
        }));
        Some(order_id)
    }

    /// Lets a buyer call an order off.
    pub(super) fn cancel(&mut self, order_id: &str) {
        let now = self.now().to_rfc3339_opts(chrono::SecondsFormat::Millis, true);
        for order in self.orders.iter_mut().filter(|order| order["orderId"] == order_id) {
            order["cancelStatus"]["cancelState"] = json!("CANCELED");
            order["lastModifiedDate"] = json!(now);
        }
    }
}

/// Whether buyers can buy what an offer sells.
pub(super) fn is_up(offer: &Value) -> bool {
    offer["status"] == "PUBLISHED" && offer["listing"]["listingStatus"] == "ACTIVE"
}
