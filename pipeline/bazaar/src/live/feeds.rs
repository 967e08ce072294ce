//! What the market tells us of its own accord. Every feed is numbered from 1; ask for what came
//! after the highest number seen.

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::{Cents, Condition, ListingKey, Utc};
use serde::{Deserialize, Serialize};

/// Who wrote to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum From {
    /// Somebody whose listing we asked about.
    Seller,
    /// Somebody who asks about a listing of ours.
    Buyer,
    /// The venue itself.
    Venue,
}

/// A message to us. The same `message_id` may come twice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Message {
    /// Position in the feed.
    pub seq: u64,
    pub message_id: String,
    pub thread: String,
    pub from: From,
    /// Invented name and address (`.invalid`).
    pub name: String,
    pub address: String,
    /// The listing it is about: theirs or ours.
    pub listing: ListingKey,
    /// As the sender's clock says.
    pub at: Utc,
    pub text: String,
    /// A formal offer of a buyer, cents; sellers write theirs in the text.
    pub offer: Option<Cents>,
    /// The order it is about, if any.
    pub order: Option<String>,
    /// A return is asked for.
    pub asks_return: bool,
}

/// Which side of a sale we are on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    Purchase,
    Sale,
}

/// How far an order has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Paid or promised; a purchase waits for its seller, a sale for us (send it) or for the day at
    /// the door.
    Placed,
    /// On its way.
    Shipped,
    /// In the buyer's hands.
    Delivered,
    /// Nothing changed hands and nobody paid.
    Cancelled,
    /// It was sent, they said, and never came.
    NeverArrived,
    /// The buyer wants to send it back.
    ReturnAsked,
    /// All money went back.
    Refunded,
}

/// A purchase or a sale. Amounts are cents.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    pub id: String,
    pub side: Side,
    pub listing: ListingKey,
    pub price: Cents,
    /// Paid by the buyer on top of the price.
    pub shipping: Cents,
    pub delivery: Delivery,
    pub state: OrderState,
    pub placed_at: Utc,
    /// Ours to send until then.
    pub ship_by: Option<Utc>,
    /// Paid back so far.
    pub refunded: Cents,
    /// Invented name and address.
    pub counterparty: String,
    pub address: String,
}

/// An order changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OrderUpdate {
    /// Position in the feed.
    pub seq: u64,
    pub at: Utc,
    /// As it is now.
    pub order: Order,
}

/// Something came into our hands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Arrival {
    /// Position in the feed.
    pub seq: u64,
    pub at: Utc,
    /// The purchase, or the sale whose parcel came back.
    pub order: String,
    /// What one finds on looking at it.
    pub inspection: Inspection,
}

/// What the thing turned out to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Inspection {
    pub condition: Condition,
    /// It is what the listing said.
    pub as_described: bool,
    /// In words, if there is anything to say.
    pub remarks: Vec<String>,
}

/// Money of a sale, to us or from us.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Payout {
    /// Position in the feed.
    pub seq: u64,
    pub at: Utc,
    pub order: String,
    /// What the buyer paid, less what was paid back before.
    pub gross: Cents,
    /// The venue's fees; negative when they are given back.
    pub platform_fee: Cents,
    pub payment_fee: Cents,
    /// gross − fees: what reaches us; negative when it is taken from us.
    pub amount: Cents,
}
