//! A clock for whoever waits for the web.

use std::time::Instant;

use autobazaaar_domain::{Clock, Utc};

/// It shows the moment that was passed in, and goes on from there as time passes.
#[derive(Debug)]
pub(super) struct Running {
    from: Utc,
    since: Instant,
}

impl Running {
    pub(super) fn from(now: Utc) -> Self {
        Self { from: now, since: Instant::now() }
    }
}

impl Clock for Running {
    fn now(&self) -> Utc {
        self.from + self.since.elapsed()
    }
}
