//! Reconciliation: what became of effects whose outcome is not known. It reads, and never repeats
//! blindly.

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::message::MessageStatus;
use autobazaaar_store::{NewEffect, Outcome, Tx};

use super::market::{Deed, Known, Market};
use super::{ExecuteError, Executor};

/// Doubtful effects looked at in one go.
const AT_ONCE: u32 = 256;

impl<M: Market> Executor<'_, M> {
    /// Asks the world about every doubtful effect. What it does not know stays doubtful.
    ///
    /// # Errors
    /// The store cannot be written.
    pub async fn reconcile(&mut self) -> Result<(), ExecuteError> {
        let mut reader = self.store.read().await?;
        let doubtful = reader.effects(EffectState::Uncertain, AT_ONCE).await?;
        drop(reader);
        for effect in doubtful {
            let Some(known) = self.market.known(effect.effect_id).await else { continue };
            let deed: Deed = serde_json::from_value(effect.payload.clone())?;
            let mut tx = self.begin().await?;
            match known {
                Known::Done(receipt) => self.done(&mut tx, &effect, &deed, &receipt).await?,
                Known::Refused(why) => self.refused(&mut tx, &effect, &deed, &why).await?,
                Known::Nothing => again(&mut tx, &effect).await?,
            }
            tx.commit().await?;
        }
        Ok(())
    }
}

/// It certainly did not happen: the same is queued under a new id.
async fn again(tx: &mut Tx<'_>, effect: &Effect) -> Result<(), ExecuteError> {
    tx.settle(effect.effect_id, Outcome::Refused("it never arrived; queued anew".to_owned())).await?;
    if effect.kind == EffectKind::SendMessage
        && let Ok(id) = effect.subject.parse()
    {
        tx.change_message(id, MessageStatus::Queued, None).await?;
    }
    tx.queue(NewEffect {
        kind: effect.kind,
        target: effect.target.clone(),
        subject: effect.subject.clone(),
        priority: effect.priority,
        payload: effect.payload.clone(),
        spends: effect.spends,
        address_key: effect.address_key.clone(),
        not_before: None,
    })
    .await?;
    Ok(())
}
