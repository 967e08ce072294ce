//! Our offers at eBay, by its API: the seller's account as the executor's world.
//!
//! What may be handed over is named beforehand, as [`Job`]s read from the store; anything else waits. An
//! offer's SKU is the id of our item, by which eBay is asked before each deed and after each doubt.
//!
//! **Promise:** an effect is done at most once: eBay is asked first whether it has happened.
//! **Promise:** what eBay refuses before anything happened, and the owner can mend, goes on waiting.

mod job;
mod orders;

pub use job::{Job, Parcel, Trouble, address, job, terms, waiting};
pub use orders::orders;

use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::{Cents, ListingKey, Money, Utc};
use autobazaaar_ebay::{Ebay, EbayError, EffectId as Name, Offer, OrderFilter, Outcome, Shipment};
use chrono::TimeDelta;

use crate::execute::market::{
    Answer, Arrival, Deed, Incoming, Known, Market, OrderNews, Payout, Receipt, Refusal, RefusalCode,
};
use job::What;

/// Seconds until something that eBay did not take is worth trying again.
const LATER: u32 = 60;
/// How long after a doubt arose eBay may still be at it.
const SETTLED_AFTER: TimeDelta = TimeDelta::minutes(5);

/// The seller's account.
pub struct Shop<'a> {
    ebay: &'a Ebay,
    now: Utc,
    jobs: Vec<Job>,
    /// Those that were not tried yet.
    ready: Vec<EffectId>,
    orders: Vec<OrderNews>,
}

impl<'a> Shop<'a> {
    /// An account with these jobs, and orders to be taken in.
    #[must_use]
    pub fn new(ebay: &'a Ebay, now: Utc, jobs: Vec<Job>, orders: Vec<OrderNews>) -> Self {
        let ready = jobs.iter().map(|job| job.effect).collect();
        Self { ebay, now, jobs, ready, orders }
    }

    async fn done(&self, job: &Job) -> Answer {
        let name = Name(job.effect.to_string());
        match &job.what {
            What::Publish(draft) => match self.ebay.publish(&name, draft).await {
                Outcome::Done(published) => published_as(&published.listing_id),
                Outcome::Refused(error) => later(&error),
                Outcome::Uncertain(_) => Answer::Uncertain,
            },
            What::Reprice(price) => match self.offer(job).await {
                Ok(offer) => {
                    let outcome = self.ebay.reprice(&name, &offer.offer_id, &job.sku, *price).await;
                    told(outcome, |_| Receipt::Repriced)
                }
                Err(answer) => answer,
            },
            What::Withdraw => match self.offer(job).await {
                Ok(offer) => told(self.ebay.withdraw(&name, &offer.offer_id).await, |()| Receipt::Delisted),
                Err(answer) => answer,
            },
            What::Ship(parcel) => self.shipped(&name, parcel).await,
        }
    }

    /// The offer of a job's item; what is not there cannot be changed.
    async fn offer(&self, job: &Job) -> Result<Offer, Answer> {
        match self.ebay.offer_of(&job.sku).await {
            Ok(Some(offer)) => Ok(offer),
            Ok(None) => {
                let why = format!("eBay knows no offer with the SKU {}", job.sku);
                Err(Answer::Refused(Refusal::new(RefusalCode::Unknown, why)))
            }
            Err(error) => Err(later(&error)),
        }
    }

    async fn shipped(&self, name: &Name, parcel: &Parcel) -> Answer {
        let (order_id, line) = orders::parts(&parcel.order);
        let filter = OrderFilter { changed_since: parcel.ordered_at - TimeDelta::days(1), open_only: false };
        let found = match self.ebay.orders(&filter).await {
            Ok(orders) => orders.into_iter().find(|order| order.order_id == order_id),
            Err(error) => return later(&error),
        };
        let Some(order) = found else {
            let why = format!("eBay knows no order {order_id} of this seller");
            return Answer::Refused(Refusal::new(RefusalCode::Unknown, why));
        };
        let lines = order.line_items.into_iter().filter(|item| line.is_none_or(|id| item.line_item_id == id));
        let shipment = Shipment {
            order_id: order_id.to_owned(),
            line_items: lines.map(|item| (item.line_item_id, item.quantity)).collect(),
            carrier: parcel.carrier.clone(),
            tracking: parcel.tracking.clone(),
            shipped_at: self.now,
        };
        let receipt = Receipt::Shipped { tracking: parcel.tracking.clone(), label: parcel.label };
        told(self.ebay.ship(name, &shipment).await, |()| receipt)
    }

    /// What eBay shows of a deed in doubt; an error where it does not answer.
    async fn seen(&self, job: &Job) -> Result<Known, EbayError> {
        let done = |yes: bool, receipt| if yes { Known::Done(receipt) } else { Known::Nothing };
        if let What::Ship(parcel) = &job.what {
            let (order_id, _) = orders::parts(&parcel.order);
            let known = self.ebay.shipments(order_id).await?;
            let same = |number: &&String| parcel.tracking.is_empty() || **number == plain(&parcel.tracking);
            return Ok(match known.iter().find(same) {
                Some(number) => {
                    Known::Done(Receipt::Shipped { tracking: number.clone(), label: parcel.label })
                }
                None => Known::Nothing,
            });
        }
        let offer = self.ebay.offer_of(&job.sku).await?;
        Ok(match (&job.what, offer) {
            (What::Publish(_), Some(offer)) => match offer.listing_id.filter(|_| offer.published) {
                Some(listing_id) => match published_as(&listing_id) {
                    Answer::Done(receipt) => Known::Done(receipt),
                    _ => Known::Nothing,
                },
                None => Known::Nothing,
            },
            (What::Reprice(price), Some(offer)) => done(offer.price == Some(*price), Receipt::Repriced),
            (What::Withdraw, offer) => done(offer.is_none_or(|offer| !offer.published), Receipt::Delisted),
            (_, None) | (What::Ship(_), _) => Known::Nothing,
        })
    }
}

/// A tracking number as eBay keeps it.
fn plain(tracking: &str) -> String {
    tracking.chars().filter(|c| !matches!(c, ' ' | '-')).collect()
}

fn published_as(listing_id: &str) -> Answer {
    match format!("ebay:{listing_id}").parse::<ListingKey>() {
        Ok(listing) => Answer::Done(Receipt::Published { listing, insertion_fee: Cents::ZERO }),
        // It is up, under a number that is none: the owner has to look.
        Err(_) => Answer::Uncertain,
    }
}

/// It certainly did not happen, and may be tried again once somebody has mended it.
fn later(error: &EbayError) -> Answer {
    Answer::Later { why: error.to_string(), seconds: LATER }
}

fn told<T>(outcome: Outcome<T>, receipt: impl FnOnce(T) -> Receipt) -> Answer {
    match outcome {
        Outcome::Done(done) => Answer::Done(receipt(done)),
        Outcome::Uncertain(_) => Answer::Uncertain,
        Outcome::Refused(error) => match &error {
            // eBay's own word on the thing itself; all else is mended and tried again.
            EbayError::Api(refused) if !error.is_transient() && !matches!(refused.status, 401 | 403) => {
                Answer::Refused(Refusal::new(RefusalCode::Other, error.to_string()))
            }
            _ => later(&error),
        },
    }
}

impl Market for Shop<'_> {
    fn channel(&self) -> Channel {
        Channel::Manual
    }

    fn ready(&self) -> Option<Vec<EffectId>> {
        Some(self.ready.clone())
    }

    async fn act(&mut self, effect: EffectId, _: &Deed, _: &str) -> Answer {
        self.ready.retain(|ready| *ready != effect);
        match self.jobs.iter().find(|job| job.effect == effect) {
            Some(job) => self.done(job).await,
            None => Answer::Later { why: "it was not named to be done".to_owned(), seconds: LATER },
        }
    }

    async fn known(&mut self, effect: EffectId) -> Option<Known> {
        let job = self.jobs.iter().find(|job| job.effect == effect)?;
        let sent_at = job.in_doubt_since?;
        match self.seen(job).await {
            // It may still be on its way.
            Ok(Known::Nothing) if self.now - sent_at < SETTLED_AFTER => None,
            Ok(known) => Some(known),
            Err(error) => {
                tracing::warn!(%error, "what became of a deed at eBay is not known yet");
                None
            }
        }
    }

    async fn inbox(&mut self, _: u64) -> Vec<Incoming> {
        Vec::new()
    }

    async fn orders(&mut self, since: u64) -> Vec<OrderNews> {
        let mut news = std::mem::take(&mut self.orders);
        for (at, one) in news.iter_mut().enumerate() {
            one.seq = since + 1 + at as u64;
        }
        news
    }

    async fn arrivals(&mut self, _: u64) -> Vec<Arrival> {
        Vec::new()
    }

    async fn payouts(&mut self, _: u64) -> Vec<Payout> {
        Vec::new()
    }
}

/// A price with its currency.
fn money(amount: Cents, currency: autobazaaar_domain::Currency) -> Money {
    Money { amount, currency }
}
