//! The owner's photos of an item: on the item, and on every offer of it that is open.

use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::ids::InventoryId;
use autobazaaar_domain::inventory::{InventoryItem, ProcessedImage};
use autobazaaar_domain::resale::ResaleListing;
use autobazaaar_domain::{Lifecycle as _, Platform};
use autobazaaar_store::Tx;

use super::market::{Deed, Draft, Market};
use super::{ExecuteError, Executor};

/// Photos that a venue shows of an offer.
#[must_use]
pub fn most_photos(platform: &Platform) -> usize {
    match platform.as_str() {
        "ebay" | "craigslist" => 24,
        "mercari" | "offerup" => 12,
        _ => 10,
    }
}

impl<M: Market> Executor<'_, M> {
    /// Sets the photos of an item; `images` in the order in which they are shown, `sizes` of them all.
    /// Offers that are open show them, and one that waits to be put up is put up with them.
    ///
    /// # Errors
    /// There is no such item.
    pub async fn show_photos(
        &mut self,
        id: InventoryId,
        images: Vec<String>,
        sizes: Vec<ProcessedImage>,
    ) -> Result<InventoryItem, ExecuteError> {
        let mut tx = self.begin().await?;
        let missing =
            || ExecuteError::Missing { record: "item", id: id.to_string(), by: "the owner".to_owned() };
        let item = tx.item(id).await?.ok_or_else(missing)?;
        let item = tx.edit_item(&InventoryItem { images, processed_images: sizes, ..item }).await?;
        for offer in tx.resales_of(id).await? {
            if !offer.status.is_final() {
                let mut images = item.images.clone();
                images.truncate(most_photos(&offer.platform));
                let offer = tx.edit_resale(&ResaleListing { images, ..offer }).await?;
                self.publish_with_photos(&mut tx, &offer).await?;
            }
        }
        tx.commit().await?;
        Ok(item)
    }

    /// What waits to be put up is what it is now.
    async fn publish_with_photos(&self, tx: &mut Tx<'_>, offer: &ResaleListing) -> Result<(), ExecuteError> {
        for effect in tx.effects_of(&offer.resale_id.to_string()).await? {
            if effect.kind != EffectKind::List || effect.state != EffectState::Queued {
                continue;
            }
            let deed: Deed = serde_json::from_value(effect.payload.clone())?;
            if let Deed::Publish { draft } = deed {
                tx.withdraw(effect.effect_id, "it is put up with other photos").await?;
                let draft = Draft { images: offer.images.clone(), ..draft };
                self.queue_for(tx, EffectKind::List, offer, &Deed::Publish { draft }).await?;
            }
        }
        Ok(())
    }
}
