//! The arguments that every command takes, and the list of commands.

use std::path::PathBuf;

use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use autobazaaar_domain::Basis;

use super::config_cmd::ConfigArgs;
use super::world::World;

/// Finds underpriced second-hand listings and says what they would resell for.
#[derive(Debug, Parser)]
#[command(name = "autobazaaar", version, disable_help_subcommand = true, max_term_width = 100)]
pub struct Cli {
    /// Arguments of every command.
    #[command(flatten)]
    pub global: GlobalArgs,
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
}

// A command is wired by a variant here, an arm in `dispatch` and its name in `GROUPS`.
/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Do one pass over every stage
    Run(super::run::RunArgs),
    /// List what is worth buying, or explain one deal
    Deals(super::deals::DealsArgs),
    /// Say what listings would be offered or sold for
    Value(super::value::ValueArgs),
    /// Write the report of the newest decisions
    Report(super::report::ReportArgs),
    /// Read listings into the lake
    Ingest(super::ingest::IngestArgs),
    /// Find items, comparables, presence and demand of every listing
    Enrich(super::enrich::EnrichArgs),
    /// Train new versions of the price models
    Train(super::train::TrainArgs),
    /// Value and score every listing
    Score(super::score::ScoreArgs),
    /// Choose among the scored listings
    Decide(super::decide::DecideArgs),
    /// Show what was done, run by run
    #[command(subcommand)]
    Runs(super::runs::RunsArgs),
    /// List what each marketplace can do, or show what a saved page holds
    #[command(subcommand)]
    Venues(super::venues::VenuesArgs),
    /// Show price models, put one in use, go back
    #[command(subcommand)]
    Model(super::model::ModelArgs),
    /// Show rejected rows, or read them again
    #[command(subcommand)]
    Quarantine(super::quarantine::QuarantineArgs),
    /// Talk to sellers: approve, send, take in replies
    #[command(subcommand)]
    Negotiations(super::negotiations::NegotiationsArgs),
    /// Ask the published database in SQL
    Query(super::query::QueryArgs),
    /// Replay the recorded listings and say what the decisions would have earned
    Backtest(super::backtest::BacktestArgs),
    /// Play days of the whole loop on the simulated market, and see what they earn
    Demo(super::demo::DemoArgs),
    /// List what waits for your word or your hands
    Tasks(super::owner::tasks::TasksArgs),
    /// Play many seeds of the loop under faults, and check that nothing is lost or doubled
    Prove(super::prove::ProveArgs),
    /// Serve the simulated market over HTTP on this machine
    Bazaar(super::bazaar::BazaarArgs),
    /// Hold the state and the lake against what must never be
    Audit(super::audit::AuditArgs),
    /// Show the books: balances, what moved money, and everything behind one line
    Ledger(super::ledger::LedgerArgs),
    /// Show what is in our hands
    Inventory(super::state::InventoryArgs),
    /// Show what we offer
    Listings(super::state::ListingsArgs),
    /// Show what the owner should know
    Alerts(super::state::AlertsArgs),
    /// Stop all contact and spending at once
    Stop(super::state::StopArgs),
    /// Do passes and reports on cron expressions, until told to stop
    Schedule(super::schedule::ScheduleArgs),
    /// Copy state, keys and manifests into a new folder
    Backup(super::backup::BackupArgs),
    /// Put a backup in the place of the state
    Restore(super::backup::RestoreArgs),
    /// List and steer background work
    #[command(subcommand)]
    Jobs(super::jobs::JobsArgs),
    /// List and change what holds over the configuration file
    #[command(subcommand)]
    Settings(super::settings::SettingsArgs),
    /// Check configuration, data and venues; each finding with its mend
    Check(super::check::CheckArgs),
    /// Say what a pass would do, without doing it
    Plan(super::plan::PlanArgs),
    /// Write, show and describe the configuration
    #[command(subcommand)]
    Config(ConfigArgs),
}

/// How the main help groups the commands; a command that is not wired is left out of it.
const GROUPS: &[(&str, &[&str])] = &[
    ("Every day", &["run", "plan", "deals", "value", "report"]),
    ("Deal by hand", &["tasks", "negotiations", "inventory", "listings", "ledger", "alerts", "stop"]),
    ("See it act", &["demo"]),
    ("One stage alone", &["ingest", "enrich", "train", "score", "decide"]),
    ("Prove it", &["prove", "audit", "bazaar"]),
    ("Look inside", &["backtest", "runs", "model", "quarantine", "venues", "query"]),
    ("Set up", &["config", "check", "schedule", "settings", "jobs", "backup", "restore"]),
];

const EXAMPLES: &str = "\
Examples:
  autobazaaar run                  a first pass, on the simulated bazaar if nothing is configured
  autobazaaar deals show ebay:12   everything behind one deal
  autobazaaar config init          write a commented autobazaaar.toml
  autobazaaar config show          what holds, and who said so

Exit status: 0 done, 1 failed, 2 wrong use or wrong configuration.";

/// Arguments of every command.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct GlobalArgs {
    /// Configuration file [default: autobazaaar.toml, here or in a folder above]
    #[arg(long, value_name = "FILE", global = true)]
    pub config: Option<PathBuf>,
    /// Folder of the lake, models and reports [default: data, beside the configuration file]
    #[arg(long, value_name = "DIR", global = true)]
    pub data_dir: Option<PathBuf>,
    /// Form of the result on stdout
    #[arg(long, value_enum, value_name = "table|json|csv", default_value_t = OutputFormat::Table)]
    #[arg(global = true, hide_possible_values = true)]
    pub format: OutputFormat,
    /// When to colour
    #[arg(long, value_enum, value_name = "auto|always|never", default_value_t = ColorWhen::Auto)]
    #[arg(global = true, hide_possible_values = true)]
    pub color: ColorWhen,
    /// No progress, hints or warnings
    #[arg(short, long, global = true, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell more on stderr; twice for everything
    #[arg(short, long, action = clap::ArgAction::Count, global = true)]
    pub verbose: u8,
    /// Form of the log on stderr
    #[arg(long, value_enum, value_name = "text|json", default_value_t = LogFormat::Text)]
    #[arg(global = true, hide_possible_values = true)]
    pub log_format: LogFormat,
}

/// Form of a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum OutputFormat {
    /// Aligned columns for people.
    Table,
    /// An array of objects.
    Json,
    /// Comma-separated, with a header.
    Csv,
    /// For `config show`: a file that can be loaded again.
    #[value(hide = true)]
    Toml,
}

/// Form of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// One line for people.
    Text,
    /// One object per line.
    Json,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ColorWhen {
    /// On a terminal, unless NO_COLOR is set.
    Auto,
    /// Even into a file.
    Always,
    /// Not at all.
    Never,
}

/// Reads `asked` or `sold`, and says so in the help.
pub(super) fn basis() -> impl TypedValueParser<Value = Basis> {
    PossibleValuesParser::new(Basis::ALL.iter().map(|basis| basis.as_str()))
        .try_map(|word| word.parse::<Basis>())
}

/// The whole command line with its grouped help, coloured as the arguments and NO_COLOR say.
#[must_use]
pub fn command(world: &World<'_>) -> clap::Command {
    let command = Cli::command();
    let template = format!(
        "{{about}}\n\n{{usage-heading}} {{usage}}\n\n{}Options of every command:\n{{options}}\n\n{EXAMPLES}\n",
        groups(&command)
    );
    command.help_template(template).color(color(world))
}

/// The commands by group, one line each.
fn groups(command: &clap::Command) -> String {
    let mut text = String::new();
    for (title, names) in GROUPS {
        let known = names.iter().filter_map(|name| command.find_subcommand(name));
        let lines: Vec<String> = known
            .map(|c| {
                format!(
                    "  {:<14}{}\n",
                    c.get_name(),
                    c.get_about().map(ToString::to_string).unwrap_or_default()
                )
            })
            .collect();
        if !lines.is_empty() {
            text.push_str(&format!("{title}:\n{}\n", lines.concat()));
        }
    }
    text
}

/// Help and usage errors are printed before `--color` is parsed, so it is looked for by hand.
fn color(world: &World<'_>) -> clap::ColorChoice {
    let args: Vec<_> = world.args.iter().filter_map(|arg| arg.to_str()).collect();
    let asked = |when: &str| {
        args.contains(&format!("--color={when}").as_str())
            || args.windows(2).any(|pair| pair == ["--color", when])
    };
    if asked("always") {
        clap::ColorChoice::Always
    } else if asked("never") || world.variable("NO_COLOR").is_some() {
        clap::ColorChoice::Never
    } else {
        clap::ColorChoice::Auto
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_is_in_one_group() {
        for command in Cli::command().get_subcommands() {
            let groups = GROUPS.iter().filter(|(_, names)| names.contains(&command.get_name()));
            assert_eq!(groups.count(), 1, "{}", command.get_name());
        }
    }

    #[test]
    fn the_arguments_make_sense() {
        Cli::command().debug_assert();
    }
}
