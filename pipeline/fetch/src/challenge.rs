//! Answers that say "not you": challenges, captchas, login walls. They are told, never evaded.

use std::fmt;

use http::HeaderMap;
use serde::{Deserialize, Serialize};
use url::Url;

/// An answer as a site's own look at it gets it.
#[derive(Debug, Clone, Copy)]
pub struct Seen<'a> {
    /// Where it came from, or where a redirect leads.
    pub url: &'a Url,
    /// HTTP status; that of a rendered page's document.
    pub status: u16,
    pub headers: &'a HeaderMap,
    pub body: &'a [u8],
}

/// What kind of no it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sign {
    /// A puzzle for people.
    Captcha,
    /// A test of the browser.
    Challenge,
    /// Only for those who have logged in.
    Login,
    /// A plain refusal of robots.
    Denied,
}

impl fmt::Display for Sign {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Captcha => "a captcha",
            Self::Challenge => "a browser check",
            Self::Login => "a login page",
            Self::Denied => "a refusal of robots",
        })
    }
}

/// Bytes of a body that are looked through.
const LOOKED_AT: usize = 256 * 1024;

/// Headers by which protection services mark their own answers: name, part of the value, sign.
const HEADERS: [(&str, &str, Sign); 4] = [
    ("cf-mitigated", "challenge", Sign::Challenge),
    ("x-amzn-waf-action", "captcha", Sign::Captcha),
    ("x-amzn-waf-action", "challenge", Sign::Challenge),
    ("x-datadome", "protected", Sign::Captcha),
];

/// Texts of their pages, in lower case. They count only beside a status that refuses.
const TEXTS: [(&str, Sign); 10] = [
    ("captcha", Sign::Captcha),
    ("are you a human", Sign::Captcha),
    ("verify you are human", Sign::Captcha),
    ("not a robot", Sign::Captcha),
    ("cf-chl", Sign::Challenge),
    ("checking your browser", Sign::Challenge),
    ("pardon our interruption", Sign::Challenge),
    ("unusual traffic", Sign::Denied),
    ("automated access", Sign::Denied),
    ("you have been blocked", Sign::Denied),
];

/// A sign of refusal that any site may show, by status, headers and text.
pub(crate) fn challenge(seen: &Seen<'_>) -> Option<Sign> {
    if !matches!(seen.status, 202 | 401 | 403 | 405 | 429 | 503) {
        return None;
    }
    let marked = |&(name, part, _): &(&str, &str, Sign)| {
        let value = seen.headers.get(name).and_then(|value| value.to_str().ok());
        value.is_some_and(|value| value.to_ascii_lowercase().contains(part))
    };
    if let Some((_, _, sign)) = HEADERS.iter().find(|entry| marked(entry)) {
        return Some(*sign);
    }
    match seen.status {
        401 => Some(Sign::Login),
        403 | 429 | 503 => {
            let start = &seen.body[..seen.body.len().min(LOOKED_AT)];
            let text = String::from_utf8_lossy(start).to_ascii_lowercase();
            TEXTS.iter().find(|(part, _)| text.contains(part)).map(|(_, sign)| *sign)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refusals_are_told_from_errors() {
        let cases: [(u16, &str, &str, &str, Option<Sign>); 8] = [
            (403, "cf-mitigated", "challenge", "", Some(Sign::Challenge)),
            (403, "x", "y", "<h1>Please solve the CAPTCHA</h1>", Some(Sign::Captcha)),
            (429, "x", "y", "Pardon Our Interruption...", Some(Sign::Challenge)),
            (429, "x", "y", "slow down", None),
            (403, "x", "y", "not for you", None),
            (200, "x", "y", "a used captcha machine", None),
            (401, "x", "y", "", Some(Sign::Login)),
            (202, "x-amzn-waf-action", "challenge", "", Some(Sign::Challenge)),
        ];
        let url = "https://shop.test/".parse().unwrap();
        for (status, name, value, body, expected) in cases {
            let headers = HeaderMap::from_iter([(
                http::HeaderName::try_from(name).unwrap(),
                http::HeaderValue::try_from(value).unwrap(),
            )]);
            let seen = Seen { url: &url, status, headers: &headers, body: body.as_bytes() };
            assert_eq!(challenge(&seen), expected, "{status} {name} {body}");
        }
    }
}
