//! Purchases, and items in our hands.

use std::collections::HashSet;

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{DealId, InventoryId, PurchaseId};
use autobazaaar_domain::inventory::{InventoryEvent, InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{Hold, HoldState};
use autobazaaar_domain::purchase::{Purchase, PurchaseEvent, PurchaseStatus};
use autobazaaar_domain::{Cents, Lifecycle as _, Money};
use serde_json::json;

use crate::StoreError;
use crate::deals::TrackedDeal;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

impl Tx<'_> {
    /// Adds a purchase; its hold must be open and cover it. A deal is bought once.
    ///
    /// # Errors
    /// The price is above the deal's decided maximum, or there is none; the hold is closed or too
    /// small; the deal is being bought already; it does not begin as initiated.
    pub async fn initiate_purchase(&mut self, purchase: &Purchase) -> Result<(), StoreError> {
        let deal: TrackedDeal = self.get(&purchase.deal_id).await?;
        let hold: Hold = self.get(&purchase.hold_id).await?;
        may_buy(purchase, &deal, &hold)?;
        let added = self.insert(purchase).await;
        added.map_err(|error| error.or_twice("this deal is being bought already"))?;
        let data = json!({ "deal": purchase.deal_id, "negotiation": purchase.negotiation_id,
            "price": purchase.price, "currency": purchase.currency, "hold": purchase.hold_id });
        self.tell(EventKind::PurchaseInitiated, purchase.purchase_id, data);
        Ok(())
    }

    /// Leads a purchase on. Closing its hold and the ledger entry belong in the same transaction.
    ///
    /// # Errors
    /// There is no such purchase, its life does not know the change, or paying while everything is
    /// stopped.
    pub async fn change_purchase(
        &mut self,
        id: PurchaseId,
        event: PurchaseEvent,
        reason: Option<&str>,
    ) -> Result<Purchase, StoreError> {
        if event == PurchaseEvent::Pay {
            self.refuse_if_stopped().await?;
        }
        let mut purchase: Purchase = self.get(&id).await?;
        let mut data = advance(&mut purchase.status, event)?;
        purchase.status_reason = reason.map(str::to_owned);
        purchase.updated_at = self.now();
        match event {
            PurchaseEvent::ConfirmPayment => purchase.paid_at = Some(self.now()),
            PurchaseEvent::Receive => purchase.received_at = Some(self.now()),
            _ => {}
        }
        self.update(&purchase).await?;
        data["reason"] = json!(reason);
        data["deal"] = json!(purchase.deal_id);
        let kind = match event {
            PurchaseEvent::ConfirmPayment => EventKind::PurchaseCompleted,
            PurchaseEvent::Fail | PurchaseEvent::Cancel => EventKind::PurchaseFailed,
            _ => EventKind::PurchaseChanged,
        };
        self.tell(kind, id, data);
        Ok(purchase)
    }

    /// Writes down the price that was truly paid: less than was agreed to where the ask had come down
    /// meanwhile. A higher one is written down as well, and breaks R3 where it is above the limit.
    ///
    /// # Errors
    /// There is no such purchase, or the price is not above 0.
    pub async fn settle_price(&mut self, id: PurchaseId, paid: Cents) -> Result<Purchase, StoreError> {
        if paid.0 <= 0 {
            return Err(StoreError::NotPositive { found: paid });
        }
        let mut purchase: Purchase = self.get(&id).await?;
        let agreed = purchase.price;
        purchase.landed_cost = purchase.landed_cost + paid - agreed;
        purchase.price = paid;
        purchase.updated_at = self.now();
        self.update(&purchase).await?;
        self.note("purchase.settled", id, json!({ "agreed": agreed, "paid": paid }));
        Ok(purchase)
    }

    /// Adds an item that was bought, in the state it has.
    ///
    /// # Errors
    /// Its purchase is not there, or has an item already; its number is used.
    pub async fn add_item(&mut self, item: &InventoryItem) -> Result<(), StoreError> {
        let added = self.insert(item).await;
        added.map_err(|error| error.or_twice("this purchase or number has an item already"))?;
        let data = json!({ "sku": item.sku, "deal": item.deal_id, "purchase": item.purchase_id,
            "status": item.status, "cost": item.cost, "currency": item.currency });
        self.tell(EventKind::ItemChanged, item.inventory_id, data);
        Ok(())
    }

    /// Leads an item on.
    ///
    /// # Errors
    /// There is no such item, or its life does not know the change.
    pub async fn change_item(
        &mut self,
        id: InventoryId,
        event: InventoryEvent,
        reason: Option<&str>,
    ) -> Result<InventoryItem, StoreError> {
        let mut item: InventoryItem = self.get(&id).await?;
        let mut data = advance(&mut item.status, event)?;
        let now = Some(self.now());
        match event {
            InventoryEvent::Receive => item.acquired_at = now,
            InventoryEvent::List => item.listed_at = item.listed_at.or(now),
            InventoryEvent::Sell => item.sold_at = now,
            InventoryEvent::Restock => item.sold_at = None,
            _ => {}
        }
        item.updated_at = self.now();
        self.update(&item).await?;
        data["reason"] = json!(reason);
        let received = event == InventoryEvent::Receive;
        self.tell(if received { EventKind::ItemReceived } else { EventKind::ItemChanged }, id, data);
        Ok(item)
    }

    /// Rewrites what is said of an item: texts, photos, place, inspection, cost. Its state and what it
    /// came from stay as they are.
    ///
    /// # Errors
    /// There is no such item.
    pub async fn edit_item(&mut self, edited: &InventoryItem) -> Result<InventoryItem, StoreError> {
        let old: InventoryItem = self.get(&edited.inventory_id).await?;
        let item = InventoryItem {
            sku: old.sku,
            deal_id: old.deal_id,
            purchase_id: old.purchase_id,
            negotiation_id: old.negotiation_id,
            currency: old.currency,
            status: old.status,
            purchased_at: old.purchased_at,
            acquired_at: old.acquired_at,
            listed_at: old.listed_at,
            sold_at: old.sold_at,
            updated_at: self.now(),
            ..edited.clone()
        };
        self.update(&item).await?;
        self.tell(EventKind::ItemChanged, item.inventory_id, json!({ "edited": true, "cost": item.cost }));
        Ok(item)
    }
}

fn may_buy(purchase: &Purchase, deal: &TrackedDeal, hold: &Hold) -> Result<(), StoreError> {
    let money = |amount| Money { amount, currency: purchase.currency };
    if purchase.status != PurchaseStatus::FIRST {
        return Err(StoreError::Twice { rule: "a purchase begins as initiated" });
    }
    for expected in [deal.currency, hold.currency] {
        if expected != purchase.currency {
            return Err(StoreError::WrongCurrency { found: purchase.currency, expected });
        }
    }
    let limit = deal.max_price.filter(|limit| limit.0 > 0);
    let limit = limit.ok_or(StoreError::NoLimit { limit: deal.max_price })?.min(purchase.max_price);
    if purchase.price.0 <= 0 {
        return Err(StoreError::NotPositive { found: purchase.price });
    }
    if purchase.price > limit {
        return Err(StoreError::AboveLimit { offered: money(purchase.price), limit: money(limit) });
    }
    if hold.state != HoldState::Pending || hold.deal_id != purchase.deal_id {
        return Err(StoreError::Twice { rule: "a purchase needs an open hold of its own deal" });
    }
    if purchase.landed_cost > hold.amount || purchase.landed_cost < purchase.price {
        return Err(StoreError::AboveLimit {
            offered: money(purchase.landed_cost),
            limit: money(hold.amount),
        });
    }
    Ok(())
}

impl Reader<'_> {
    /// A purchase.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn purchase(&mut self, id: PurchaseId) -> Result<Option<Purchase>, StoreError> {
        self.find(&id).await
    }

    /// Purchases in a state, the longest unchanged first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn purchases(
        &mut self,
        status: PurchaseStatus,
        limit: u32,
    ) -> Result<Vec<Purchase>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY updated_at, purchase_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// The purchases of a deal, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn purchases_of(&mut self, deal: DealId) -> Result<Vec<Purchase>, StoreError> {
        self.list("WHERE deal_id = $1 ORDER BY initiated_at, purchase_id", vec![deal.put()]).await
    }

    /// An item.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn item(&mut self, id: InventoryId) -> Result<Option<InventoryItem>, StoreError> {
        self.find(&id).await
    }

    /// An item by our own number of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn item_by_sku(&mut self, sku: &str) -> Result<Option<InventoryItem>, StoreError> {
        Ok(self.list("WHERE sku = $1", vec![sku.put()]).await?.into_iter().next())
    }

    /// The item of a purchase.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn item_of(&mut self, purchase: PurchaseId) -> Result<Option<InventoryItem>, StoreError> {
        Ok(self.list("WHERE purchase_id = $1", vec![purchase.put()]).await?.into_iter().next())
    }

    /// Names of every file of a photo that an item shows, in any size.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn photos_in_use(&mut self) -> Result<HashSet<String>, StoreError> {
        let items: Vec<InventoryItem> =
            self.list("WHERE images <> '[]' ORDER BY inventory_id", vec![]).await?;
        let names = items.into_iter().flat_map(|item| {
            item.images.into_iter().chain(item.processed_images.into_iter().map(|one| one.url))
        });
        Ok(names.collect())
    }

    /// Items in a state, the longest unchanged first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn items(
        &mut self,
        status: InventoryStatus,
        limit: u32,
    ) -> Result<Vec<InventoryItem>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY updated_at, inventory_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }
}
