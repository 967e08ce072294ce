//! What the decisions would have earned: a recorded market replayed day by day.
//!
//! Each day is decided on at its end, from what had been seen by then, with models that were
//! trained on what was seen before it began. What a purchase was worth is then looked up in what
//! the record shows later: a recorded sale, else later comparables. An oracle buys under the same
//! limits, at the same moments and by the same rule, but knows those values.
//!
//! **Invariant:** nothing that was seen at the end of a day or later enters the day's decisions.
//! They are made from a view of the lake that ends there ([`past`]); later listings are only read
//! by [`worth`], whose figures no decision of ours sees.

mod account;
mod book;
pub mod held_back;
pub mod past;
mod replay;
pub mod result;
pub mod worth;
pub mod write;

pub use replay::{BacktestInput, BacktestOptions, backtest};
pub use result::Backtest;

use crate::publish::SqlError;

/// Why there is no backtest.
#[derive(Debug, thiserror::Error)]
pub enum BacktestError {
    #[error(transparent)]
    Sql(#[from] SqlError),
    #[error(transparent)]
    Lake(#[from] autobazaaar_lake::LakeError),
    #[error(
        "the record's days with sights number {days}{between}; a backtest in {currency} needs three: to learn from, to decide on, and to judge by"
    )]
    TooShort { days: usize, currency: String, between: String },
    #[error("there are no listings in {wanted}; the record holds {held}")]
    NoCurrency { wanted: String, held: String },
    #[error("the backtest's page could not be rendered: {0}")]
    Page(#[from] askama::Error),
    #[error("the backtest's table could not be written: {0}")]
    Csv(#[from] csv::Error),
    #[error("the backtest's figures could not be written: {0}")]
    Json(#[from] serde_json::Error),
}
