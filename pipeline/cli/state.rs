//! What we promised, spent and own: `ledger`, `inventory`, `listings`, `alerts`, `stop`.

use std::sync::Arc;

use autobazaaar_domain::inventory::{InventoryItem, InventoryStatus};
use autobazaaar_domain::owner::{AlertStatus, Severity};
use autobazaaar_domain::resale::ResaleStatus;
use autobazaaar_domain::{Money, SeededEntropy};
use autobazaaar_store::{Actor, Options, Store};
use clap::Args;

use super::output::{Cell, Column, Table, Tone};
use super::session::moment;
use super::{CliError, Context, ResultExt as _};

/// Arguments of `ledger`.
#[derive(Debug, Args)]
pub struct LedgerArgs {
    /// The newest transactions instead of the balances, so many
    #[arg(long, value_name = "COUNT")]
    pub transactions: Option<u32>,
}

/// Arguments of `inventory`.
#[derive(Debug, Args)]
pub struct InventoryArgs {
    /// Also what was sold or written off
    #[arg(long)]
    pub all: bool,
}

/// Arguments of `listings`.
#[derive(Debug, Args)]
pub struct ListingsArgs {
    /// Also those that have ended
    #[arg(long)]
    pub all: bool,
}

/// Arguments of `alerts`.
#[derive(Debug, Args)]
pub struct AlertsArgs {}

/// Arguments of `stop`.
#[derive(Debug, Args)]
pub struct StopArgs {
    /// Let contact and spending go on again
    #[arg(long)]
    pub resume: bool,
}

/// More rows than anybody reads.
const ALL: u32 = 10_000;

/// Opens the store of the data folder and does something with it.
fn with_store<T>(
    context: &Context<'_>,
    work: impl AsyncFnOnce(&Store) -> Result<T, autobazaaar_store::StoreError>,
) -> Result<T, CliError> {
    let folder = context.loaded.data_dir.join("state");
    if !folder.join("autobazaaar.db").exists() {
        return Err(CliError::failed(format!("there is no state in {}", folder.display()))
            .hint("only demonstrations have any yet: autobazaaar demo, then --data-dir data/demo"));
    }
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().doing("cannot open the state")?;
    // Names of events alone are drawn from this; nothing secret is.
    let entropy = Arc::new(SeededEntropy::new(context.entropy.bits() as u64));
    let result = runtime.block_on(async {
        let store = Store::open(Options::folder(&folder), entropy, context.now()).await?;
        let result = work(&store).await;
        store.close().await?;
        result
    });
    result.map_err(|error| CliError::failed(error.to_string()))
}

/// Balances, or what moved money.
///
/// # Errors
/// When there is no state, or it cannot be read.
pub fn ledger(args: &LedgerArgs, context: &Context<'_>) -> Result<(), CliError> {
    let Some(count) = args.transactions else {
        let balances = with_store(context, async |store| store.read().await?.balances().await)?;
        let mut table =
            Table::new([Column::text("account", "account"), Column::number("balance", "balance")]);
        for balance in balances {
            table.push([Cell::text(balance.account.to_string()), Cell::money(balance.amount)]);
        }
        return context.out.table(&table.or_empty("nothing was booked yet"));
    };
    let now = context.now();
    let mut found = with_store(context, async |store| {
        store.read().await?.transactions(autobazaaar_domain::Utc::UNIX_EPOCH, now).await
    })?;
    found.reverse();
    let mut table = Table::new([
        Column::text("created_at", "when"),
        Column::text("kind", "kind"),
        Column::text("category", "for"),
        Column::text("platform", "venue"),
        Column::number("amount", "amount"),
        Column::number("fees", "fees"),
        Column::text("number", "the venue's number"),
    ]);
    for one in found.into_iter().take(count as usize) {
        let money = |amount| Cell::money(Money { amount, currency: one.currency });
        table.push([
            moment(one.created_at),
            Cell::text(one.kind.as_str()),
            Cell::text(one.category.as_str()),
            one.platform.map_or_else(Cell::missing, |platform| Cell::text(platform.to_string())),
            money(one.amount),
            money(one.fees.total()),
            one.platform_transaction_id.map_or_else(Cell::missing, Cell::text),
        ]);
    }
    context.out.table(&table.or_empty("nothing was booked yet"))
}

/// Items in our hands.
///
/// # Errors
/// When there is no state, or it cannot be read.
pub fn inventory(args: &InventoryArgs, context: &Context<'_>) -> Result<(), CliError> {
    let items = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let mut items: Vec<InventoryItem> = Vec::new();
        for status in InventoryStatus::ALL {
            items.extend(reader.items(*status, ALL).await?);
        }
        Ok(items)
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
    for item in items.into_iter().filter(|item| args.all || !gone(item)) {
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
    let all = args.all;
    let found = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let mut found = Vec::new();
        for status in ResaleStatus::ALL {
            let open = matches!(status, ResaleStatus::Draft | ResaleStatus::Active | ResaleStatus::Paused);
            if all || open {
                found.extend(reader.resales(*status, ALL).await?);
            }
        }
        Ok(found)
    })?;
    let mut table = Table::new([
        Column::text("platform", "venue"),
        Column::text("title", "title"),
        Column::text("status", "state"),
        Column::number("price", "ask"),
        Column::number("floor_price", "floor"),
        Column::text("created_at", "since"),
    ]);
    for one in found {
        let money = |amount| Cell::money(Money { amount, currency: one.currency });
        table.push([
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
