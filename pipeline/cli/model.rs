//! `autobazaaar model`: versions of the price model with their measured quality.

use clap::{Args, Subcommand};

/// What to do with versions.
#[derive(Debug, Subcommand)]
pub enum ModelArgs {
    /// List versions, the newest first
    List,
    /// Show a version's data, parameters and quality
    Show(ModelShowArgs),
    /// Let a version go live, although it measured worse
    Promote(ModelPromoteArgs),
    /// Return to the version that was live before
    Rollback,
}

/// Arguments of `model show`.
#[derive(Debug, Args)]
pub struct ModelShowArgs {
    /// The version; without it, the live one
    pub version: Option<String>,
}

/// Arguments of `model promote`.
#[derive(Debug, Args)]
pub struct ModelPromoteArgs {
    /// The version
    pub version: String,
}
