//! `autobazaaar run`: one pass over every stage.

use clap::Args;

/// Arguments of `run`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct RunArgs {}
