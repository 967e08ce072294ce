//! Items in our hands: received, looked at, listed.

use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ids::{InventoryId, ResaleId};
use autobazaaar_domain::inventory::{Inspection, InventoryEvent, InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{Account, TransactionCategory};
use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::purchase::{Purchase, PurchaseEvent, PurchaseStatus};
use autobazaaar_domain::resale::{Reception, ResaleEvent, ResaleListing, ResaleStatus, Visibility};
use autobazaaar_domain::{Cents, Lifecycle as _, ListingKey, Priority, bookings};
use autobazaaar_store::{NewAlert, NewDue, NewEffect, StoreError, Tx};
use chrono::TimeDelta;

use super::books::{About, book, cost};
use super::market::{Arrival, Deed, Draft, Market};
use super::photos::most_photos;
use super::timers::{REPRICE, WAIT};
use super::title::title_for;
use super::{ExecuteError, Executor, deal_of, money};

/// What a thing that is not as described may bring of what was planned.
const BLEMISHED: f64 = 0.7;

impl<M: Market> Executor<'_, M> {
    /// A purchase is in our hands: looked at, claimed back if it is not what was said, else listed.
    pub(super) async fn received(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        arrival: &Arrival,
    ) -> Result<(), ExecuteError> {
        if item.status != InventoryStatus::PendingDelivery {
            return Ok(());
        }
        let purchase = tx.purchase(item.purchase_id).await?;
        if purchase.as_ref().is_some_and(|purchase| purchase.status == PurchaseStatus::Paid) {
            tx.change_purchase(item.purchase_id, PurchaseEvent::Receive, None).await?;
        }
        tx.drop_due(WAIT, item.purchase_id).await?;
        tx.change_item(item.inventory_id, InventoryEvent::Receive, None).await?;
        let item = self.inspected(tx, item, arrival).await?;
        match purchase {
            Some(purchase) if !arrival.as_described => {
                let why = format!("not as described: {}", arrival.notes);
                self.claim(tx, &purchase, &arrival.order, &why).await
            }
            _ => self.list(tx, &item, &arrival.order).await,
        }
    }

    /// What was found when it came stands with the item, and in its description.
    pub(super) async fn inspected(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        arrival: &Arrival,
    ) -> Result<InventoryItem, ExecuteError> {
        let inspection = Inspection {
            at: tx.now(),
            condition: arrival.condition,
            as_described: arrival.as_described,
            notes: arrival.notes.clone(),
        };
        // Where none are imagined, the owner's own photos stay.
        let imagined = (1..=self.settings.photos).map(|n| format!("{}/{n}.jpg", item.sku));
        let images = if self.settings.photos == 0 { item.images.clone() } else { imagined.collect() };
        let seen = InventoryItem {
            condition: Some(arrival.condition),
            description: described(item, &inspection),
            inspection: Some(inspection),
            images,
            ..item.clone()
        };
        Ok(tx.edit_item(&seen).await?)
    }

    /// The venue gives no money back: what came is sold for what it is, what never came is lost.
    pub(super) async fn claim_refused(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        why: &str,
    ) -> Result<(), ExecuteError> {
        let Ok(id) = effect.subject.parse() else { return Ok(()) };
        let Some(item) = tx.item_of(id).await? else { return Ok(()) };
        match item.status {
            InventoryStatus::PendingDelivery => {
                self.written_off(tx, &item, &format!("it never came; {why}")).await
            }
            InventoryStatus::InStock => {
                let order = order_of(&item);
                self.list(tx, &item, &order).await
            }
            _ => Ok(()),
        }
    }

    /// Puts an item in stock up for sale where it nets most.
    pub(super) async fn list(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        order: &str,
    ) -> Result<(), ExecuteError> {
        let tracked = deal_of(tx, item.deal_id, "an item").await?;
        let Some(figures) = tracked.deal.and_then(|deal| deal.figures) else {
            return self.cannot_list(tx, item, "nothing is known of its value").await;
        };
        let blemished = item.inspection.as_ref().is_some_and(|seen| !seen.as_described);
        let price = whole(figures.plan.list_price.share(if blemished { BLEMISHED } else { 1.0 }), item);
        let route = &figures.route;
        let no_loss = route.break_even(item.cost).unwrap_or(price);
        let floor = whole(price.share(self.settings.floor_share).min(no_loss), item);
        let sent = route.delivery == Delivery::Shipped;
        let listing = ResaleListing {
            resale_id: tx.new_id(),
            inventory_id: item.inventory_id,
            platform: route.platform.clone(),
            platform_listing_id: None,
            url: None,
            title: title_for(&item.title, &route.platform),
            description: item.description.clone(),
            currency: item.currency,
            price,
            floor_price: floor.min(price),
            shipping_price: sent.then_some(route.shipping_charged),
            images: item.images.iter().take(most_photos(&route.platform)).cloned().collect(),
            status: ResaleStatus::FIRST,
            visibility: Visibility::Public,
            metrics: Reception::default(),
            last_optimized: None,
            suggested_price: None,
            created_at: tx.now(),
            updated_at: tx.now(),
            expires_at: None,
        };
        tx.add_resale(&listing).await?;
        let draft = Draft {
            platform: listing.platform.clone(),
            purchase_order: order.to_owned(),
            title: listing.title.clone(),
            description: listing.description.clone(),
            condition: item.condition,
            price,
            shipping_price: listing.shipping_price,
            delivery: route.delivery,
            images: listing.images.clone(),
            attributes: std::collections::BTreeMap::new(),
        };
        self.queue_for(tx, EffectKind::List, &listing, &Deed::Publish { draft }).await
    }

    /// A deed about an offer of ours.
    pub(super) async fn queue_for(
        &self,
        tx: &mut Tx<'_>,
        kind: EffectKind,
        listing: &ResaleListing,
        deed: &Deed,
    ) -> Result<(), ExecuteError> {
        tx.queue(NewEffect {
            kind,
            target: listing.platform.to_string(),
            subject: listing.resale_id.to_string(),
            priority: Priority::Normal,
            payload: serde_json::to_value(deed)?,
            spends: None,
            address_key: None,
            not_before: None,
        })
        .await?;
        Ok(())
    }

    /// Our offer is up.
    pub(super) async fn published(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        key: &ListingKey,
        fee: Cents,
    ) -> Result<(), ExecuteError> {
        let Some(listing) = resale_of(tx, effect).await? else { return Ok(()) };
        tx.change_resale(listing.resale_id, ResaleEvent::Publish, None).await?;
        let named = ResaleListing { platform_listing_id: Some(key.external_id.clone()), ..listing };
        let listing = tx.edit_resale(&named).await?;
        if tx.item(listing.inventory_id).await?.is_some_and(|item| item.status == InventoryStatus::InStock) {
            tx.change_item(listing.inventory_id, InventoryEvent::List, None).await?;
        }
        if fee.0 != 0 {
            let about = About {
                platform: Some(listing.platform.clone()),
                item: Some(listing.inventory_id),
                resale: Some(listing.resale_id),
                ..About::default()
            };
            let postings = bookings::paid(listing.currency, Account::ServiceCosts, fee);
            let booking = cost(TransactionCategory::Service, "insertion fee", fee, postings);
            book(tx, listing.currency, about, booking).await?;
        }
        self.look_again(tx, listing.resale_id).await
    }

    /// The venue does not want it: the owner has to look.
    pub(super) async fn not_published(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        why: &str,
    ) -> Result<(), ExecuteError> {
        let Some(listing) = resale_of(tx, effect).await? else { return Ok(()) };
        tx.change_resale(listing.resale_id, ResaleEvent::Remove, Some(why)).await?;
        match tx.item(listing.inventory_id).await? {
            Some(item) => self.cannot_list(tx, &item, why).await,
            None => Ok(()),
        }
    }

    async fn cannot_list(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        why: &str,
    ) -> Result<(), ExecuteError> {
        tx.raise(NewAlert {
            kind: AlertKind::Sale,
            severity: Severity::Warning,
            title: format!("{} is in stock and not listed", item.sku),
            message: why.to_owned(),
            context: None,
            related: Some(("inventory_item".to_owned(), item.inventory_id.to_string())),
            suggested_action: Some("list it by hand".to_owned()),
        })
        .await?;
        Ok(())
    }

    /// The owner says that an item is lost: its offers end, and it is off the books.
    ///
    /// # Errors
    /// There is no such item, or its life does not know the change.
    pub async fn write_off(&mut self, id: InventoryId, why: &str) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let missing =
            || ExecuteError::Missing { record: "item", id: id.to_string(), by: "the owner".to_owned() };
        let item = tx.item(id).await?.ok_or_else(missing)?;
        for offer in tx.resales_of(id).await? {
            self.drop_all_answers(&mut tx, offer.resale_id).await?;
            for effect in tx.effects_of(&offer.resale_id.to_string()).await? {
                if effect.state == EffectState::Queued {
                    tx.withdraw(effect.effect_id, why).await?;
                }
            }
            match key_of(&offer) {
                _ if offer.status.is_final() => {}
                Some(listing) => {
                    self.queue_for(&mut tx, EffectKind::Delist, &offer, &Deed::Delist { listing }).await?;
                }
                None => {
                    tx.change_resale(offer.resale_id, ResaleEvent::Remove, Some(why)).await?;
                }
            }
        }
        self.written_off(&mut tx, &item, why).await?;
        Ok(tx.commit().await?)
    }

    /// Our offer costs less now.
    pub(super) async fn repriced(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        deed: &Deed,
    ) -> Result<(), ExecuteError> {
        let (Deed::Reprice { price, .. }, Some(listing)) = (deed, resale_of(tx, effect).await?) else {
            return Ok(());
        };
        if listing.status.is_final() {
            return Ok(());
        }
        let cheaper = ResaleListing { price: *price, last_optimized: Some(tx.now()), ..listing };
        tx.edit_resale(&cheaper).await?;
        Ok(())
    }

    /// Our offer is down.
    pub(super) async fn delisted(&self, tx: &mut Tx<'_>, effect: &Effect) -> Result<(), ExecuteError> {
        let Some(listing) = resale_of(tx, effect).await? else { return Ok(()) };
        if !listing.status.is_final() {
            tx.change_resale(listing.resale_id, ResaleEvent::Remove, Some("taken down")).await?;
        }
        Ok(())
    }

    /// After a while without a sale an offer gets cheaper, down to its floor.
    pub(super) async fn cheaper(&self, tx: &mut Tx<'_>, id: ResaleId) -> Result<(), ExecuteError> {
        let Some(listing) = tx.resale(id).await?.filter(|l| l.status == ResaleStatus::Active) else {
            return Ok(());
        };
        let Some(item) = tx.item(listing.inventory_id).await? else { return Ok(()) };
        let lower = whole(listing.price.share(1.0 - self.settings.reprice_step), &item);
        let price = lower.max(listing.floor_price);
        if price < listing.price
            && let Some(key) = key_of(&listing)
        {
            self.queue_for(tx, EffectKind::Update, &listing, &Deed::Reprice { listing: key, price }).await?;
            self.look_again(tx, id).await?;
        }
        Ok(())
    }

    /// The owner wants another price for an offer of ours; a change that waited gives way.
    ///
    /// # Errors
    /// There is no such offer, it is not up, or the price is below its floor.
    pub async fn reprice(&mut self, id: ResaleId, price: Cents) -> Result<(), ExecuteError> {
        let mut tx = self.begin().await?;
        let missing = || ExecuteError::Missing {
            record: "resale listing",
            id: id.to_string(),
            by: "the owner".to_owned(),
        };
        let listing = tx.resale(id).await?.ok_or_else(missing)?;
        let key = key_of(&listing).ok_or_else(missing)?;
        if price < listing.floor_price {
            let [asked, floor] = [price, listing.floor_price].map(|amount| money(amount, listing.currency));
            return Err(StoreError::BelowFloor { asked, floor }.into());
        }
        for effect in tx.effects_of(&id.to_string()).await? {
            if effect.kind == EffectKind::Update && effect.state == EffectState::Queued {
                tx.withdraw(effect.effect_id, "the owner sets another price").await?;
            }
        }
        self.queue_for(&mut tx, EffectKind::Update, &listing, &Deed::Reprice { listing: key, price }).await?;
        Ok(tx.commit().await?)
    }

    async fn look_again(&self, tx: &mut Tx<'_>, id: ResaleId) -> Result<(), ExecuteError> {
        let at = tx.now() + TimeDelta::days(self.settings.reprice_days);
        tx.schedule(&NewDue::new(REPRICE, id, at)).await?;
        Ok(())
    }

    /// A purchase that should have come long ago.
    pub(super) async fn overdue(&self, tx: &mut Tx<'_>, purchase: &Purchase) -> Result<(), ExecuteError> {
        let Some(item) = tx.item_of(purchase.purchase_id).await? else { return Ok(()) };
        if item.status != InventoryStatus::PendingDelivery {
            return Ok(());
        }
        self.claim(tx, purchase, &order_of(&item), "it has not come in time").await
    }
}

/// The offer that an effect is about.
pub(super) async fn resale_of(
    tx: &mut Tx<'_>,
    effect: &Effect,
) -> Result<Option<ResaleListing>, ExecuteError> {
    match effect.subject.parse() {
        Ok(id) => Ok(tx.resale(id).await?),
        Err(_) => Ok(None),
    }
}

/// The key of an offer of ours that is up.
#[must_use]
pub fn key_of(listing: &ResaleListing) -> Option<ListingKey> {
    let id = listing.platform_listing_id.as_ref()?;
    format!("{}:{id}", listing.platform).parse().ok()
}

/// The venue's number of the purchase that brought an item.
pub(super) fn order_of(item: &InventoryItem) -> String {
    item.sku.split_once('/').map_or_else(|| item.sku.clone(), |(_, order)| order.to_owned())
}

/// Whole units of the currency, at least one: what a person would write.
fn whole(price: Cents, item: &InventoryItem) -> Cents {
    let unit = item.currency.scale().max(1);
    Cents((price.0 / unit * unit).max(unit))
}

/// What we know of the item, and nothing else.
fn described(item: &InventoryItem, seen: &Inspection) -> String {
    let condition = seen.condition.as_str().replace('_', " ");
    let notes = if seen.notes.is_empty() { String::new() } else { format!(" {}", seen.notes) };
    format!("{}. Condition, as found on inspection: {condition}.{notes}", item.title)
}
