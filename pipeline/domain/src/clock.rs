//! The passed-in clock.

use crate::Utc;

/// Where the program asks for the time. The command line owns the real one; tests and
/// simulations own a fixed or virtual one.
pub trait Clock: Send + Sync {
    /// The present moment.
    fn now(&self) -> Utc;
}

/// A clock that stands still, for tests and replays.
#[derive(Debug, Clone, Copy)]
pub struct FixedClock(pub Utc);

impl Clock for FixedClock {
    fn now(&self) -> Utc {
        self.0
    }
}
