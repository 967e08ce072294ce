//! `autobazaaar score`: values listings and works out what each would earn.

use clap::Args;

/// Arguments of `score`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct ScoreArgs {}
