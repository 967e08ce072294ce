//! The relay: takes what is queued, hands it to the world, and writes down what came of it.

use autobazaaar_domain::Lifecycle as _;
use autobazaaar_domain::effect::{Effect, EffectKind};
use autobazaaar_domain::message::MessageStatus;
use autobazaaar_domain::negotiation::{Negotiation, NegotiationEvent};
use autobazaaar_domain::owner::{AlertKind, Severity, SuppressionReason};
use autobazaaar_domain::purchase::{PurchaseEvent, PurchaseStatus};
use autobazaaar_negotiation::strategy::CloseReason;
use autobazaaar_store::{NewAlert, Outcome, Turn, Tx};
use chrono::TimeDelta;

use super::market::{Answer, Deed, Market, Receipt, Refusal, RefusalCode};
use super::{BATCH, ExecuteError, Executor};

impl<M: Market> Executor<'_, M> {
    /// Sends what is queued and may be sent now; how much.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn relay(&mut self) -> Result<u64, ExecuteError> {
        let mut sent = 0;
        loop {
            let mut tx = self.begin().await?;
            self.keep_quiet(&mut tx).await?;
            let claimed = match self.market.ready() {
                Some(ready) => tx.claim_these(&ready).await?,
                None => tx.claim_effects(BATCH).await?,
            };
            tx.commit().await?;
            if claimed.is_empty() {
                return Ok(sent);
            }
            for effect in claimed {
                sent += 1;
                self.send(&effect).await?;
            }
        }
    }

    /// Hands one claimed effect to the world. From here on it may have happened.
    async fn send(&mut self, effect: &Effect) -> Result<(), ExecuteError> {
        let deed: Deed = serde_json::from_value(effect.payload.clone())?;
        let text = self.text_of(effect).await?;
        let answer = self.market.act(effect.effect_id, &deed, &text).await;
        let mut tx = self.begin().await?;
        match answer {
            Answer::Done(receipt) => self.done(&mut tx, effect, &deed, &receipt).await?,
            Answer::Refused(why) => self.refused(&mut tx, effect, &deed, &why).await?,
            Answer::Later { why, seconds } => {
                let again_at = self.now + TimeDelta::seconds(i64::from(seconds.max(1)));
                tx.settle(effect.effect_id, Outcome::NotSent { error: why, again_at }).await?;
            }
            Answer::Uncertain => {
                let why = "no answer came".to_owned();
                tx.settle(effect.effect_id, Outcome::Uncertain(why)).await?;
                doubt(&mut tx, effect).await?;
            }
        }
        Ok(tx.commit().await?)
    }

    async fn text_of(&self, effect: &Effect) -> Result<String, ExecuteError> {
        if effect.kind != EffectKind::SendMessage {
            return Ok(String::new());
        }
        let mut reader = self.store.read().await?;
        let found = match effect.subject.parse() {
            Ok(id) => reader.message(id).await?,
            Err(_) => None,
        };
        Ok(found.and_then(|message| message.text).unwrap_or_default())
    }

    /// It happened.
    pub(super) async fn done(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        deed: &Deed,
        receipt: &Receipt,
    ) -> Result<(), ExecuteError> {
        tx.settle(effect.effect_id, Outcome::Done(serde_json::to_value(receipt)?)).await?;
        match receipt {
            Receipt::Sent { message, thread } => sent(tx, effect, message, thread).await,
            Receipt::Bought { .. } => match effect.subject.parse() {
                Ok(id) => self.bought(tx, id, receipt).await,
                Err(_) => Ok(()),
            },
            Receipt::Claimed { amount } => match effect.subject.parse() {
                Ok(id) => self.paid_back(tx, id, *amount).await,
                Err(_) => Ok(()),
            },
            Receipt::Published { listing, insertion_fee } => {
                self.published(tx, effect, listing, *insertion_fee).await
            }
            Receipt::Repriced => self.repriced(tx, effect, deed).await,
            Receipt::Delisted => self.delisted(tx, effect).await,
            Receipt::Shipped { tracking, label } => self.shipped(tx, effect, tracking, *label).await,
            Receipt::Refunded { amount } => self.refunded(tx, effect, *amount).await,
        }
    }

    /// It did not happen and will not.
    pub(super) async fn refused(
        &mut self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        deed: &Deed,
        refusal: &Refusal,
    ) -> Result<(), ExecuteError> {
        let why = refusal.why.as_str();
        tx.settle(effect.effect_id, Outcome::Refused(why.to_owned())).await?;
        match deed {
            Deed::Write { .. } => self.not_written(tx, effect, refusal.code).await,
            Deed::Buy { .. } => match effect.subject.parse() {
                Ok(id) => self.not_bought(tx, id, why).await,
                Err(_) => Ok(()),
            },
            Deed::Claim { .. } => self.claim_refused(tx, effect, why).await,
            Deed::Publish { .. } => self.not_published(tx, effect, why).await,
            Deed::Answer { .. } => {
                let Ok(id) = effect.subject.parse() else { return Ok(()) };
                Ok(tx.change_message(id, MessageStatus::Failed, None).await?)
            }
            Deed::Reprice { .. } | Deed::Delist { .. } | Deed::Ship { .. } | Deed::Refund { .. } => {
                tx.raise(NewAlert {
                    kind: AlertKind::Error,
                    severity: Severity::Error,
                    title: format!("{} was refused", effect.kind),
                    message: why.to_owned(),
                    context: Some(effect.payload.clone()),
                    related: Some(("effect".to_owned(), effect.effect_id.to_string())),
                    suggested_action: Some("look at the venue, and do it by hand if it is right".to_owned()),
                })
                .await?;
                Ok(())
            }
        }
    }

    /// A message to a seller was not taken: that ends the negotiation, for the reason that was given.
    async fn not_written(
        &mut self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        code: RefusalCode,
    ) -> Result<(), ExecuteError> {
        let Ok(id) = effect.subject.parse() else { return Ok(()) };
        tx.change_message(id, MessageStatus::Failed, None).await?;
        let Some(negotiation) = negotiation_of(tx, effect).await? else { return Ok(()) };
        let reason = match code {
            RefusalCode::Gone => CloseReason::Sold,
            RefusalCode::OptedOut => CloseReason::OptedOut,
            RefusalCode::Unknown => CloseReason::Unknown,
            RefusalCode::Blocked => CloseReason::Blocked,
            RefusalCode::Other => CloseReason::NotTaken,
        };
        if reason == CloseReason::OptedOut {
            let person = super::write::person_of(self, &negotiation).await;
            tx.suppress(&person, SuppressionReason::OptOut).await?;
        }
        if negotiation.status.is_final() {
            return Ok(());
        }
        settle_doubt(tx, &negotiation).await?;
        self.close(tx, &negotiation, reason).await
    }

    /// Notes that it is not known whether an effect happened.
    pub(super) async fn in_doubt(&mut self, effect: &Effect) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        doubt(&mut tx, effect).await?;
        Ok(tx.commit().await?)
    }
}

/// A message went out.
async fn sent(tx: &mut Tx<'_>, effect: &Effect, name: &str, thread: &str) -> Result<(), ExecuteError> {
    let Ok(id) = effect.subject.parse() else { return Ok(()) };
    tx.change_message(id, MessageStatus::Sent, Some(name)).await?;
    let Some(negotiation) = negotiation_of(tx, effect).await? else { return Ok(()) };
    if negotiation.thread_id.is_none() {
        tx.set_thread(negotiation.negotiation_id, thread).await?;
    }
    settle_doubt(tx, &negotiation).await
}

async fn doubt(tx: &mut Tx<'_>, effect: &Effect) -> Result<(), ExecuteError> {
    match effect.kind {
        EffectKind::SendMessage => {
            let Ok(id) = effect.subject.parse() else { return Ok(()) };
            tx.change_message(id, MessageStatus::Uncertain, None).await?;
            if let Some(negotiation) = negotiation_of(tx, effect).await?
                && negotiation.status.next(NegotiationEvent::Doubt).is_ok()
            {
                let why = Some("whether the message went out is not known");
                tx.change_negotiation(negotiation.negotiation_id, Turn::Doubt, why).await?;
            }
        }
        EffectKind::Pay => {
            let Ok(id) = effect.subject.parse() else { return Ok(()) };
            if tx.purchase(id).await?.is_some_and(|purchase| purchase.status == PurchaseStatus::Paying) {
                tx.change_purchase(id, PurchaseEvent::Doubt, Some("no answer came")).await?;
            }
        }
        _ => {}
    }
    Ok(())
}

async fn settle_doubt(tx: &mut Tx<'_>, negotiation: &Negotiation) -> Result<(), ExecuteError> {
    if negotiation.status.next(NegotiationEvent::Settle).is_ok() {
        tx.change_negotiation(negotiation.negotiation_id, Turn::Settle, None).await?;
    }
    Ok(())
}

/// The negotiation whose message an effect sends, if it is one's.
async fn negotiation_of(tx: &mut Tx<'_>, effect: &Effect) -> Result<Option<Negotiation>, ExecuteError> {
    let Ok(id) = effect.subject.parse() else { return Ok(None) };
    let Some(id) = tx.message(id).await?.and_then(|message| message.negotiation_id) else { return Ok(None) };
    Ok(tx.negotiation(id).await?)
}
