//! What was sold.
//! Wire: developer.ebay.com/api-docs/sell/fulfillment/resources/order/methods/getOrders

use autobazaaar_domain::{Cents, Money, Utc};
use http::Method;
use serde::Deserialize;

use crate::token::As;
use crate::wire::{Amount, parse, unreadable};
use crate::{Ebay, EbayError, Quota};

/// Most orders of one page.
const PAGE: u64 = 200;
/// More pages than this are not read: the window is to be narrower.
const MOST_PAGES: u64 = 100;

/// Which orders.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OrderFilter {
    /// Changed since. eBay keeps two years.
    pub changed_since: Utc,
    /// Only those not yet wholly shipped.
    pub open_only: bool,
}

/// An order, without the buyer: who it is, is personal and read when it is shipped.
#[derive(Debug, Clone, PartialEq)]
pub struct Order {
    pub order_id: String,
    pub created_at: Utc,
    pub changed_at: Utc,
    /// `NOT_STARTED`, `IN_PROGRESS`, `FULFILLED`.
    pub fulfilment: String,
    /// `PAID`, `PENDING`, `FULLY_REFUNDED` …
    pub payment: String,
    /// Whether it was called off.
    pub cancelled: bool,
    /// What the buyer pays.
    pub total: Money,
    /// What eBay keeps of it, once that is known.
    pub fee: Option<Money>,
    pub line_items: Vec<LineItem>,
}

/// One thing of an order.
#[derive(Debug, Clone, PartialEq)]
pub struct LineItem {
    pub line_item_id: String,
    /// Our number, if it was listed with one.
    pub sku: Option<String>,
    pub title: String,
    pub quantity: u32,
    /// For the things themselves.
    pub price: Money,
    /// For sending them.
    pub shipping: Money,
    /// Both, with what else the buyer pays.
    pub total: Money,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    orders: Vec<WireOrder>,
    next: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireOrder {
    order_id: String,
    creation_date: Utc,
    last_modified_date: Utc,
    order_fulfillment_status: String,
    order_payment_status: String,
    pricing_summary: Total,
    total_marketplace_fee: Option<Amount>,
    cancel_status: Option<Cancel>,
    line_items: Vec<WireLine>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Cancel {
    #[serde(default)]
    cancel_state: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Delivery {
    shipping_cost: Option<Amount>,
}

#[derive(Deserialize)]
struct Total {
    total: Amount,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct WireLine {
    line_item_id: String,
    sku: Option<String>,
    #[serde(default)]
    title: String,
    quantity: u32,
    line_item_cost: Option<Amount>,
    delivery_cost: Option<Delivery>,
    total: Amount,
}

impl Ebay {
    /// Every order that fits, each once.
    ///
    /// # Errors
    /// When eBay refuses, an amount cannot be read, or there are more than 20,000.
    pub async fn orders(&self, filter: &OrderFilter) -> Result<Vec<Order>, EbayError> {
        let since = filter.changed_since.format("%Y-%m-%dT%H:%M:%S%.3fZ");
        let mut wanted = format!("lastmodifieddate:[{since}..]");
        if filter.open_only {
            wanted.push_str(",orderfulfillmentstatus:{NOT_STARTED|IN_PROGRESS}");
        }
        let mut orders: Vec<Order> = Vec::new();
        for page in 0..MOST_PAGES {
            let (limit, offset) = (PAGE.to_string(), (page * PAGE).to_string());
            let query = [("filter", wanted.as_str()), ("limit", &limit), ("offset", &offset)];
            let request = self.request(Method::GET, &["sell", "fulfillment", "v1", "order"], &query);
            let answer = self.call(As::Seller, Quota::Sell, request).await?;
            let Page { orders: found, next } = parse(&answer)?;
            let more = next.is_some() && !found.is_empty();
            for order in found {
                // An order that changes between two pages may move to the next.
                if !orders.iter().any(|known| known.order_id == order.order_id) {
                    orders.push(order.read().map_err(|reason| unreadable(&answer, reason))?);
                }
            }
            if !more {
                return Ok(orders);
            }
        }
        let found = since.to_string();
        Err(EbayError::Invalid { field: "changed_since", found, expected: "a time with fewer orders since" })
    }
}

impl WireOrder {
    fn read(self) -> Result<Order, String> {
        let id = self.order_id;
        let money = |amount: &Amount| {
            amount
                .money()
                .ok_or_else(|| format!("order {id}: `{} {}` is no amount", amount.value, amount.currency))
        };
        let line = |line: &WireLine| {
            let total = money(&line.total)?;
            let sent = line.delivery_cost.as_ref().and_then(|delivery| delivery.shipping_cost.as_ref());
            Ok(LineItem {
                line_item_id: line.line_item_id.clone(),
                sku: line.sku.clone(),
                title: line.title.clone(),
                quantity: line.quantity,
                price: line.line_item_cost.as_ref().map_or(Ok(total), money)?,
                shipping: sent.map_or(Ok(Money { amount: Cents::ZERO, ..total }), money)?,
                total,
            })
        };
        Ok(Order {
            created_at: self.creation_date,
            changed_at: self.last_modified_date,
            fulfilment: self.order_fulfillment_status,
            payment: self.order_payment_status,
            cancelled: self.cancel_status.is_some_and(|status| status.cancel_state == "CANCELED"),
            fee: self.total_marketplace_fee.as_ref().map(money).transpose()?,
            total: money(&self.pricing_summary.total)?,
            line_items: self.line_items.iter().map(line).collect::<Result<_, String>>()?,
            order_id: id,
        })
    }
}
