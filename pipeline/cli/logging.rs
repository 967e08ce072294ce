//! The log on stderr.

use std::io::IsTerminal as _;

use tracing_subscriber::EnvFilter;

use super::args::{ColorWhen, GlobalArgs, LogFormat};
use super::error::CliError;
use super::progress::Progress;
use super::world::World;

/// Starts the log. `AUTOBAZAAAR_LOG` takes filters such as `debug` or `autobazaaar::ingest=trace`;
/// without it, warnings on a terminal, where progress shows the rest, and the course of each
/// stage elsewhere.
///
/// # Errors
/// When `AUTOBAZAAAR_LOG` is no filter.
pub fn init(global: &GlobalArgs, world: &World<'_>, progress: &Progress) -> Result<(), CliError> {
    let terminal = std::io::stderr().is_terminal();
    let filter = match world.variable("AUTOBAZAAAR_LOG") {
        Some(filter) => EnvFilter::try_new(filter).map_err(|error| {
            CliError::usage(format!(
                "environment variable AUTOBAZAAAR_LOG: `{filter}` is no log filter: {error}"
            ))
            .hint("for example warn, info, or autobazaaar::ingest=debug")
        })?,
        None => EnvFilter::new(level(global, terminal)),
    };
    let color = match global.color {
        ColorWhen::Always => true,
        ColorWhen::Never => false,
        ColorWhen::Auto => terminal && world.variable("NO_COLOR").is_none(),
    };
    let log =
        tracing_subscriber::fmt().with_env_filter(filter).with_ansi(color).with_writer(progress.clone());
    // A second start in one process (tests) keeps the first log.
    let _ = match global.log_format {
        LogFormat::Text => log.with_target(false).try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    Ok(())
}

fn level(global: &GlobalArgs, terminal: bool) -> &'static str {
    match (global.quiet, global.verbose) {
        (true, _) => "error",
        (false, 0) if terminal => "warn",
        (false, 0 | 1) => "info",
        (false, 2) => "debug",
        (false, _) => "trace",
    }
}
