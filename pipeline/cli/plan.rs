//! `autobazaaar plan`: what a pass would do, without doing it.

use clap::Args;

/// Arguments of `plan`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct PlanArgs {}
