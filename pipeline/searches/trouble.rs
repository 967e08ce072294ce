//! What can go wrong with a search, in the words of its owner.

use std::fmt;

use autobazaaar_browser::BrowserError;
use autobazaaar_ebay::EbayError;
use autobazaaar_fetch::FetchError;
use autobazaaar_venues::Venue;

/// Why a search gave no more, and what to do about it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Trouble {
    pub kind: TroubleKind,
    pub reason: String,
    pub mend: String,
}

/// What kind of trouble it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TroubleKind {
    /// The venue is not switched on, or its terms forbid it.
    Off,
    /// The search cannot be asked so.
    Query,
    /// A block, captcha or login page: the venue is paused.
    Blocked,
    /// It was blocked before and is still paused.
    Paused,
    /// robots.txt says no.
    Robots,
    /// Keys are missing or refused.
    Credentials,
    /// The keys are good, and not for this.
    Grant,
    /// The day's requests are spent.
    Quota,
    /// Out of reach, ill, or asking to wait: it may pass by itself.
    Passing,
    /// What came cannot be read: the layout changed.
    Layout,
    /// Anything else.
    Other,
}

impl TroubleKind {
    /// The one spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Query => "query",
            Self::Blocked => "blocked",
            Self::Paused => "paused",
            Self::Robots => "robots",
            Self::Credentials => "credentials",
            Self::Grant => "grant",
            Self::Quota => "quota",
            Self::Passing => "passing",
            Self::Layout => "layout",
            Self::Other => "other",
        }
    }

    /// Whether the owner must do something about it, so that an alert is due. What passes by itself, and
    /// what an alert was raised about before, is told where it happens and no more.
    #[must_use]
    pub fn needs_the_owner(self) -> bool {
        matches!(self, Self::Blocked | Self::Robots | Self::Credentials | Self::Grant | Self::Layout)
    }
}

impl Trouble {
    pub(super) fn new(kind: TroubleKind, reason: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { kind, reason: reason.into(), mend: mend.into() }
    }

    /// What came of asking politely.
    pub(super) fn of_fetch(error: &FetchError, venue: Venue) -> Self {
        use TroubleKind::{Blocked, Off, Other, Passing, Paused, Quota, Robots};
        let told = |kind, mend: &str| Self::new(kind, error.to_string(), mend);
        match error {
            FetchError::Blocked { host, url, sign, .. } => Self::new(
                Blocked,
                format!("{host} answered {url} with {sign}: {venue} is paused until you resume it"),
                format!("look at the page in your browser; then: autobazaaar venues resume {venue}"),
            ),
            FetchError::Paused { host, sign, .. } => Self::new(
                Paused,
                format!("{venue} is paused, for {host} showed {sign} earlier"),
                format!("look at the page in your browser; then: autobazaaar venues resume {venue}"),
            ),
            FetchError::Robots { .. } => told(Robots, "leave the search out, or save its pages by hand"),
            FetchError::NoRobots { .. } => told(Passing, "try again in ten minutes"),
            FetchError::QuotaSpent { .. } => {
                told(Quota, &format!("wait until tomorrow, or raise `requests_per_day` in [venues.{venue}]"))
            }
            FetchError::NoRate { .. } => {
                told(Off, &format!("set `requests_per_minute` in [venues.{venue}] above 0"))
            }
            FetchError::HeldBack { .. } => told(Passing, "the venue asks to wait: a later run asks again"),
            FetchError::Status { status, .. } if *status == 429 || *status >= 500 => {
                told(Passing, "the venue is ill or busy: a later run asks again")
            }
            FetchError::Status { .. } => told(Other, "look at the address in your browser"),
            FetchError::NoProxy { .. } | FetchError::Transport { .. } => {
                told(Passing, "check the connection; a later run asks again")
            }
            _ => told(Other, "correct what the message names"),
        }
    }

    /// What eBay said.
    pub(super) fn of_ebay(error: &EbayError) -> Self {
        use TroubleKind::{Credentials, Layout, Other, Passing, Quota};
        match error {
            EbayError::Fetch(error) | EbayError::Token(error) => Self::of_fetch(error, Venue::Ebay),
            EbayError::Credentials { .. } | EbayError::NoSeller | EbayError::NotGranted { .. } => {
                let mend = "compare the keys with your keyset at developer.ebay.com";
                Self::new(Credentials, error.to_string(), mend)
            }
            EbayError::Unreadable { .. } => Self::new(
                Layout,
                error.to_string(),
                "a later run asks again; if it stays so, eBay changed it",
            ),
            EbayError::Api(refused) if matches!(refused.status, 401 | 403) => {
                Self::new(Credentials, error.to_string(), refused.mend())
            }
            EbayError::Api(refused) if refused.status == 429 => {
                Self::new(Quota, error.to_string(), refused.mend())
            }
            EbayError::Api(refused) if refused.is_transient() => {
                Self::new(Passing, error.to_string(), refused.mend())
            }
            EbayError::Api(refused) => Self::new(Other, error.to_string(), refused.mend()),
            EbayError::Invalid { .. } => {
                Self::new(Other, error.to_string(), "correct the setting that the message names")
            }
        }
    }

    /// What came of rendering.
    pub(super) fn of_browser(error: &BrowserError, venue: Venue) -> Self {
        match error {
            BrowserError::Fetch(error) => Self::of_fetch(error, venue),
            BrowserError::Launch(_) | BrowserError::Connect { .. } => Self::new(
                TroubleKind::Other,
                error.to_string(),
                "check [browser]: `program`, `sandbox` and `address`",
            ),
            error if error.is_transient() => {
                Self::new(TroubleKind::Passing, error.to_string(), "a later run asks again")
            }
            error => Self::new(TroubleKind::Other, error.to_string(), "look at the page in your browser"),
        }
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.reason, self.mend)
    }
}
