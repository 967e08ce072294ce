//! A world that keeps what it was told to do, and answers as it is set.

use std::collections::HashMap;

use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::{Cents, ListingKey};

use crate::execute::market::{
    Answer, Arrival, Deed, Incoming, Known, Market, OrderNews, Payout, Receipt, Writer,
};
use crate::invariants::{Outside, SeenDeed};

#[derive(Default)]
pub(crate) struct Puppet {
    /// What was done, in order, with the words.
    pub acted: Vec<(EffectId, Deed, String)>,
    receipts: HashMap<EffectId, Receipt>,
    pub inbox: Vec<Incoming>,
    pub orders: Vec<OrderNews>,
    pub arrivals: Vec<Arrival>,
    pub payouts: Vec<Payout>,
    /// Charged on top of the price of every purchase.
    pub shipping: Cents,
    /// How much less than agreed is charged: the ask came down meanwhile.
    pub discount: Cents,
}

impl Puppet {
    /// The thread about a listing.
    pub fn thread(listing: &ListingKey) -> String {
        format!("thread/{listing}")
    }

    /// The seller of a listing writes.
    pub fn seller_says(&mut self, listing: &ListingKey, text: &str, at: autobazaaar_domain::Utc) {
        let seq = self.inbox.len() as u64 + 1;
        self.inbox.push(Incoming {
            seq,
            message: format!("in/{seq}"),
            thread: Self::thread(listing),
            from: Writer::Seller,
            address: "seller@example.invalid".to_owned(),
            listing: listing.clone(),
            at,
            text: text.to_owned(),
            offer: None,
            order: None,
            asks_return: false,
        });
    }

    /// Deeds of a kind.
    pub fn deeds(&self, fits: impl Fn(&Deed) -> bool) -> Vec<&Deed> {
        self.acted.iter().map(|(_, deed, _)| deed).filter(|deed| fits(deed)).collect()
    }

    /// Prices that were offered for a listing, in order.
    pub fn offers(&self, about: &ListingKey) -> Vec<Cents> {
        let offer = |(_, deed, _): &(EffectId, Deed, String)| match deed {
            Deed::Write { listing, offer } if listing == about => *offer,
            _ => None,
        };
        self.acted.iter().filter_map(offer).collect()
    }

    pub fn orders_placed(&self) -> Vec<(ListingKey, String)> {
        let order = |(effect, deed, _): &(EffectId, Deed, String)| match (deed, self.receipts.get(effect)) {
            (Deed::Buy { listing, .. }, Some(Receipt::Bought { order, .. })) => {
                Some((listing.clone(), order.clone()))
            }
            _ => None,
        };
        self.acted.iter().filter_map(order).collect()
    }

    pub fn published(&self) -> Vec<(ListingKey, Cents)> {
        let up = |(effect, deed, _): &(EffectId, Deed, String)| match (deed, self.receipts.get(effect)) {
            (Deed::Publish { draft }, Some(Receipt::Published { listing, .. })) => {
                Some((listing.clone(), draft.price))
            }
            _ => None,
        };
        self.acted.iter().filter_map(up).collect()
    }

    /// What it wrote down, for the invariants.
    pub fn outside(&self) -> Outside {
        let seen = |(effect, deed, _): &(EffectId, Deed, String)| SeenDeed {
            at: autobazaaar_domain::Utc::MIN_UTC,
            effect: effect.to_string(),
            deed: deed.clone(),
            receipt: self.receipts.get(effect).cloned(),
        };
        let total = |receipt: &Receipt| match receipt {
            Receipt::Bought { total, .. } => *total,
            _ => Cents::ZERO,
        };
        Outside {
            deeds: self.acted.iter().map(seen).collect(),
            spent: self.receipts.values().map(total).sum(),
            paid_out: self.payouts.iter().map(|payout| payout.amount).sum(),
            venues: ["ebay", "mercari", "facebook", "craigslist", "offerup"].map(str::to_owned).into(),
        }
    }

    fn receipt(&self, deed: &Deed) -> Receipt {
        let number = self.acted.len();
        match deed {
            Deed::Write { listing, .. } => {
                Receipt::Sent { message: format!("out/{number}"), thread: Self::thread(listing) }
            }
            Deed::Answer { thread, .. } => {
                Receipt::Sent { message: format!("out/{number}"), thread: thread.clone() }
            }
            Deed::Buy { price, .. } => Receipt::Bought {
                order: format!("order-{number}"),
                price: *price - self.discount,
                shipping: self.shipping,
                total: *price - self.discount + self.shipping,
            },
            Deed::Publish { draft } => Receipt::Published {
                listing: format!("{}:own-{number}", draft.platform).parse().unwrap(),
                insertion_fee: Cents::ZERO,
            },
            Deed::Reprice { .. } => Receipt::Repriced,
            Deed::Delist { .. } => Receipt::Delisted,
            Deed::Ship { .. } => Receipt::Shipped { tracking: format!("track-{number}"), label: Cents::ZERO },
            Deed::Refund { amount, .. } => Receipt::Refunded { amount: *amount },
            Deed::Claim { .. } => Receipt::Claimed { amount: Cents::ZERO },
        }
    }
}

impl Market for Puppet {
    async fn act(&mut self, effect: EffectId, deed: &Deed, text: &str) -> Answer {
        if let Some(known) = self.receipts.get(&effect) {
            return Answer::Done(known.clone());
        }
        self.acted.push((effect, deed.clone(), text.to_owned()));
        let receipt = self.receipt(deed);
        self.receipts.insert(effect, receipt.clone());
        Answer::Done(receipt)
    }

    async fn known(&mut self, effect: EffectId) -> Option<Known> {
        Some(self.receipts.get(&effect).cloned().map_or(Known::Nothing, Known::Done))
    }

    async fn inbox(&mut self, since: u64) -> Vec<Incoming> {
        self.inbox.iter().filter(|message| message.seq > since).cloned().collect()
    }

    async fn orders(&mut self, since: u64) -> Vec<OrderNews> {
        self.orders.iter().filter(|news| news.seq > since).cloned().collect()
    }

    async fn arrivals(&mut self, since: u64) -> Vec<Arrival> {
        self.arrivals.iter().filter(|arrival| arrival.seq > since).cloned().collect()
    }

    async fn payouts(&mut self, since: u64) -> Vec<Payout> {
        self.payouts.iter().filter(|payout| payout.seq > since).cloned().collect()
    }
}
