//! Selling: orders, parcels, money, returns.

use autobazaaar_domain::bookings::{self, SaleAmounts};
use autobazaaar_domain::effect::{Effect, EffectKind, EffectState};
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ids::SaleId;
use autobazaaar_domain::inventory::{InventoryEvent, InventoryItem, InventoryStatus};
use autobazaaar_domain::ledger::{Account, FeeLines, Transaction, TransactionCategory, TransactionKind};
use autobazaaar_domain::negotiation::Channel;
use autobazaaar_domain::resale::{
    ResaleEvent, ResaleListing, ResaleStatus, Sale, SaleEvent, SaleStatus, Shipment, ShipmentDirection,
};
use autobazaaar_domain::{Cents, Lifecycle as _, Priority};
use autobazaaar_store::{NewEffect, Tx};

use super::books::{About, Booking, book, cost};
use super::goods::{key_of, order_of};
use super::market::{Arrival, Deed, Market, OrderNews, OrderState, Payout};
use super::timers::REPRICE;
use super::{ExecuteError, Executor};

impl<M: Market> Executor<'_, M> {
    /// News of a buyer's order.
    pub(super) async fn sale_news(&self, tx: &mut Tx<'_>, news: &OrderNews) -> Result<(), ExecuteError> {
        let platform = &news.listing.platform;
        let known = tx.sale_on(platform, &news.order).await?;
        let sale = match known {
            Some(sale) => sale,
            None => match self.sold(tx, news).await? {
                Some(sale) => sale,
                None => return Ok(()),
            },
        };
        match news.state {
            OrderState::Placed | OrderState::Shipped | OrderState::NeverArrived => Ok(()),
            OrderState::Delivered => lead(tx, &sale, SaleEvent::Deliver).await,
            OrderState::Cancelled => self.called_off(tx, &sale, news).await,
            OrderState::ReturnAsked => self.give_back(tx, &sale, news).await,
            OrderState::Refunded => self.book_refund(tx, &sale, news.refunded).await,
        }
    }

    /// Somebody bought: the books, the other offers down, the parcel.
    async fn sold(&self, tx: &mut Tx<'_>, news: &OrderNews) -> Result<Option<Sale>, ExecuteError> {
        let found = tx.resale_on(&news.listing.platform, &news.listing.external_id).await?;
        let Some(listing) = found else { return Ok(None) };
        let Some(item) = tx.item(listing.inventory_id).await? else { return Ok(None) };
        let sale = Sale {
            sale_id: tx.new_id(),
            resale_id: listing.resale_id,
            inventory_id: item.inventory_id,
            platform: listing.platform.clone(),
            platform_order_id: news.order.clone(),
            buyer_key: Some(news.buyer.clone()),
            currency: listing.currency,
            price: news.price,
            shipping_charged: news.shipping,
            status: SaleStatus::FIRST,
            ordered_at: tx.now(),
            updated_at: tx.now(),
        };
        tx.add_sale(&sale).await?;
        let sale = tx.change_sale(sale.sale_id, SaleEvent::Pay, None).await?;
        if !listing.status.is_final() {
            tx.change_resale(listing.resale_id, ResaleEvent::Sell, None).await?;
        }
        tx.drop_due(REPRICE, listing.resale_id).await?;
        self.drop_all_answers(tx, listing.resale_id).await?;
        self.withdraw_others(tx, &item, &listing).await?;
        if item.status == InventoryStatus::Listed {
            tx.change_item(item.inventory_id, InventoryEvent::Sell, None).await?;
        }
        book_sale(tx, &sale, &item, news.fees).await?;
        if news.delivery == Delivery::Shipped {
            self.about_sale(tx, EffectKind::Ship, &sale, &Deed::Ship { order: news.order.clone() }).await?;
        }
        Ok(Some(sale))
    }

    /// We never compete with ourselves: what is sold is taken down everywhere else.
    async fn withdraw_others(
        &self,
        tx: &mut Tx<'_>,
        item: &InventoryItem,
        sold: &ResaleListing,
    ) -> Result<(), ExecuteError> {
        for other in tx.resales_of(item.inventory_id).await? {
            if other.resale_id != sold.resale_id {
                self.drop_all_answers(tx, other.resale_id).await?;
            }
            if other.resale_id != sold.resale_id
                && matches!(other.status, ResaleStatus::Active | ResaleStatus::Paused)
                && let Some(key) = key_of(&other)
            {
                self.queue_for(tx, EffectKind::Delist, &other, &Deed::Delist { listing: key }).await?;
            }
        }
        Ok(())
    }

    async fn about_sale(
        &self,
        tx: &mut Tx<'_>,
        kind: EffectKind,
        sale: &Sale,
        deed: &Deed,
    ) -> Result<(), ExecuteError> {
        tx.queue(NewEffect {
            kind,
            target: sale.platform.to_string(),
            subject: sale.sale_id.to_string(),
            priority: Priority::High,
            payload: serde_json::to_value(deed)?,
            spends: None,
            address_key: None,
            not_before: None,
        })
        .await?;
        Ok(())
    }

    /// The parcel is on its way.
    pub(super) async fn shipped(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        tracking: &str,
        label: Cents,
    ) -> Result<(), ExecuteError> {
        let Some(sale) = sale_of(tx, effect).await? else { return Ok(()) };
        lead(tx, &sale, SaleEvent::Ship).await?;
        let shipment = Shipment {
            shipment_id: tx.new_id(),
            direction: ShipmentDirection::Outbound,
            purchase_id: None,
            sale_id: Some(sale.sale_id),
            carrier: None,
            tracking: Some(tracking.to_owned()),
            ship_by: None,
            shipped_at: Some(tx.now()),
            delivered_at: None,
        };
        tx.put_shipment(&shipment).await?;
        if label.0 == 0 {
            return Ok(());
        }
        let postings = bookings::paid(sale.currency, Account::ShippingOut, label);
        let booking = cost(TransactionCategory::Shipping, "a parcel's label", label, postings);
        book(tx, sale.currency, about(&sale, None), booking).await
    }

    /// The order is off before anything left: the item is in stock again.
    async fn called_off(&self, tx: &mut Tx<'_>, sale: &Sale, news: &OrderNews) -> Result<(), ExecuteError> {
        if sale.status.next(SaleEvent::Cancel).is_err() {
            return Ok(());
        }
        tx.change_sale(sale.sale_id, SaleEvent::Cancel, Some("the buyer did not take it")).await?;
        for effect in tx.effects_of(&sale.sale_id.to_string()).await? {
            if effect.kind == EffectKind::Ship && effect.state == EffectState::Queued {
                tx.withdraw(effect.effect_id, "the order is off").await?;
            }
        }
        let Some(item) = tx.item(sale.inventory_id).await? else { return Ok(()) };
        let fees = fees_of(tx, sale).await?;
        let booking = Booking {
            kind: TransactionKind::Refund,
            category: TransactionCategory::Return,
            memo: "a sale was called off",
            amount: sale.price + sale.shipping_charged,
            fees: FeeLines::default(),
            postings: bookings::sale_called_off(sale.currency, SaleAmounts { fees, ..amounts(sale, &item) }),
        };
        book(tx, sale.currency, about(sale, Some(format!("cancelled {}", news.order))), booking).await?;
        if item.status == InventoryStatus::Sold {
            let item = tx.change_item(item.inventory_id, InventoryEvent::Restock, Some("called off")).await?;
            self.list(tx, &item, &order_of(&item)).await?;
        }
        Ok(())
    }

    /// A buyer wants to send it back: the money is given back, once.
    async fn give_back(&self, tx: &mut Tx<'_>, sale: &Sale, news: &OrderNews) -> Result<(), ExecuteError> {
        let before = tx.effects_of(&sale.sale_id.to_string()).await?;
        if before.iter().any(|effect| effect.kind == EffectKind::Refund) {
            return Ok(());
        }
        let amount = sale.price + sale.shipping_charged - news.refunded;
        let deed = Deed::Refund { order: news.order.clone(), amount };
        self.about_sale(tx, EffectKind::Refund, sale, &deed).await
    }

    /// The buyer has money back.
    pub(super) async fn refunded(
        &self,
        tx: &mut Tx<'_>,
        effect: &Effect,
        amount: Cents,
    ) -> Result<(), ExecuteError> {
        match sale_of(tx, effect).await? {
            Some(sale) => self.book_refund(tx, &sale, amount).await,
            None => Ok(()),
        }
    }

    async fn book_refund(&self, tx: &mut Tx<'_>, sale: &Sale, amount: Cents) -> Result<(), ExecuteError> {
        if sale.status.next(SaleEvent::Refund).is_err() || amount.0 <= 0 {
            return Ok(());
        }
        tx.change_sale(sale.sale_id, SaleEvent::Refund, Some("the buyer has the money back")).await?;
        let booking = Booking {
            kind: TransactionKind::Refund,
            category: TransactionCategory::Return,
            memo: "a buyer's money back",
            amount,
            fees: FeeLines::default(),
            postings: bookings::refund(sale.currency, amount, FeeLines::default()),
        };
        let number = Some(format!("refund {}", sale.platform_order_id));
        book(tx, sale.currency, about(sale, number), booking).await
    }

    /// A sale came back to us: in stock again, for what it cost.
    pub(super) async fn came_back(
        &self,
        tx: &mut Tx<'_>,
        sale: &Sale,
        arrival: &Arrival,
    ) -> Result<(), ExecuteError> {
        let Some(item) = tx.item(sale.inventory_id).await? else { return Ok(()) };
        if item.status != InventoryStatus::Sold {
            return Ok(());
        }
        tx.change_item(item.inventory_id, InventoryEvent::TakeBack, Some("a buyer sent it back")).await?;
        let item = tx.change_item(item.inventory_id, InventoryEvent::Restock, Some("looked at")).await?;
        // The owner looks at it anew; the simulated market sends back what was sent.
        let item = match self.market.channel() {
            Channel::Manual => self.inspected(tx, &item, arrival).await?,
            _ => item,
        };
        let booking = Booking {
            kind: TransactionKind::Adjustment,
            category: TransactionCategory::Inventory,
            memo: "a returned item is in stock again",
            amount: item.cost,
            fees: FeeLines::default(),
            postings: bookings::taken_back(sale.currency, item.cost, item.cost),
        };
        let number = Some(format!("returned {}", sale.platform_order_id));
        book(tx, sale.currency, about(sale, number), booking).await?;
        self.list(tx, &item, &order_of(&item)).await
    }

    /// Money of a sale reached us, or is taken back.
    pub(super) async fn paid_out(&self, tx: &mut Tx<'_>, payout: &Payout) -> Result<(), ExecuteError> {
        let Some(sale) = tx.sale_on(&payout.platform, &payout.order).await? else { return Ok(()) };
        // Whatever the venue kept without naming it.
        let other = payout.gross - payout.platform_fee - payout.payment_fee - payout.amount;
        let fees = FeeLines {
            platform: payout.platform_fee,
            payment: payout.payment_fee,
            other,
            ..FeeLines::default()
        };
        let booking = Booking {
            kind: TransactionKind::Fee,
            category: TransactionCategory::PlatformFee,
            memo: "a venue paid out what is left after its fees",
            amount: payout.gross,
            fees,
            postings: bookings::payout(sale.currency, payout.gross, fees),
        };
        let number = Some(format!("payout {} {}", payout.order, payout.seq));
        book(tx, sale.currency, about(&sale, number), booking).await
    }
}

/// What a sale means in the books: earned, still with the venue; the item is gone for what it cost.
async fn book_sale(
    tx: &mut Tx<'_>,
    sale: &Sale,
    item: &InventoryItem,
    fees: FeeLines,
) -> Result<(), ExecuteError> {
    let booking = Booking {
        kind: TransactionKind::Sale,
        category: TransactionCategory::Inventory,
        memo: "sold",
        amount: sale.price + sale.shipping_charged,
        fees,
        postings: bookings::sale(sale.currency, SaleAmounts { fees, ..amounts(sale, item) }),
    };
    book(tx, sale.currency, about(sale, Some(format!("sale {}", sale.platform_order_id))), booking).await
}

/// What the venue was to keep of a sale by its entry; a venue gives that back when the sale is off.
async fn fees_of(tx: &mut Tx<'_>, sale: &Sale) -> Result<FeeLines, ExecuteError> {
    let transactions = tx.transactions_of(sale.inventory_id).await?;
    let of_sale = |one: &&Transaction| one.sale_id == Some(sale.sale_id) && one.kind == TransactionKind::Sale;
    Ok(transactions.iter().find(of_sale).map(|one| one.fees).unwrap_or_default())
}

/// What the books need of a sale; what the venue keeps of it is booked when it pays out.
fn amounts(sale: &Sale, item: &InventoryItem) -> SaleAmounts {
    SaleAmounts {
        price: sale.price,
        shipping_charged: sale.shipping_charged,
        cost: item.cost,
        ..SaleAmounts::default()
    }
}

fn about(sale: &Sale, number: Option<String>) -> About {
    About {
        platform: Some(sale.platform.clone()),
        item: Some(sale.inventory_id),
        resale: Some(sale.resale_id),
        sale: Some(sale.sale_id),
        number,
        ..About::default()
    }
}

/// Leads a sale on where its life knows the change; late or doubled news change nothing.
async fn lead(tx: &mut Tx<'_>, sale: &Sale, event: SaleEvent) -> Result<(), ExecuteError> {
    if sale.status.next(event).is_ok() {
        tx.change_sale(sale.sale_id, event, None).await?;
    }
    Ok(())
}

async fn sale_of(tx: &mut Tx<'_>, effect: &Effect) -> Result<Option<Sale>, ExecuteError> {
    let Ok(id): Result<SaleId, _> = effect.subject.parse() else { return Ok(None) };
    Ok(tx.sale(id).await?)
}
