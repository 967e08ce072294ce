//! The outbox: acts outside, stored before they are attempted.
//!
//! An effect that was claimed and never settled (the process died) is doubtful, never sent again:
//! [`Tx::doubt_sending`] at every start. Doubt is ended by reading the venue or mailbox, or by the
//! owner, with [`Tx::settle`].

use autobazaaar_domain::effect::{Effect, EffectEvent, EffectKind, EffectState};
use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::EffectId;
use autobazaaar_domain::{Money, Priority, Utc};
use chrono::NaiveDate;
use serde_json::{Value as Json, json};

use crate::StoreError;
use crate::owner::Cap;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

/// An act to be done outside.
#[derive(Debug, Clone, PartialEq)]
pub struct NewEffect {
    pub kind: EffectKind,
    /// Who carries it out: a channel or venue.
    pub target: String,
    /// The id of the record it is about.
    pub subject: String,
    pub priority: Priority,
    /// What the carrier needs beside the record. Nothing personal: that stands in the record, sealed.
    pub payload: Json,
    /// Money that it spends; counts against the day's cap.
    pub spends: Option<Money>,
    /// Keyed hash of the address it goes to ([`crate::Store::hash_of`]).
    pub address_key: Option<String>,
    /// Not before this moment; `None`: at once.
    pub not_before: Option<Utc>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It happened; what the world answered.
    Done(Json),
    /// It did not happen and will not.
    Refused(String),
    /// It certainly did not reach the world, and may be tried again from a moment on.
    NotSent { error: String, again_at: Utc },
    /// It may have happened.
    Uncertain(String),
}

impl Tx<'_> {
    /// Queues an effect, under an id made now. Its kind, address and money are held against the
    /// stop switch, suppressions and daily caps when it is claimed.
    ///
    /// # Errors
    /// The address gets no messages; money of 0 or less is to be spent.
    pub async fn queue(&mut self, new: NewEffect) -> Result<Effect, StoreError> {
        if let Some(address) = &new.address_key {
            self.refuse_if_suppressed(address).await?;
        }
        if let Some(spends) = new.spends.filter(|spends| spends.amount.0 <= 0) {
            return Err(StoreError::NotPositive { found: spends.amount });
        }
        let effect = Effect {
            effect_id: self.new_id(),
            kind: new.kind,
            target: new.target,
            subject: new.subject,
            priority: new.priority,
            payload: new.payload,
            spends: new.spends,
            address_key: new.address_key,
            state: EffectState::Queued,
            attempts: 0,
            not_before: new.not_before.unwrap_or(self.now()),
            created_at: self.now(),
            sent_at: None,
            settled_at: None,
            result: None,
            error: None,
        };
        self.insert(&effect).await?;
        let data = json!({ "kind": effect.kind, "target": effect.target, "subject": effect.subject,
            "spends": effect.spends });
        self.tell(EventKind::EffectQueued, effect.effect_id, data);
        Ok(effect)
    }

    /// Takes up to `limit` effects that may be done now, by priority, then the longest due first.
    /// **Commit before doing them**: from then on each counts as perhaps done.
    ///
    /// Nothing is claimed while everything is stopped. What would go over a daily cap waits in the
    /// queue; what goes to a suppressed address is refused here.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn claim_effects(&mut self, limit: u32) -> Result<Vec<Effect>, StoreError> {
        if self.is_stopped().await? {
            return Ok(vec![]);
        }
        // More than wanted, since some may have to wait for another day.
        let condition = "WHERE state = 'queued' AND not_before <= $1 \
                         ORDER BY priority, not_before, effect_id LIMIT $2";
        let window = limit.saturating_mul(4).saturating_add(64);
        let now = self.now();
        let queued: Vec<Effect> = self.list(condition, vec![now.put(), window.put()]).await?;
        let mut claimed = Vec::new();
        for effect in queued {
            if claimed.len() >= limit as usize {
                break;
            }
            claimed.extend(self.claim_one(effect).await?);
        }
        Ok(claimed)
    }

    /// Takes those of the named effects that may be done now, under the same rules as
    /// [`Tx::claim_effects`] but without regard to `not_before`: somebody says that it is their moment.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn claim_these(&mut self, ids: &[EffectId]) -> Result<Vec<Effect>, StoreError> {
        if self.is_stopped().await? {
            return Ok(vec![]);
        }
        let mut claimed = Vec::new();
        for id in ids {
            let Some(effect) = self.effect(*id).await? else { continue };
            if effect.state == EffectState::Queued {
                claimed.extend(self.claim_one(effect).await?);
            }
        }
        Ok(claimed)
    }

    /// Puts queued messages off until a moment; what waits longer anyway stays. How many.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn put_off_messages(&mut self, until: Utc) -> Result<u64, StoreError> {
        let condition = "WHERE state = 'queued' AND kind = $1 AND not_before < $2 ORDER BY effect_id";
        let early: Vec<Effect> =
            self.list(condition, vec![EffectKind::SendMessage.put(), until.put()]).await?;
        let count = early.len() as u64;
        for effect in early {
            let data = json!({ "kind": effect.kind, "subject": effect.subject, "not_before": until });
            let put_off = Effect { not_before: until, ..effect };
            self.update(&put_off).await?;
            self.tell(EventKind::EffectDeferred, put_off.effect_id, data);
        }
        Ok(count)
    }

    async fn claim_one(&mut self, mut effect: Effect) -> Result<Option<Effect>, StoreError> {
        if let Some(address) = &effect.address_key
            && self.is_suppressed(address).await?
        {
            effect.error = Some("the address gets no messages".to_owned());
            self.change_effect(&mut effect, EffectEvent::Refuse).await?;
            return Ok(None);
        }
        if !self.count_effect(&effect).await? {
            return Ok(None);
        }
        effect.attempts += 1;
        effect.sent_at = Some(self.now());
        self.change_effect(&mut effect, EffectEvent::Send).await?;
        Ok(Some(effect))
    }

    /// Says how an attempt ended, or what was found out about a doubtful one.
    ///
    /// # Errors
    /// There is no such effect, or it is not being sent nor doubtful.
    pub async fn settle(&mut self, id: EffectId, outcome: Outcome) -> Result<Effect, StoreError> {
        let mut effect: Effect = self.get(&id).await?;
        let was_sent_at = effect.sent_at;
        let event = match outcome {
            Outcome::Done(answer) => {
                effect.result = Some(answer);
                effect.error = None;
                EffectEvent::Confirm
            }
            Outcome::Refused(error) => {
                effect.error = Some(error);
                EffectEvent::Refuse
            }
            Outcome::NotSent { error, again_at } => {
                effect.error = Some(error);
                effect.not_before = again_at;
                EffectEvent::Defer
            }
            Outcome::Uncertain(error) => {
                effect.error = Some(error);
                EffectEvent::Doubt
            }
        };
        // A queued one was never attempted: only the claim leads on from there.
        if effect.state == EffectState::Queued {
            effect.state.next_or(EffectEvent::Confirm)?;
        }
        self.change_effect(&mut effect, event).await?;
        // What did not happen does not use up the day.
        if matches!(event, EffectEvent::Defer | EffectEvent::Refuse)
            && let Some(sent_at) = was_sent_at
        {
            self.uncount_effect(&effect, (self.store.day_of)(sent_at)).await?;
        }
        Ok(effect)
    }

    /// Takes a queued effect back before it is sent.
    ///
    /// # Errors
    /// It was sent, or ended.
    pub async fn withdraw(&mut self, id: EffectId, reason: &str) -> Result<Effect, StoreError> {
        let mut effect: Effect = self.get(&id).await?;
        if effect.state != EffectState::Queued {
            // Only what nobody attempted can be taken back.
            effect.state.next_or(EffectEvent::Send)?;
        }
        effect.error = Some(reason.to_owned());
        self.change_effect(&mut effect, EffectEvent::Refuse).await?;
        Ok(effect)
    }

    /// At a start, or for workers that died: every effect claimed before a moment and never settled
    /// becomes doubtful. Those that did.
    ///
    /// # Errors
    /// The database cannot be written.
    pub async fn doubt_sending(&mut self, claimed_before: Utc) -> Result<Vec<Effect>, StoreError> {
        let condition = "WHERE state = 'sending' AND sent_at <= $1 ORDER BY sent_at, effect_id";
        let mut lost: Vec<Effect> = self.list(condition, vec![claimed_before.put()]).await?;
        for effect in &mut lost {
            effect.error = Some("its sender ended before it told the outcome".to_owned());
            self.change_effect(effect, EffectEvent::Doubt).await?;
        }
        Ok(lost)
    }

    pub(crate) async fn change_effect(
        &mut self,
        effect: &mut Effect,
        event: EffectEvent,
    ) -> Result<(), StoreError> {
        let mut data = advance(&mut effect.state, event)?;
        if matches!(event, EffectEvent::Confirm | EffectEvent::Refuse) {
            effect.settled_at = Some(self.now());
        }
        self.update(effect).await?;
        data["kind"] = json!(effect.kind);
        data["subject"] = json!(effect.subject);
        data["error"] = json!(effect.error);
        let kind = match event {
            EffectEvent::Send => EventKind::EffectSending,
            EffectEvent::Confirm => EventKind::EffectDone,
            EffectEvent::Refuse => EventKind::EffectRefused,
            EffectEvent::Defer => EventKind::EffectDeferred,
            EffectEvent::Doubt => EventKind::EffectUncertain,
        };
        self.tell(kind, effect.effect_id, data);
        Ok(())
    }

    /// Counts an effect against the day's caps; `false` when it would go over one.
    async fn count_effect(&mut self, effect: &Effect) -> Result<bool, StoreError> {
        for (cap, amount) in counted(effect) {
            if !self.has_room(cap, amount).await? {
                return Ok(false);
            }
        }
        let today = self.today();
        for (cap, amount) in counted(effect) {
            self.count(today, cap, amount).await?;
        }
        Ok(true)
    }

    async fn uncount_effect(&mut self, effect: &Effect, day: NaiveDate) -> Result<(), StoreError> {
        for (cap, amount) in counted(effect) {
            self.count(day, cap, -amount).await?;
        }
        Ok(())
    }
}

/// What an effect uses of the day's caps.
fn counted(effect: &Effect) -> Vec<(Cap, i64)> {
    let message = (effect.kind == EffectKind::SendMessage).then_some((Cap::Messages, 1));
    let spending = effect.spends.map(|spends| (Cap::Spending(spends.currency), spends.amount.0));
    message.into_iter().chain(spending).collect()
}

/// The refusal of a step that is not to be taken.
trait NextOr {
    fn next_or(self, event: EffectEvent) -> Result<(), StoreError>;
}

impl NextOr for EffectState {
    fn next_or(self, event: EffectEvent) -> Result<(), StoreError> {
        use autobazaaar_domain::Lifecycle as _;
        Ok(self.next(event).map(|_| ())?)
    }
}

impl Reader<'_> {
    /// An effect by its id.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn effect(&mut self, id: EffectId) -> Result<Option<Effect>, StoreError> {
        self.find(&id).await
    }

    /// Effects in a state, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn effects(&mut self, state: EffectState, limit: u32) -> Result<Vec<Effect>, StoreError> {
        let condition = "WHERE state = $1 ORDER BY created_at, effect_id LIMIT $2";
        self.list(condition, vec![state.put(), limit.put()]).await
    }

    /// Effects about a record, the oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn effects_of(&mut self, subject: &str) -> Result<Vec<Effect>, StoreError> {
        self.list("WHERE subject = $1 ORDER BY created_at, effect_id", vec![subject.put()]).await
    }
}
