//! What the world tells: each feed is read from where we stopped, and how far we are is written in
//! the transaction of what was done about it.

use autobazaaar_domain::Lifecycle as _;
use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::ids::MessageId;
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::{Channel, Negotiation, NegotiationEvent};
use autobazaaar_domain::owner::SuppressionReason;
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_negotiation::reading::{Format, Utterance, read};
use autobazaaar_negotiation::{Heard, Party, Reading};
use autobazaaar_store::{NewDue, Tx};
use serde_json::json;

use super::market::{Incoming, Market, OrderNews, OrderState, Writer};
use super::purchase::sku;
use super::timers::ANSWER;
use super::{ExecuteError, Executor};

/// Utterances before a message that the reader is shown.
const MEMORY: usize = 12;

impl<M: Market> Executor<'_, M> {
    /// Reads what was written to us; how many messages.
    pub(super) async fn read_messages(&mut self) -> Result<u64, ExecuteError> {
        let since = self.cursor("inbox").await?;
        let mut incoming = self.market.inbox(since).await;
        incoming.sort_by_key(|message| message.seq);
        let count = incoming.len() as u64;
        for message in incoming {
            let mut tx = self.begin().await?;
            match message.from {
                Writer::Seller => self.hear_seller(&mut tx, &message).await?,
                Writer::Buyer => self.hear_buyer(&mut tx, &message).await?,
                Writer::Venue => {}
            }
            move_on(&mut tx, "inbox", message.seq).await?;
            tx.commit().await?;
        }
        Ok(count)
    }

    async fn hear_seller(&mut self, tx: &mut Tx<'_>, incoming: &Incoming) -> Result<(), ExecuteError> {
        let channel = self.market.channel();
        let Some(negotiation) = tx.negotiation_of_thread(channel, &incoming.thread).await? else {
            return Ok(());
        };
        let person = super::write::person_of(self, &negotiation).await;
        let message = inbound(tx, incoming, person, Some(&negotiation), channel);
        // The same message may come twice.
        if !tx.add_message(&message).await? || negotiation.status.next(NegotiationEvent::Hear).is_err() {
            return Ok(());
        }
        let reading = self.understand(tx, &negotiation, &message).await?;
        tx.read_message(message.message_id, &stored(&reading)).await?;
        let heard = autobazaaar_store::Heard {
            message_id: message.message_id,
            intent: reading.intent,
            their_offer: reading.price,
        };
        let negotiation = tx.hear(negotiation.negotiation_id, heard).await?;
        if reading.opt_out {
            // At once, whatever else has to wait.
            let person = super::write::person_of(self, &negotiation).await;
            tx.suppress(&person, SuppressionReason::OptOut).await?;
        }
        if tx.is_stopped().await? {
            return answer_later(tx, &message).await;
        }
        self.reply(tx, &negotiation, &reading).await
    }

    /// Answers a message that came while everything was stopped, unless the seller has written again
    /// since: then the newer one is answered.
    pub(super) async fn answer_now(&mut self, tx: &mut Tx<'_>, id: MessageId) -> Result<(), ExecuteError> {
        let Some(message) = tx.message(id).await? else { return Ok(()) };
        let Some(negotiation) = message.negotiation_id else { return Ok(()) };
        let found = tx.negotiation(negotiation).await?;
        let Some(negotiation) = found.filter(|known| !known.status.is_final()) else { return Ok(()) };
        let said = tx.messages_of(negotiation.negotiation_id).await?;
        let newest = said.iter().rev().find(|said| said.direction == Direction::Inbound);
        if newest.is_some_and(|newest| newest.message_id != id) {
            return Ok(());
        }
        let reading = self.understand(tx, &negotiation, &message).await?;
        self.reply(tx, &negotiation, &reading).await
    }

    /// What a seller's message says, as far as rules can tell.
    async fn understand(
        &self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        message: &Message,
    ) -> Result<Reading, ExecuteError> {
        let before = self.said_before(tx, negotiation, message).await?;
        Ok(read(&Heard {
            text: message.text.as_deref().unwrap_or_default(),
            format: Format::Text,
            from: Party::Seller,
            currency: negotiation.currency,
            list_price: Some(negotiation.ask),
            our_offer: negotiation.current_offer,
            before: &before,
        }))
    }

    async fn said_before(
        &self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        newest: &Message,
    ) -> Result<Vec<Utterance>, ExecuteError> {
        let said = tx.messages_of(negotiation.negotiation_id).await?;
        let utterance = |message: Message| {
            let party = match message.direction {
                Direction::Outbound => Party::Buyer,
                Direction::Inbound => Party::Seller,
            };
            Some(Utterance { party, text: message.text? })
        };
        let earlier = said.into_iter().filter(|message| message.message_id != newest.message_id);
        let mut utterances: Vec<Utterance> = earlier.filter_map(utterance).collect();
        let surplus = utterances.len().saturating_sub(MEMORY);
        utterances.drain(..surplus);
        Ok(utterances)
    }

    /// Reads what became of orders, what arrived and what was paid; how much news.
    pub(super) async fn read_orders(&mut self) -> Result<u64, ExecuteError> {
        let mut count = 0;
        for news in self.market.orders(self.cursor("orders").await?).await {
            count += 1;
            let mut tx = self.begin().await?;
            if news.purchase {
                self.purchase_news(&mut tx, &news).await?;
            } else {
                self.sale_news(&mut tx, &news).await?;
            }
            move_on(&mut tx, "orders", news.seq).await?;
            tx.commit().await?;
        }
        for arrival in self.market.arrivals(self.cursor("arrivals").await?).await {
            count += 1;
            let mut tx = self.begin().await?;
            if let Some(item) = tx.item_by_sku(&sku(&arrival.platform, &arrival.order)).await? {
                self.received(&mut tx, &item, &arrival).await?;
            } else if let Some(sale) = tx.sale_on(&arrival.platform, &arrival.order).await? {
                self.came_back(&mut tx, &sale, &arrival).await?;
            }
            move_on(&mut tx, "arrivals", arrival.seq).await?;
            tx.commit().await?;
        }
        for payout in self.market.payouts(self.cursor("payouts").await?).await {
            count += 1;
            let mut tx = self.begin().await?;
            self.paid_out(&mut tx, &payout).await?;
            move_on(&mut tx, "payouts", payout.seq).await?;
            tx.commit().await?;
        }
        Ok(count)
    }

    /// News of an order of ours to a seller.
    async fn purchase_news(&self, tx: &mut Tx<'_>, news: &OrderNews) -> Result<(), ExecuteError> {
        let Some(item) = tx.item_by_sku(&sku(&news.listing.platform, &news.order)).await? else {
            return Ok(());
        };
        let Some(purchase) = tx.purchase(item.purchase_id).await? else { return Ok(()) };
        match news.state {
            OrderState::Cancelled if purchase.status == PurchaseStatus::Paid => {
                self.paid_back(tx, purchase.purchase_id, item.cost).await
            }
            OrderState::NeverArrived => self.claim(tx, &purchase, &news.order, "it never arrived").await,
            _ => Ok(()),
        }
    }

    async fn cursor(&self, feed: &str) -> Result<u64, ExecuteError> {
        let setting = self.store.read().await?.setting(&cursor_key(feed)).await?;
        Ok(setting.and_then(|setting| setting.value.as_u64()).unwrap_or(0))
    }
}

fn cursor_key(feed: &str) -> String {
    format!("cursor.{feed}")
}

/// A message that waits until the stop switch is off.
async fn answer_later(tx: &mut Tx<'_>, message: &Message) -> Result<(), ExecuteError> {
    let now = tx.now();
    tx.schedule(&NewDue::new(ANSWER, message.message_id, now)).await?;
    Ok(())
}

/// How far a feed was read.
async fn move_on(tx: &mut Tx<'_>, feed: &str, seq: u64) -> Result<(), ExecuteError> {
    Ok(tx.set(&cursor_key(feed), "cursor", json!(seq)).await?)
}

/// A message to us as the store keeps it.
pub(super) fn inbound(
    tx: &Tx<'_>,
    incoming: &Incoming,
    person_key: String,
    negotiation: Option<&Negotiation>,
    channel: Channel,
) -> Message {
    Message {
        message_id: tx.new_id(),
        negotiation_id: negotiation.map(|known| known.negotiation_id),
        resale_id: None,
        channel,
        channel_message_id: Some(incoming.message.clone()),
        direction: Direction::Inbound,
        at: incoming.at,
        person_key,
        address: Some(incoming.address.clone()),
        subject: None,
        text: Some(incoming.text.clone()),
        html: None,
        kind: MessageKind::Answer,
        our_offer: None,
        their_offer: None,
        reading: None,
        status: MessageStatus::Delivered,
        effect_id: None,
    }
}

/// What was read, in the store's words.
pub(super) fn stored(reading: &Reading) -> autobazaaar_domain::message::Reading {
    autobazaaar_domain::message::Reading {
        intent: reading.intent,
        price: reading.price,
        sentiment: Some(reading.sentiment),
        concerns: reading.concerns.iter().map(ToString::to_string).collect(),
        urgency: Some(reading.urgency),
        confidence: reading.confidence,
        excerpt: Some(reading.excerpt.clone()),
    }
}

/// A number that follows from a name: the same name gives the same.
pub(super) fn seed_of(name: &str) -> u64 {
    let hash = FieldHasher::new("seed").bytes(name.as_bytes()).finish();
    u64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
}
