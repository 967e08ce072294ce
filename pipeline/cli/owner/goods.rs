//! `inventory bought` and what follows: a thing on its way into our hands.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::inventory::{InventoryItem, InventoryStatus};
use autobazaaar_domain::{Condition, ListingKey, Money};
use clap::Args;

use super::desk::{Desk, at_desk};
use super::find;
use super::offers::show_waiting_offer;
use super::talk::taken;
use crate::cli::{CliError, Context};
use crate::execute::hand::ByHand;
use crate::execute::market::{Arrival, Receipt, Refusal, RefusalCode};

/// Arguments of `inventory bought`.
#[derive(Debug, Args)]
pub struct BoughtArgs {
    /// The listing: offerup:1234
    #[arg(value_name = "LISTING")]
    pub id: ListingKey,
    /// What the seller got
    #[arg(long, value_name = "PRICE")]
    pub paid: String,
    /// What sending it cost
    #[arg(long, value_name = "AMOUNT")]
    pub shipping: Option<String>,
    /// Other money spent on getting it: fares, parking, tax
    #[arg(long, value_name = "AMOUNT")]
    pub other: Option<String>,
    /// The venue's number of the order, if it has one
    #[arg(long, value_name = "NUMBER")]
    pub order: Option<String>,
}

/// Arguments of `inventory not-bought`.
#[derive(Debug, Args)]
pub struct NotBoughtArgs {
    /// The listing: offerup:1234
    #[arg(value_name = "LISTING")]
    pub id: ListingKey,
    /// Why nothing came of it
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// Arguments of `inventory received`.
#[derive(Debug, Args)]
pub struct ReceivedArgs {
    /// The listing it was bought from, or our number of it
    #[arg(value_name = "ITEM")]
    pub id: String,
    /// What condition it is in, as you find it
    #[arg(long, value_name = "new|like_new|good|fair|poor|parts")]
    pub condition: Condition,
    /// It is not what the seller said: its money is to be claimed back
    #[arg(long)]
    pub not_as_described: bool,
    /// What a buyer should know; it stands in the listing
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub notes: String,
}

/// Arguments of `inventory refunded`.
#[derive(Debug, Args)]
pub struct RefundedArgs {
    /// The listing it was bought from, or our number of it
    #[arg(value_name = "ITEM")]
    pub id: String,
    /// How much came back; 0: nothing will
    #[arg(long, value_name = "AMOUNT")]
    pub amount: String,
}

/// The owner paid: the hold is spent, the books say so, the item is on its way.
///
/// # Errors
/// Nothing is to be paid for it, or the price is above the decision's limit.
pub fn bought(args: &BoughtArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let purchase = find::purchase(&mut reader, &args.id).await?;
        let found = find::waiting(&mut reader, EffectKind::Pay, &purchase.purchase_id.to_string()).await?;
        drop(reader);
        let Some(effect) = found else {
            return Err(CliError::failed(format!(
                "{} is not to be paid: its purchase is {}",
                args.id, purchase.status
            )));
        };
        let currency = purchase.currency;
        let price = find::amount("--paid", &args.paid, currency)?;
        let shipping = find::amount_or_none("--shipping", args.shipping.as_deref(), currency)?;
        let other = find::amount_or_none("--other", args.other.as_deref(), currency)?;
        let money = |amount| Money { amount, currency };
        if price.0 <= 0 || price > purchase.max_price {
            return Err(CliError::failed(format!(
                "{} was paid, and the decision allows at most {}",
                money(price),
                money(purchase.max_price)
            ))
            .hint(
                "more than that is not the program's deal; book it as your own: autobazaaar ledger take-out",
            ));
        }
        let order = args.order.clone().unwrap_or_else(|| args.id.external_id.clone());
        let total = price + shipping + other;
        let mut hands = ByHand::default();
        hands.did(effect.effect_id, Receipt::Bought { order, price, shipping, total });
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        let item = find::item(&mut desk.store.read().await?, &args.id.to_string()).await?;
        context.out.print(&format!("{} is ours for {}: {}", item.sku, money(total), item.title))?;
        context.out.say(&format!(
            "hint: when it is in your hands: autobazaaar inventory received {} --condition good",
            item.sku
        ))
    })
}

/// Nothing came of a purchase: no money is gone, and none is held any more.
///
/// # Errors
/// Nothing was to be paid for it.
pub fn not_bought(args: &NotBoughtArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let purchase = find::purchase(&mut reader, &args.id).await?;
        let found = find::waiting(&mut reader, EffectKind::Pay, &purchase.purchase_id.to_string()).await?;
        drop(reader);
        let Some(effect) = found else {
            return Err(CliError::failed(format!("{} is {} already", args.id, purchase.status)));
        };
        let mut hands = ByHand::default();
        hands.did_not(effect.effect_id, Refusal::new(RefusalCode::Other, &args.because));
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        context.out.print(&format!("{} was not bought; its money is free again", args.id))
    })
}

/// It is in the owner's hands and was looked at: it is claimed back, or a listing of it is written.
///
/// # Errors
/// It is not on its way.
pub fn received(args: &ReceivedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let item = find::item(&mut desk.store.read().await?, &args.id).await?;
        if item.status != InventoryStatus::PendingDelivery {
            return Err(CliError::failed(format!("{} is {} already", item.sku, item.status)));
        }
        let mut hands = ByHand::default();
        hands.received(Arrival {
            seq: 0,
            platform: item.purchase_platform.clone(),
            order: order_of(&item),
            condition: args.condition,
            as_described: !args.not_as_described,
            notes: args.notes.trim().to_owned(),
        });
        desk.tell(hands).await?;
        context.out.print(&format!("{} is in stock", item.sku))?;
        if args.not_as_described {
            return context.out.say(&format!(
                "hint: ask for the money back, then: autobazaaar inventory refunded {} --amount …",
                item.sku
            ));
        }
        show_waiting_offer(desk, &item.sku, context).await
    })
}

/// What came of asking for a purchase's money back.
///
/// # Errors
/// It was not asked for.
pub fn refunded(args: &RefundedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let item = find::item(&mut reader, &args.id).await?;
        let found = find::waiting(&mut reader, EffectKind::Claim, &item.purchase_id.to_string()).await?;
        drop(reader);
        let Some(effect) = found else {
            return Err(CliError::failed(format!("no money is asked back for {}", item.sku))
                .hint("it is when an item is received --not-as-described, or does not come in time"));
        };
        let amount = find::amount("--amount", &args.amount, item.currency)?;
        let mut hands = ByHand::default();
        if amount.0 > 0 {
            hands.did(effect.effect_id, Receipt::Claimed { amount });
        } else {
            hands.did_not(effect.effect_id, Refusal::new(RefusalCode::Other, "no money comes back"));
        }
        desk.tell(hands).await?;
        taken(desk, &effect).await?;
        told(desk, &item, context).await
    })
}

async fn told(desk: &Desk, item: &InventoryItem, context: &Context<'_>) -> Result<(), CliError> {
    let now = desk.store.read().await?.item(item.inventory_id).await?;
    let status = now.map_or(item.status, |now| now.status);
    context.out.print(&format!("{} is {}", item.sku, status.as_str().replace('_', " ")))?;
    if status == InventoryStatus::InStock {
        return show_waiting_offer(desk, &item.sku, context).await;
    }
    Ok(())
}

/// The order's number in our number of an item.
fn order_of(item: &InventoryItem) -> String {
    item.sku.split_once('/').map_or_else(|| item.sku.clone(), |(_, order)| order.to_owned())
}
