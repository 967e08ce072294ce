//! Orders at eBay as news of sales.

use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ids::InventoryId;
use autobazaaar_domain::ledger::FeeLines;
use autobazaaar_domain::resale::{ResaleListing, ResaleStatus, SaleStatus};
use autobazaaar_domain::{Cents, Lifecycle as _, Platform, Utc};
use autobazaaar_ebay::{Ebay, EbayError, LineItem, Order, OrderFilter};
use autobazaaar_store::{Reader, StoreError};
use autobazaaar_venues::Venue;
use chrono::TimeDelta;

use crate::execute::key_of;
use crate::execute::market::{OrderNews, OrderState};

/// Orders older than this are not asked for.
const LOOK_BACK: TimeDelta = TimeDelta::days(90);
/// More offers than anybody has.
const ALL: u32 = 100_000;
/// Between an order's number and a thing's, where an order has several things.
const OF: char = '#';

/// What is new of the orders of our offers: paid ones that are no sale yet, and sales called off or paid
/// back. Nothing is asked where nothing of ours was ever up.
///
/// # Errors
/// Outside, the store cannot be read; inside, eBay does not tell.
pub async fn orders(
    ebay: &Ebay,
    reader: &mut Reader<'_>,
    now: Utc,
) -> Result<Result<Vec<OrderNews>, EbayError>, StoreError> {
    let platform = Venue::Ebay.platform();
    let Some(first) = first_up(reader, &platform).await? else { return Ok(Ok(Vec::new())) };
    let changed_since = (first - TimeDelta::days(1)).max(now - LOOK_BACK);
    let found = match ebay.orders(&OrderFilter { changed_since, open_only: false }).await {
        Ok(found) => found,
        Err(error) => return Ok(Err(error)),
    };
    let mut news = Vec::new();
    for order in &found {
        for line in &order.line_items {
            let Some(listing) = ours(reader, line, &platform).await? else { continue };
            let named = name(order, line);
            let known = reader.sale_on(&platform, &named).await?;
            news.extend(told(order, line, &listing, named, known.map(|sale| sale.status)));
        }
    }
    Ok(Ok(news))
}

/// An order's number and, where it has several things, the one that is meant.
pub(super) fn parts(order: &str) -> (&str, Option<&str>) {
    order.split_once(OF).map_or((order, None), |(order, line)| (order, Some(line)))
}

fn name(order: &Order, line: &LineItem) -> String {
    match order.line_items.len() {
        1 => order.order_id.clone(),
        _ => format!("{}{OF}{}", order.order_id, line.line_item_id),
    }
}

/// When the first of our offers there was made.
async fn first_up(reader: &mut Reader<'_>, platform: &Platform) -> Result<Option<Utc>, StoreError> {
    let mut first = None;
    for status in ResaleStatus::ALL {
        let listings = reader.resales(*status, ALL).await?;
        let here =
            listings.iter().filter(|one| one.platform == *platform && one.platform_listing_id.is_some());
        first = here.map(|one| one.created_at).chain(first).min();
    }
    Ok(first)
}

/// The offer of ours that a thing of an order was sold by.
async fn ours(
    reader: &mut Reader<'_>,
    line: &LineItem,
    platform: &Platform,
) -> Result<Option<ResaleListing>, StoreError> {
    let Some(item) = line.sku.as_deref().and_then(|sku| sku.parse::<InventoryId>().ok()) else {
        return Ok(None);
    };
    let offers = reader.resales_of(item).await?;
    let mut up =
        offers.into_iter().filter(|one| one.platform == *platform && one.platform_listing_id.is_some());
    let found = up.next_back();
    if let Some(listing) = &found
        && listing.currency != line.price.currency
    {
        tracing::warn!(item = %item, found = %line.price.currency, expected = %listing.currency,
            "an order at eBay is in another currency than the offer; tell it by hand");
        return Ok(None);
    }
    Ok(found)
}

fn told(
    order: &Order,
    line: &LineItem,
    listing: &ResaleListing,
    named: String,
    known: Option<SaleStatus>,
) -> Option<OrderNews> {
    let paid_back = order.payment == "FULLY_REFUNDED";
    let state = match () {
        () if order.cancelled => OrderState::Cancelled,
        () if paid_back => OrderState::Refunded,
        () if order.payment == "PAID" => OrderState::Placed,
        () => return None,
    };
    // What is a sale already is no news, nor is the end of what never was one, or has ended before.
    let is_news = match known {
        None => state == OrderState::Placed,
        Some(status) => state != OrderState::Placed && !status.is_final(),
    };
    if !is_news {
        return None;
    }
    let alone = order.line_items.len() == 1;
    let fee = order.fee.filter(|fee| alone && fee.currency == line.price.currency);
    Some(OrderNews {
        seq: 0,
        order: named,
        purchase: false,
        listing: key_of(listing)?,
        price: line.price.amount,
        shipping: line.shipping.amount,
        delivery: Delivery::Shipped,
        state,
        buyer: String::new(),
        refunded: if paid_back { line.price.amount + line.shipping.amount } else { Cents::ZERO },
        fees: FeeLines { platform: fee.map_or(Cents::ZERO, |fee| fee.amount), ..FeeLines::default() },
    })
}
