//! Buyers who write about what we sell: answered within the floor, from facts alone.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::ids::{EffectId, MessageId};
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::owner::{AlertKind, ApprovalKind, Severity, SuppressionReason};
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};
use autobazaaar_domain::{Cents, Priority, Strategy};
use autobazaaar_negotiation::reading::{Format, read};
use autobazaaar_negotiation::selling::{Stall, answer_buyer};
use autobazaaar_negotiation::strategy::CloseReason;
use autobazaaar_negotiation::writing::{Fact, Facts, MessageType, Order, Topic, answer, template};
use autobazaaar_negotiation::{Heard, Intent, NextStep, OfferKind, Party, Reading};
use autobazaaar_store::{NewAlert, NewEffect, Tx};

use super::market::{BuyerAnswer, Deed, Incoming, Market};
use super::news::{inbound, seed_of, stored};
use super::write::kind_of;
use super::{ExecuteError, Executor};

impl<M: Market> Executor<'_, M> {
    pub(super) async fn hear_buyer(&self, tx: &mut Tx<'_>, incoming: &Incoming) -> Result<(), ExecuteError> {
        let key = &incoming.listing;
        let Some(listing) = tx.resale_on(&key.platform, &key.external_id).await? else { return Ok(()) };
        let person = self.store.hash_of(&incoming.address).await;
        let message = Message {
            resale_id: Some(listing.resale_id),
            their_offer: incoming.offer,
            ..inbound(tx, incoming, person.clone(), None, self.market.channel())
        };
        // A return is dealt with where its order tells of it.
        if !tx.add_message(&message).await? || listing.status != ResaleStatus::Active || incoming.asks_return
        {
            return Ok(());
        }
        if tx.is_suppressed(&person).await? {
            return Ok(());
        }
        self.drop_answers(tx, listing.resale_id, &person).await?;
        let said_before = said_to(tx, &listing, &person).await?;
        let counters = counters(&said_before, listing.price);
        let reading = read(&Heard {
            text: &incoming.text,
            format: Format::Text,
            from: Party::Buyer,
            currency: listing.currency,
            list_price: Some(listing.price),
            our_offer: counters.last().copied(),
            before: &[],
        });
        tx.read_message(message.message_id, &stored(&reading)).await?;
        let reading = with_formal_offer(reading, incoming.offer);
        let stall = Stall {
            ask: listing.price,
            floor: Some(listing.floor_price),
            currency: listing.currency,
            parameters: &self.settings.selling,
            counters: &counters,
        };
        match answer_buyer(&stall, &reading) {
            NextStep::Close { reason: CloseReason::OptedOut } => {
                Ok(tx.suppress(&person, SuppressionReason::OptOut).await?)
            }
            NextStep::Answer { questions } => {
                let found = answer(&questions, &facts(tx, &listing).await?);
                if found.answers.is_empty() {
                    return self.ask_for_words(tx, &listing, incoming, message.message_id).await;
                }
                let say = Said::plain(BuyerAnswer::Reply, MessageType::Answer, &found.answers);
                self.tell_buyer(tx, &listing, incoming, &person, &say).await
            }
            NextStep::Clarify if said_before.iter().any(|m| m.kind == MessageKind::Question) => {
                self.ask_for_words(tx, &listing, incoming, message.message_id).await
            }
            NextStep::AskOwner { .. } | NextStep::Close { reason: CloseReason::NothingAllowed } => {
                self.ask_for_words(tx, &listing, incoming, message.message_id).await
            }
            step => match said(&step, &reading) {
                Some(say) => self.tell_buyer(tx, &listing, incoming, &person, &say).await,
                // A yes is followed by the venue's order, a no by nothing.
                None => Ok(()),
            },
        }
    }

    async fn tell_buyer(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        incoming: &Incoming,
        person: &str,
        said: &Said<'_>,
    ) -> Result<(), ExecuteError> {
        let order = Order {
            kind: said.kind,
            side: Party::Seller,
            strategy: Strategy::FriendlyLocal,
            price: said.price,
            currency: listing.currency,
            restated: said.restated,
            stands_until: None,
            answers: said.answers,
            seed: seed_of(&incoming.message),
        };
        let facts = Facts { owner: &self.settings.owner, title: &listing.title, said: said.answers };
        let worded = template(&order, &facts)?;
        let message = Message {
            message_id: tx.new_id(),
            negotiation_id: None,
            resale_id: Some(listing.resale_id),
            channel: self.market.channel(),
            channel_message_id: None,
            direction: Direction::Outbound,
            at: tx.now(),
            person_key: person.to_owned(),
            address: Some(incoming.address.clone()),
            subject: Some(worded.subject),
            text: Some(worded.text),
            html: Some(worded.html),
            kind: kind_of(said.kind),
            our_offer: said.price,
            their_offer: incoming.offer,
            reading: None,
            status: MessageStatus::Queued,
            effect_id: None,
        };
        if self.settings.rights.contact.at(&listing.platform) {
            let deed = Deed::Answer { thread: incoming.thread.clone(), answer: said.answer };
            let effect = self.queue_answer(tx, listing, &message, &deed).await?;
            tx.add_message(&Message { effect_id: Some(effect), ..message }).await?;
            return Ok(());
        }
        match self.market.channel() {
            Channel::Manual => self.propose_answer(tx, listing, &message).await,
            // Their thread is known while the venue tells of it, not when the owner says yes.
            _ => leave_to_owner(tx, listing, &incoming.thread).await,
        }
    }

    /// An answer that may go out is queued, from when on somebody may be written to.
    pub(super) async fn queue_answer(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        message: &Message,
        deed: &Deed,
    ) -> Result<EffectId, ExecuteError> {
        let effect = tx
            .queue(NewEffect {
                kind: EffectKind::SendMessage,
                target: listing.platform.to_string(),
                subject: message.message_id.to_string(),
                priority: Priority::High,
                payload: serde_json::to_value(deed)?,
                spends: None,
                address_key: Some(message.person_key.clone()),
                not_before: Some(self.settings.may_write_from(tx.now())),
            })
            .await?;
        Ok(effect.effect_id)
    }

    /// The facts do not answer a buyer: the owner is told, and by hand asked for words.
    async fn ask_for_words(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        incoming: &Incoming,
        heard: MessageId,
    ) -> Result<(), ExecuteError> {
        if self.market.channel() == Channel::Manual {
            let reason = "a buyer asks what the facts do not answer";
            tx.ask_owner(ApprovalKind::Message, heard, None, reason, None).await?;
        }
        leave_to_owner(tx, listing, &incoming.thread).await
    }
}

struct Said<'a> {
    answer: BuyerAnswer,
    kind: MessageType,
    price: Option<Cents>,
    /// The price is that of before, and stays.
    restated: bool,
    answers: &'a [String],
}

impl<'a> Said<'a> {
    /// Without a price.
    fn plain(answer: BuyerAnswer, kind: MessageType, answers: &'a [String]) -> Self {
        Self { answer, kind, price: None, restated: false, answers }
    }
}

/// What is said for a step that needs no facts; `None` where nothing is to be said.
fn said(step: &NextStep, reading: &Reading) -> Option<Said<'static>> {
    let priced =
        |answer, kind, price| Said { answer, kind, price: Some(price), restated: false, answers: &[] };
    match step {
        NextStep::Accept { price } if reading.price == Some(*price) => {
            Some(priced(BuyerAnswer::Accept, MessageType::Accept, *price))
        }
        // They offered more than we ask of them: nobody is charged more.
        NextStep::Accept { price } if reading.price.is_some() => {
            Some(priced(BuyerAnswer::Counter(*price), MessageType::Counter, *price))
        }
        NextStep::Offer { price, kind: offer } => {
            let kind = MessageType::of(step).unwrap_or(MessageType::Counter);
            let restated = *offer == OfferKind::Restated;
            Some(Said { restated, ..priced(BuyerAnswer::Counter(*price), kind, *price) })
        }
        NextStep::Clarify => Some(Said::plain(BuyerAnswer::Reply, MessageType::Question, &[])),
        NextStep::Close { reason: CloseReason::LimitReached } => {
            Some(Said::plain(BuyerAnswer::Decline, MessageType::Reject, &[]))
        }
        _ => None,
    }
}

/// A formal offer says its price, whatever the words beside it.
fn with_formal_offer(reading: Reading, offer: Option<Cents>) -> Reading {
    match offer {
        Some(offer) if !reading.opt_out => {
            Reading { intent: Intent::Counter, price: Some(offer), automatic: None, ..reading }
        }
        _ => reading,
    }
}

/// What we wrote to a buyer about an offer of ours.
async fn said_to(
    tx: &mut Tx<'_>,
    listing: &ResaleListing,
    person: &str,
) -> Result<Vec<Message>, ExecuteError> {
    let mut said = tx.messages_about(listing.resale_id).await?;
    // What was never said binds nobody.
    said.retain(|message| {
        message.direction == Direction::Outbound
            && message.person_key == person
            && message.status != MessageStatus::Failed
    });
    Ok(said)
}

/// Our counter-offers among them, none above today's ask.
fn counters(said: &[Message], ask: Cents) -> Vec<Cents> {
    let prices = said
        .iter()
        .filter(|message| matches!(message.kind, MessageKind::Counter | MessageKind::FinalOffer))
        .filter_map(|message| message.our_offer.map(|offer| offer.min(ask)));
    prices.collect()
}

/// What we found when it came.
pub(super) async fn facts(tx: &mut Tx<'_>, listing: &ResaleListing) -> Result<Vec<Fact>, ExecuteError> {
    let item = tx.item(listing.inventory_id).await?;
    let seen = item.and_then(|item| item.inspection);
    let condition = seen.map(|seen| Fact {
        topic: Topic::Condition,
        text: format!("On inspection its condition was {}.", seen.condition.as_str().replace('_', " ")),
    });
    let there = Fact { topic: Topic::Availability, text: "It is still available.".to_owned() };
    Ok(condition.into_iter().chain([there]).collect())
}

async fn leave_to_owner(tx: &mut Tx<'_>, listing: &ResaleListing, thread: &str) -> Result<(), ExecuteError> {
    tx.raise(NewAlert {
        kind: AlertKind::Sale,
        severity: Severity::Info,
        title: format!("a buyer asks about {}", listing.title),
        message: "the facts do not answer it".to_owned(),
        context: None,
        related: Some(("thread".to_owned(), thread.to_owned())),
        suggested_action: Some("answer on the venue".to_owned()),
    })
    .await?;
    Ok(())
}
