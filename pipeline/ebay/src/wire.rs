//! Addresses, forms and JSON.

use autobazaaar_domain::{Cents, Currency, Money};
use autobazaaar_fetch::{Answer, shown};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use url::{Url, form_urlencoded};

use crate::EbayError;

/// An address below the base, its parts encoded.
pub(crate) fn url(base: &Url, parts: &[&str], query: &[(&str, &str)]) -> Url {
    let mut url = base.clone();
    let parts: Vec<String> = parts.iter().map(|part| encoded(part)).collect();
    url.set_path(&format!("{}/{}", base.path().trim_end_matches('/'), parts.join("/")));
    if !query.is_empty() {
        url.query_pairs_mut().extend_pairs(query);
    }
    url
}

/// A part of a path with everything but RFC 3986's unreserved characters encoded: ids hold `|`.
fn encoded(part: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    let octet = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    part.bytes().map(octet).collect()
}

pub(crate) fn form(pairs: &[(&str, &str)]) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish()
}

/// The answer's JSON as a type. Unknown fields are ignored; a missing one is named.
pub(crate) fn parse<T: DeserializeOwned>(answer: &Answer) -> Result<T, EbayError> {
    serde_json::from_slice(&answer.body).map_err(|error| unreadable(answer, error))
}

pub(crate) fn unreadable(answer: &Answer, reason: impl ToString) -> EbayError {
    EbayError::Unreadable { url: shown(&answer.url), reason: reason.to_string() }
}

/// eBay's `Amount`: a decimal text and a currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Amount {
    pub value: String,
    pub currency: String,
}

impl From<Money> for Amount {
    fn from(money: Money) -> Self {
        Self { value: money.decimal(), currency: money.currency.to_string() }
    }
}

impl Amount {
    /// The exact amount; `None` when it is none, or finer than the currency's minor unit.
    pub(crate) fn money(&self) -> Option<Money> {
        let currency: Currency = self.currency.parse().ok()?;
        let digits = currency.digits() as usize;
        let (sign, text) = match self.value.strip_prefix('-') {
            Some(rest) => (-1, rest),
            None => (1, self.value.as_str()),
        };
        let (major, fraction) = text.split_once('.').unwrap_or((text, ""));
        let fraction = fraction.trim_end_matches('0');
        let numeric = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        if major.is_empty() || !numeric(major) || !numeric(fraction) || fraction.len() > digits {
            return None;
        }
        let minor: i64 = if digits == 0 { 0 } else { format!("{fraction:0<digits$}").parse().ok()? };
        let amount = major.parse::<i64>().ok()?.checked_mul(currency.scale())?.checked_add(minor)?;
        Some(Money { amount: Cents(sign * amount), currency })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_are_exact_or_none() {
        let amount = |value: &str, currency: &str| Amount { value: value.into(), currency: currency.into() };
        let cases = [
            ("12.5", "USD", Some(1250)),
            ("12.50", "USD", Some(1250)),
            ("12.5000", "USD", Some(1250)),
            ("12", "JPY", Some(12)),
            ("12.0", "JPY", Some(12)),
            ("-3.99", "EUR", Some(-399)),
            ("12.505", "USD", None),
            ("12,50", "USD", None),
            ("", "USD", None),
            (".5", "USD", None),
            ("1e3", "USD", None),
            ("99999999999999999999", "USD", None),
            ("12", "dollars", None),
        ];
        for (value, currency, expected) in cases {
            let found = amount(value, currency).money().map(|money| money.amount.0);
            assert_eq!(found, expected, "{value} {currency}");
        }
        assert_eq!(Amount::from(Money::new(1999, Currency::USD)), amount("19.99", "USD"));
    }

    #[test]
    fn parts_of_addresses_are_encoded() {
        let base: Url = "https://api.ebay.com/".parse().unwrap();
        let url = url(&base, &["item", "v1|1|0"], &[("q", "a b&c")]);
        assert_eq!(url.as_str(), "https://api.ebay.com/item/v1%7C1%7C0?q=a+b%26c");
    }
}
