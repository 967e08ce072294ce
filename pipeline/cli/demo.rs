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
use crate::simulate::{Account, Bargaining, Chosen, DayOfAccount, Demo, DemoOptions, Knowing, Trader};

/// Arguments of `demo`.
#[derive(Debug, Args)]
pub struct DemoArgs {
    /// Virtual days
    #[arg(long, value_name = "N", default_value = "30")]
    pub days: NonZeroU32,
    /// The same seed gives the same market, events and books
    #[arg(long, default_value_t = 1)]
    pub seed: u64,
    /// Several seeds one after the other, first..last, a line each
    #[arg(long, value_name = "FIRST..LAST", value_parser = seeds, conflicts_with = "seed")]
    pub seeds: Option<Seeds>,
    /// New things offered a day, all venues together; 120, or as the market's file says
    #[arg(long, value_name = "N")]
    pub listings_per_day: Option<NonZeroU32>,
    /// Do not play the days again by true values, to compare with
    #[arg(long)]
    pub no_oracle: bool,
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

/// Share of what perfect valuation earns that the program is to reach.
const WANTED_SHARE: f64 = 0.4;

/// Seeds from the first to the last.
#[derive(Debug, Clone, Copy)]
pub struct Seeds {
    first: u64,
    last: u64,
}

fn seeds(text: &str) -> Result<Seeds, String> {
    let parsed = text.split_once("..").and_then(|(first, last)| {
        let last = last.strip_prefix('=').unwrap_or(last);
        Some(Seeds { first: first.trim().parse().ok()?, last: last.trim().parse().ok()? })
    });
    parsed
        .filter(|seeds| seeds.first <= seeds.last)
        .ok_or_else(|| "expected two numbers, such as 1..20".to_owned())
}

pub(super) fn chance(text: &str) -> Result<f64, String> {
    let chance = text.parse().ok().filter(|chance: &f64| (0.0..=0.5).contains(chance));
    chance.ok_or_else(|| "expected a number from 0 to 0.5".to_owned())
}

/// Plays the days in a folder of their own, which is emptied before.
///
/// # Errors
/// When the folder cannot be written or a stage fails.
pub fn run(args: &DemoArgs, context: &Context<'_>) -> Result<(), CliError> {
    if let Some(seeds) = args.seeds {
        return run_seeds(args, seeds, context);
    }
    let account = play(args, args.seed, context)?;
    show(&account, context)?;
    let folder = folder(context);
    let page = profit_page(&folder, &account, context)?;
    let shown = super::session::shown_path;
    context.out.say(&format!("its lake and books: {}", shown(&folder)))?;
    if let Some(page) = page {
        context.out.say(&format!("where the money came from: {}", shown(&page)))?;
    }
    whole(&account)
}

/// One seed after the other, a line each.
fn run_seeds(args: &DemoArgs, seeds: Seeds, context: &Context<'_>) -> Result<(), CliError> {
    let mut played = Vec::new();
    for seed in seeds.first..=seeds.last {
        let account = play(args, seed, context)?;
        whole(&account)?;
        played.push((seed, account));
    }
    context.out.table(&by_seed(&played))?;
    let gains = played.iter().filter(|(_, account)| account.profit().0 > 0).count();
    let shares: Vec<f64> = played.iter().filter_map(|(_, account)| account.share_of_knowing()).collect();
    let enough = shares.iter().filter(|share| **share >= WANTED_SHARE).count();
    let asked = if shares.is_empty() {
        String::new()
    } else {
        format!(
            "; at least {:.0} % of perfect valuation on {enough} of {}",
            WANTED_SHARE * 100.0,
            shares.len()
        )
    };
    context.out.say(&format!("a profit on {gains} of {} seeds{asked}", played.len()))
}

/// Books that do not agree, or a broken invariant, fail the command.
fn whole(account: &Account) -> Result<(), CliError> {
    if account.violations.is_empty() {
        return Ok(());
    }
    Err(CliError::failed(format!("an invariant does not hold: {}", account.violations.join("; "))))
}

fn folder(context: &Context<'_>) -> PathBuf {
    context.loaded.data_dir.join("demo")
}

/// A seed's days, and beside them those of one who knows all true values.
fn play(args: &DemoArgs, seed: u64, context: &Context<'_>) -> Result<Account, CliError> {
    let folder = folder(context);
    if folder.exists() {
        std::fs::remove_dir_all(&folder).doing("cannot empty the folder of the last demonstration")?;
    }
    let options = options(args, seed, folder.clone())?;
    let mut account = play_as(options.clone(), "demo", context)?;
    if !args.no_oracle {
        let learned = crate::score::learned::store(&Lake::new(&folder)).newest();
        let options = DemoOptions {
            folder: folder.join("knowing"),
            trader: Trader::Knowing,
            selling: learned.map_err(|error| CliError::failed(error.to_string()))?,
            ..options
        };
        let theirs = play_as(options, "the same by true values", context)?;
        whole(&theirs)?;
        account.knowing = Some(Knowing {
            profit: theirs.profit(),
            stock_at_cost: theirs.stock_at_cost(),
            true_value_in_hand: theirs.true_value_in_hand,
        });
    }
    Ok(account)
}

fn options(args: &DemoArgs, seed: u64, folder: PathBuf) -> Result<DemoOptions, CliError> {
    Ok(DemoOptions {
        days: args.days.get(),
        seed,
        folder,
        start: begins(),
        params: params(args)?,
        scenario: args.scenario,
        negotiator: args.negotiator,
        faults: args.faults,
        trader: Trader::Learning,
        selling: None,
    })
}

fn play_as(options: DemoOptions, what: &'static str, context: &Context<'_>) -> Result<Account, CliError> {
    let stage = context.progress.stage(what, Some(u64::from(options.days)));
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
    Ok(account)
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
    let mut params = match &args.market {
        None => {
            let mut params = Params::standard().map_err(|error| CliError::failed(error.to_string()))?;
            params.market.new_per_day = NEW_PER_DAY;
            params
        }
        Some(path) => {
            let text = std::fs::read_to_string(path)
                .map_err(|error| CliError::usage(format!("{}: {error}", path.display())))?;
            Params::parse(&text).map_err(|error| CliError::usage(format!("{}: {error}", path.display())))?
        }
    };
    if let Some(per_day) = args.listings_per_day {
        params.market.new_per_day = f64::from(per_day.get());
    }
    Ok(params)
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
    if !account.called_off.is_empty() {
        context.out.table(&called_off(account))?;
    }
    context.out.say("what the market alone knows, and no decision ever hears:")?;
    context.out.table(&beside_the_truth(account))?;
    context.out.print(&format!(
        "in our hands or on the way: cost {}, truly worth {}",
        money(account.stock_at_cost(), account.currency),
        money(account.true_value_in_hand, account.currency)
    ))?;
    let Some(knowing) = account.knowing else { return Ok(()) };
    let share = account
        .share_of_knowing()
        .map_or_else(String::new, |share| format!("; ours is {:.0} % of that", share * 100.0));
    context.out.print(&format!(
        "with every true value known, the same days and limits earn {}{share} (in hand: cost {}, truly worth {})",
        money(knowing.profit, account.currency),
        money(knowing.stock_at_cost, account.currency),
        money(knowing.true_value_in_hand, account.currency)
    ))
}

fn called_off(account: &Account) -> Table {
    let mut table =
        Table::new([Column::text("why", "purchases called off"), Column::number("count", "count")]);
    for (why, count) in &account.called_off {
        table.push([Cell::text(why), Cell::count(*count as u64)]);
    }
    table
}

fn beside_the_truth(account: &Account) -> Table {
    let mut table = Table::new([
        Column::text("deals", "deals"),
        Column::number("count", "count"),
        Column::number("estimate_to_truth", "estimate of truth"),
        Column::number("given_ask_to_truth", "given the ask"),
        Column::number("ask_to_truth", "ask of truth"),
        Column::number("covered", "in the 80 %"),
        Column::number("losing", "a loss"),
        Column::number("junk", "junk"),
        Column::number("fraud", "fraud"),
    ]);
    let percent = |share: f64| Cell::text(format!("{:.0} %", share * 100.0));
    let mut row = |name: &str, of: &Chosen| {
        table.push([
            Cell::text(name),
            Cell::count(of.deals),
            percent(of.estimate_to_truth),
            percent(of.given_ask_to_truth),
            percent(of.ask_to_truth),
            percent(of.covered),
            percent(of.losing),
            percent(of.junk),
            percent(of.fraud),
        ]);
    };
    row("chosen", &account.chosen);
    row("all on the last day", &account.standing);
    table
}

fn by_seed(played: &[(u64, Account)]) -> Table {
    let mut table = Table::new([
        Column::number("seed", "seed"),
        Column::number("profit", "profit"),
        Column::number("stock_at_cost", "stock at cost"),
        Column::number("true_value_in_hand", "truly worth"),
        Column::number("knowing_profit", "by true values"),
        Column::number("share", "share"),
        Column::number("purchases", "purchases"),
        Column::number("sales", "sales"),
    ]);
    for (seed, account) in played {
        let amount = |cents: Cents| Cell::money(Money { amount: cents, currency: account.currency });
        let share = account.share_of_knowing();
        let sum = |counts: &std::collections::BTreeMap<String, usize>| counts.values().sum::<usize>() as u64;
        table.push([
            Cell::count(*seed),
            amount(account.profit()).tone(if account.profit().0 < 0 { Tone::Bad } else { Tone::Good }),
            amount(account.stock_at_cost()),
            amount(account.true_value_in_hand),
            account.knowing.map_or_else(|| Cell::text(""), |knowing| amount(knowing.profit)),
            Cell::text(share.map_or_else(String::new, |share| format!("{:.0} %", share * 100.0))),
            Cell::count(sum(&account.outcomes.purchases)),
            Cell::count(sum(&account.outcomes.sales)),
        ]);
    }
    table
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
