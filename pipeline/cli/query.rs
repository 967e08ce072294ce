//! `autobazaaar query`: SQL over the published analytics database, read-only.

use std::num::NonZeroUsize;
use std::path::PathBuf;

use clap::Args;

/// Arguments of `query`.
#[derive(Debug, Args)]
pub struct QueryArgs {
    /// The query
    #[arg(value_name = "SQL", required_unless_present = "file")]
    pub sql: Option<String>,
    /// Read the query from a file; `-` is stdin
    #[arg(long, value_name = "FILE", conflicts_with = "sql")]
    pub file: Option<PathBuf>,
    /// Most rows, instead of what the configuration says
    #[arg(long, value_name = "N")]
    pub limit: Option<NonZeroUsize>,
}
