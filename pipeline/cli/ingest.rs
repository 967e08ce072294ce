//! `autobazaaar ingest`: reads listings into the lake.

use std::num::NonZeroUsize;

use chrono::{DateTime, FixedOffset};
use clap::Args;

/// Arguments of `ingest`; without files, the configured sources are read.
#[derive(Debug, Args)]
pub struct IngestArgs {
    /// Read these files instead of the configured sources; `*` and `**` work, `-` is stdin
    #[arg(long, value_name = "GLOB", num_args = 1.., requires = "mapping")]
    pub from_file: Vec<String>,
    /// How columns become fields: a mapping's name or a mapping file
    #[arg(long, value_name = "FILE|NAME", requires = "from_file")]
    pub mapping: Option<String>,
    /// When the listings were seen, where the files do not say it: 2024-05-31T18:00:00Z
    #[arg(long, value_name = "TIME", requires = "from_file")]
    pub observed_at: Option<DateTime<FixedOffset>>,
    /// Year of dates that are written without one
    #[arg(long, value_name = "YEAR", requires = "from_file", value_parser = clap::value_parser!(i32).range(1990..=2200))]
    pub year: Option<i32>,
    /// Show what would be read, and write nothing
    #[arg(long)]
    pub dry_run: bool,
    /// Rows that a dry run shows
    #[arg(long, value_name = "N", requires = "dry_run", default_value = "10")]
    pub rows: NonZeroUsize,
}
