//! `autobazaaar quarantine`: rows that were rejected, and reading them again.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

/// What to do with rejected rows.
#[derive(Debug, Subcommand)]
pub enum QuarantineArgs {
    /// List rejected rows with their reason
    List(QuarantineListArgs),
    /// Read rejected rows again, after the mapping or the program has changed
    Replay(QuarantineReplayArgs),
}

/// Arguments of `quarantine list`.
#[derive(Debug, Args)]
pub struct QuarantineListArgs {
    /// Only of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
    /// Most rows
    #[arg(long, value_name = "N", default_value = "30")]
    pub limit: NonZeroUsize,
}

/// Arguments of `quarantine replay`.
#[derive(Debug, Args)]
pub struct QuarantineReplayArgs {
    /// Only of this run
    #[arg(long, value_name = "RUN")]
    pub run: Option<String>,
}
