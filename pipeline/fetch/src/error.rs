//! Why something could not be had.

use autobazaaar_domain::Utc;

use crate::{DiskError, Sign, TransportError};

/// Why there is no answer, or none that will do. Addresses are shown without their secrets.
#[derive(Debug, thiserror::Error)]
pub enum FetchError {
    /// The site is switched off.
    #[error("{site} is not read: {why}")]
    Off { site: String, why: String },
    /// The address lies outside of what the site's policy names.
    #[error("{url} is not among the hosts of {site} ({hosts}): add the host to its policy, or ask elsewhere")]
    Elsewhere { site: String, url: String, hosts: String },
    /// The address cannot be asked for.
    #[error("{url} cannot be asked for: {why}")]
    BadAddress { url: String, why: &'static str },
    /// The rate or the number of places is zero.
    #[error("no request to {host} is allowed: its rate or its number of places is zero; set them above zero")]
    NoRate { host: String },
    /// robots.txt forbids it.
    #[error("robots.txt of the site forbids {url} to robots")]
    Robots { url: String },
    /// robots.txt could not be had, so that nothing may be read.
    #[error("robots.txt of {origin} could not be had ({why}): nothing is read there until it can")]
    NoRobots { origin: String, why: String },
    /// The site just showed that it does not want us.
    #[error("{host} answered {url} with {sign}: it is left alone until {until}")]
    Blocked { host: String, url: String, sign: Sign, until: Utc },
    /// It did so earlier.
    #[error("{host} showed {sign} earlier and is left alone until {until}")]
    Paused { host: String, sign: Sign, until: Utc },
    /// The host asked to wait for longer than we wait.
    #[error("{host} asks to wait until {until}")]
    HeldBack { host: String, until: Utc },
    /// The day's quota is spent.
    #[error("the quota of {limit} requests a day for {api} is spent until {until}")]
    QuotaSpent { api: String, limit: u64, until: Utc },
    /// Every proxy rests after failures.
    #[error("none of the proxies serves; the first is tried again at {until}")]
    NoProxy { until: Utc },
    /// No answer.
    #[error("{url}: {source} (attempt {attempts})")]
    Transport { url: String, attempts: u32, source: TransportError },
    /// A redirect that is not followed.
    #[error("{url} leads to {to}, which is not followed: {why}")]
    Redirect { url: String, to: String, why: &'static str },
    /// An answer with a status that is no success.
    #[error("{url} answered with status {status}")]
    Status { url: String, status: u16 },
    /// The cache, a record, or the book of pauses and quotas cannot be written.
    #[error(transparent)]
    Disk(#[from] DiskError),
}

impl FetchError {
    /// Whether the same request may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::NoRobots { .. }
            | Self::HeldBack { .. }
            | Self::NoProxy { .. }
            | Self::Paused { .. }
            | Self::QuotaSpent { .. } => true,
            Self::Transport { source, .. } => !matches!(source, TransportError::TooLong(_)),
            Self::Status { status, .. } => *status == 429 || *status >= 500,
            _ => false,
        }
    }

    /// Whether the other side may have seen, and acted on, the request. After such an error nobody
    /// knows what became of it.
    #[must_use]
    pub fn may_have_arrived(&self) -> bool {
        match self {
            Self::Transport { source, .. } => source.may_have_arrived(),
            Self::Redirect { .. } | Self::Blocked { .. } | Self::Disk(_) => true,
            Self::Status { status, .. } => *status >= 500,
            _ => false,
        }
    }

    /// Whether the site does not want us: its owner should hear of it.
    #[must_use]
    pub fn is_block(&self) -> bool {
        matches!(self, Self::Blocked { .. } | Self::Paused { .. })
    }
}
