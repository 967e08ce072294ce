//! `listings returned` and `inventory write-off`: what came of a sale or an item in the end.

use autobazaaar_domain::effect::EffectKind;
use autobazaaar_domain::fees::Delivery;
use autobazaaar_domain::ledger::FeeLines;
use autobazaaar_domain::resale::{ResaleListing, Sale, SaleStatus};
use autobazaaar_domain::{Cents, Condition, ListingKey, Money};
use clap::Args;

use super::desk::{Desk, at_desk};
use super::offers::{due, show_waiting_offer};
use super::talk::taken;
use super::{find, story};
use crate::cli::{CliError, Context};
use crate::execute::hand::ByHand;
use crate::execute::key_of;
use crate::execute::market::{Arrival, OrderNews, OrderState, Payout, Receipt};

/// Arguments of `listings returned`.
#[derive(Debug, Args)]
pub struct ReturnedArgs {
    /// The listing it was bought from, our number of the item, or the offer's own key
    #[arg(value_name = "OFFER")]
    pub id: String,
    /// What the buyer got back
    #[arg(long, value_name = "AMOUNT")]
    pub refund: String,
    /// What the venue gave back of its fees
    #[arg(long, value_name = "AMOUNT")]
    pub fees_back: Option<String>,
    /// The buyer keeps it: only money went back
    #[arg(long, conflicts_with_all = ["condition", "notes", "write_off"])]
    pub kept: bool,
    /// What condition it is in now, as you find it
    #[arg(
        long,
        value_name = "new|like_new|good|fair|poor|parts",
        required_unless_present_any = ["kept", "write_off"]
    )]
    pub condition: Option<Condition>,
    /// What the next buyer should know; it stands in the listing
    #[arg(long, value_name = "TEXT", default_value = "")]
    pub notes: String,
    /// It is worth nothing any more, or never came back: off the books
    #[arg(long)]
    pub write_off: bool,
}

/// Arguments of `inventory write-off`.
#[derive(Debug, Args)]
pub struct WriteOffArgs {
    /// The listing it was bought from, or our number of it
    #[arg(value_name = "ITEM")]
    pub id: String,
    /// What became of it
    #[arg(long, value_name = "TEXT")]
    pub because: String,
}

/// A buyer has money back: it is booked, and the item is in stock again, kept by the buyer, or lost.
///
/// # Errors
/// It was not sold, was refunded before, or more is given back than was paid.
pub fn returned(args: &ReturnedArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        let mut reader = desk.store.read().await?;
        let sale = find::sale(&mut reader, &args.id).await?;
        let offer = find::offer(&mut reader, &args.id).await?;
        drop(reader);
        let money = |amount| Money { amount, currency: sale.currency };
        let amount = find::amount("--refund", &args.refund, sale.currency)?;
        let fees_back = find::amount_or_none("--fees-back", args.fees_back.as_deref(), sale.currency)?;
        may_refund(&sale, amount)?;
        refund(desk, &sale, &offer, amount).await?;
        settle(desk, &sale, fees_back).await?;
        context.out.print(&format!("{} went back to the buyer", money(amount)))?;
        if args.kept {
            let profit = story::profit_of(&mut desk.store.read().await?, sale.inventory_id).await?;
            return context.out.print(&format!("the buyer keeps it; the item earned {}", money(profit)));
        }
        come_back(desk, &sale, args).await?;
        if args.write_off {
            return written_off(desk, &args.id, "a buyer's return, worth nothing any more", context).await;
        }
        context.out.print("it is in stock again")?;
        let item = find::item_behind(&mut desk.store.read().await?, &args.id).await?;
        show_waiting_offer(desk, &item.sku, context).await
    })
}

fn may_refund(sale: &Sale, amount: Cents) -> Result<(), CliError> {
    let paid = sale.price + sale.shipping_charged;
    let money = |amount| Money { amount, currency: sale.currency };
    if matches!(sale.status, SaleStatus::Refunded | SaleStatus::Cancelled) {
        return Err(CliError::failed(format!("this sale is {} already", sale.status)));
    }
    if amount.0 <= 0 || amount > paid {
        return Err(CliError::usage(format!(
            "--refund: the buyer paid {}, so {} cannot be given back",
            money(paid),
            money(amount)
        )));
    }
    Ok(())
}

/// The buyer asked, the owner paid: both are told in the order in which they happened.
async fn refund(desk: &Desk, sale: &Sale, offer: &ResaleListing, amount: Cents) -> Result<(), CliError> {
    let mut hands = ByHand::default();
    hands.order(OrderNews {
        seq: 0,
        order: sale.platform_order_id.clone(),
        purchase: false,
        listing: listing_of(sale, offer)?,
        price: sale.price,
        shipping: sale.shipping_charged,
        delivery: Delivery::Shipped,
        state: OrderState::ReturnAsked,
        buyer: String::new(),
        // What is left of what was paid is what goes back.
        refunded: sale.price + sale.shipping_charged - amount,
        fees: FeeLines::default(),
    });
    desk.tell(hands).await?;
    let found =
        find::waiting(&mut desk.store.read().await?, EffectKind::Refund, &sale.sale_id.to_string()).await?;
    let Some(effect) = found else {
        return Err(CliError::failed("the money of this sale was given back before"));
    };
    let mut hands = ByHand::default();
    hands.did(effect.effect_id, Receipt::Refunded { amount });
    desk.tell(hands).await?;
    taken(desk, &effect).await
}

fn listing_of(sale: &Sale, offer: &ResaleListing) -> Result<ListingKey, CliError> {
    let sold = key_of(offer).filter(|_| offer.resale_id == sale.resale_id);
    let named = || format!("{}:{}", sale.platform, sale.platform_order_id).parse();
    sold.map_or_else(named, Ok).map_err(|_| CliError::failed("the sale's order has no usable number"))
}

/// What the venue owes us less than nothing for has left our pocket.
async fn settle(desk: &Desk, sale: &Sale, fees_back: Cents) -> Result<(), CliError> {
    let open = due(&mut desk.store.read().await?, sale).await?;
    let gross = open.min(Cents::ZERO);
    if gross.0 == 0 && fees_back.0 == 0 {
        return Ok(());
    }
    let mut hands = ByHand::default();
    hands.paid(Payout {
        seq: 0,
        platform: sale.platform.clone(),
        order: sale.platform_order_id.clone(),
        gross,
        platform_fee: -fees_back,
        payment_fee: Cents::ZERO,
        amount: gross + fees_back,
    });
    desk.tell(hands).await?;
    Ok(())
}

/// The parcel is here, or never will be: for the books both are a return, the latter then a loss.
async fn come_back(desk: &Desk, sale: &Sale, args: &ReturnedArgs) -> Result<(), CliError> {
    let mut hands = ByHand::default();
    hands.received(Arrival {
        seq: 0,
        platform: sale.platform.clone(),
        order: sale.platform_order_id.clone(),
        condition: args.condition.unwrap_or(Condition::Parts),
        as_described: true,
        notes: args.notes.trim().to_owned(),
    });
    desk.tell(hands).await?;
    Ok(())
}

/// An item is lost for us.
///
/// # Errors
/// It is sold, or off the books already.
pub fn write_off(args: &WriteOffArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| written_off(desk, &args.id, &args.because, context).await)
}

async fn written_off(desk: &Desk, name: &str, why: &str, context: &Context<'_>) -> Result<(), CliError> {
    let item = find::item_behind(&mut desk.store.read().await?, name).await?;
    let mut hands = ByHand::default();
    desk.executor(&mut hands).write_off(item.inventory_id, why).await?;
    desk.tell(ByHand::default()).await?;
    let lost = Money { amount: item.cost, currency: item.currency };
    context.out.print(&format!("{} is off the books; it cost {lost}", item.sku))
}
