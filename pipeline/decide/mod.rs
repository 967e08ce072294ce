//! What to buy, for at most how much, within which budget.
//!
//! **Invariant:** [`decide`](decide()) is pure, and no set of its decisions exceeds a limit: a limit that is
//! 0, negative, not a number or missing for a currency allows nothing.

mod approved;
mod assess;
mod choose;
pub mod config;
mod decision;
pub mod explain;
mod inputs;
mod limits;
mod opportunity;
mod portfolio;
pub mod stage;
mod surplus;

pub use approved::{Approved, Decided, Verdict, Waiting, verdict};
pub use config::{BargainingConfig, LimitsConfig};
pub use decision::decide;
pub use limits::Limits;
pub use opportunity::opportunity;
pub use portfolio::{Funds, Portfolio};

#[cfg(test)]
mod tests;
