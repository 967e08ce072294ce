//! A market that does what it is told and remembers what it did.

use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::{Cents, ListingKey};

use crate::execute::market::{
    Answer, Arrival, Deed, Incoming, Known, Market, OrderNews, Payout, Receipt, Refusal, RefusalCode, Writer,
};

#[derive(Default)]
pub(super) struct Script {
    pub inbox: Vec<Incoming>,
    pub orders: Vec<OrderNews>,
    pub arrivals: Vec<Arrival>,
    pub payouts: Vec<Payout>,
    /// What was done, with its words.
    pub done: Vec<(Deed, String)>,
    /// Messages are refused so.
    pub refuses: Option<RefusalCode>,
}

impl Script {
    pub fn listing() -> ListingKey {
        "craigslist:a".parse().unwrap()
    }

    /// Somebody writes about a listing.
    pub fn says(&mut self, from: Writer, thread: &str, listing: &ListingKey, text: &str, offer: Option<i64>) {
        let seq = self.inbox.len() as u64 + 1;
        self.inbox.push(Incoming {
            seq,
            message: format!("in-{seq}"),
            thread: thread.to_owned(),
            from,
            address: format!("{thread}@post.invalid"),
            listing: listing.clone(),
            at: super::at(seq as i64),
            text: text.to_owned(),
            offer: offer.map(Cents),
            order: None,
            asks_return: false,
        });
    }

    /// The seller of the usual listing writes.
    pub fn seller_says(&mut self, text: &str) {
        self.says(Writer::Seller, "talk", &Self::listing(), text, None);
    }
}

fn after<T: Clone>(feed: &[T], since: u64) -> Vec<T> {
    feed.iter().skip(since as usize).cloned().collect()
}

impl Market for Script {
    async fn act(&mut self, effect: EffectId, deed: &Deed, text: &str) -> Answer {
        self.done.push((deed.clone(), text.to_owned()));
        let message = effect.to_string();
        Answer::Done(match deed {
            Deed::Write { .. } => match self.refuses {
                Some(code) => return Answer::Refused(Refusal::new(code, "the venue says no")),
                None => Receipt::Sent { message, thread: "talk".to_owned() },
            },
            Deed::Answer { thread, .. } => Receipt::Sent { message, thread: thread.clone() },
            Deed::Buy { price, .. } => {
                Receipt::Bought { order: "P1".to_owned(), price: *price, shipping: Cents(0), total: *price }
            }
            Deed::Publish { draft } => Receipt::Published {
                listing: format!("{}:ours", draft.platform).parse().unwrap(),
                insertion_fee: Cents(0),
            },
            Deed::Reprice { .. } => Receipt::Repriced,
            Deed::Delist { .. } => Receipt::Delisted,
            Deed::Ship { .. } => Receipt::Shipped { tracking: "T".to_owned(), label: Cents(500) },
            Deed::Refund { amount, .. } => Receipt::Refunded { amount: *amount },
            Deed::Claim { .. } => return Answer::Refused(Refusal::new(RefusalCode::Other, "no claims here")),
        })
    }

    async fn known(&mut self, _: EffectId) -> Option<Known> {
        Some(Known::Nothing)
    }

    async fn inbox(&mut self, since: u64) -> Vec<Incoming> {
        after(&self.inbox, since)
    }

    async fn orders(&mut self, since: u64) -> Vec<OrderNews> {
        after(&self.orders, since)
    }

    async fn arrivals(&mut self, since: u64) -> Vec<Arrival> {
        after(&self.arrivals, since)
    }

    async fn payouts(&mut self, since: u64) -> Vec<Payout> {
        after(&self.payouts, since)
    }
}
