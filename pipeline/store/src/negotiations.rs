//! Negotiations and their rounds.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{DealId, MessageId, NegotiationId};
use autobazaaar_domain::message::{Intent, MessageKind};
use autobazaaar_domain::negotiation::{Negotiation, NegotiationEvent, NegotiationStatus, Round};
use autobazaaar_domain::{Cents, ItemId, Lifecycle as _, ListingKey, Money, Utc};
use serde_json::json;

use crate::StoreError;
use crate::deals::TrackedDeal;
use crate::record::Row;
use crate::store::{Reader, Tx, advance};
use crate::value::{Cell as _, Value};

/// A priced offer of ours that goes to the outbox in the same transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Offer {
    /// Which offer it is.
    pub turn: OfferTurn,
    /// Minor units of the negotiation's currency.
    pub price: Cents,
    pub message_id: Option<MessageId>,
    /// Until when it binds us; the text says so.
    pub expires_at: Option<Utc>,
}

/// Which offer of ours it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OfferTurn {
    Opening,
    Counter,
    Last,
}

impl OfferTurn {
    fn event(self) -> NegotiationEvent {
        match self {
            Self::Opening => NegotiationEvent::Open,
            Self::Counter => NegotiationEvent::Counter,
            Self::Last => NegotiationEvent::OfferLast,
        }
    }

    fn kind(self) -> MessageKind {
        match self {
            Self::Opening => MessageKind::InitialOffer,
            Self::Counter => MessageKind::Counter,
            Self::Last => MessageKind::FinalOffer,
        }
    }
}

/// What the seller answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Heard {
    pub message_id: MessageId,
    pub intent: Intent,
    pub their_offer: Option<Cents>,
}

/// Changes of a negotiation that carry no price.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    AskOwner,
    /// It is not known whether our message went out.
    Doubt,
    /// Now it is known.
    Settle,
    Reject,
    Expire,
    Abandon,
}

impl Turn {
    fn event(self) -> NegotiationEvent {
        match self {
            Self::AskOwner => NegotiationEvent::AskOwner,
            Self::Doubt => NegotiationEvent::Doubt,
            Self::Settle => NegotiationEvent::Settle,
            Self::Reject => NegotiationEvent::Reject,
            Self::Expire => NegotiationEvent::Expire,
            Self::Abandon => NegotiationEvent::Abandon,
        }
    }

    fn told_as(self) -> EventKind {
        match self {
            Self::AskOwner | Self::Settle => EventKind::NegotiationChanged,
            Self::Doubt => EventKind::NegotiationUncertain,
            Self::Reject => EventKind::NegotiationRejected,
            Self::Expire => EventKind::NegotiationExpired,
            Self::Abandon => EventKind::NegotiationAbandoned,
        }
    }
}

impl Tx<'_> {
    /// Adds a negotiation as a draft. Its limit is at most the deal's decided maximum price.
    ///
    /// # Errors
    /// There is no such deal; no maximum price was decided for it, or one of 0 or less; the limit is
    /// above it; the item is being negotiated already; the negotiation that it reopens is open.
    pub async fn start_negotiation(&mut self, negotiation: &Negotiation) -> Result<(), StoreError> {
        let deal: TrackedDeal = self.get(&negotiation.deal_id).await?;
        let limit = deal.max_price.filter(|limit| limit.0 > 0);
        let limit = limit.ok_or(StoreError::NoLimit { limit: deal.max_price })?;
        if deal.currency != negotiation.currency {
            return Err(StoreError::WrongCurrency { found: negotiation.currency, expected: deal.currency });
        }
        within(negotiation.max_acceptable, limit, negotiation)?;
        if negotiation.status != NegotiationStatus::Draft {
            return Err(StoreError::Twice { rule: "a negotiation begins as a draft" });
        }
        if let Some(old) = negotiation.reopens {
            let old: Negotiation = self.get(&old).await?;
            if !old.status.is_final() {
                return Err(StoreError::Twice { rule: "the negotiation to reopen has not ended" });
            }
        }
        let added = self.insert(negotiation).await;
        added.map_err(|error| error.or_twice("the item is being negotiated already"))?;
        let data = json!({ "deal": negotiation.deal_id, "channel": negotiation.channel,
            "strategy": negotiation.strategy, "ask": negotiation.ask, "currency": negotiation.currency,
            "max_acceptable": negotiation.max_acceptable, "reopens": negotiation.reopens });
        self.tell(EventKind::NegotiationStarted, negotiation.negotiation_id, data);
        Ok(())
    }

    /// Makes a priced offer: a round, and the negotiation led on. Queue its message in the same
    /// transaction.
    ///
    /// # Errors
    /// Everything is stopped; the price is above the limit or not above 0; the negotiation's life
    /// does not know the turn; the seller was approached about the item before.
    pub async fn offer(&mut self, id: NegotiationId, offer: Offer) -> Result<Negotiation, StoreError> {
        self.refuse_if_stopped().await?;
        let mut negotiation: Negotiation = self.get(&id).await?;
        within(offer.price, negotiation.max_acceptable, &negotiation)?;
        let mut data = advance(&mut negotiation.status, offer.turn.event())?;
        negotiation.round_count += 1;
        negotiation.current_offer = Some(offer.price);
        negotiation.offer_expires_at = offer.expires_at;
        negotiation.approached_at = negotiation.approached_at.or(Some(self.now()));
        negotiation.last_activity_at = self.now();
        let updated = self.update(&negotiation).await;
        updated.map_err(|error| error.or_twice("this seller was approached about this item before"))?;
        let sql = "INSERT INTO round (negotiation_id, number, kind, our_offer, offered_at, message_id) \
                   VALUES ($1, $2, $3, $4, $5, $6)";
        let (number, kind) = (negotiation.round_count, offer.turn.kind());
        let values = vec![
            id.put(),
            number.put(),
            kind.put(),
            offer.price.put(),
            self.now().put(),
            offer.message_id.put(),
        ];
        self.write("add a round", sql, values).await?;
        data["round"] = json!(number);
        data["kind"] = json!(kind);
        data["our_offer"] = json!(offer.price);
        self.tell(EventKind::NegotiationOffered, id, data);
        Ok(negotiation)
    }

    /// Notes what the seller answered, beside the newest round.
    ///
    /// # Errors
    /// There is no such negotiation, or it has ended.
    pub async fn hear(&mut self, id: NegotiationId, heard: Heard) -> Result<Negotiation, StoreError> {
        let mut negotiation: Negotiation = self.get(&id).await?;
        let mut data = advance(&mut negotiation.status, NegotiationEvent::Hear)?;
        if let (None, Some(approached)) = (negotiation.response_time_s, negotiation.approached_at) {
            negotiation.response_time_s = Some((self.now() - approached).num_seconds());
        }
        negotiation.last_activity_at = self.now();
        self.update(&negotiation).await?;
        let sql = "UPDATE round SET their_offer = $3, intent = $4, answered_at = $5, answer_id = $6 \
                   WHERE negotiation_id = $1 AND number = $2 AND answered_at IS NULL";
        let values = vec![
            id.put(),
            negotiation.round_count.put(),
            heard.their_offer.put(),
            heard.intent.put(),
            self.now().put(),
            heard.message_id.put(),
        ];
        self.write("note an answer", sql, values).await?;
        data["message"] = json!(heard.message_id);
        data["intent"] = json!(heard.intent);
        data["their_offer"] = json!(heard.their_offer);
        let countered = heard.their_offer.is_some() && heard.intent == Intent::Counter;
        let kind = if countered { EventKind::NegotiationCounter } else { EventKind::NegotiationResponse };
        self.tell(kind, id, data);
        Ok(negotiation)
    }

    /// Ends a negotiation in agreement.
    ///
    /// # Errors
    /// The price is above the limit or not above 0; the negotiation has ended.
    pub async fn accept(&mut self, id: NegotiationId, price: Cents) -> Result<Negotiation, StoreError> {
        let mut negotiation: Negotiation = self.get(&id).await?;
        within(price, negotiation.max_acceptable, &negotiation)?;
        let mut data = advance(&mut negotiation.status, NegotiationEvent::Accept)?;
        negotiation.final_price = Some(price);
        negotiation.savings = Some(negotiation.ask - price);
        negotiation.last_activity_at = self.now();
        negotiation.completed_at = Some(self.now());
        self.update(&negotiation).await?;
        data["final_price"] = json!(price);
        self.tell(EventKind::NegotiationAccepted, id, data);
        Ok(negotiation)
    }

    /// Leads a negotiation on without a price.
    ///
    /// # Errors
    /// There is no such negotiation, or its life does not know the turn.
    pub async fn change_negotiation(
        &mut self,
        id: NegotiationId,
        turn: Turn,
        reason: Option<&str>,
    ) -> Result<Negotiation, StoreError> {
        let mut negotiation: Negotiation = self.get(&id).await?;
        let mut data = advance(&mut negotiation.status, turn.event())?;
        negotiation.status_reason = reason.map(str::to_owned);
        negotiation.last_activity_at = self.now();
        if negotiation.status.is_final() {
            negotiation.completed_at = Some(self.now());
        }
        self.update(&negotiation).await?;
        data["reason"] = json!(reason);
        self.tell(turn.told_as(), id, data);
        Ok(negotiation)
    }

    /// Counts a follow-up, a message of ours without a new price.
    ///
    /// # Errors
    /// Everything is stopped, or the negotiation has ended.
    pub async fn follow_up(&mut self, id: NegotiationId) -> Result<Negotiation, StoreError> {
        self.refuse_if_stopped().await?;
        let mut negotiation: Negotiation = self.get(&id).await?;
        if negotiation.status.is_final() {
            negotiation.status.next(NegotiationEvent::Counter)?;
        }
        negotiation.follow_ups += 1;
        negotiation.last_activity_at = self.now();
        self.update(&negotiation).await?;
        self.tell(EventKind::NegotiationChanged, id, json!({ "follow_ups": negotiation.follow_ups }));
        Ok(negotiation)
    }

    /// Notes the channel's own name for the conversation.
    ///
    /// # Errors
    /// There is no such negotiation.
    pub async fn set_thread(&mut self, id: NegotiationId, thread: &str) -> Result<(), StoreError> {
        let mut negotiation: Negotiation = self.get(&id).await?;
        negotiation.thread_id = Some(thread.to_owned());
        self.update(&negotiation).await?;
        self.tell(EventKind::NegotiationChanged, id, json!({ "thread": thread }));
        Ok(())
    }
}

/// No price above a limit; a limit or price that is not above 0 allows nothing.
fn within(price: Cents, limit: Cents, negotiation: &Negotiation) -> Result<(), StoreError> {
    let money = |amount| Money { amount, currency: negotiation.currency };
    if limit.0 <= 0 {
        return Err(StoreError::NoLimit { limit: Some(limit) });
    }
    if price.0 <= 0 {
        return Err(StoreError::NotPositive { found: price });
    }
    if price > limit {
        return Err(StoreError::AboveLimit { offered: money(price), limit: money(limit) });
    }
    Ok(())
}

impl Reader<'_> {
    /// A negotiation by its name.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn negotiation(&mut self, id: NegotiationId) -> Result<Option<Negotiation>, StoreError> {
        self.find(&id).await
    }

    /// Negotiations that have not ended, the longest quiet first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn open_negotiations(&mut self, limit: u32) -> Result<Vec<Negotiation>, StoreError> {
        let condition = "WHERE completed_at IS NULL ORDER BY last_activity_at, negotiation_id LIMIT $1";
        self.list(condition, vec![limit.put()]).await
    }

    /// Negotiations in a state, the newest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn negotiations(
        &mut self,
        status: Option<NegotiationStatus>,
        limit: u32,
    ) -> Result<Vec<Negotiation>, StoreError> {
        let condition = "WHERE status = coalesce($1, status) \
                         ORDER BY last_activity_at DESC, negotiation_id DESC LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// The negotiations of a deal, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn negotiations_of(&mut self, deal: DealId) -> Result<Vec<Negotiation>, StoreError> {
        self.list("WHERE deal_id = $1 ORDER BY started_at, negotiation_id", vec![deal.put()]).await
    }

    /// The newest negotiation about a listing.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn negotiation_about(&mut self, key: &ListingKey) -> Result<Option<Negotiation>, StoreError> {
        let condition = "WHERE platform = $1 AND external_id = $2 \
                         ORDER BY started_at DESC, negotiation_id DESC LIMIT 1";
        let values = vec![key.platform.put(), key.external_id.put()];
        Ok(self.list(condition, values).await?.into_iter().next())
    }

    /// The newest negotiation of a channel's conversation.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn negotiation_of_thread(
        &mut self,
        channel: autobazaaar_domain::negotiation::Channel,
        thread: &str,
    ) -> Result<Option<Negotiation>, StoreError> {
        let condition = "WHERE channel = $1 AND thread_id = $2 \
                         ORDER BY started_at DESC, negotiation_id DESC LIMIT 1";
        Ok(self.list(condition, vec![channel.put(), thread.put()]).await?.into_iter().next())
    }

    /// Whether a seller was approached about an item before.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn was_approached(
        &mut self,
        item: ItemId,
        seller_key: Option<&str>,
    ) -> Result<bool, StoreError> {
        let sql = "SELECT count(*) FROM negotiation WHERE item_id = $1 AND coalesce(seller_key, '') = $2 \
                   AND approached_at IS NOT NULL";
        let values = vec![item.put(), seller_key.unwrap_or_default().put()];
        Ok(self.value::<i64>(sql, values).await?.unwrap_or(0) > 0)
    }

    /// The rounds of a negotiation, in order.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn rounds(&mut self, id: NegotiationId) -> Result<Vec<Round>, StoreError> {
        let sql = "SELECT negotiation_id, number, kind, our_offer, offered_at, message_id, their_offer, \
                   intent, answered_at, answer_id FROM round WHERE negotiation_id = $1 ORDER BY number";
        let rows = self.connection.rows("read rounds", sql, vec![id.put()]).await?;
        rows.into_iter().map(round_of).collect()
    }
}

fn round_of(values: Vec<Value>) -> Result<Round, StoreError> {
    let mut row = Row::new("round", Vec::new, values);
    Ok(Round {
        negotiation_id: row.cell()?,
        number: row.cell()?,
        kind: row.cell()?,
        our_offer: row.cell()?,
        offered_at: row.cell()?,
        message_id: row.cell()?,
        their_offer: row.cell()?,
        intent: row.cell()?,
        answered_at: row.cell()?,
        answer_id: row.cell()?,
    })
}
