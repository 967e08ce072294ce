//! What we promised and own: `inventory`, `listings`, `alerts`, `stop`.

use std::path::Path;
use std::sync::Arc;

use autobazaaar_domain::inventory::{InventoryItem, InventoryStatus};
use autobazaaar_domain::owner::{AlertStatus, Severity};
use autobazaaar_domain::resale::ResaleStatus;
use autobazaaar_domain::{DrawnEntropy, Money};
use autobazaaar_store::{Actor, Options, Store, StoreError};
use clap::{Args, Subcommand};

use super::output::{Cell, Column, Table, Tone};
use super::owner::{buyers, goods, offers, photos, returns, shop};
use super::session::moment;
use super::{CliError, Context};
use crate::execute::key_of;

/// Arguments of `inventory`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct InventoryArgs {
    /// What happened to an item, instead of the list.
    #[command(subcommand)]
    pub command: Option<InventoryCommand>,
    /// How to list.
    #[command(flatten)]
    pub list: InventoryListArgs,
}

/// How to list items.
#[derive(Debug, Args)]
pub struct InventoryListArgs {
    /// Also what was sold or written off
    #[arg(long)]
    pub all: bool,
}

/// Arguments of `listings`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct ListingsArgs {
    /// What happened to an offer, instead of the list.
    #[command(subcommand)]
    pub command: Option<ListingsCommand>,
    /// How to list.
    #[command(flatten)]
    pub list: ListingsListArgs,
}

/// How to list offers.
#[derive(Debug, Args)]
pub struct ListingsListArgs {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
}

/// What happened to an item.
#[derive(Debug, Subcommand)]
pub enum InventoryCommand {
    /// The same list as without a command
    List(InventoryListArgs),
    /// It is paid
    Bought(goods::BoughtArgs),
    /// Nothing came of it: nothing was paid
    NotBought(goods::NotBoughtArgs),
    /// It is here, and was looked at
    Received(goods::ReceivedArgs),
    /// Its money came back, or will not
    Refunded(goods::RefundedArgs),
    /// It is lost, broken or given away: off the books
    WriteOff(returns::WriteOffArgs),
    /// Your photos of it: list, add or take away
    Photos(photos::PhotosArgs),
}

/// What happened to an offer.
#[derive(Debug, Subcommand)]
pub enum ListingsCommand {
    /// The same list as without a command
    List(ListingsListArgs),
    /// Show its text, ready to copy
    Show(offers::OfferArgs),
    /// Put it up at eBay by its API, where that is switched on
    Publish(shop::PublishArgs),
    /// Take it down: at eBay by its API where that is switched on, else by hand
    Withdraw(offers::OfferArgs),
    /// Ask eBay what was sold, and do there what waits
    Sync(shop::SyncArgs),
    /// It is up
    Posted(offers::PostedArgs),
    /// Its price is another one on the venue
    Reprice(offers::RepriceArgs),
    /// It is down
    Removed(offers::OfferArgs),
    /// A buyer took it
    Sold(offers::SoldArgs),
    /// The parcel is with the carrier
    Shipped(offers::ShippedArgs),
    /// The money of the sale is here
    Paid(offers::PaidArgs),
    /// A buyer wrote: read it, and word an answer within the floor
    Message(buyers::MessageArgs),
    /// A buyer made an offer by the venue's form
    Offer(buyers::OfferedArgs),
    /// Say yes to the answer that waits: it is ready to copy
    Approve(buyers::AnswerArgs),
    /// Say no to it: nothing is answered
    Reject(buyers::AnswerArgs),
    /// Say it otherwise: another price, other words
    Edit(buyers::EditAnswerArgs),
    /// The answer is sent, or cannot be
    Answered(buyers::AnsweredArgs),
    /// A buyer gets money back
    Returned(returns::ReturnedArgs),
    /// Write files to upload, and texts to copy, for a venue on which you list by hand
    Export(super::export::ExportArgs),
}

/// Arguments of `alerts`.
#[derive(Debug, Args)]
pub struct AlertsArgs {
    /// The list, by its name.
    #[command(subcommand)]
    pub command: Option<AlertsCommand>,
}

/// What of the alerts.
#[derive(Debug, Subcommand)]
pub enum AlertsCommand {
    /// The same list as without a command
    List,
}

/// Arguments of `stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Let contact and spending go on again
    #[arg(long)]
    pub resume: bool,
}

/// More rows than anybody reads.
const ALL: u32 = 10_000;

/// The folder of the state.
pub(super) fn state_folder(context: &Context<'_>) -> Result<std::path::PathBuf, CliError> {
    Ok(super::session::lake(context)?.state())
}

/// Whether anything was promised, spent or bought here.
///
/// # Errors
/// When a manifest cannot be read.
pub(super) fn has_state(context: &Context<'_>) -> Result<bool, CliError> {
    Ok(state_folder(context)?.join("autobazaaar.db").exists())
}

/// Opens the store of the data folder and does something with it.
///
/// # Errors
/// When there is none, or those of `work`.
pub(super) fn with_store<T, E: Into<CliError> + From<StoreError>>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Store) -> Result<T, E>,
) -> Result<T, CliError> {
    let folder = state_folder(context)?;
    if !Options::is_there(&folder) {
        return Err(no_state(&folder));
    }
    in_store(&folder, context, work).map_err(Into::into)
}

/// What is said where nothing was promised, bought or paid yet.
pub(super) fn no_state(folder: &Path) -> CliError {
    let folder = super::session::shown_path(folder);
    CliError::failed(format!("nothing was promised, bought or paid here yet: there is no state in {folder}"))
        .hint(
            "dealing by hand begins with `autobazaaar ledger pay-in 500 USD` and `autobazaaar deals approve`",
        )
        .hint("a demonstration's state: --data-dir data/demo")
}

/// Opens the store of a state folder and does something with it.
///
/// # Errors
/// When it cannot be opened, or those of `work`.
pub(super) fn in_store<T, E: From<StoreError>>(
    folder: &Path,
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Store) -> Result<T, E>,
) -> Result<T, E> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|source| {
        StoreError::Io { doing: "start the runtime for", path: folder.to_owned(), source }
    })?;
    let entropy = Arc::new(DrawnEntropy::from(context.entropy));
    runtime.block_on(async {
        let store = Store::open(Options::folder(folder), entropy, context.now()).await?;
        let result = work(&store).await;
        store.close().await?;
        result
    })
}

/// Items in our hands.
///
/// # Errors
/// When there is no state, or it cannot be read.
pub fn inventory(args: &InventoryArgs, context: &Context<'_>) -> Result<(), CliError> {
    let list = match &args.command {
        Some(InventoryCommand::List(list)) => list,
        Some(InventoryCommand::Bought(args)) => return goods::bought(args, context),
        Some(InventoryCommand::NotBought(args)) => return goods::not_bought(args, context),
        Some(InventoryCommand::Received(args)) => return goods::received(args, context),
        Some(InventoryCommand::Refunded(args)) => return goods::refunded(args, context),
        Some(InventoryCommand::WriteOff(args)) => return returns::write_off(args, context),
        Some(InventoryCommand::Photos(args)) => return photos::run(args, context),
        None => &args.list,
    };
    let items = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let mut items: Vec<InventoryItem> = Vec::new();
        for status in InventoryStatus::ALL {
            items.extend(reader.items(*status, ALL).await?);
        }
        Ok::<_, StoreError>(items)
    })?;
    let gone =
        |item: &InventoryItem| matches!(item.status, InventoryStatus::Sold | InventoryStatus::WrittenOff);
    let mut table = Table::new([
        Column::text("sku", "number"),
        Column::text("title", "title"),
        Column::text("status", "state"),
        Column::number("cost", "cost"),
        Column::text("condition", "condition"),
        Column::text("purchased_at", "bought"),
    ]);
    for item in items.into_iter().filter(|item| list.all || !gone(item)) {
        table.push([
            Cell::text(item.sku),
            Cell::text(item.title),
            Cell::text(item.status.as_str().replace('_', " ")),
            Cell::money(Money { amount: item.cost, currency: item.currency }),
            item.condition.map_or_else(Cell::missing, |condition| Cell::text(condition.as_str())),
            moment(item.purchased_at),
        ]);
    }
    context.out.table(&table.or_empty("nothing is in our hands"))
}

/// Our offers.
///
/// # Errors
/// When there is no state, or it cannot be read.
pub fn listings(args: &ListingsArgs, context: &Context<'_>) -> Result<(), CliError> {
    let list = match &args.command {
        Some(ListingsCommand::List(list)) => list,
        Some(ListingsCommand::Show(args)) => return offers::show(args, context),
        Some(ListingsCommand::Publish(args)) => return shop::publish(args, context),
        Some(ListingsCommand::Withdraw(args)) => return shop::withdraw(args, context),
        Some(ListingsCommand::Sync(args)) => return shop::sync(args, context),
        Some(ListingsCommand::Posted(args)) => return offers::posted(args, context),
        Some(ListingsCommand::Reprice(args)) => return offers::reprice(args, context),
        Some(ListingsCommand::Removed(args)) => return offers::removed(args, context),
        Some(ListingsCommand::Sold(args)) => return offers::sold(args, context),
        Some(ListingsCommand::Shipped(args)) => return offers::shipped(args, context),
        Some(ListingsCommand::Paid(args)) => return offers::paid(args, context),
        Some(ListingsCommand::Message(args)) => return buyers::message(args, context),
        Some(ListingsCommand::Offer(args)) => return buyers::offered(args, context),
        Some(ListingsCommand::Approve(args)) => return buyers::approve(args, context),
        Some(ListingsCommand::Reject(args)) => return buyers::reject(args, context),
        Some(ListingsCommand::Edit(args)) => return buyers::edit(args, context),
        Some(ListingsCommand::Answered(args)) => return buyers::answered(args, context),
        Some(ListingsCommand::Returned(args)) => return returns::returned(args, context),
        Some(ListingsCommand::Export(args)) => return super::export::run(args, context),
        None => &args.list,
    };
    let all = list.all;
    let found = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let mut found = Vec::new();
        for status in ResaleStatus::ALL {
            let open = matches!(status, ResaleStatus::Draft | ResaleStatus::Active | ResaleStatus::Paused);
            if all || open {
                for one in reader.resales(*status, ALL).await? {
                    // How it is named in commands: by the venue, else by our number of the thing.
                    let name = match key_of(&one) {
                        Some(key) => key.to_string(),
                        None => reader.item(one.inventory_id).await?.map(|item| item.sku).unwrap_or_default(),
                    };
                    found.push((name, one));
                }
            }
        }
        Ok::<_, StoreError>(found)
    })?;
    let mut table = Table::new([
        Column::text("offer", "offer"),
        Column::text("platform", "venue"),
        Column::text("title", "title"),
        Column::text("status", "state"),
        Column::number("price", "ask"),
        Column::number("floor_price", "floor"),
        Column::text("created_at", "since"),
    ]);
    for (name, one) in found {
        let money = |amount| Cell::money(Money { amount, currency: one.currency });
        table.push([
            Cell::text(name),
            Cell::text(one.platform.to_string()),
            Cell::text(one.title),
            Cell::text(one.status.as_str()),
            money(one.price),
            money(one.floor_price),
            moment(one.created_at),
        ]);
    }
    context.out.table(&table.or_empty("nothing is offered"))
}

/// What the owner should know.
///
/// # Errors
/// When there is no state, or it cannot be read.
pub fn alerts(_: &AlertsArgs, context: &Context<'_>) -> Result<(), CliError> {
    let found =
        with_store(context, async |store| store.read().await?.alerts(Some(AlertStatus::New), ALL).await)?;
    let mut table = Table::new([
        Column::text("created_at", "when"),
        Column::text("severity", "severity"),
        Column::text("title", "what"),
        Column::text("message", "why"),
        Column::text("suggested_action", "to do"),
    ]);
    for alert in found {
        let tone = if alert.severity >= Severity::Error { Tone::Bad } else { Tone::Plain };
        table.push([
            moment(alert.created_at),
            Cell::text(alert.severity.as_str()).tone(tone),
            Cell::text(alert.title),
            Cell::text(alert.message),
            alert.suggested_action.map_or_else(Cell::missing, Cell::text),
        ]);
    }
    context.out.table(&table.or_empty("nothing new"))
}

/// The switch that stands above everything.
///
/// # Errors
/// When there is no state, or it cannot be written.
pub fn stop(args: &StopArgs, context: &Context<'_>) -> Result<(), CliError> {
    let (on, now) = (!args.resume, context.now());
    with_store(context, async |store| {
        let mut tx = store.begin(now, &Actor::new("owner", "cli")).await?;
        tx.stop(on).await?;
        tx.commit().await
    })?;
    context.out.print(if on {
        "stopped: nothing is sent, paid or listed until autobazaaar stop --resume"
    } else {
        "contact and spending go on"
    })
}
