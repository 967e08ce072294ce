//! `autobazaaar train`: a new version of the price model.

use autobazaaar_domain::Basis;
use clap::Args;

use super::args::basis;

/// Arguments of `train`.
#[derive(Debug, Args)]
pub struct TrainArgs {
    /// What estimates stand on, instead of what the configuration says
    #[arg(long, value_parser = basis())]
    pub basis: Option<Basis>,
}
