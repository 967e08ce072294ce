//! Messages: worded, checked, sealed in the store, and queued, all in one transaction.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::hash::FieldHasher;
use autobazaaar_domain::ids::MessageId;
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::{Channel, Negotiation};
use autobazaaar_domain::{Cents, Priority, Utc};
use autobazaaar_negotiation::Party;
use autobazaaar_negotiation::writing::{Facts, MessageType, Order, template};
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
    /// Words a message to a seller, checks it and queues it; its name.
    pub(super) async fn say(
        &self,
        tx: &mut Tx<'_>,
        to: &Negotiation,
        title: &str,
        say: &Say<'_>,
    ) -> Result<MessageId, ExecuteError> {
        let id: MessageId = tx.new_id();
        let order = Order {
            kind: say.kind,
            side: Party::Buyer,
            strategy: to.strategy,
            price: say.price,
            currency: to.currency,
            restated: say.restated,
            stands_until: say.stands_until.map(|until| until.fixed_offset()),
            answers: say.answers,
            seed: voice(id),
        };
        let facts = Facts { owner: &self.settings.owner, title, said: say.answers };
        let worded = template(&order, &facts)?;
        let person = person_of(self, to).await;
        let deed =
            Deed::Write { listing: to.key.clone(), offer: say.price.filter(|_| say.kind.needs_price()) };
        let effect = tx
            .queue(NewEffect {
                kind: EffectKind::SendMessage,
                target: to.channel.to_string(),
                subject: id.to_string(),
                priority: Priority::Normal,
                payload: serde_json::to_value(&deed)?,
                spends: None,
                address_key: Some(person.clone()),
                not_before: None,
            })
            .await?;
        let message = Message {
            message_id: id,
            negotiation_id: Some(to.negotiation_id),
            resale_id: None,
            channel: to.channel,
            channel_message_id: None,
            direction: Direction::Outbound,
            at: tx.now(),
            person_key: person,
            address: None,
            subject: Some(worded.subject),
            text: Some(worded.text),
            html: Some(worded.html),
            kind: kind_of(say.kind),
            our_offer: say.price,
            their_offer: None,
            reading: None,
            status: MessageStatus::Queued,
            effect_id: Some(effect.effect_id),
        };
        tx.add_message(&message).await?;
        Ok(id)
    }
}

/// The channel of the simulated market.
pub(super) const CHANNEL: Channel = Channel::Bazaar;

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

fn kind_of(kind: MessageType) -> MessageKind {
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
