//! Answers to buyers that wait for the owner's yes, or for the owner's words.

use autobazaaar_domain::Strategy;
use autobazaaar_domain::ids::{MessageId, ResaleId};
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::owner::{Approval, ApprovalEvent, ApprovalKind, ApprovalStatus};
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus};
use autobazaaar_negotiation::Party;
use autobazaaar_negotiation::writing::{Facts, MessageType, Order, template};
use autobazaaar_store::{Reader, StoreError, Tx};

use super::market::{BuyerAnswer, Deed, Market};
use super::propose::{Change, asked_for, own_words};
use super::write::{kind_of, voice};
use super::{ExecuteError, Executor, money};

/// What waits for the owner in the talk with one buyer.
#[derive(Debug, Clone, PartialEq)]
pub struct Unanswered {
    /// The answer that waits for a yes, or the question that waits for words.
    pub message: Message,
    pub approval: Approval,
}

impl Unanswered {
    /// Whether it is worded, and waits for a yes alone.
    #[must_use]
    pub fn is_worded(&self) -> bool {
        self.message.direction == Direction::Outbound
    }
}

/// What waits for the owner in the talks about an offer, the newest first.
///
/// # Errors
/// The store cannot be read.
pub async fn unanswered(reader: &mut Reader<'_>, id: ResaleId) -> Result<Vec<Unanswered>, StoreError> {
    let mut found = Vec::new();
    for message in reader.messages_about(id).await?.into_iter().rev() {
        let kind = match message.direction {
            Direction::Inbound => ApprovalKind::Message,
            Direction::Outbound if message.status == MessageStatus::Queued && message.effect_id.is_none() => {
                asked_for(message.kind)
            }
            Direction::Outbound => continue,
        };
        let asked = reader.newest_approval(&message.message_id.to_string(), kind).await?;
        if let Some(approval) = asked.filter(|asked| asked.status == ApprovalStatus::Waiting) {
            found.push(Unanswered { message, approval });
        }
    }
    Ok(found)
}

impl<M: Market> Executor<'_, M> {
    /// Stores an answer to a buyer and asks the owner whether it may go out.
    pub(super) async fn propose_answer(
        &self,
        tx: &mut Tx<'_>,
        listing: &ResaleListing,
        message: &Message,
    ) -> Result<(), ExecuteError> {
        if let Some(price) = message.our_offer.filter(|price| *price < listing.floor_price) {
            let [asked, floor] = [price, listing.floor_price].map(|amount| money(amount, listing.currency));
            return Err(StoreError::BelowFloor { asked, floor }.into());
        }
        self.drop_answers(tx, listing.resale_id, &message.person_key).await?;
        tx.add_message(message).await?;
        let amount = message.our_offer.map(|price| money(price, listing.currency));
        let reason = format!("{} to a buyer of {}", message.kind.as_str().replace('_', " "), listing.title);
        tx.ask_owner(asked_for(message.kind), message.message_id, amount, &reason, None).await?;
        Ok(())
    }

    /// What waits in the talk with a buyer was overtaken.
    pub(super) async fn drop_answers(
        &self,
        tx: &mut Tx<'_>,
        id: ResaleId,
        person: &str,
    ) -> Result<(), ExecuteError> {
        for one in unanswered(tx, id).await?.into_iter().filter(|one| one.message.person_key == person) {
            tx.answer(one.approval.approval_id, ApprovalEvent::Expire, Some("it was overtaken")).await?;
            if one.is_worded() {
                tx.change_message(one.message.message_id, MessageStatus::Failed, None).await?;
            }
        }
        Ok(())
    }

    /// Nobody is to be answered about an offer any more: it has ended.
    pub(super) async fn drop_all_answers(&self, tx: &mut Tx<'_>, id: ResaleId) -> Result<(), ExecuteError> {
        let open = unanswered(tx, id).await?;
        for person in open.iter().map(|one| one.message.person_key.as_str()) {
            self.drop_answers(tx, id, person).await?;
        }
        Ok(())
    }

    /// The owner says yes to an answer: it is queued.
    ///
    /// # Errors
    /// It does not wait; the offer is not up any more; the buyer wants to hear no more.
    pub async fn say_yes_to_buyer(&mut self, id: MessageId, note: Option<&str>) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let (listing, waiting) = waiting_answer(&mut tx, id).await?;
        if listing.status != ResaleStatus::Active {
            return Err(ExecuteError::NotUp { title: listing.title, status: listing.status });
        }
        tx.give(waiting.approval.approval_id, note).await?;
        let message = waiting.message;
        // By hand a buyer's thread is the buyer.
        let deed = Deed::Answer { thread: message.person_key.clone(), answer: answer_of(&message) };
        let effect = self.queue_answer(&mut tx, &listing, &message, &deed).await?;
        tx.hand_over(id, effect).await?;
        Ok(tx.commit().await?)
    }

    /// The owner does not want an answer said, or a question answered.
    ///
    /// # Errors
    /// It does not wait.
    pub async fn say_no_to_buyer(&mut self, id: MessageId, note: Option<&str>) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let (_, waiting) = waiting_answer(&mut tx, id).await?;
        tx.answer(waiting.approval.approval_id, ApprovalEvent::Refuse, note).await?;
        if waiting.is_worded() {
            tx.change_message(id, MessageStatus::Failed, None).await?;
        }
        Ok(tx.commit().await?)
    }

    /// The owner says it otherwise to the buyer who wrote `about`: at another price, in other words, or
    /// both. That answer waits for a yes from now on.
    ///
    /// # Errors
    /// There is no such message; the price is below the floor; the words claim what is not true.
    pub async fn change_answer(&mut self, about: MessageId, change: Change<'_>) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let to = tx.message(about).await?.ok_or_else(|| missing(about))?;
        let listing = listing_of(&mut tx, &to).await?;
        let own: Vec<String> = change.text.map(str::to_owned).into_iter().collect();
        let kind = if change.price.is_some() { MessageType::Counter } else { MessageType::Answer };
        let order = Order {
            kind,
            side: Party::Seller,
            strategy: Strategy::FriendlyLocal,
            price: change.price,
            currency: listing.currency,
            restated: false,
            stands_until: None,
            answers: if change.price.is_some() { &[] } else { &own },
            seed: voice(about),
        };
        let facts = Facts { owner: &self.settings.owner, title: &listing.title, said: order.answers };
        let worded = match change.text {
            Some(text) if change.price.is_some() => own_words(text, &order, &facts)?,
            _ => template(&order, &facts)?,
        };
        let message = Message {
            message_id: tx.new_id(),
            channel_message_id: None,
            direction: Direction::Outbound,
            at: tx.now(),
            subject: Some(worded.subject),
            text: Some(worded.text),
            html: Some(worded.html),
            kind: kind_of(worded.kind),
            our_offer: change.price,
            reading: None,
            status: MessageStatus::Queued,
            effect_id: None,
            ..to
        };
        self.propose_answer(&mut tx, &listing, &message).await?;
        Ok(tx.commit().await?)
    }
}

/// What an answer is, beside its words.
fn answer_of(message: &Message) -> BuyerAnswer {
    match (message.kind, message.our_offer) {
        (MessageKind::Accept, _) => BuyerAnswer::Accept,
        (MessageKind::Counter | MessageKind::FinalOffer, Some(price)) => BuyerAnswer::Counter(price),
        (MessageKind::Reject, _) => BuyerAnswer::Decline,
        _ => BuyerAnswer::Reply,
    }
}

async fn waiting_answer(tx: &mut Tx<'_>, id: MessageId) -> Result<(ResaleListing, Unanswered), ExecuteError> {
    let message = tx.message(id).await?.ok_or_else(|| missing(id))?;
    let listing = listing_of(tx, &message).await?;
    let waiting = unanswered(tx, listing.resale_id).await?;
    let found = waiting.into_iter().find(|one| one.message.message_id == id);
    let waiting = found.ok_or_else(|| ExecuteError::NothingWaits { key: listing.title.clone() })?;
    Ok((listing, waiting))
}

async fn listing_of(tx: &mut Tx<'_>, message: &Message) -> Result<ResaleListing, ExecuteError> {
    let found = match message.resale_id {
        Some(id) => tx.resale(id).await?,
        None => None,
    };
    found.ok_or_else(|| missing(message.message_id))
}

fn missing(id: MessageId) -> ExecuteError {
    ExecuteError::Missing { record: "message about an offer", id: id.to_string(), by: "the owner".to_owned() }
}
