//! For tests: a transport in memory, and a clock that goes by the runtime's (pausable) time.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use autobazaaar_domain::{Clock, Utc};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use tokio::time::Instant;

use crate::transport::{Incoming, Outgoing, Transport, TransportError};
use crate::{BoxFuture, Jitter};

/// A clock that starts at a moment and goes on as the runtime's time does: at once on a paused one.
#[derive(Debug)]
pub struct RuntimeClock {
    from: Utc,
    since: Instant,
}

impl RuntimeClock {
    /// It is `from` now.
    #[must_use]
    pub fn new(from: Utc) -> Self {
        Self { from, since: Instant::now() }
    }
}

impl Clock for RuntimeClock {
    fn now(&self) -> Utc {
        self.from + self.since.elapsed()
    }
}

/// No chance at all: the longest wait each time.
#[derive(Debug, Clone, Copy)]
pub struct NoJitter;

impl Jitter for NoJitter {
    fn unit(&self) -> f64 {
        1.0
    }
}

/// A request that a [`Script`] was sent.
#[derive(Debug, Clone)]
pub struct Heard {
    /// Since the script was made.
    pub after: Duration,
    pub request: Outgoing,
}

type Reply = Box<dyn FnMut(&Outgoing) -> Result<Incoming, TransportError> + Send>;

/// A transport that answers by a function, after a while, and remembers what it was asked.
pub struct Script {
    reply: Mutex<Reply>,
    takes: Duration,
    since: Instant,
    heard: Mutex<Vec<Heard>>,
}

impl Script {
    /// Answers at once.
    pub fn new(reply: impl FnMut(&Outgoing) -> Result<Incoming, TransportError> + Send + 'static) -> Self {
        Self::slow(Duration::ZERO, reply)
    }

    /// Answers after a while.
    pub fn slow(
        takes: Duration,
        reply: impl FnMut(&Outgoing) -> Result<Incoming, TransportError> + Send + 'static,
    ) -> Self {
        let (reply, heard) = (Mutex::new(Box::new(reply) as Reply), Mutex::default());
        Self { reply, takes, since: Instant::now(), heard }
    }

    /// What it was asked, in order.
    #[must_use]
    pub fn heard(&self) -> Vec<Heard> {
        self.heard.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Transport for Script {
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, TransportError>> {
        Box::pin(async move {
            let heard = Heard { after: self.since.elapsed(), request: request.clone() };
            self.heard.lock().unwrap_or_else(PoisonError::into_inner).push(heard);
            tokio::time::sleep(self.takes).await;
            (self.reply.lock().unwrap_or_else(PoisonError::into_inner))(&request)
        })
    }
}

/// An answer with some headers. Names and values that no header can have are left out.
#[must_use]
pub fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Incoming {
    let pair = |(name, value): &(&str, &str)| {
        Some((HeaderName::try_from(*name).ok()?, HeaderValue::try_from(*value).ok()?))
    };
    Incoming {
        status: StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        headers: headers.iter().filter_map(pair).collect::<HeaderMap>(),
        body: Bytes::from(body.to_owned()),
    }
}
