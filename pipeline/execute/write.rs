//! Messages: worded, checked, sealed in the store, and queued, all in one transaction.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::ids::MessageId;
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::Negotiation;
use autobazaaar_domain::{Cents, Priority, Utc};
use autobazaaar_negotiation::Party;
use autobazaaar_negotiation::writing::{Facts, Message as Worded, MessageType, Order, template};
use autobazaaar_store::{NewEffect, Tx};

use super::market::{Deed, Market};
use super::{ExecuteError, Executor};

/// What is to be said to a seller.
pub(super) struct Say<'a> {
    pub kind: MessageType,
    /// The price that is offered, taken, or still stands.
    pub price: Option<Cents>,
    pub restated: bool,
    pub answers: &'a [String],
    pub stands_until: Option<Utc>,
}

impl Say<'_> {
    /// A message without answers.
    pub fn priced(kind: MessageType, price: Option<Cents>, stands_until: Option<Utc>) -> Self {
        Self { kind, price, restated: false, answers: &[], stands_until }
    }
}

impl<M: Market> Executor<'_, M> {
    /// Words a message to a seller and checks it; nothing is stored yet.
    pub(super) async fn draft(
        &self,
        tx: &Tx<'_>,
        to: &Negotiation,
        title: &str,
        say: &Say<'_>,
    ) -> Result<Message, ExecuteError> {
        let id: MessageId = tx.new_id();
        let order = self.order(to, say, voice(id));
        let facts = Facts { owner: &self.settings.owner, title, said: say.answers };
        let worded = template(&order, &facts)?;
        Ok(self.worded(tx, id, to, worded, say.price).await)
    }

    /// What a message is to say.
    pub(super) fn order<'o>(&self, to: &Negotiation, say: &Say<'o>, seed: u64) -> Order<'o> {
        let zone = self.settings.quiet.map(|(_, zone)| zone);
        Order {
            kind: say.kind,
            side: Party::Buyer,
            strategy: to.strategy,
            price: say.price,
            currency: to.currency,
            restated: say.restated,
            stands_until: say.stands_until.map(|until| match zone {
                Some(zone) => zone.at(until),
                None => until.fixed_offset(),
            }),
            answers: say.answers,
            seed,
        }
    }

    /// A worded message as the store keeps it, before it goes out.
    pub(super) async fn worded(
        &self,
        tx: &Tx<'_>,
        id: MessageId,
        to: &Negotiation,
        worded: Worded,
        price: Option<Cents>,
    ) -> Message {
        Message {
            message_id: id,
            negotiation_id: Some(to.negotiation_id),
            resale_id: None,
            channel: to.channel,
            channel_message_id: None,
            direction: Direction::Outbound,
            at: tx.now(),
            person_key: person_of(self, to).await,
            address: None,
            subject: Some(worded.subject),
            text: Some(worded.text),
            html: Some(worded.html),
            kind: kind_of(worded.kind),
            our_offer: price,
            their_offer: None,
            reading: None,
            status: MessageStatus::Queued,
            effect_id: None,
        }
    }

    /// Queues a message; it is stored here unless it was before.
    pub(super) async fn send_out(
        &self,
        tx: &mut Tx<'_>,
        to: &Negotiation,
        message: Message,
        stored: Stored,
    ) -> Result<(), ExecuteError> {
        let offers =
            !matches!(message.kind, MessageKind::Question | MessageKind::Answer | MessageKind::FollowUp);
        let deed = Deed::Write { listing: to.key.clone(), offer: message.our_offer.filter(|_| offers) };
        let effect = tx
            .queue(NewEffect {
                kind: EffectKind::SendMessage,
                target: to.channel.to_string(),
                subject: message.message_id.to_string(),
                priority: Priority::Normal,
                payload: serde_json::to_value(&deed)?,
                spends: None,
                address_key: Some(message.person_key.clone()),
                not_before: Some(self.settings.may_write_from(tx.now())),
            })
            .await?;
        match stored {
            Stored::Yes => tx.hand_over(message.message_id, effect.effect_id).await?,
            Stored::No => {
                tx.add_message(&Message { effect_id: Some(effect.effect_id), ..message }).await?;
            }
        }
        Ok(())
    }
}

/// Whether a message stands in the store already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stored {
    Yes,
    No,
}

/// The keyed hash under which a seller is known: the venue's account, or else the listing.
pub(super) async fn person_of<M>(executor: &Executor<'_, M>, to: &Negotiation) -> String {
    match &to.seller_key {
        Some(key) => key.clone(),
        None => executor.store.hash_of(&to.key.to_string()).await,
    }
}

/// Chooses among the ways to say it: the same message is always worded the same.
pub(super) fn voice(id: MessageId) -> u64 {
    let hash = FieldHasher::new("voice").bytes(id.to_string().as_bytes()).finish();
    u64::from_le_bytes([hash[0], hash[1], hash[2], hash[3], hash[4], hash[5], hash[6], hash[7]])
}

/// The store's word for it.
pub(super) fn kind_of(kind: MessageType) -> MessageKind {
    match kind {
        MessageType::InitialOffer => MessageKind::InitialOffer,
        MessageType::Counter => MessageKind::Counter,
        MessageType::Accept => MessageKind::Accept,
        MessageType::Reject => MessageKind::Reject,
        MessageType::Question => MessageKind::Question,
        MessageType::Answer => MessageKind::Answer,
        MessageType::FollowUp => MessageKind::FollowUp,
        MessageType::FinalOffer => MessageKind::FinalOffer,
    }
}
