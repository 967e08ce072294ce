//! Our offers on venues, and what comes of them.

use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::{InventoryId, PurchaseId, ResaleId, SaleId};
use autobazaaar_domain::resale::{
    ResaleEvent, ResaleListing, ResaleStatus, Sale, SaleEvent, SaleStatus, Shipment,
};
use autobazaaar_domain::{Cents, Lifecycle as _, Money, Platform};
use serde_json::json;

use crate::StoreError;
use crate::store::{Reader, Tx, advance};
use crate::value::Cell as _;

impl Tx<'_> {
    /// Adds an offer of ours as a draft.
    ///
    /// # Errors
    /// The item is not there; the price is below the floor; it does not begin as a draft.
    pub async fn add_resale(&mut self, listing: &ResaleListing) -> Result<(), StoreError> {
        if listing.status != ResaleStatus::FIRST {
            return Err(StoreError::Twice { rule: "a resale listing begins as a draft" });
        }
        not_below_floor(listing.price, listing)?;
        self.insert(listing).await?;
        let data = json!({ "item": listing.inventory_id, "platform": listing.platform, "price": listing.price,
            "floor": listing.floor_price, "currency": listing.currency });
        self.tell(EventKind::ListingCreated, listing.resale_id, data);
        Ok(())
    }

    /// Leads an offer of ours on.
    ///
    /// # Errors
    /// There is no such offer, or its life does not know the change.
    pub async fn change_resale(
        &mut self,
        id: ResaleId,
        event: ResaleEvent,
        reason: Option<&str>,
    ) -> Result<ResaleListing, StoreError> {
        let mut listing: ResaleListing = self.get(&id).await?;
        let mut data = advance(&mut listing.status, event)?;
        listing.updated_at = self.now();
        self.update(&listing).await?;
        data["reason"] = json!(reason);
        data["item"] = json!(listing.inventory_id);
        let sold = event == ResaleEvent::Sell;
        self.tell(if sold { EventKind::ListingSold } else { EventKind::ListingUpdated }, id, data);
        Ok(listing)
    }

    /// Rewrites what an offer of ours says: texts, price, floor, the venue's name of it, reception.
    /// Its state, item and venue stay as they are.
    ///
    /// # Errors
    /// There is no such offer; the price is below the floor; it has ended.
    pub async fn edit_resale(&mut self, edited: &ResaleListing) -> Result<ResaleListing, StoreError> {
        let old: ResaleListing = self.get(&edited.resale_id).await?;
        if old.status.is_final() {
            old.status.next(ResaleEvent::Publish)?;
        }
        not_below_floor(edited.price, edited)?;
        let data = json!({ "price": { "from": old.price, "to": edited.price },
            "floor": { "from": old.floor_price, "to": edited.floor_price } });
        let listing = ResaleListing {
            inventory_id: old.inventory_id,
            platform: old.platform,
            currency: old.currency,
            status: old.status,
            created_at: old.created_at,
            updated_at: self.now(),
            ..edited.clone()
        };
        let updated = self.update(&listing).await;
        updated.map_err(|error| error.or_twice("another offer of ours has this name on the venue"))?;
        self.tell(EventKind::ListingUpdated, listing.resale_id, data);
        Ok(listing)
    }

    /// Adds a buyer's order. One that came before (same venue and venue's number) adds nothing; whether
    /// it was new.
    ///
    /// # Errors
    /// Our offer is not there, or the order does not begin as ordered.
    pub async fn add_sale(&mut self, sale: &Sale) -> Result<bool, StoreError> {
        if sale.status != SaleStatus::FIRST {
            return Err(StoreError::Twice { rule: "a sale begins as ordered" });
        }
        if self.sale_on(&sale.platform, &sale.platform_order_id).await?.is_some() {
            return Ok(false);
        }
        self.insert(sale).await?;
        let data = json!({ "resale": sale.resale_id, "item": sale.inventory_id, "platform": sale.platform,
            "price": sale.price, "shipping_charged": sale.shipping_charged, "currency": sale.currency });
        self.tell(EventKind::SaleOrdered, sale.sale_id, data);
        Ok(true)
    }

    /// Leads a sale on.
    ///
    /// # Errors
    /// There is no such sale, or its life does not know the change.
    pub async fn change_sale(
        &mut self,
        id: SaleId,
        event: SaleEvent,
        reason: Option<&str>,
    ) -> Result<Sale, StoreError> {
        let mut sale: Sale = self.get(&id).await?;
        let mut data = advance(&mut sale.status, event)?;
        sale.updated_at = self.now();
        self.update(&sale).await?;
        data["reason"] = json!(reason);
        data["item"] = json!(sale.inventory_id);
        let kind = match event {
            SaleEvent::Ship => EventKind::SaleShipped,
            SaleEvent::Refund => EventKind::SaleRefunded,
            _ => EventKind::SaleChanged,
        };
        self.tell(kind, id, data);
        Ok(sale)
    }

    /// Adds a parcel, or rewrites one that is there.
    ///
    /// # Errors
    /// Its sale or purchase is not there.
    pub async fn put_shipment(&mut self, shipment: &Shipment) -> Result<(), StoreError> {
        match self.find::<Shipment>(&shipment.shipment_id).await? {
            Some(_) => self.update(shipment).await?,
            None => self.insert(shipment).await?,
        }
        let detail = json!({ "direction": shipment.direction, "carrier": shipment.carrier,
            "shipped_at": shipment.shipped_at, "delivered_at": shipment.delivered_at });
        self.note("shipment.changed", shipment.shipment_id, detail);
        Ok(())
    }
}

/// A price below the floor is refused; so is one that is not above 0.
fn not_below_floor(price: Cents, listing: &ResaleListing) -> Result<(), StoreError> {
    let money = |amount| Money { amount, currency: listing.currency };
    if price.0 <= 0 {
        return Err(StoreError::NotPositive { found: price });
    }
    if price < listing.floor_price {
        return Err(StoreError::BelowFloor { asked: money(price), floor: money(listing.floor_price) });
    }
    Ok(())
}

impl Reader<'_> {
    /// An offer of ours.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn resale(&mut self, id: ResaleId) -> Result<Option<ResaleListing>, StoreError> {
        self.find(&id).await
    }

    /// Offers of ours in a state, the longest unchanged first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn resales(
        &mut self,
        status: ResaleStatus,
        limit: u32,
    ) -> Result<Vec<ResaleListing>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY updated_at, resale_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// All offers of an item, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn resales_of(&mut self, item: InventoryId) -> Result<Vec<ResaleListing>, StoreError> {
        self.list("WHERE inventory_id = $1 ORDER BY created_at, resale_id", vec![item.put()]).await
    }

    /// An offer of ours by the venue's name of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn resale_on(
        &mut self,
        platform: &Platform,
        id: &str,
    ) -> Result<Option<ResaleListing>, StoreError> {
        let condition = "WHERE platform = $1 AND platform_listing_id = $2";
        Ok(self.list(condition, vec![platform.put(), id.put()]).await?.into_iter().next())
    }

    /// A sale.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn sale(&mut self, id: SaleId) -> Result<Option<Sale>, StoreError> {
        self.find(&id).await
    }

    /// A sale by the venue's number of it.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn sale_on(&mut self, platform: &Platform, order: &str) -> Result<Option<Sale>, StoreError> {
        let condition = "WHERE platform = $1 AND platform_order_id = $2";
        Ok(self.list(condition, vec![platform.put(), order.put()]).await?.into_iter().next())
    }

    /// Sales in a state, the longest unchanged first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn sales(&mut self, status: SaleStatus, limit: u32) -> Result<Vec<Sale>, StoreError> {
        let condition = "WHERE status = $1 ORDER BY updated_at, sale_id LIMIT $2";
        self.list(condition, vec![status.put(), limit.put()]).await
    }

    /// The sales of an item, oldest first.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn sales_of(&mut self, item: InventoryId) -> Result<Vec<Sale>, StoreError> {
        self.list("WHERE inventory_id = $1 ORDER BY ordered_at, sale_id", vec![item.put()]).await
    }

    /// The parcels of a sale.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn shipments_of_sale(&mut self, sale: SaleId) -> Result<Vec<Shipment>, StoreError> {
        self.list("WHERE sale_id = $1 ORDER BY shipment_id", vec![sale.put()]).await
    }

    /// The parcels of a purchase.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn shipments_of_purchase(&mut self, purchase: PurchaseId) -> Result<Vec<Shipment>, StoreError> {
        self.list("WHERE purchase_id = $1 ORDER BY shipment_id", vec![purchase.put()]).await
    }
}
