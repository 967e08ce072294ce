//! Gradient-boosted regression trees (Friedman 2001, "Greedy function approximation") over
//! histograms of binned features, grown leaf by leaf (Ke et al. 2017, "LightGBM").
//!
//! Gradients are integers: sums are exact in any order, and a child's histogram is its parent's
//! less its sibling's to the bit. A fit runs on one thread; whoever needs several fits runs them
//! side by side.

mod bins;
mod boost;
mod grow;
mod names;
mod walk;

pub use bins::FeatureRows;
pub use boost::{Boost, Boosted};
