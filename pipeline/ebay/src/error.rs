//! What eBay says when it says no.

use std::fmt;

use autobazaaar_fetch::FetchError;
use serde::Deserialize;

use crate::mend;

/// Why a call gave no result.
#[derive(Debug, thiserror::Error)]
pub enum EbayError {
    /// No answer, or none may be asked for.
    #[error(transparent)]
    Fetch(#[from] FetchError),
    /// No access token could be had; the call itself was not made.
    #[error("no access token: {0}")]
    Token(FetchError),
    /// An answer that says no.
    #[error(transparent)]
    Api(#[from] ApiError),
    /// The keys or the owner's consent are not accepted.
    #[error("eBay does not accept the {what} ({code}: {description}): {mend}")]
    Credentials { what: &'static str, code: String, description: String, mend: &'static str },
    /// Selling without the owner's consent.
    #[error("no refresh token of the seller is configured: sign in at eBay once and store its refresh token")]
    NoSeller,
    /// A limited interface that this application was not granted.
    #[error("{what} is not granted to this application: apply for it at eBay, or go on without")]
    NotGranted { what: &'static str },
    /// An answer that is not what the documentation says.
    #[error("the answer of {url} cannot be understood: {reason}")]
    Unreadable { url: String, reason: String },
    /// A value that eBay would refuse, or that we do not send.
    #[error("{field} is `{found}`: expected {expected}")]
    Invalid { field: &'static str, found: String, expected: &'static str },
}

impl EbayError {
    /// Whether the same call may succeed later without anybody changing anything.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Fetch(error) | Self::Token(error) => error.is_transient(),
            Self::Api(error) => error.is_transient(),
            Self::Unreadable { .. } => true,
            _ => false,
        }
    }

    /// Whether the call may have been carried out all the same.
    #[must_use]
    pub fn may_have_happened(&self) -> bool {
        match self {
            Self::Fetch(error) => error.may_have_arrived(),
            Self::Api(error) => error.status >= 500,
            Self::Unreadable { .. } => true,
            _ => false,
        }
    }
}

/// An answer with a status that is no success, as eBay words it.
#[derive(Debug, Clone, PartialEq)]
pub struct ApiError {
    /// HTTP status.
    pub status: u16,
    /// Method and path.
    pub call: String,
    /// What eBay names; empty when the body names nothing.
    pub details: Vec<Detail>,
}

/// One error of eBay's list (`errors[]`).
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Detail {
    #[serde(default)]
    pub error_id: i64,
    #[serde(default)]
    pub domain: String,
    /// `REQUEST`, `APPLICATION` or `BUSINESS`.
    #[serde(default)]
    pub category: String,
    #[serde(default)]
    pub message: String,
    #[serde(default)]
    pub long_message: Option<String>,
    #[serde(default)]
    pub parameters: Vec<Parameter>,
}

/// A name and a value beside an error.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Parameter {
    #[serde(default)]
    pub name: String,
    #[serde(default)]
    pub value: String,
}

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    errors: Vec<Detail>,
}

impl ApiError {
    /// Reads `{errors[…]}`; a body that is anything else leaves the status alone to speak.
    #[must_use]
    pub(crate) fn read(status: u16, call: String, body: &[u8]) -> Self {
        let details = serde_json::from_slice::<Body>(body).map(|body| body.errors).unwrap_or_default();
        Self { status, call, details }
    }

    /// Whether eBay names this error.
    #[must_use]
    pub fn is(&self, error_id: i64) -> bool {
        self.details.iter().any(|detail| detail.error_id == error_id)
    }

    /// The value that eBay gives beside an error under a name.
    #[must_use]
    pub fn parameter(&self, name: &str) -> Option<&str> {
        let mut all = self.details.iter().flat_map(|detail| &detail.parameters);
        all.find(|parameter| parameter.name.eq_ignore_ascii_case(name)).map(|found| found.value.as_str())
    }

    /// Too many calls, an ill server, or two changes of one thing at a time: the same call may succeed
    /// later. Everything else stays as it is until somebody changes something.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        self.status == 429 || self.status >= 500 || self.is(mend::AT_A_TIME)
    }

    /// What to do about it.
    #[must_use]
    pub fn mend(&self) -> &'static str {
        let known = self.details.iter().find_map(|detail| mend::of_error(detail.error_id));
        known.unwrap_or_else(|| mend::of_status(self.status))
    }
}

impl std::error::Error for ApiError {}

impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "eBay refuses {} with status {}", self.call, self.status)?;
        for Detail { error_id, message, long_message, parameters, .. } in self.details.iter().take(5) {
            write!(f, "; {error_id}: {}", long_message.as_deref().unwrap_or(message))?;
            for Parameter { name, value } in parameters.iter().take(5) {
                write!(f, " ({name}: {value})")?;
            }
        }
        write!(f, ": {}", self.mend())
    }
}
