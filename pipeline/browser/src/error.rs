//! Why a page could not be rendered.

use std::time::Duration;

use autobazaaar_fetch::FetchError;
use chromiumoxide::error::CdpError;

/// Why there is no page.
#[derive(Debug, thiserror::Error)]
pub enum BrowserError {
    /// The polite rules say no, or the page says that we are not wanted.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// Chromium is not there or does not start.
    #[error(
        "chromium does not start: {0} (install it with `apt-get install chromium`; as root, switch its sandbox off)"
    )]
    Launch(String),
    /// Chromium takes no passwords of proxies, and nothing may go around one.
    #[error("chromium cannot say who it is to the proxy {0}: give it one that asks for no password")]
    ProxyPassword(String),
    /// The remote browser is not there.
    #[error("no browser at {url}: {reason}")]
    Connect { url: String, reason: String },
    /// The page could not be loaded.
    #[error("{url} does not load: {reason}")]
    Load { url: String, reason: String },
    /// It took too long.
    #[error("{url} was not ready within {limit:?}")]
    TimedOut { url: String, limit: Duration },
    /// The rendered page is longer than allowed.
    #[error("{url} is longer than {limit} bytes when rendered")]
    TooLong { url: String, limit: usize },
    /// The browser does not answer as it should.
    #[error("the browser failed: {0}")]
    Protocol(#[from] CdpError),
}

impl BrowserError {
    /// Whether the same page may be had later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) => error.is_transient(),
            Self::Launch(_) | Self::ProxyPassword(_) | Self::TooLong { .. } => false,
            _ => true,
        }
    }
}
