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

/// A clock that is set by whoever owns it, for simulations.
#[derive(Debug)]
pub struct VirtualClock(std::sync::atomic::AtomicI64);

impl VirtualClock {
    /// A clock that shows a moment, to the microsecond.
    #[must_use]
    pub fn new(at: Utc) -> Self {
        Self(std::sync::atomic::AtomicI64::new(at.timestamp_micros()))
    }

    /// Sets it.
    pub fn set(&self, at: Utc) {
        self.0.store(at.timestamp_micros(), std::sync::atomic::Ordering::SeqCst);
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Utc {
        let micros = self.0.load(std::sync::atomic::Ordering::SeqCst);
        Utc::from_timestamp_micros(micros).unwrap_or(Utc::MIN_UTC)
    }
}
