//! `autobazaaar enrich`: relates listings to each other: items, comparables, presence.

use clap::Args;

/// Arguments of `enrich`: the configuration says the rest.
#[derive(Debug, Args)]
pub struct EnrichArgs {}
