//! `autobazaaar prove`: the executor's loop on the simulated market, seed after seed, under faults.

use std::num::NonZeroU32;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use autobazaaar_bazaar::http::Client;
use autobazaaar_bazaar::live::{Bazaar, Faults, Params, Scenario};
use autobazaaar_domain::SeededEntropy;
use autobazaaar_store::{FaultHook, Options};
use clap::Args;

use super::demo::begins;
use super::output::{Cell, Column, Table, Tone};
use super::{CliError, Context, OutputFormat, ResultExt as _};
use crate::simulate::{Drill, DrillOptions, Drilled};
use crate::stream::in_order;

/// Arguments of `prove`.
#[derive(Debug, Args)]
pub struct ProveArgs {
    /// So many seeds, one after the other
    #[arg(long, value_name = "COUNT", default_value = "30")]
    pub seeds: NonZeroU32,
    /// The first of them
    #[arg(long, value_name = "SEED", default_value_t = 1)]
    pub seed: u64,
    /// Virtual days of each
    #[arg(long, value_name = "N", default_value = "10")]
    pub days: NonZeroU32,
    #[command(flatten)]
    pub market: MarketArgs,
    /// Play one seed against a market that another process keeps (`autobazaaar bazaar`), with the store
    /// in `drill` of the data folder; a play that was cut off goes on
    #[arg(long, value_name = "URL", conflicts_with_all = ["seeds", "listings", "faults", "scenario"])]
    pub market_url: Option<String>,
    /// Die by `kill -9` at this fault point, counted from the start: for tests of recovery
    #[arg(long, value_name = "N", requires = "market_url", hide = true)]
    pub kill_at: Option<u64>,
}

/// The market that is played.
#[derive(Debug, Args)]
pub struct MarketArgs {
    /// New listings a day
    #[arg(long, value_name = "COUNT", default_value_t = 50)]
    pub listings: u32,
    /// Chance that a call of the market goes wrong, each way of it, 0 to 0.5
    #[arg(long, value_name = "CHANCE", default_value_t = 0.05, value_parser = super::demo::chance)]
    pub faults: f64,
    /// A course that is staged beside the ordinary market: good-flip, refused, scam or return
    #[arg(long, value_name = "NAME")]
    pub scenario: Option<Scenario>,
}

impl MarketArgs {
    /// The market at its first moment.
    ///
    /// # Errors
    /// The standard figures cannot be read.
    pub fn open(&self, seed: u64) -> Result<Bazaar, CliError> {
        let mut params = Params::standard().map_err(|error| CliError::failed(error.to_string()))?;
        params.market.new_per_day = f64::from(self.listings);
        let mut market =
            Bazaar::new(params, seed, begins()).map_err(|error| CliError::failed(error.to_string()))?;
        if let Some(scenario) = self.scenario {
            market.scenario(scenario);
        }
        if self.faults > 0.0 {
            market.set_faults(Faults::all(seed, self.faults));
        }
        Ok(market)
    }
}

/// Plays the seeds on all threads, and names those that break an invariant.
///
/// # Errors
/// When an invariant does not hold, or a play fails; the command line that shows it again is said.
pub fn run(args: &ProveArgs, context: &Context<'_>) -> Result<(), CliError> {
    if let Some(url) = &args.market_url {
        let drilled = on_the_market(args, url, context)?;
        return finish(args, &[drilled], context);
    }
    let seeds = args.seed..args.seed.saturating_add(u64::from(args.seeds.get()));
    let stage = context.progress.stage("prove", Some(u64::from(args.seeds.get())));
    let mut drilled = Vec::new();
    in_order(
        seeds,
        rayon::current_num_threads(),
        8,
        |seed| in_memory(args, seed).map_err(|error| error.hint(again(args, seed))),
        |one| {
            drilled.push(one?);
            stage.advance(1);
            Ok::<_, CliError>(())
        },
    )?;
    stage.finish(&format!("{} seeds", drilled.len()));
    finish(args, &drilled, context)
}

/// One seed, market and store in memory.
fn in_memory(args: &ProveArgs, seed: u64) -> Result<Drilled, CliError> {
    let market = args.market.open(seed)?;
    let entropy = Arc::new(SeededEntropy::new(seed));
    play(async { Drill::open(market, Options::memory(), entropy, options(args, seed)).await?.play().await })
}

/// The market of another process, and a store on the disk.
fn on_the_market(args: &ProveArgs, url: &str, context: &Context<'_>) -> Result<Drilled, CliError> {
    let market = Client::new(url).map_err(|error| CliError::usage(error.to_string()))?;
    let folder = context.loaded.data_dir.join("drill");
    std::fs::create_dir_all(&folder).doing("cannot make the folder of the drill")?;
    let entropy = Arc::new(SeededEntropy::new(args.seed ^ starts(&folder)? << 32));
    let hook = args.kill_at.map(killer);
    let options = DrillOptions { hook, ..options(args, args.seed) };
    play(async { Drill::open(market, Options::folder(&folder), entropy, options).await?.play().await })
}

/// How often a drill was started in a folder before. Two starts at one virtual moment must not give
/// two records one name, and yet follow from the seed.
fn starts(folder: &Path) -> Result<u64, CliError> {
    let file = folder.join("starts");
    let before = std::fs::read_to_string(&file).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    std::fs::write(&file, (before + 1).to_string()).doing("cannot count the starts of the drill")?;
    Ok(before)
}

fn options(args: &ProveArgs, seed: u64) -> DrillOptions {
    DrillOptions { seed, begins: begins(), days: args.days.get(), hook: None }
}

fn play(
    work: impl Future<Output = Result<Drilled, crate::simulate::DemoError>>,
) -> Result<Drilled, CliError> {
    let runtime =
        tokio::runtime::Builder::new_current_thread().enable_all().build().doing("cannot start a play")?;
    runtime.block_on(work).map_err(|error| CliError::failed(error.to_string()))
}

/// Kills this process at the nth point that it passes, as a power cut would: nothing is unwound.
fn killer(nth: u64) -> FaultHook {
    let passed = AtomicU64::new(0);
    Arc::new(move |_| {
        if passed.fetch_add(1, Ordering::SeqCst) + 1 == nth {
            let own = std::process::id().to_string();
            let _ = std::process::Command::new("kill").args(["-9", &own]).status();
            // Where there is no such command the end is as hard.
            std::process::abort();
        }
    })
}

/// The command line that plays one seed again.
fn again(args: &ProveArgs, seed: u64) -> String {
    let market = &args.market;
    let staged =
        market.scenario.map_or_else(String::new, |scenario| format!(" --scenario {}", scenario.as_str()));
    format!(
        "autobazaaar prove --seeds 1 --seed {seed} --days {} --listings {} --faults {}{staged}",
        args.days, market.listings, market.faults
    )
}

fn finish(args: &ProveArgs, drilled: &[Drilled], context: &Context<'_>) -> Result<(), CliError> {
    match context.out.format() {
        OutputFormat::Json => context.out.print(&serde_json::to_string_pretty(drilled)?)?,
        _ => context.out.table(&table(drilled))?,
    }
    let Some(broken) = drilled.iter().find(|one| !one.violations.is_empty()) else { return Ok(()) };
    let first = broken.violations.first().map(ToString::to_string).unwrap_or_default();
    let all = drilled.iter().filter(|one| !one.violations.is_empty()).count();
    let said = format!("{all} of {} seeds break an invariant; seed {}: {first}", drilled.len(), broken.seed);
    Err(CliError::failed(said).hint(again(args, broken.seed)))
}

fn table(drilled: &[Drilled]) -> Table {
    let mut table = Table::new([
        Column::number("seed", "seed"),
        Column::number("effects", "effects"),
        Column::number("negotiations", "negotiations"),
        Column::number("purchases", "purchases"),
        Column::number("sales", "sales"),
        Column::number("in_doubt", "in doubt at the end"),
        Column::number("violations", "violations"),
        Column::text("market", "market's log"),
        Column::text("ledger", "ledger"),
    ]);
    for one in drilled {
        let count = |counts: &std::collections::BTreeMap<String, usize>| {
            Cell::count(counts.values().sum::<usize>() as u64)
        };
        let tone = if one.violations.is_empty() { Tone::Good } else { Tone::Bad };
        table.push([
            Cell::text(one.seed.to_string()),
            count(&one.effects),
            count(&one.outcomes.negotiations),
            count(&one.outcomes.purchases),
            count(&one.outcomes.sales),
            Cell::count(one.effects.get("uncertain").copied().unwrap_or(0) as u64),
            Cell::count(one.violations.len() as u64).tone(tone),
            Cell::text(one.market_hash.chars().take(8).collect::<String>()),
            Cell::text(one.ledger_hash.chars().take(8).collect::<String>()),
        ]);
    }
    table
}
