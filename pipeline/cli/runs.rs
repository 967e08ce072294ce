//! `autobazaaar runs`: what was done, stage by stage.

use std::num::NonZeroUsize;

use clap::{Args, Subcommand};

/// What to do with runs.
#[derive(Debug, Subcommand)]
pub enum RunsArgs {
    /// List runs, the newest first
    List(RunsListArgs),
    /// Show one run with its stages
    Show(RunsShowArgs),
}

/// Arguments of `runs list`.
#[derive(Debug, Args)]
pub struct RunsListArgs {
    /// Most rows
    #[arg(long, value_name = "N", default_value = "20")]
    pub limit: NonZeroUsize,
}

/// Arguments of `runs show`.
#[derive(Debug, Args)]
pub struct RunsShowArgs {
    /// The run, or the beginning of its name if no other begins so
    #[arg(value_name = "RUN")]
    pub id: String,
}
