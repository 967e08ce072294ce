//! Polite access to the web: robots.txt, rates, retries, a cache, and records of what was answered.
//!
//! Everything goes through [`Fetcher::fetch`], which asks in turn: may this [`Site`] be read at all,
//! is its host paused, does robots.txt allow the path, is there a place and a token for the host.
//! Only then does the [`Transport`] send anything.
//!
//! **Invariant:** a page that blocks us is never asked for again before its pause is over, and no
//! answer is solved, worked around or retried from elsewhere.
//! **Invariant:** time comes from the clock and chance from the [`Jitter`] that are passed in; waits
//! are tokio's, so that a paused runtime runs them in no time.

mod agent;
mod answer;
mod cache;
mod challenge;
mod disk;
mod enter;
mod error;
mod exchange;
mod fetcher;
mod host;
mod jitter;
mod pause;
mod proxy;
mod quota;
mod rate;
mod record;
mod request;
mod retry;
mod robots;
mod secret;
mod settings;
mod shown;
mod site;
mod transport;
mod wait;
mod web;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use agent::UserAgent;
pub use answer::{Answer, Source};
pub use cache::DiskCache;
pub use challenge::{Seen, Sign};
pub use disk::DiskError;
pub use enter::Visit;
pub use error::FetchError;
pub use fetcher::{Fetcher, Parts};
pub use jitter::{Jitter, SeededJitter};
pub use pause::Pause;
pub use proxy::{BadProxy, Proxy, ProxyPool, ProxyState};
pub use quota::{DailyQuota, QuotaBook};
pub use rate::{Bucket, Rate, Turn};
pub use record::{Record, Recorder};
pub use request::Request;
pub use retry::{Backoff, retry_after};
pub use robots::Robots;
pub use secret::Secret;
pub use settings::Settings;
pub use shown::shown;
pub use site::{Access, Site};
pub use transport::{Incoming, Outgoing, Overflow, Transport, TransportError};
pub use web::Web;

/// Addresses and headers as this crate takes them, so that callers need not name their crates.
pub use bytes::Bytes;
pub use http;
pub use url::Url;

/// A future that a trait object returns.
pub type BoxFuture<'a, T> = std::pin::Pin<Box<dyn Future<Output = T> + Send + 'a>>;

#[cfg(test)]
mod tests;
