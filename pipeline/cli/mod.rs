//! The command line: one file per command. Data goes to stdout, everything else to stderr.
//!
//! **Invariant:** nothing below this module reads the clock, randomness, arguments or the
//! environment; they enter here, in [`World`].

pub mod args;
pub mod config_cmd;
pub mod context;
pub mod error;
pub mod logging;
pub mod output;
pub mod owner;
pub mod progress;
pub mod searches;
pub mod session;
pub mod state;
pub mod text;
pub mod venues;
pub mod world;

pub mod audit;
pub mod backtest;
pub mod backup;
pub mod bazaar;
pub mod check;
pub mod deals;
pub mod decide;
pub mod demo;
pub mod enrich;
pub mod evaluate;
pub mod export;
pub mod ingest;
pub mod jobs;
pub mod ledger;
pub mod model;
pub mod negotiations;
pub mod plan;
pub mod prove;
pub mod quarantine;
pub mod query;
pub mod report;
pub mod run;
pub mod runs;
pub mod schedule;
pub mod score;
pub mod selling;
pub mod settings;
pub mod train;
pub mod value;

use std::io::IsTerminal as _;

use clap::FromArgMatches as _;

pub use args::{Cli, Command, OutputFormat};
pub use context::Context;
pub use error::{CliError, Exit, ResultExt};
pub use world::World;

/// Parses the arguments, runs the command, prints what went wrong.
#[must_use]
pub fn start(world: &World<'_>) -> Exit {
    let matches = match args::command(world).try_get_matches_from(&world.args) {
        Ok(matches) => matches,
        Err(error) => return error::print_usage(&error),
    };
    let result = Cli::from_arg_matches(&matches).map_err(CliError::from).and_then(|cli| {
        let progress = progress::Progress::new(!cli.global.quiet && std::io::stderr().is_terminal());
        logging::init(&cli.global, world, &progress)?;
        dispatch(cli, world, progress)
    });
    match result {
        Ok(()) => Exit::Done,
        Err(error) => error.print(),
    }
}

fn dispatch(cli: Cli, world: &World<'_>, progress: progress::Progress) -> Result<(), CliError> {
    let format = cli.global.format;
    if format == OutputFormat::Toml
        && !matches!(cli.command, Command::Config(config_cmd::ConfigArgs::Show(_)))
    {
        return Err(
            CliError::usage("`--format toml` is for `config show` alone").hint("use table, json or csv")
        );
    }
    match cli.command {
        Command::Config(config_cmd::ConfigArgs::Init(args)) => config_cmd::init(&args, &cli.global, world),
        Command::Config(config_cmd::ConfigArgs::Schema) => config_cmd::schema(),
        Command::Config(config_cmd::ConfigArgs::Show(_)) => {
            config_cmd::show(&Context::load(&cli.global, world, progress)?)
        }
        command => on_data(&command, &Context::load(&cli.global, world, progress)?),
    }
}

/// The commands that work on a data folder.
fn on_data(command: &Command, context: &Context<'_>) -> Result<(), CliError> {
    match command {
        Command::Run(args) => run::run(args, context),
        Command::Plan(args) => plan::run(args, context),
        Command::Deals(args) => deals::run(args, context),
        Command::Value(args) => value::run(args, context),
        Command::Report(args) => report::run(args, context),
        Command::Ingest(args) => ingest::run(args, context),
        Command::Enrich(args) => enrich::run(args, context),
        Command::Train(args) => train::run(args, context),
        Command::Score(args) => score::run(args, context),
        Command::Decide(args) => decide::run(args, context),
        Command::Runs(args) => runs::run(args, context),
        Command::Model(args) => model::run(args, context),
        Command::Negotiations(args) => negotiations::run(args, context),
        Command::Quarantine(args) => quarantine::run(args, context),
        Command::Backtest(args) => backtest::run(args, context),
        Command::Venues(args) => venues::run(args, context),
        Command::Demo(args) => demo::run(args, context),
        Command::Prove(args) => prove::run(args, context),
        Command::Bazaar(args) => bazaar::run(args, context),
        Command::Audit(args) => audit::run(args, context),
        Command::Ledger(args) => ledger::run(args, context),
        Command::Inventory(args) => state::inventory(args, context),
        Command::Listings(args) => state::listings(args, context),
        Command::Alerts(args) => state::alerts(args, context),
        Command::Stop(args) => state::stop(args, context),
        Command::Tasks(args) => owner::tasks::run(args, context),
        Command::Query(args) => query::run(args, context),
        Command::Schedule(args) => schedule::run(args, context),
        Command::Backup(args) => backup::backup(args, context),
        Command::Restore(args) => backup::restore(args, context),
        Command::Jobs(args) => jobs::run(args, context),
        Command::Settings(args) => settings::run(args, context),
        Command::Check(args) => check::run(args, context),
        // Handled before a configuration is loaded, which they may be there to mend.
        Command::Config(_) => Ok(()),
    }
}
