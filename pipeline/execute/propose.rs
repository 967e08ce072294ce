//! Messages that wait for the owner's yes.

use autobazaaar_domain::ids::{MessageId, NegotiationId};
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::{Negotiation, NegotiationStatus};
use autobazaaar_domain::owner::{Approval, ApprovalEvent, ApprovalKind, ApprovalStatus};
use autobazaaar_domain::{Cents, Lifecycle as _};
use autobazaaar_negotiation::strategy::CloseReason;
use autobazaaar_negotiation::writing::{
    Facts, Message as Worded, MessageType, Order, PREVIEW_CHARS, SUBJECT_CHARS, Wording, check, compose,
    plain_title,
};
use autobazaaar_store::{Reader, StoreError, Turn, Tx};
use chrono::TimeDelta;

use super::market::Market;
use super::timers::SILENCE;
use super::write::{Say, Stored, voice};
use super::{ExecuteError, Executor, deal_of, money};

/// What the owner would rather say.
#[derive(Debug, Clone, Copy, Default)]
pub struct Change<'a> {
    /// Another price, minor units of the negotiation's currency.
    pub price: Option<Cents>,
    /// Other words, without the closing lines.
    pub text: Option<&'a str>,
}

impl<M: Market> Executor<'_, M> {
    /// Stores a message and asks the owner whether it may go out; one that waited before gives way.
    pub(super) async fn propose(
        &mut self,
        tx: &mut Tx<'_>,
        negotiation: &Negotiation,
        message: &Message,
    ) -> Result<(), ExecuteError> {
        let id = negotiation.negotiation_id;
        if let Some(price) = message.our_offer.filter(|price| *price > negotiation.max_acceptable) {
            let (offered, limit) = (price, negotiation.max_acceptable);
            let [offered, limit] = [offered, limit].map(|amount| money(amount, negotiation.currency));
            return Err(StoreError::AboveLimit { offered, limit }.into());
        }
        self.drop_proposals(tx, id).await?;
        tx.add_message(message).await?;
        let amount = message.our_offer.map(|price| money(price, negotiation.currency));
        let reason =
            format!("{} to the seller of {}", message.kind.as_str().replace('_', " "), negotiation.key);
        tx.ask_owner(asked_for(message.kind), message.message_id, amount, &reason, None).await?;
        if negotiation.status == NegotiationStatus::Draft {
            tx.change_negotiation(id, Turn::AskOwner, None).await?;
        }
        tx.drop_due(SILENCE, id).await?;
        Ok(())
    }

    /// What waits in a negotiation is not to be said any more.
    pub(super) async fn drop_proposals(
        &self,
        tx: &mut Tx<'_>,
        id: NegotiationId,
    ) -> Result<(), ExecuteError> {
        while let Some((message, approval)) = waiting(tx, id).await? {
            tx.answer(approval.approval_id, ApprovalEvent::Expire, Some("it was overtaken")).await?;
            tx.change_message(message.message_id, MessageStatus::Failed, None).await?;
        }
        Ok(())
    }

    /// The owner says yes to the message that waits: it is queued, and the negotiation goes on.
    ///
    /// # Errors
    /// Nothing waits; its offer's time is over; everything is stopped; a limit refuses it.
    pub async fn say_yes(
        &mut self,
        id: NegotiationId,
        note: Option<&str>,
    ) -> Result<MessageId, ExecuteError> {
        let mut tx = self.begin().await?;
        let (negotiation, message, approval) = open_with_proposal(&mut tx, id).await?;
        let until = message.at + TimeDelta::hours(self.settings.offer_hours);
        let priced = matches!(
            message.kind,
            MessageKind::InitialOffer | MessageKind::Counter | MessageKind::FinalOffer
        );
        if priced && until <= tx.now() {
            return Err(ExecuteError::TooLate { until });
        }
        let tracked = deal_of(&mut tx, negotiation.deal_id, "a negotiation").await?;
        tx.give(approval.approval_id, note).await?;
        let message_id = message.message_id;
        self.go_out(&mut tx, &negotiation, &tracked, message, Stored::Yes).await?;
        tx.commit().await?;
        Ok(message_id)
    }

    /// The owner does not want the message that waits, nor to go on: that ends the negotiation.
    ///
    /// # Errors
    /// Nothing waits.
    pub async fn say_no(&mut self, id: NegotiationId, note: Option<&str>) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let (negotiation, message, approval) = open_with_proposal(&mut tx, id).await?;
        tx.answer(approval.approval_id, ApprovalEvent::Refuse, note).await?;
        tx.change_message(message.message_id, MessageStatus::Failed, None).await?;
        self.close(&mut tx, &negotiation, CloseReason::Owner).await?;
        Ok(tx.commit().await?)
    }

    /// The owner says it otherwise, or answers what the facts do not: that message waits from now on.
    ///
    /// # Errors
    /// The negotiation has ended; the price is above its limit; the words claim what is not true.
    pub async fn change(&mut self, id: NegotiationId, change: Change<'_>) -> Result<MessageId, ExecuteError> {
        let mut tx = self.begin().await?;
        let negotiation = open_negotiation(&mut tx, id).await?;
        let tracked = deal_of(&mut tx, negotiation.deal_id, "a negotiation").await?;
        let before = waiting(&mut tx, id).await?.map(|(message, _)| message);
        let first = tx.rounds(id).await?.is_empty();
        let kind = said_as(before.as_ref().map(|message| message.kind), change.price.is_some(), first);
        let price = change.price.or(before.as_ref().and_then(|message| message.our_offer));
        let stands = Some(tx.now() + TimeDelta::hours(self.settings.offer_hours));
        let own: Vec<String> = change.text.map(str::to_owned).into_iter().collect();
        let say = match kind {
            MessageType::Answer => Say { answers: &own, ..Say::priced(kind, None, None) },
            kind => Say::priced(kind, price, stands),
        };
        let message = match change.text {
            Some(text) if kind != MessageType::Answer => {
                self.in_own_words(&tx, &negotiation, &tracked.title, &say, text).await?
            }
            _ => self.draft(&tx, &negotiation, &tracked.title, &say).await?,
        };
        let asked = tx.newest_approval(&id.to_string(), ApprovalKind::Message).await?;
        if let Some(asked) = asked.filter(|asked| asked.status == ApprovalStatus::Waiting) {
            tx.answer(asked.approval_id, ApprovalEvent::Give, Some("the owner answers")).await?;
        }
        self.propose(&mut tx, &negotiation, &message).await?;
        tx.commit().await?;
        Ok(message.message_id)
    }

    /// The owner's words with the closing lines, held against the facts.
    async fn in_own_words(
        &self,
        tx: &Tx<'_>,
        to: &Negotiation,
        title: &str,
        say: &Say<'_>,
        text: &str,
    ) -> Result<Message, ExecuteError> {
        let id: MessageId = tx.new_id();
        let order = self.order(to, say, voice(id));
        let facts = Facts { owner: &self.settings.owner, title, said: &[] };
        let message = own_words(text, &order, &facts)?;
        Ok(self.worded(tx, id, to, message, say.price).await)
    }
}

/// The owner's words with the closing lines, held against the facts.
pub(super) fn own_words(text: &str, order: &Order<'_>, facts: &Facts<'_>) -> Result<Worded, ExecuteError> {
    let first = text.trim().lines().next().unwrap_or_default();
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    let wording = Wording {
        subject: cut(&plain_title(facts.title), SUBJECT_CHARS),
        preview: cut(first, PREVIEW_CHARS),
        body: text.to_owned(),
    };
    let message = compose(&wording, order, facts)?;
    let faults: Vec<String> = check(&message, order, facts).iter().map(ToString::to_string).collect();
    if faults.is_empty() { Ok(message) } else { Err(ExecuteError::Faulty(faults.join("; "))) }
}

/// The message of a negotiation that waits for the owner, and the question about it.
///
/// # Errors
/// The store cannot be read.
pub async fn waiting(
    reader: &mut Reader<'_>,
    id: NegotiationId,
) -> Result<Option<(Message, Approval)>, StoreError> {
    for message in reader.messages_of(id).await?.into_iter().rev() {
        let unsent = message.direction == Direction::Outbound
            && message.status == MessageStatus::Queued
            && message.effect_id.is_none();
        if !unsent {
            continue;
        }
        let asked = reader.newest_approval(&message.message_id.to_string(), asked_for(message.kind)).await?;
        if let Some(asked) = asked.filter(|asked| asked.status == ApprovalStatus::Waiting) {
            return Ok(Some((message, asked)));
        }
    }
    Ok(None)
}

async fn open_negotiation(tx: &mut Tx<'_>, id: NegotiationId) -> Result<Negotiation, ExecuteError> {
    let missing =
        || ExecuteError::Missing { record: "negotiation", id: id.to_string(), by: "the owner".to_owned() };
    let negotiation = tx.negotiation(id).await?.ok_or_else(missing)?;
    if negotiation.status.is_final() {
        return Err(ExecuteError::Ended { key: negotiation.key.to_string(), status: negotiation.status });
    }
    Ok(negotiation)
}

async fn open_with_proposal(
    tx: &mut Tx<'_>,
    id: NegotiationId,
) -> Result<(Negotiation, Message, Approval), ExecuteError> {
    let negotiation = open_negotiation(tx, id).await?;
    let found = waiting(tx, id).await?;
    let (message, approval) =
        found.ok_or_else(|| ExecuteError::NothingWaits { key: negotiation.key.to_string() })?;
    Ok((negotiation, message, approval))
}

/// What the owner is asked for by a message.
pub(super) fn asked_for(kind: MessageKind) -> ApprovalKind {
    match kind {
        MessageKind::InitialOffer | MessageKind::Counter | MessageKind::FinalOffer => ApprovalKind::Offer,
        MessageKind::Accept => ApprovalKind::Acceptance,
        _ => ApprovalKind::Message,
    }
}

/// As what the owner's change is said.
fn said_as(before: Option<MessageKind>, priced: bool, first: bool) -> MessageType {
    let offer = match before {
        Some(MessageKind::FinalOffer) => MessageType::FinalOffer,
        _ if first => MessageType::InitialOffer,
        _ => MessageType::Counter,
    };
    match before {
        _ if priced => offer,
        Some(MessageKind::InitialOffer | MessageKind::Counter | MessageKind::FinalOffer) => offer,
        Some(MessageKind::Accept) => MessageType::Accept,
        Some(MessageKind::FollowUp) => MessageType::FollowUp,
        Some(MessageKind::Question) => MessageType::Question,
        _ => MessageType::Answer,
    }
}
