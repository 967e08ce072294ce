//! `autobazaaar deals`: what is worth buying, and why.

use std::num::NonZeroUsize;

use autobazaaar_domain::ListingKey;
use clap::{Args, Subcommand, ValueEnum};

/// Arguments of `deals`; without a subcommand, the list.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub struct DealsArgs {
    /// One deal instead of the list.
    #[command(subcommand)]
    pub command: Option<DealsCommand>,
    /// How to list.
    #[command(flatten)]
    pub list: DealsListArgs,
}

/// What to do with deals.
#[derive(Debug, Subcommand)]
pub enum DealsCommand {
    /// Show one deal with every reason and number behind it
    Show(DealsShowArgs),
}

/// How to list deals.
#[derive(Debug, Args)]
pub struct DealsListArgs {
    /// Also what was passed, with the reason
    #[arg(long)]
    pub all: bool,
    /// Best first, by this
    #[arg(long, value_enum, value_name = "BY", default_value_t = DealsSort::Rank)]
    pub sort: DealsSort,
    /// Most rows
    #[arg(long, value_name = "N", default_value = "30")]
    pub limit: NonZeroUsize,
}

/// What deals are sorted by, best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum DealsSort {
    /// Risk-adjusted profit per unit of capital and day
    Rank,
    /// How far the ask is below the value
    Underpriced,
    /// Net profit
    Profit,
    /// Net profit over landed cost
    Roi,
    /// Profit score, 0 to 100
    Score,
    /// Price asked, lowest first
    Ask,
    /// Newest first
    Newest,
}

/// Arguments of `deals show`.
#[derive(Debug, Args)]
pub struct DealsShowArgs {
    /// The listing: ebay:1234
    #[arg(value_name = "ID")]
    pub id: ListingKey,
}
