//! What stands between us and the world: deeds with an id, and news since the last look. A real
//! venue, a mailbox or the simulated market implements it.

use std::collections::BTreeMap;
use std::future::Future;

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::ledger::FeeLines;
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::{Cents, Condition, ListingKey, Platform, Utc};
use serde::{Deserialize, Serialize};

/// An act outside. Amounts are minor units of the listing's currency. It is stored in the outbox
/// before it is done; texts are not in it but in the message that it sends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "deed", rename_all = "snake_case")]
pub enum Deed {
    /// A message to the seller of a listing.
    Write { listing: ListingKey, offer: Option<Cents> },
    /// Pays for a listing, at most this price; shipping comes on top.
    Buy { listing: ListingKey, price: Cents },
    /// Puts up what a purchase brought.
    Publish { draft: Draft },
    /// Changes the ask of a listing of ours.
    Reprice { listing: ListingKey, price: Cents },
    /// Takes a listing of ours down.
    Delist { listing: ListingKey },
    /// Answers a buyer.
    Answer { thread: String, answer: BuyerAnswer },
    /// Hands the parcel of a sale to the carrier.
    Ship { order: String },
    /// Pays a buyer back.
    Refund { order: String, amount: Cents },
    /// Asks for the money of a purchase back.
    Claim { order: String },
}

/// An answer to a buyer, beside its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BuyerAnswer {
    Accept,
    Counter(Cents),
    Decline,
    Reply,
}

/// A listing of ours to be.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Draft {
    pub platform: Platform,
    /// The venue's number of the purchase that brought it, where one venue wants to know.
    pub purchase_order: String,
    pub title: String,
    pub description: String,
    pub condition: Option<Condition>,
    pub price: Cents,
    pub shipping_price: Option<Cents>,
    pub delivery: Delivery,
    pub images: Vec<String>,
    pub attributes: BTreeMap<String, String>,
}

/// How the world took a deed.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// It happened, now or when this id was first sent.
    Done(Receipt),
    /// It did not happen and will not.
    Refused(Refusal),
    /// It certainly did not happen, and may be tried again after so many seconds.
    Later { why: String, seconds: u32 },
    /// It may have happened.
    Uncertain,
}

/// What the world knows of a doubtful deed.
#[derive(Debug, Clone, PartialEq)]
pub enum Known {
    /// It never arrived.
    Nothing,
    Done(Receipt),
    Refused(Refusal),
}

/// Why the world does not do a deed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    pub code: RefusalCode,
    /// In the world's words.
    pub why: String,
}

/// What kind of refusal it is: what follows depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefusalCode {
    /// The thing is sold or withdrawn.
    Gone,
    /// The other side wants to hear no more of us.
    OptedOut,
    /// Nothing of this name is known.
    Unknown,
    /// We may not act there.
    Blocked,
    /// Anything else; the words say it.
    Other,
}

impl Refusal {
    /// A refusal of a kind, in words.
    #[must_use]
    pub fn new(code: RefusalCode, why: impl Into<String>) -> Self {
        Self { code, why: why.into() }
    }
}

/// The proof of a deed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "receipt", rename_all = "snake_case")]
pub enum Receipt {
    Sent { message: String, thread: String },
    Bought { order: String, price: Cents, shipping: Cents, total: Cents },
    Published { listing: ListingKey, insertion_fee: Cents },
    Repriced,
    Delisted,
    Shipped { tracking: String, label: Cents },
    Refunded { amount: Cents },
    Claimed { amount: Cents },
}

/// Who wrote to us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writer {
    Seller,
    Buyer,
    Venue,
}

/// A message to us. It may come twice.
#[derive(Debug, Clone, PartialEq)]
pub struct Incoming {
    pub seq: u64,
    pub message: String,
    pub thread: String,
    pub from: Writer,
    pub address: String,
    pub listing: ListingKey,
    pub at: Utc,
    pub text: String,
    /// A formal offer, beside the text.
    pub offer: Option<Cents>,
    pub order: Option<String>,
    pub asks_return: bool,
}

/// What became of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OrderState {
    Placed,
    Shipped,
    Delivered,
    Cancelled,
    NeverArrived,
    ReturnAsked,
    Refunded,
}

/// News of an order, ours to a seller or a buyer's to us.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderNews {
    pub seq: u64,
    pub order: String,
    /// Whether we are the buyer.
    pub purchase: bool,
    pub listing: ListingKey,
    pub price: Cents,
    pub shipping: Cents,
    pub delivery: Delivery,
    pub state: OrderState,
    pub buyer: String,
    pub refunded: Cents,
    /// What the venue will keep of a sale, where that is known before it pays out.
    pub fees: FeeLines,
}

/// Something came into our hands: a purchase, or a sale that came back.
#[derive(Debug, Clone, PartialEq)]
pub struct Arrival {
    pub seq: u64,
    pub platform: Platform,
    pub order: String,
    pub condition: Condition,
    pub as_described: bool,
    pub notes: String,
}

/// Money of a sale. `amount = gross − platform_fee − payment_fee`; negative when it is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Payout {
    pub seq: u64,
    pub platform: Platform,
    pub order: String,
    pub gross: Cents,
    pub platform_fee: Cents,
    pub payment_fee: Cents,
    pub amount: Cents,
}

/// The world. Feeds are numbered from 1 and give what came after a number.
///
/// **Promise asked of an implementation:** an effect id has at most one effect, however often it is
/// sent.
pub trait Market {
    /// The way to sellers, under which negotiations are stored.
    fn channel(&self) -> Channel {
        Channel::Bazaar
    }
    /// Which of the queued effects may be handed over now; `None`: every one.
    fn ready(&self) -> Option<Vec<EffectId>> {
        None
    }
    /// Does a deed under an id; `text` is what a message says.
    fn act(&mut self, effect: EffectId, deed: &Deed, text: &str) -> impl Future<Output = Answer>;
    /// What became of an effect; `None` when the world does not answer.
    fn known(&mut self, effect: EffectId) -> impl Future<Output = Option<Known>>;
    /// Messages to us.
    fn inbox(&mut self, since: u64) -> impl Future<Output = Vec<Incoming>>;
    /// Changes of orders.
    fn orders(&mut self, since: u64) -> impl Future<Output = Vec<OrderNews>>;
    /// What came into our hands.
    fn arrivals(&mut self, since: u64) -> impl Future<Output = Vec<Arrival>>;
    /// Money of sales.
    fn payouts(&mut self, since: u64) -> impl Future<Output = Vec<Payout>>;
}
