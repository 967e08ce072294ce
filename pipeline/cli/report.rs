//! `autobazaaar report`: the newest run as HTML, Markdown and CSV.

use clap::Args;

/// Arguments of `report`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct ReportArgs {}
