//! Settings of all fetching.

use std::time::Duration;

use crate::{Backoff, UserAgent};

/// What holds for every site.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Who asks.
    pub agent: UserAgent,
    /// Requests under way at a time, over all hosts; zero allows nothing.
    pub places: usize,
    /// From sending a request to the last byte of its answer.
    pub time_out: Duration,
    /// Longest answer, in bytes after decompression.
    pub longest_body: usize,
    /// Longest chain of redirects.
    pub redirects: u32,
    /// Attempts and the waits between them.
    pub backoff: Backoff,
    /// A host that asks to wait longer than this is not waited for: the caller is told until when.
    pub longest_wait: Duration,
    /// How long a host is left alone after it blocked us.
    pub pause: Duration,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            agent: UserAgent::default(),
            places: 5,
            time_out: Duration::from_secs(30),
            longest_body: 16 << 20,
            redirects: 5,
            backoff: Backoff::default(),
            longest_wait: Duration::from_secs(120),
            pause: Duration::from_secs(6 * 3600),
        }
    }
}
