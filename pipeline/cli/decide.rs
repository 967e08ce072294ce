//! `autobazaaar decide`: picks what is worth the money, within the limits.

use clap::Args;

/// Arguments of `decide`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct DecideArgs {}
