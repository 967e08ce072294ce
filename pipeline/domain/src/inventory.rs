//! What is in our hands.

use serde::{Deserialize, Serialize};

use crate::ids::{DealId, InventoryId, NegotiationId, PurchaseId};
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Cents, Condition, Currency, Platform, Utc};

lifecycle! {
    /// Where an item stands.
    InventoryStatus of "an inventory item" {
        PendingDelivery = "pending_delivery",
        InStock = "in_stock",
        /// In stock and offered at least once.
        Listed = "listed",
        Sold = "sold",
        /// A buyer sent it back and it has to be looked at.
        Returned = "returned",
        /// Off the books: lost, thrown away, or sent back to its seller.
        WrittenOff = "written_off",
    }
    /// What happens to an item.
    InventoryEvent {
        Receive = "receive", List = "list",
        /// The last offer of it ended.
        Unlist = "unlist",
        Sell = "sell", TakeBack = "take_back",
        /// The sale was called off before it left.
        Restock = "restock",
        WriteOff = "write_off",
    }
    PendingDelivery: Receive => InStock, WriteOff => WrittenOff;
    InStock: List => Listed, WriteOff => WrittenOff;
    Listed: Unlist => InStock, Sell => Sold, WriteOff => WrittenOff;
    Sold: TakeBack => Returned, Restock => InStock;
    Returned: Restock => InStock, WriteOff => WrittenOff;
}

words! {
    /// How large a processed image is: 200, 800, 1600 px at its longer side.
    ImageSize { Thumbnail = "thumbnail", Medium = "medium", Large = "large" }
}

/// A photo made ready for a venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessedImage {
    pub url: String,
    pub size: ImageSize,
    /// Pixels.
    pub width: u32,
    /// Pixels.
    pub height: u32,
}

/// What was found when it arrived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inspection {
    pub at: Utc,
    pub condition: Condition,
    /// Whether it is what the seller described.
    pub as_described: bool,
    pub notes: String,
}

/// An item. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InventoryItem {
    pub inventory_id: InventoryId,
    /// Our own number of it, on the label.
    pub sku: String,
    pub deal_id: DealId,
    pub purchase_id: PurchaseId,
    pub negotiation_id: Option<NegotiationId>,
    pub title: String,
    pub description: String,
    pub category: String,
    pub condition: Option<Condition>,
    /// The owner's own photos; the seller's only with permission.
    pub images: Vec<String>,
    pub processed_images: Vec<ProcessedImage>,
    pub currency: Currency,
    pub purchase_price: Cents,
    /// What it stands in the books for: price and the costs of getting it.
    pub cost: Cents,
    pub purchase_platform: Platform,
    pub storage_location: Option<String>,
    pub status: InventoryStatus,
    pub inspection: Option<Inspection>,
    pub purchased_at: Utc,
    pub acquired_at: Option<Utc>,
    pub listed_at: Option<Utc>,
    pub sold_at: Option<Utc>,
    pub updated_at: Utc,
}
