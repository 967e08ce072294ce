//! What stands between us and the web.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Method, StatusCode};
use url::Url;

use crate::{BoxFuture, Proxy};

/// Sends one request and returns one answer: no redirects, no retries, no cookies.
pub trait Transport: Send + Sync {
    /// The answer, its body decompressed and within the request's limit.
    fn send(&self, request: Outgoing) -> BoxFuture<'_, Result<Incoming, TransportError>>;
}

/// One request on its way out.
#[derive(Debug, Clone)]
pub struct Outgoing {
    pub method: Method,
    pub url: Url,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Longest body taken, in bytes after decompression.
    pub max_body: usize,
    /// What becomes of a longer one.
    pub overflow: Overflow,
    /// From the first byte out to the last byte in.
    pub time_out: Duration,
    /// Through whom it goes; `None` is directly.
    pub proxy: Option<Proxy>,
}

/// What becomes of a body that is longer than allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overflow {
    /// The answer is an error.
    Refuse,
    /// The rest is not read.
    Cut,
}

/// One answer.
#[derive(Debug, Clone)]
pub struct Incoming {
    pub status: StatusCode,
    pub headers: HeaderMap,
    pub body: Bytes,
}

/// Why there is no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TransportError {
    /// Nothing was sent.
    #[error("no connection: {0}")]
    Connect(String),
    /// The proxy refused or is out of reach; nothing was sent.
    #[error("the proxy {label} does not serve: {reason}")]
    Proxy {
        /// The proxy without its password.
        label: String,
        /// What it said.
        reason: String,
    },
    /// The request may have arrived, or not.
    #[error("no complete answer within {0:?}")]
    TimedOut(Duration),
    /// The connection broke off; the request may have arrived, or not.
    #[error("the connection broke: {0}")]
    Broken(String),
    /// The answer is longer than allowed.
    #[error("the answer is longer than {0} bytes")]
    TooLong(usize),
}

impl TransportError {
    /// Whether the other side may have seen the request.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        !matches!(self, Self::Connect(_) | Self::Proxy { .. })
    }
}
