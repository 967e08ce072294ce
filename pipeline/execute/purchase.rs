//! Buying: from an open hold to an item on its way.

use autobazaaar_domain::bookings::{self, PurchaseCosts};
use autobazaaar_domain::deal::DealEvent;
use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::ids::{NegotiationId, PurchaseId};
use autobazaaar_domain::inventory::{InventoryEvent, InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{FeeLines, Hold, TransactionCategory, TransactionKind};
use autobazaaar_domain::owner::{AlertKind, Severity};
use autobazaaar_domain::purchase::{Purchase, PurchaseEvent, PurchaseStatus};
use autobazaaar_domain::{Cents, Lifecycle as _, Priority};
use autobazaaar_negotiation::writing::plain_title_within;
use autobazaaar_store::{NewAlert, NewDue, NewEffect, TrackedDeal, Tx};
use chrono::TimeDelta;

use super::books::{About, Booking, book};
use super::market::{Deed, Market, Receipt};
use super::timers::WAIT;
use super::{ExecuteError, Executor, deal_of, money};

/// Longest name of an item, characters; what a venue takes of it is cut when it is offered.
const TITLE_CHARS: usize = 200;

impl<M: Market> Executor<'_, M> {
    /// Queues the payment of a deal at a price, out of its hold.
    pub(super) async fn buy(
        &self,
        tx: &mut Tx<'_>,
        tracked: &TrackedDeal,
        negotiation_id: Option<NegotiationId>,
        hold: &Hold,
        price: Cents,
    ) -> Result<(), ExecuteError> {
        let figures = tracked.deal.as_ref().and_then(|deal| deal.figures.as_ref());
        let landed = figures.map_or(price, |figures| figures.costs.landed(price));
        let purchase = Purchase {
            purchase_id: tx.new_id(),
            deal_id: tracked.deal_id,
            negotiation_id,
            item_id: tracked.item_id,
            key: tracked.key.clone(),
            seller_key: tracked.seller_key.clone(),
            currency: tracked.currency,
            price,
            max_price: tracked.max_price.unwrap_or(Cents::ZERO),
            landed_cost: landed,
            hold_id: hold.hold_id,
            status: PurchaseStatus::FIRST,
            status_reason: None,
            payment_method: self.market.channel().to_string(),
            pickup: None,
            initiated_at: tx.now(),
            paid_at: None,
            received_at: None,
            updated_at: tx.now(),
        };
        tx.keep_hold(hold.hold_id, None).await?;
        tx.initiate_purchase(&purchase).await?;
        tx.change_purchase(purchase.purchase_id, PurchaseEvent::Pay, None).await?;
        let deed = Deed::Buy { listing: tracked.key.clone(), price };
        tx.queue(NewEffect {
            kind: EffectKind::Pay,
            target: tracked.key.platform.to_string(),
            subject: purchase.purchase_id.to_string(),
            priority: Priority::High,
            payload: serde_json::to_value(&deed)?,
            spends: Some(money(landed, tracked.currency)),
            address_key: None,
            not_before: None,
        })
        .await?;
        Ok(())
    }

    /// The payment went through: the hold is spent, the books say so, the item is on its way.
    pub(super) async fn bought(
        &self,
        tx: &mut Tx<'_>,
        id: PurchaseId,
        receipt: &Receipt,
    ) -> Result<(), ExecuteError> {
        let Receipt::Bought { order, price, total, .. } = receipt else { return Ok(()) };
        let agreed = tx.change_purchase(id, PurchaseEvent::ConfirmPayment, None).await?;
        let purchase = if agreed.price == *price { agreed } else { tx.settle_price(id, *price).await? };
        let tracked = deal_of(tx, purchase.deal_id, "a purchase").await?;
        tx.post_charge(purchase.hold_id, money(*total, purchase.currency)).await?;
        let item = InventoryItem {
            inventory_id: tx.new_id(),
            sku: sku(&purchase.key.platform, order),
            deal_id: purchase.deal_id,
            purchase_id: id,
            negotiation_id: purchase.negotiation_id,
            title: plain_title_within(&tracked.title, TITLE_CHARS),
            description: String::new(),
            category: tracked.category.clone(),
            condition: None,
            images: Vec::new(),
            processed_images: Vec::new(),
            currency: purchase.currency,
            purchase_price: *price,
            cost: *total,
            purchase_platform: purchase.key.platform.clone(),
            storage_location: None,
            status: InventoryStatus::FIRST,
            inspection: None,
            purchased_at: tx.now(),
            acquired_at: None,
            listed_at: None,
            sold_at: None,
            updated_at: tx.now(),
        };
        tx.add_item(&item).await?;
        let about = About {
            platform: Some(purchase.key.platform.clone()),
            purchase: Some(id),
            item: Some(item.inventory_id),
            number: Some(format!("purchase {order}")),
            ..About::default()
        };
        let costs = PurchaseCosts { price: *price, shipping: *total - *price, ..PurchaseCosts::default() };
        let booking = Booking {
            kind: TransactionKind::Purchase,
            category: TransactionCategory::Inventory,
            memo: "bought, shipping included",
            amount: *total,
            fees: FeeLines::default(),
            postings: bookings::purchase(purchase.currency, costs),
        };
        book(tx, purchase.currency, about, booking).await?;
        tx.change_deal(purchase.deal_id, DealEvent::Purchase, None).await?;
        let at = tx.now() + TimeDelta::days(self.settings.wait_days);
        tx.schedule(&NewDue::new(WAIT, id, at)).await?;
        Ok(())
    }

    /// The payment was refused: no money is gone, and none is held any more.
    pub(super) async fn not_bought(
        &self,
        tx: &mut Tx<'_>,
        id: PurchaseId,
        why: &str,
    ) -> Result<(), ExecuteError> {
        let purchase = tx.change_purchase(id, PurchaseEvent::Fail, Some(why)).await?;
        tx.void_hold(purchase.hold_id, why).await?;
        let tracked = deal_of(tx, purchase.deal_id, "a purchase").await?;
        if !tracked.status.is_final() {
            tx.change_deal(purchase.deal_id, DealEvent::Pass, Some(why)).await?;
        }
        Ok(())
    }

    /// Asks the venue for the money of a purchase back, once.
    pub(super) async fn claim(
        &self,
        tx: &mut Tx<'_>,
        purchase: &Purchase,
        order: &str,
        why: &str,
    ) -> Result<(), ExecuteError> {
        let subject = purchase.purchase_id.to_string();
        let before = tx.effects_of(&subject).await?;
        if before.iter().any(|effect| effect.kind == EffectKind::Claim) {
            return Ok(());
        }
        tx.raise(NewAlert {
            kind: AlertKind::Error,
            severity: Severity::Warning,
            title: format!("the money for {} is claimed back", purchase.key),
            message: why.to_owned(),
            context: None,
            related: Some(("purchase".to_owned(), subject.clone())),
            suggested_action: None,
        })
        .await?;
        let deed = Deed::Claim { order: order.to_owned() };
        tx.queue(NewEffect {
            kind: EffectKind::Claim,
            target: purchase.key.platform.to_string(),
            subject,
            priority: Priority::Normal,
            payload: serde_json::to_value(&deed)?,
            spends: None,
            address_key: None,
            not_before: None,
        })
        .await?;
        Ok(())
    }

    /// Money of a purchase came back: what it was worth in the books leaves them.
    pub(super) async fn paid_back(
        &self,
        tx: &mut Tx<'_>,
        id: PurchaseId,
        amount: Cents,
    ) -> Result<(), ExecuteError> {
        let Some(item) = tx.item_of(id).await?.filter(|item| !item.status.is_final()) else { return Ok(()) };
        if tx.purchase(id).await?.is_some_and(|purchase| purchase.status == PurchaseStatus::Paid) {
            tx.change_purchase(id, PurchaseEvent::Refund, Some("the money came back")).await?;
        }
        let about = About {
            platform: Some(item.purchase_platform.clone()),
            purchase: Some(id),
            item: Some(item.inventory_id),
            number: Some(format!("claim {}", item.sku)),
            ..About::default()
        };
        let booking = Booking {
            kind: TransactionKind::Refund,
            category: TransactionCategory::Return,
            memo: "a purchase's money came back",
            amount,
            fees: FeeLines::default(),
            postings: bookings::purchase_refunded(item.currency, item.cost, amount),
        };
        book(tx, item.currency, about, booking).await?;
        self.off_the_books(tx, &item, "its money came back").await
    }

    /// Nothing comes and no money either.
    pub(super) async fn written_off(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        why: &str,
    ) -> Result<(), ExecuteError> {
        let about =
            About { item: Some(item.inventory_id), purchase: Some(item.purchase_id), ..About::default() };
        let booking = Booking {
            kind: TransactionKind::Adjustment,
            category: TransactionCategory::Inventory,
            memo: why,
            amount: item.cost,
            fees: FeeLines::default(),
            postings: bookings::write_off(item.currency, item.cost),
        };
        book(tx, item.currency, about, booking).await?;
        self.off_the_books(tx, item, why).await
    }

    async fn off_the_books(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        why: &str,
    ) -> Result<(), ExecuteError> {
        tx.change_item(item.inventory_id, InventoryEvent::WriteOff, Some(why)).await?;
        tx.drop_due(WAIT, item.purchase_id).await?;
        Ok(())
    }
}

/// Our own number of an item: the venue and its number of the purchase.
#[must_use]
pub fn sku(platform: &autobazaaar_domain::Platform, order: &str) -> String {
    format!("{platform}/{order}")
}
