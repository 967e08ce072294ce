//! The whole loop on the simulated market: virtual days in which we read, decide, negotiate, buy,
//! sell and learn, and what that earned.
//!
//! **Invariant:** seed, options and configuration decide everything: the same give the same events
//! and the same books, to the byte.

mod account;
mod days;
mod diagnosis;
mod drill;
mod knowing;
mod market;

pub use account::{Account, DayOfAccount, Knowing, Outcomes};
pub use days::{Bargaining, Demo, DemoError, DemoOptions, Progress, Trader};
pub use diagnosis::Chosen;
pub use drill::{Drill, DrillOptions, Drilled};
pub use market::InBazaar;
