//! `autobazaaar ledger`: balances, what moved money, and everything behind one line.

mod explain;

use autobazaaar_domain::ledger::LedgerEntry;
use autobazaaar_domain::{Money, Utc};
use autobazaaar_store::StoreError;
use clap::{Args, Subcommand};

use explain::explain;

use super::output::{Cell, Column, Table};
use super::owner::cash;
use super::session::moment;
use super::state::with_store;
use super::{CliError, Context};

/// Arguments of `ledger`.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct LedgerArgs {
    /// What to list.
    #[command(flatten)]
    pub list: LedgerListArgs,
    /// One line explained, or your own money
    #[command(subcommand)]
    pub what: Option<LedgerCommand>,
}

/// What to list of the ledger.
#[derive(Debug, Args)]
pub struct LedgerListArgs {
    /// The newest transactions instead of the balances, so many
    #[arg(long, value_name = "COUNT")]
    pub transactions: Option<u32>,
}

/// What of the ledger.
#[derive(Debug, Subcommand)]
pub enum LedgerCommand {
    /// The same list as without a command
    List(LedgerListArgs),
    /// Explain one line: entry, deal, talks, item, sale and the acts outside
    Show(LedgerShowArgs),
    /// Put money into the business
    PayIn(cash::CashArgs),
    /// Take money out of the business
    TakeOut(cash::CashArgs),
}

/// Arguments of `ledger show`.
#[derive(Debug, Args)]
pub struct LedgerShowArgs {
    /// Id of an entry or transaction, or a unique beginning or end of it
    #[arg(value_name = "ID")]
    pub id: String,
}

/// Balances, what moved money, or one line explained.
///
/// # Errors
/// When there is no state, it cannot be read, or there is no such line.
pub fn run(args: &LedgerArgs, context: &Context<'_>) -> Result<(), CliError> {
    let list = match &args.what {
        Some(LedgerCommand::Show(args)) => return show(&args.id, context),
        Some(LedgerCommand::PayIn(args)) => return cash::pay_in(args, context),
        Some(LedgerCommand::TakeOut(args)) => return cash::take_out(args, context),
        Some(LedgerCommand::List(list)) => list,
        None => &args.list,
    };
    match list.transactions {
        Some(count) => transactions(count, context),
        None => balances(context),
    }
}

fn balances(context: &Context<'_>) -> Result<(), CliError> {
    let balances = with_store(context, async |store| store.read().await?.balances().await)?;
    let mut table = Table::new([Column::text("account", "account"), Column::number("balance", "balance")]);
    for balance in balances {
        table.push([Cell::text(balance.account.to_string()), Cell::money(balance.amount)]);
    }
    context.out.table(&table.or_empty("nothing was booked yet").hint("autobazaaar ledger --transactions 20"))
}

fn transactions(count: u32, context: &Context<'_>) -> Result<(), CliError> {
    let mut found = with_store(context, async |store| {
        store.read().await?.transactions(Utc::MIN_UTC, Utc::MAX_UTC).await
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
        Column::text("transaction_id", "id"),
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
            short(&one.transaction_id.to_string()),
        ]);
    }
    context.out.table(&table.or_empty("nothing was booked yet").hint("autobazaaar ledger show ID"))
}

/// The end of an id: those made together share their beginning.
fn short(id: &str) -> Cell {
    let end = id.char_indices().rev().nth(9).map_or(0, |(at, _)| at);
    Cell::text(id).shown(&id[end..])
}

fn show(id: &str, context: &Context<'_>) -> Result<(), CliError> {
    let wanted = id.to_uppercase();
    let found = with_store(context, async |store| {
        let mut reader = store.read().await?;
        let entries = reader.entries(Utc::MIN_UTC, Utc::MAX_UTC).await?;
        let is_wanted = |entry: &&LedgerEntry| {
            let moved = entry.transaction_id.map(|id| id.to_string()).unwrap_or_default();
            [entry.entry_id.to_string(), moved]
                .iter()
                .any(|id| id.starts_with(&wanted) || id.ends_with(&wanted))
        };
        let found: Vec<&LedgerEntry> = entries.iter().filter(is_wanted).collect();
        match found[..] {
            [one] => Ok::<_, StoreError>(Ok(explain(&mut reader, one).await?)),
            _ => Ok(Err(found.len())),
        }
    })?;
    match found {
        Ok(explained) => explained.print(context),
        Err(0) => Err(CliError::failed(format!("no entry or transaction begins or ends with `{id}`"))
            .hint("autobazaaar ledger --transactions 50")),
        Err(many) => Err(CliError::failed(format!("{many} lines begin or end with `{id}`: name more of it"))),
    }
}
