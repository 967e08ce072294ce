//! `autobazaaar check`: configuration, data and sources, each finding with its mend.

use clap::Args;

/// Arguments of `check`: it looks at everything.
#[derive(Debug, Args)]
pub struct CheckArgs {}
