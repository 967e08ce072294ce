//! Identifiers.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Utc;
use crate::hash::{hex, unhex16};

/// A marketplace (`ebay`, `craigslist`, …) or a named file source, in lower case.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Platform(String);

/// A platform name that cannot be one.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a platform name: expected lower-case letters, digits, `-` or `_`, at most 40")]
pub struct BadPlatform(String);

impl Platform {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for Platform {
    type Err = BadPlatform;

    fn from_str(text: &str) -> Result<Self, BadPlatform> {
        let legal = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_';
        if text.is_empty() || text.len() > 40 || !text.chars().all(legal) {
            return Err(BadPlatform(text.to_owned()));
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for Platform {
    type Error = BadPlatform;

    fn try_from(text: String) -> Result<Self, BadPlatform> {
        text.parse()
    }
}

impl From<Platform> for String {
    fn from(platform: Platform) -> Self {
        platform.0
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What names a listing everywhere: the venue and the venue's own id. Shown as
/// `platform:external_id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ListingKey {
    /// The venue.
    pub platform: Platform,
    /// The venue's id for the listing.
    pub external_id: String,
}

impl fmt::Display for ListingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.platform, self.external_id)
    }
}

/// A text that is not a listing key.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a listing: expected platform:id, for example ebay:1234")]
pub struct BadListingKey(String);

impl FromStr for ListingKey {
    type Err = BadListingKey;

    fn from_str(text: &str) -> Result<Self, BadListingKey> {
        let bad = || BadListingKey(text.to_owned());
        let (platform, external_id) = text.split_once(':').ok_or_else(bad)?;
        if external_id.is_empty() {
            return Err(bad());
        }
        Ok(Self { platform: platform.parse().map_err(|_| bad())?, external_id: external_id.to_owned() })
    }
}

macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(pub [u8; 16]);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&hex(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl TryFrom<String> for $name {
            type Error = String;

            fn try_from(text: String) -> Result<Self, String> {
                unhex16(&text).map(Self).ok_or_else(|| format!("`{text}` is not 32 hexadecimal digits"))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    };
}

hash_id!(
    /// Hash of what an observation means to a buyer; see [`crate::Observation::id`].
    ObservationId
);
hash_id!(
    /// The thing behind one or several listings; the hash of the earliest listing's key.
    ItemId
);

/// A run's name: a ULID (Crockford base 32, 26 characters), so that names sort by start.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RunId(pub String);

impl RunId {
    /// A name from the start time and 80 random bits, both passed in.
    #[must_use]
    pub fn new(at: Utc, random: u128) -> Self {
        Self(ulid(at, random))
    }
}

impl fmt::Display for RunId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const DIGITS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// Formats a ULID: 48 bits of milliseconds, then the low 80 bits of `random`
/// (<https://github.com/ulid/spec>).
#[must_use]
pub fn ulid(at: Utc, random: u128) -> String {
    ulid_text(ulid_value(at, random))
}

/// The 128 bits of a ULID.
pub(crate) fn ulid_value(at: Utc, random: u128) -> u128 {
    let millis = u128::try_from(at.timestamp_millis()).unwrap_or(0) & ((1 << 48) - 1);
    millis << 80 | random & ((1 << 80) - 1)
}

/// Writes the 128 bits of a ULID.
pub(crate) fn ulid_text(value: u128) -> String {
    (0..26).rev().map(|i| char::from(DIGITS[(value >> (i * 5) & 31) as usize])).collect()
}

/// Reads what [`ulid_text`] wrote; `None` when it is not that.
pub(crate) fn ulid_from_text(text: &str) -> Option<u128> {
    let first = *text.as_bytes().first()?;
    if text.len() != 26 || first > b'7' {
        return None;
    }
    text.bytes().try_fold(0_u128, |value, byte| {
        let digit = DIGITS.iter().position(|digit| *digit == byte)?;
        Some(value << 5 | digit as u128)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_what_it_shows() {
        for text in ["ebay:1234", "craigslist:v1|12|0", "kleinanzeigen:a:b"] {
            assert_eq!(text.parse::<ListingKey>().unwrap().to_string(), text);
        }
        for text in ["", "ebay", "ebay:", ":1", "E Bay:1"] {
            assert!(text.parse::<ListingKey>().is_err(), "{text}");
        }
    }

    #[test]
    fn later_runs_sort_later() {
        let at = |ms| Utc::from_timestamp_millis(ms).unwrap();
        let (early, late) = (RunId::new(at(1_000), u128::MAX), RunId::new(at(1_001), 0));
        assert!(early < late);
        assert_eq!(early.0.len(), 26);
    }
}
