//! `autobazaaar tasks`: what waits for the owner's word or hands.

use autobazaaar_domain::effect::{Effect, EffectState};
use autobazaaar_domain::inventory::InventoryStatus;
use autobazaaar_domain::message::Direction;
use autobazaaar_domain::owner::{Approval, ApprovalKind, ApprovalStatus};
use autobazaaar_domain::{Cents, Currency, Money};
use autobazaaar_store::Reader;
use clap::{Args, Subcommand};

use super::buyers::buyer_option;
use super::desk::at_desk;
use super::talk::not_before;
use crate::cli::output::{Cell, Column, Table};
use crate::cli::{CliError, Context};
use crate::execute::key_of;
use crate::execute::market::Deed;

/// Arguments of `tasks`.
#[derive(Debug, Args)]
pub struct TasksArgs {
    /// The list, by its name.
    #[command(subcommand)]
    pub command: Option<TasksCommand>,
}

/// What of the tasks.
#[derive(Debug, Subcommand)]
pub enum TasksCommand {
    /// The same list as without a command
    List,
}

const ALL: u32 = 10_000;

/// A thing to do.
struct Task {
    what: String,
    about: String,
    amount: Option<Money>,
    command: String,
}

/// Lists what waits for the owner.
///
/// # Errors
/// The store cannot be read.
pub fn run(_: &TasksArgs, context: &Context<'_>) -> Result<(), CliError> {
    at_desk(context, async |desk| {
        // Timers that are due bring tasks.
        desk.tell(crate::execute::hand::ByHand::default()).await?;
        let mut reader = desk.store.read().await?;
        let mut table = Table::new([
            Column::text("what", "to do"),
            Column::text("about", "about"),
            Column::number("amount", "amount"),
            // Never cut: it is there to be copied.
            Column::number("command", "then"),
        ]);
        for task in tasks(&mut reader, context).await? {
            table.push([
                Cell::text(task.what),
                Cell::text(task.about),
                task.amount.map_or_else(Cell::missing, Cell::money),
                Cell::text(task.command),
            ]);
        }
        context.out.table(&table.or_empty("nothing waits for you"))
    })
}

async fn tasks(reader: &mut Reader<'_>, context: &Context<'_>) -> Result<Vec<Task>, CliError> {
    let mut tasks = Vec::new();
    for asked in reader.approvals(ApprovalStatus::Waiting, ALL).await? {
        tasks.extend(decision(reader, &asked).await?);
    }
    for state in [EffectState::Queued, EffectState::Uncertain] {
        for effect in reader.effects(state, ALL).await? {
            tasks.extend(deed(reader, &effect, context).await?);
        }
    }
    for item in reader.items(InventoryStatus::PendingDelivery, ALL).await? {
        tasks.push(Task {
            what: "receive and inspect".to_owned(),
            about: item.title,
            amount: None,
            command: format!("inventory received {} --condition …", item.sku),
        });
    }
    Ok(tasks)
}

/// A question to the owner.
async fn decision(reader: &mut Reader<'_>, asked: &Approval) -> Result<Option<Task>, CliError> {
    let task = |what: &str, key: String, command: String| {
        Some(Task { what: what.to_owned(), about: key, amount: asked.amount, command })
    };
    if asked.kind == ApprovalKind::Purchase {
        let Ok(id) = asked.subject.parse() else { return Ok(None) };
        let Some(deal) = reader.deal(id).await? else { return Ok(None) };
        let key = deal.key.to_string();
        return Ok(task("decide about a deal", key.clone(), format!("deals approve {key}")));
    }
    let message = match asked.subject.parse() {
        Ok(id) => reader.message(id).await?,
        Err(_) => None,
    };
    if let Some(about) = message.as_ref().and_then(|message| message.resale_id)
        && let Some(offer) = reader.resale(about).await?
    {
        let key = key_of(&offer).map_or(offer.title.clone(), |key| key.to_string());
        let asks = message.as_ref().is_some_and(|message| message.direction == Direction::Inbound);
        let buyer = message.as_ref().map_or_else(String::new, buyer_option);
        return Ok(if asks {
            task("answer a buyer", key.clone(), format!("listings edit {key}{buyer} --text …"))
        } else {
            task("approve an answer", key.clone(), format!("listings approve {key}{buyer}"))
        });
    }
    if let Some(id) = message.and_then(|message| message.negotiation_id)
        && let Some(talk) = reader.negotiation(id).await?
    {
        let key = talk.key.to_string();
        return Ok(task("read and approve a message", key.clone(), format!("negotiations approve {key}")));
    }
    if let Ok(id) = asked.subject.parse()
        && let Some(talk) = reader.negotiation(id).await?
    {
        let key = talk.key.to_string();
        let command = format!("negotiations edit {key} --text …");
        return Ok(task(&format!("answer the seller: {}", asked.reason.replace('_', " ")), key, command));
    }
    Ok(None)
}

/// An act that waits for the owner's hands.
async fn deed(
    reader: &mut Reader<'_>,
    effect: &Effect,
    context: &Context<'_>,
) -> Result<Option<Task>, CliError> {
    let deed: Deed = serde_json::from_value(effect.payload.clone())?;
    let offer = match effect.subject.parse() {
        Ok(id) => reader.resale(id).await?,
        Err(_) => None,
    };
    let sku = match &offer {
        Some(offer) => reader.item(offer.inventory_id).await?.map(|item| item.sku),
        None => None,
    };
    let of =
        |price: Cents, currency: Option<Currency>| currency.map(|currency| Money { amount: price, currency });
    let currency = offer.as_ref().map(|offer| offer.currency).or(effect.spends.map(|spends| spends.currency));
    let (what, about, amount, command) = match deed {
        Deed::Write { listing, .. } => {
            (send(effect, context), listing.to_string(), None, format!("negotiations sent {listing}"))
        }
        Deed::Buy { listing, price } => (
            "pay and fetch".to_owned(),
            listing.to_string(),
            of(price, currency),
            format!("inventory bought {listing} --paid …"),
        ),
        Deed::Publish { draft } => (
            format!("put up on {}", draft.platform),
            draft.title,
            of(draft.price, currency),
            format!("listings show {}", sku.unwrap_or_default()),
        ),
        Deed::Reprice { listing, price } => (
            "mark down".to_owned(),
            listing.to_string(),
            of(price, currency),
            format!("listings reprice {listing}"),
        ),
        Deed::Delist { listing } => {
            ("take down".to_owned(), listing.to_string(), None, format!("listings removed {listing}"))
        }
        Deed::Ship { order } => {
            let sale = match effect.subject.parse() {
                Ok(id) => reader.sale(id).await?,
                Err(_) => None,
            };
            let offer = match sale {
                Some(sale) => reader.resale(sale.resale_id).await?,
                None => None,
            };
            let name = offer.as_ref().and_then(key_of).map_or(order, |key| key.to_string());
            ("send a parcel".to_owned(), name.clone(), None, format!("listings shipped {name} --label …"))
        }
        Deed::Claim { order } => (
            "ask for the money back".to_owned(),
            order,
            None,
            format!("inventory refunded {} --amount …", claimed(reader, effect).await?),
        ),
        Deed::Answer { .. } => {
            let message = match effect.subject.parse() {
                Ok(id) => reader.message(id).await?,
                Err(_) => None,
            };
            let buyer = message.as_ref().map_or_else(String::new, buyer_option);
            let offer = match message.and_then(|message| message.resale_id) {
                Some(id) => reader.resale(id).await?,
                None => None,
            };
            let Some(key) = offer.as_ref().and_then(key_of) else { return Ok(None) };
            (send(effect, context), key.to_string(), None, format!("listings answered {key}{buyer}"))
        }
        Deed::Refund { order, amount } => (
            "pay a buyer back".to_owned(),
            order,
            of(amount, currency),
            "listings returned … --refund …".to_owned(),
        ),
    };
    Ok(Some(Task { what, about, amount, command }))
}

/// To send a message, and from when on.
fn send(effect: &Effect, context: &Context<'_>) -> String {
    let wait = not_before(effect, context).map_or_else(String::new, |wait| format!(", {wait}"));
    format!("send a message{wait}")
}

/// Our number of the item whose money is claimed back.
async fn claimed(reader: &mut Reader<'_>, effect: &Effect) -> Result<String, CliError> {
    let item = match effect.subject.parse() {
        Ok(id) => reader.item_of(id).await?,
        Err(_) => None,
    };
    Ok(item.map_or_else(|| "…".to_owned(), |item| item.sku))
}
