//! What we offer and sell.

use serde::{Deserialize, Serialize};

use crate::ids::{InventoryId, PurchaseId, ResaleId, SaleId, ShipmentId};
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Cents, Currency, Platform, Utc};

lifecycle! {
    /// Where an offer of ours stands.
    ResaleStatus of "a resale listing" {
        Draft = "draft", Active = "active", Paused = "paused", Sold = "sold", Expired = "expired",
        Removed = "removed",
    }
    /// What happens to an offer of ours.
    ResaleEvent {
        Publish = "publish", Pause = "pause", Resume = "resume", Sell = "sell", Expire = "expire",
        Remove = "remove",
    }
    Draft: Publish => Active, Remove => Removed;
    Active: Pause => Paused, Sell => Sold, Expire => Expired, Remove => Removed;
    // A venue may sell what we asked it to pause.
    Paused: Resume => Active, Sell => Sold, Expire => Expired, Remove => Removed;
}

lifecycle! {
    /// Where a buyer's order stands. A delivered one may still come back.
    SaleStatus of "a sale" {
        Ordered = "ordered", Paid = "paid", Shipped = "shipped", Delivered = "delivered",
        Cancelled = "cancelled",
        /// The buyer has the money back, in whole or in part, for a return or a fault.
        Refunded = "refunded",
    }
    /// What happens to a sale.
    SaleEvent {
        Pay = "pay", Ship = "ship", Deliver = "deliver", Cancel = "cancel", Refund = "refund",
    }
    Ordered: Pay => Paid, Cancel => Cancelled;
    // Handed over in person: no parcel between.
    Paid: Ship => Shipped, Deliver => Delivered, Cancel => Cancelled, Refund => Refunded;
    Shipped: Deliver => Delivered, Refund => Refunded;
    Delivered: Refund => Refunded;
}

words! {
    /// Who may see an offer.
    Visibility { Public = "public", Private = "private", Scheduled = "scheduled" }
}

/// What the venue tells of an offer's reception.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reception {
    pub views: Option<u32>,
    pub watchers: Option<u32>,
    pub saves: Option<u32>,
    pub inquiries: Option<u32>,
    pub clicks: Option<u32>,
}

/// An offer of ours on a venue. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResaleListing {
    pub resale_id: ResaleId,
    pub inventory_id: InventoryId,
    pub platform: Platform,
    pub platform_listing_id: Option<String>,
    pub url: Option<String>,
    pub title: String,
    pub description: String,
    pub currency: Currency,
    pub price: Cents,
    /// Nothing below it is accepted or asked.
    pub floor_price: Cents,
    pub shipping_price: Option<Cents>,
    pub images: Vec<String>,
    pub status: ResaleStatus,
    pub visibility: Visibility,
    pub metrics: Reception,
    pub last_optimized: Option<Utc>,
    pub suggested_price: Option<Cents>,
    pub created_at: Utc,
    pub updated_at: Utc,
    pub expires_at: Option<Utc>,
}

/// A buyer's order. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sale {
    pub sale_id: SaleId,
    pub resale_id: ResaleId,
    pub inventory_id: InventoryId,
    pub platform: Platform,
    /// The venue's number; with the platform it tells whether we have the order already.
    pub platform_order_id: String,
    /// Keyed hash of the buyer.
    pub buyer_key: Option<String>,
    pub currency: Currency,
    pub price: Cents,
    pub shipping_charged: Cents,
    pub status: SaleStatus,
    pub ordered_at: Utc,
    pub updated_at: Utc,
}

words! {
    /// Where a parcel goes.
    ShipmentDirection {
        /// From a seller to us.
        Inbound = "inbound",
        /// From us to a buyer.
        Outbound = "outbound",
        /// From a buyer back to us.
        Return = "return",
    }
}

/// A parcel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shipment {
    pub shipment_id: ShipmentId,
    pub direction: ShipmentDirection,
    pub purchase_id: Option<PurchaseId>,
    pub sale_id: Option<SaleId>,
    pub carrier: Option<String>,
    pub tracking: Option<String>,
    pub ship_by: Option<Utc>,
    pub shipped_at: Option<Utc>,
    pub delivered_at: Option<Utc>,
}
