//! What came back.

use std::path::PathBuf;

use autobazaaar_domain::Utc;
use bytes::Bytes;
use http::{HeaderMap, StatusCode};
use url::Url;

use crate::{FetchError, shown};

/// A final answer, whatever its status.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Where it came from, after redirects.
    pub url: Url,
    pub status: StatusCode,
    pub headers: HeaderMap,
    /// Decompressed.
    pub body: Bytes,
    /// When it was received or last confirmed.
    pub at: Utc,
    pub source: Source,
    /// Requests sent for it, redirects included.
    pub attempts: u32,
    /// Where the raw answer is kept.
    pub record: Option<PathBuf>,
}

/// Where an answer's body comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// Just sent by the site.
    Site,
    /// Kept, and the site just confirmed it (304).
    Confirmed,
    /// Kept, and not yet old by what the site said.
    Cache,
}

impl Answer {
    /// The answer if its status is a success.
    ///
    /// # Errors
    /// [`FetchError::Status`] otherwise.
    pub fn success(self) -> Result<Self, FetchError> {
        if self.status.is_success() {
            return Ok(self);
        }
        Err(FetchError::Status { url: shown(&self.url), status: self.status.as_u16() })
    }
}
