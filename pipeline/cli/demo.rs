//! `autobazaaar demo`: virtual days of the whole loop on the simulated market.

use std::num::NonZeroU32;
use std::path::{Path, PathBuf};

use autobazaaar_bazaar::live::{Params, Scenario};
use autobazaaar_domain::{Cents, Currency, Money, Utc};
use autobazaaar_lake::Lake;
use autobazaaar_store::StoreError;
use chrono::{NaiveDate, NaiveTime};
use clap::Args;

use super::output::{Cell, Column, Table, Tone};
use super::{CliError, Context, OutputFormat, ResultExt as _};
use crate::profit::gather;
use crate::simulate::{Account, Bargaining, DayOfAccount, Demo, DemoOptions};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Virtual days
    #[arg(long, value_name = "N", default_value = "30")]
    pub days: NonZeroU32,
    /// The same seed gives the same market, events and books
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// A course that is staged beside the ordinary market: good-flip, refused, scam or return
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<Scenario>,
    /// Who bargains
    #[arg(long, value_name = "learned|baseline", default_value_t)]
    pub negotiator: Bargaining,
    /// Chance that a call of the market goes wrong, each way of it, 0 to 0.5
    #[arg(long, value_name = "CHANCE", default_value_t = 0.0, value_parser = chance)]
    pub faults: f64,
    /// Another market: a copy of the standard figures, changed (docs/bazaar.md)
    #[arg(long, value_name = "FILE")]
    pub market: Option<PathBuf>,
}

/// The day before the first one: a demonstration does not depend on today.
const BEGINS: (i32, u32, u32) = (2026, 1, 4);
/// New things a day: small enough that a month passes in a minute or two.
const NEW_PER_DAY: f64 = 120.0;

pub(super) fn chance(text: &str) -> Result<f64, String> {
    let chance = text.parse().ok().filter(|chance: &f64| (0.0..=0.5).contains(chance));
    chance.ok_or_else(|| "expected a number from 0 to 0.5".to_owned())
}

/// Plays the days in a folder of their own, which is emptied before.
///
/// # Errors
/// When the folder cannot be written or a stage fails.
pub fn run(args: &DemoArgs, context: &Context<'_>) -> Result<(), CliError> {
    let folder = context.loaded.data_dir.join("demo");
    if folder.exists() {
        std::fs::remove_dir_all(&folder).doing("cannot empty the folder of the last demonstration")?;
    }
    let options = DemoOptions {
        days: args.days.get(),
        seed: args.seed,
        folder: folder.clone(),
        start: begins(),
        params: params(args)?,
        scenario: args.scenario,
        negotiator: args.negotiator,
        faults: args.faults,
    };
    let stage = context.progress.stage("demo", Some(u64::from(args.days.get())));
    let progress = |day: &DayOfAccount| {
        stage.at(&format!("day {}", day.day));
        stage.advance(1);
    };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .doing("cannot start the simulation")?;
    let account = runtime.block_on(async {
        let demo = Demo::open(context.config(), options).await?;
        demo.play(&progress).await
    });
    let account = account.map_err(|error| CliError::failed(error.to_string()))?;
    stage.finish(&format!("{} earned", money(account.profit(), account.currency)));
    show(&account, context)?;
    let page = profit_page(&folder, &account, context)?;
    let shown = super::session::shown_path;
    context.out.say(&format!("its lake and books: {}", shown(&folder)))?;
    if let Some(page) = page {
        context.out.say(&format!("where the money came from: {}", shown(&page)))?;
    }
    if account.violations.is_empty() {
        return Ok(());
    }
    Err(CliError::failed(format!("an invariant does not hold: {}", account.violations.join("; "))))
}

/// The moment every demonstration begins.
pub(super) fn begins() -> Utc {
    let (year, month, day) = BEGINS;
    NaiveDate::from_ymd_opt(year, month, day).unwrap_or_default().and_time(NaiveTime::MIN).and_utc()
}

/// Writes the profit report; its page.
fn profit_page(folder: &Path, account: &Account, context: &Context<'_>) -> Result<Option<PathBuf>, CliError> {
    let found = super::state::in_store(&folder.join("state"), context, async |store| gather(store).await);
    let found = found.map_err(|error: StoreError| CliError::failed(error.to_string()))?;
    let at = account.days.last().map_or_else(|| context.now(), |day| day.at);
    let files = super::report::write_profit(&Lake::new(folder), &found, at)?;
    Ok(files.into_iter().next())
}

fn params(args: &DemoArgs) -> Result<Params, CliError> {
    let Some(path) = &args.market else {
        let mut params = Params::standard().map_err(|error| CliError::failed(error.to_string()))?;
        params.market.new_per_day = NEW_PER_DAY;
        return Ok(params);
    };
    let text = std::fs::read_to_string(path)
        .map_err(|error| CliError::usage(format!("{}: {error}", path.display())))?;
    Params::parse(&text).map_err(|error| CliError::usage(format!("{}: {error}", path.display())))
}

fn show(account: &Account, context: &Context<'_>) -> Result<(), CliError> {
    match context.out.format() {
        OutputFormat::Json => return context.out.print(&serde_json::to_string_pretty(account)?),
        OutputFormat::Csv | OutputFormat::Toml => return context.out.table(&days(account)),
        OutputFormat::Table => {}
    }
    context.out.table(&days(account))?;
    context.out.table(&outcomes(account))?;
    context.out.table(&ledger(account))?;
    context.out.print(&format!(
        "in our hands: cost {}, truly worth {}",
        money(account.days.last().map_or(Cents::ZERO, |day| day.stock_at_cost), account.currency),
        money(account.true_value_in_hand, account.currency)
    ))
}

fn days(account: &Account) -> Table {
    let mut table = Table::new([
        Column::number("day", "day"),
        Column::number("profit", "profit so far"),
        Column::number("cash", "cash"),
        Column::number("payouts_pending", "with venues"),
        Column::number("stock_at_cost", "stock at cost"),
        Column::number("open_holds", "held for offers"),
    ]);
    let amount = |cents: Cents| Cell::money(Money { amount: cents, currency: account.currency });
    for day in &account.days {
        let tone = if day.profit.0 < 0 { Tone::Bad } else { Tone::Good };
        table.push([
            Cell::count(u64::from(day.day)),
            amount(day.profit).tone(tone),
            amount(day.cash),
            amount(day.payouts_pending),
            amount(day.stock_at_cost),
            amount(day.open_holds),
        ]);
    }
    table
}

fn outcomes(account: &Account) -> Table {
    let mut table = Table::new([
        Column::text("what", "what"),
        Column::text("state", "state"),
        Column::number("count", "count"),
    ]);
    let of = &account.outcomes;
    let kinds = [
        ("negotiations", &of.negotiations),
        ("purchases", &of.purchases),
        ("items", &of.items),
        ("sales", &of.sales),
    ];
    for (what, counts) in kinds {
        for (state, count) in counts {
            table.push([Cell::text(what), Cell::text(state.replace('_', " ")), Cell::count(*count as u64)]);
        }
    }
    table
}

fn ledger(account: &Account) -> Table {
    let mut table = Table::new([Column::text("account", "account"), Column::number("balance", "balance")]);
    for (name, amount) in &account.ledger {
        let money = Money { amount: *amount, currency: account.currency };
        table.push([Cell::text(name.replace('_', " ")), Cell::money(money)]);
    }
    table
}

fn money(amount: Cents, currency: Currency) -> String {
    Money { amount, currency }.to_string()
}
