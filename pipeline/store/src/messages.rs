//! Messages, sealed under the key of the person on the other side.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{EffectId, MessageId, NegotiationId, ResaleId};
use autobazaaar_domain::message::{Direction, Message, MessageKind, MessageStatus, Reading};
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::{Cents, Utc};
use serde_json::{Value as Json, json};

use crate::StoreError;
use crate::store::{Reader, Tx};
use crate::value::Cell as _;
use crate::vault::Secret;

/// A message as stored.
pub(crate) struct MessageRow {
    pub message_id: MessageId,
    pub negotiation_id: Option<NegotiationId>,
    pub resale_id: Option<ResaleId>,
    pub channel: Channel,
    pub channel_message_id: Option<String>,
    pub direction: Direction,
    pub at: Utc,
    pub person_key: String,
    pub address_key: Option<String>,
    pub sealed_address: Option<Vec<u8>>,
    pub sealed_subject: Option<Vec<u8>>,
    pub sealed_text: Option<Vec<u8>>,
    pub sealed_html: Option<Vec<u8>>,
    pub kind: MessageKind,
    pub our_offer: Option<Cents>,
    pub their_offer: Option<Cents>,
    /// Without concerns and excerpt, which are words of the message.
    pub reading: Option<Json>,
    pub sealed_words: Option<Vec<u8>>,
    pub status: MessageStatus,
    pub effect_id: Option<EffectId>,
}

/// Where a sealed part of a message belongs.
fn place(id: MessageId, part: &str) -> String {
    format!("message/{id}/{part}")
}

impl Tx<'_> {
    /// Adds a message, sealed under the key of its person, who is made known where needed. An inbound
    /// one that came before (same channel and channel's name of it) adds nothing; whether it was new.
    ///
    /// # Errors
    /// The person's data were deleted.
    pub async fn add_message(&mut self, message: &Message) -> Result<bool, StoreError> {
        if message.direction == Direction::Inbound && self.is_known(message).await? {
            return Ok(false);
        }
        let key = self.own_key(&message.person_key).await?;
        let row = self.seal(message, &key).await?;
        let added = self.insert(&row).await;
        added.map_err(|error| error.or_twice("a message of this name is on this channel already"))?;
        let data = json!({ "direction": message.direction, "negotiation": message.negotiation_id,
            "resale": message.resale_id, "kind": message.kind, "status": message.status });
        let kind = match message.direction {
            Direction::Outbound => EventKind::MessageQueued,
            Direction::Inbound => EventKind::MessageChanged,
        };
        self.tell(kind, message.message_id, data);
        Ok(true)
    }

    async fn is_known(&mut self, message: &Message) -> Result<bool, StoreError> {
        let Some(name) = &message.channel_message_id else { return Ok(false) };
        let found = self.message_on(message.channel, message.direction, name).await?;
        Ok(found.is_some())
    }

    /// Says how far a message came, and how the channel calls it once it is sent.
    ///
    /// # Errors
    /// There is no such message.
    pub async fn change_message(
        &mut self,
        id: MessageId,
        status: MessageStatus,
        channel_message_id: Option<&str>,
    ) -> Result<(), StoreError> {
        let sql = "UPDATE message SET status = $2, channel_message_id = coalesce($3, channel_message_id) \
                   WHERE message_id = $1";
        let values = vec![id.put(), status.put(), channel_message_id.put()];
        let changed = self.write("change a message", sql, values).await?;
        self.one_changed(changed, "message", id)?;
        self.tell(EventKind::MessageChanged, id, json!({ "status": status }));
        Ok(())
    }

    /// Names the effect that sends a message which was stored before it might go out.
    ///
    /// # Errors
    /// There is no such message, or it has an effect already.
    pub async fn hand_over(&mut self, id: MessageId, effect: EffectId) -> Result<(), StoreError> {
        let sql = "UPDATE message SET effect_id = $2 WHERE message_id = $1 AND effect_id IS NULL";
        let changed = self.write("hand a message over", sql, vec![id.put(), effect.put()]).await?;
        self.one_changed(changed, "message", id)?;
        self.tell(EventKind::MessageChanged, id, json!({ "effect": effect }));
        Ok(())
    }

    /// Notes what a reader made of a message.
    ///
    /// # Errors
    /// There is no such message, or its person's data were deleted.
    pub async fn read_message(&mut self, id: MessageId, reading: &Reading) -> Result<(), StoreError> {
        let row: MessageRow = self.get(&id).await?;
        let key = self.key_of(&row.person_key).await?.ok_or(StoreError::Forgotten)?;
        let (plain, words) = split(reading);
        let entropy = self.store.entropy.clone();
        let words = key.seal(entropy.as_ref(), &place(id, "words"), words.to_string().as_bytes())?;
        let sql =
            "UPDATE message SET reading = $2, sealed_words = $3, their_offer = $4 WHERE message_id = $1";
        let values = vec![id.put(), plain.put(), words.put(), reading.price.or(row.their_offer).put()];
        self.write("note a reading", sql, values).await?;
        let data =
            json!({ "intent": reading.intent, "price": reading.price, "confidence": reading.confidence });
        self.tell(EventKind::MessageChanged, id, data);
        Ok(())
    }

    pub(crate) fn one_changed(
        &self,
        changed: u64,
        what: &'static str,
        id: impl ToString,
    ) -> Result<(), StoreError> {
        if changed == 1 { Ok(()) } else { Err(StoreError::Missing { what, id: id.to_string() }) }
    }

    async fn seal(&mut self, message: &Message, key: &Secret) -> Result<MessageRow, StoreError> {
        let address_key = match &message.address {
            Some(address) => Some(self.store.hash_of(address).await),
            None => None,
        };
        let entropy = self.store.entropy.clone();
        let id = message.message_id;
        let seal = |part: &str, text: &Option<String>| -> Result<Option<Vec<u8>>, StoreError> {
            let sealed =
                text.as_ref().map(|text| key.seal(entropy.as_ref(), &place(id, part), text.as_bytes()));
            sealed.transpose()
        };
        let parts = message.reading.as_ref().map(split);
        let words = parts.as_ref().map(|(_, words)| words.to_string());
        Ok(MessageRow {
            message_id: id,
            negotiation_id: message.negotiation_id,
            resale_id: message.resale_id,
            channel: message.channel,
            channel_message_id: message.channel_message_id.clone(),
            direction: message.direction,
            at: message.at,
            person_key: message.person_key.clone(),
            address_key,
            sealed_address: seal("address", &message.address)?,
            sealed_subject: seal("subject", &message.subject)?,
            sealed_text: seal("text", &message.text)?,
            sealed_html: seal("html", &message.html)?,
            kind: message.kind,
            our_offer: message.our_offer,
            their_offer: message.their_offer,
            sealed_words: seal("words", &words)?,
            reading: parts.map(|(plain, _)| plain),
            status: message.status,
            effect_id: message.effect_id,
        })
    }
}

/// A reading without the message's words, and the words.
fn split(reading: &Reading) -> (Json, Json) {
    let words = json!({ "concerns": reading.concerns, "excerpt": reading.excerpt });
    let plain = Reading { concerns: vec![], excerpt: None, ..reading.clone() };
    (json!(plain), words)
}

impl Reader<'_> {
    /// A message by its name.
    ///
    /// # Errors
    /// A key is missing, or what was sealed does not open.
    pub async fn message(&mut self, id: MessageId) -> Result<Option<Message>, StoreError> {
        match self.find(&id).await? {
            Some(row) => self.unseal(row).await.map(Some),
            None => Ok(None),
        }
    }

    /// A message by the channel's name of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn message_on(
        &mut self,
        channel: Channel,
        direction: Direction,
        channel_message_id: &str,
    ) -> Result<Option<MessageId>, StoreError> {
        let sql = "SELECT message_id FROM message WHERE channel = $1 AND direction = $2 AND channel_message_id = $3";
        self.value(sql, vec![channel.put(), direction.put(), channel_message_id.put()]).await
    }

    /// The messages of a negotiation, oldest first.
    ///
    /// # Errors
    /// A key is missing, or what was sealed does not open.
    pub async fn messages_of(&mut self, negotiation: NegotiationId) -> Result<Vec<Message>, StoreError> {
        let rows =
            self.list("WHERE negotiation_id = $1 ORDER BY at, message_id", vec![negotiation.put()]).await?;
        self.unseal_all(rows).await
    }

    /// The messages about an offer of ours, oldest first.
    ///
    /// # Errors
    /// A key is missing, or what was sealed does not open.
    pub async fn messages_about(&mut self, resale: ResaleId) -> Result<Vec<Message>, StoreError> {
        let rows = self.list("WHERE resale_id = $1 ORDER BY at, message_id", vec![resale.put()]).await?;
        self.unseal_all(rows).await
    }

    async fn unseal_all(&mut self, rows: Vec<MessageRow>) -> Result<Vec<Message>, StoreError> {
        let mut messages = Vec::with_capacity(rows.len());
        for row in rows {
            messages.push(self.unseal(row).await?);
        }
        Ok(messages)
    }

    async fn unseal(&mut self, row: MessageRow) -> Result<Message, StoreError> {
        let key = self.key_of(&row.person_key).await?;
        let id = row.message_id;
        let open = |part: &str, sealed: &Option<Vec<u8>>| -> Result<Option<String>, StoreError> {
            let (Some(key), Some(sealed)) = (&key, sealed) else { return Ok(None) };
            let text = String::from_utf8(key.open(&place(id, part), sealed)?);
            text.map(Some).map_err(|_| StoreError::Sealed { reason: "they are no text" })
        };
        let reading = match &row.reading {
            Some(plain) => Some(join(plain, open("words", &row.sealed_words)?)?),
            None => None,
        };
        Ok(Message {
            message_id: id,
            negotiation_id: row.negotiation_id,
            resale_id: row.resale_id,
            channel: row.channel,
            channel_message_id: row.channel_message_id,
            direction: row.direction,
            at: row.at,
            address: open("address", &row.sealed_address)?,
            subject: open("subject", &row.sealed_subject)?,
            text: open("text", &row.sealed_text)?,
            html: open("html", &row.sealed_html)?,
            person_key: row.person_key,
            kind: row.kind,
            our_offer: row.our_offer,
            their_offer: row.their_offer,
            reading,
            status: row.status,
            effect_id: row.effect_id,
        })
    }
}

/// Puts a reading together again; without its words when they were forgotten.
fn join(plain: &Json, words: Option<String>) -> Result<Reading, StoreError> {
    let damaged = |error: serde_json::Error| StoreError::Damaged {
        table: "message",
        column: "reading".to_owned(),
        reason: error.to_string(),
    };
    let mut reading: Reading = serde_json::from_value(plain.clone()).map_err(damaged)?;
    if let Some(words) = words {
        let words: Json = serde_json::from_str(&words).map_err(damaged)?;
        reading.concerns = serde_json::from_value(words["concerns"].clone()).map_err(damaged)?;
        reading.excerpt = serde_json::from_value(words["excerpt"].clone()).map_err(damaged)?;
    }
    Ok(reading)
}
