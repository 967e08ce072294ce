//! What the owner arranges about an offer of ours before it is sent: its pictures and facts, or its end.

use std::collections::BTreeMap;

use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::ids::ResaleId;
use autobazaaar_domain::resale::ResaleListing;

use super::goods::key_of;
use super::market::{Deed, Market};
use super::{ExecuteError, Executor};

impl<M: Market> Executor<'_, M> {
    /// Adds pictures and facts to an offer that waits to be put up. What waited gives way to a new
    /// effect with them, so that what is sent is what is stored.
    ///
    /// # Errors
    /// There is no such offer, or it does not wait.
    pub async fn complete(
        &mut self,
        id: ResaleId,
        images: Vec<String>,
        attributes: BTreeMap<String, String>,
    ) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let listing = tx.resale(id).await?.ok_or_else(|| missing(id))?;
        let effects = tx.effects_of(&id.to_string()).await?;
        let waits = |effect: &&autobazaaar_domain::effect::Effect| {
            effect.kind == EffectKind::List && effect.state == EffectState::Queued
        };
        let effect = effects.iter().find(waits).ok_or_else(|| missing(id))?;
        let Deed::Publish { mut draft } = serde_json::from_value(effect.payload.clone())? else {
            return Err(missing(id));
        };
        if !images.is_empty() {
            draft.images = images;
        }
        draft.attributes.extend(attributes);
        tx.withdraw(effect.effect_id, "the owner completes it").await?;
        tx.edit_resale(&ResaleListing { images: draft.images.clone(), ..listing.clone() }).await?;
        self.queue_for(&mut tx, EffectKind::List, &listing, &Deed::Publish { draft }).await?;
        Ok(tx.commit().await?)
    }

    /// The owner wants an offer of ours down. One that waits to be taken down already is left.
    ///
    /// # Errors
    /// There is no such offer, or it is not up.
    pub async fn take_down(&mut self, id: ResaleId) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let listing = tx.resale(id).await?.ok_or_else(|| missing(id))?;
        let key = key_of(&listing).ok_or_else(|| missing(id))?;
        let open = |state| matches!(state, EffectState::Queued | EffectState::Uncertain);
        let before = tx.effects_of(&id.to_string()).await?;
        if !before.iter().any(|effect| effect.kind == EffectKind::Delist && open(effect.state)) {
            self.queue_for(&mut tx, EffectKind::Delist, &listing, &Deed::Delist { listing: key }).await?;
        }
        Ok(tx.commit().await?)
    }
}

fn missing(id: ResaleId) -> ExecuteError {
    ExecuteError::Missing {
        record: "resale listing that is up",
        id: id.to_string(),
        by: "the owner".to_owned(),
    }
}
