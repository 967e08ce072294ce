//! Prices of second-hand goods: comparables, a word model, a linear regression over both and boosted
//! trees, with conformal intervals; measured out of fold and kept in a registry.
//!
//! **Invariant:** this crate knows no venue, store, clock or network. **Invariant:** no listing is
//! valued with its own price or that of another listing of its item; see [`PriceModel`].

pub mod asking;
pub mod comps;
pub mod conformal;
mod dense;
pub mod discount;
pub mod evaluate;
pub mod example;
pub mod features;
pub mod folds;
pub mod model;
pub mod numbers;
pub mod odds;
pub mod paired;
pub mod planted;
pub mod prediction;
pub mod registry;
pub mod regress;
mod second;
pub mod segments;
pub mod selling;
pub mod sparse;
mod spread;
pub mod survival;
mod targets;
pub mod text;
pub mod trees;
mod words;
mod world;

pub use comps::{CompsIndex, CompsOptions, Exclude, Hit, Scratch, View};
pub use evaluate::Evaluation;
pub use example::{Example, TrainOptions};
pub use model::{DecodeError, PriceModel, TrainError, train};
pub use prediction::{CompHit, Prediction};
pub use registry::{ModelCard, Registry, RegistryError};
