//! `autobazaaar backtest`: what the decisions would have earned.

use std::num::NonZeroU32;

use autobazaaar_domain::{Currency, RunId};
use autobazaaar_lake::Dataset;
use chrono::NaiveDate;
use clap::Args;

use super::output::{Cell, Column, Table};
use super::session::{lake, shown_path, with_outside};
use super::{CliError, Context, OutputFormat};
use crate::backtest::write::{compared, headline, write};
use crate::backtest::{Backtest, BacktestOptions};
use crate::runner::BAZAAR_FOLDER;
use crate::runner::backtest::replay;

/// Arguments of `backtest`; the configuration says the limits and what is assumed.
#[derive(Debug, Args)]
pub struct BacktestArgs {
    /// First day to decide on (UTC); what was seen before is learned from
    #[arg(long, value_name = "DATE")]
    pub from: Option<NaiveDate>,
    /// Last day to decide on (UTC); what was seen after it still tells what things were worth
    #[arg(long, value_name = "DATE")]
    pub to: Option<NaiveDate>,
    /// Currency to trade in [default: that of most listings]
    #[arg(long, value_name = "CODE")]
    pub currency: Option<Currency>,
    /// Days between passes; more is faster, and what was on offer in between is missed
    #[arg(long, value_name = "DAYS", default_value = "1")]
    pub every: NonZeroU32,
    /// Days between trainings of the models; more is faster
    #[arg(long, value_name = "DAYS", default_value = "1")]
    pub train_every: NonZeroU32,
}

/// Replays the record and says what would have been earned.
///
/// # Errors
/// When there is no record of two days, or the page cannot be written.
pub fn run(args: &BacktestArgs, context: &Context<'_>) -> Result<(), CliError> {
    let lake = lake(context)?;
    if lake.entries(Dataset::Observations)?.is_empty() {
        return Err(CliError::failed("there are no listings to replay").hint("autobazaaar ingest --help"));
    }
    let options = BacktestOptions {
        from: args.from,
        to: args.to,
        currency: args.currency,
        decide_every_days: args.every.get(),
        train_every_days: args.train_every.get(),
    };
    let stage = context.progress.stage("backtest", None);
    let advance = |done: usize, of: usize| {
        stage.at(&format!("day {done} of {of}"));
        stage.advance(1);
    };
    let found = with_outside(context, |outside| Ok(replay(&lake, outside, &options, &advance)?))?;
    stage.finish(&headline(&found));
    let now = context.now();
    let id = RunId::new(now, context.entropy.bits());
    let folder = lake.reports().join(now.date_naive().to_string());
    let name = format!("backtest-{id}-{}", found.currency.as_str().to_lowercase());
    let simulated = lake.data_dir().ends_with(BAZAAR_FOLDER);
    let files = write(&found, &folder, &name, now, simulated)?;
    print(&found, context)?;
    if let Some(page) = files.first() {
        context.out.say(&format!("report: {}", shown_path(page)))?;
    }
    Ok(())
}

fn print(found: &Backtest, context: &Context<'_>) -> Result<(), CliError> {
    match context.out.format() {
        OutputFormat::Json => context.out.print(&serde_json::to_string_pretty(found)?),
        OutputFormat::Csv | OutputFormat::Toml => context.out.table(&days(found)),
        OutputFormat::Table => {
            context.out.print(&format!(
                "{} of {} to {}",
                headline(found),
                found.from.date_naive(),
                found.to.date_naive()
            ))?;
            context.out.table(&summary(found))?;
            let share =
                found.share_of_oracle.map_or("not known".to_owned(), |s| format!("{:.0} %", s * 100.0));
            context.out.print(&format!("share of the oracle's profit: {share}"))?;
            for note in &found.notes {
                context.out.print(&format!("note: {note}"))?;
            }
            Ok(())
        }
    }
}

fn summary(found: &Backtest) -> Table {
    let mut table = Table::new([
        Column::text("figure", "figure"),
        Column::number("ours", "ours"),
        Column::number("oracle", "oracle"),
    ]);
    for (name, ours, oracle) in compared(found) {
        table.push([Cell::text(name), Cell::text(ours), Cell::text(oracle)]);
    }
    table
}

/// A row per day, for programs.
fn days(found: &Backtest) -> Table {
    let money = |amount: autobazaaar_domain::Cents| super::session::amount(Some(amount.0), found.currency);
    let mut table = Table::new([
        Column::text("date", "day"),
        Column::number("candidates", "on offer"),
        Column::number("valued", "valued"),
        Column::number("bought", "bought"),
        Column::number("negotiations", "talks"),
        Column::number("booked", "booked"),
        Column::number("oracle_booked", "oracle booked"),
        Column::number("tied", "tied up"),
        Column::number("oracle_tied", "oracle tied up"),
        Column::text("models_before", "models before"),
        Column::text("digest", "digest"),
    ]);
    for day in &found.days {
        table.push([
            Cell::text(day.date.to_string()),
            Cell::count(day.candidates),
            Cell::count(day.valued),
            Cell::count(day.bought),
            Cell::count(day.negotiations),
            money(day.booked),
            money(day.oracle_booked),
            money(day.tied),
            money(day.oracle_tied),
            day.models_before.map_or_else(Cell::missing, |date| Cell::text(date.to_string())),
            Cell::text(&day.digest),
        ]);
    }
    table
}
