//! When to ask again.

use std::time::Duration;

use autobazaaar_domain::Utc;
use http::{HeaderMap, header};

/// Waits between attempts: doubling, with a random spread so that clients do not come back together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Backoff {
    /// Attempts in all; 1 never tries again.
    pub attempts: u32,
    /// The first wait, before the spread.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { attempts: 3, first: Duration::from_secs(2), longest: Duration::from_secs(60) }
    }
}

impl Backoff {
    /// The wait after a failed attempt (1 for the first): between half and all of
    /// `first · 2^(attempt − 1)`, at most `longest`. `unit` is a random number in 0 ≤ x < 1.
    #[must_use]
    pub fn wait(&self, attempt: u32, unit: f64) -> Duration {
        let doublings = attempt.saturating_sub(1).min(31);
        let full = self.first.saturating_mul(1 << doublings).min(self.longest);
        full.mul_f64(0.5 + 0.5 * unit.clamp(0.0, 1.0))
    }
}

/// How long a `Retry-After` asks to wait from `now`: seconds or a date (RFC 9110, section 10.2.3).
/// What cannot be read counts as absent; a past date as no wait.
#[must_use]
pub fn retry_after(headers: &HeaderMap, now: Utc) -> Option<Duration> {
    let text = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit()) {
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let at = Utc::from(httpdate::parse_http_date(text).ok()?);
    Some((at - now).to_std().unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn retry_after_is_seconds_or_a_date() {
        let now: Utc = "2026-11-24T12:00:00Z".parse().unwrap();
        let cases = [
            ("120", Some(120)),
            (" 0 ", Some(0)),
            ("99999999999999999999999", Some(u64::MAX)),
            ("Tue, 24 Nov 2026 12:00:30 GMT", Some(30)),
            ("Tue, 24 Nov 2026 11:00:00 GMT", Some(0)),
            ("soon", None),
            ("-5", None),
            ("", None),
        ];
        for (text, expected) in cases {
            let headers = HeaderMap::from_iter([(header::RETRY_AFTER, text.parse().unwrap())]);
            assert_eq!(retry_after(&headers, now), expected.map(Duration::from_secs), "{text:?}");
        }
        assert_eq!(retry_after(&HeaderMap::new(), now), None);
    }

    #[test]
    fn waits_double_within_bounds() {
        let backoff = Backoff::default();
        assert_eq!(backoff.wait(1, 0.0), Duration::from_secs(1));
        assert_eq!(backoff.wait(1, 1.0), Duration::from_secs(2));
        assert_eq!(backoff.wait(3, 1.0), Duration::from_secs(8));
        assert_eq!(backoff.wait(u32::MAX, 1.0), Duration::from_secs(60));
    }
}
