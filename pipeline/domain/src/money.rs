//! Money: integers of minor units with a currency. No float ever holds an amount that is paid.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, Neg, Sub};
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// An ISO 4217 currency code.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// A text that is not a currency code.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is not a currency: expected an ISO 4217 code such as USD or EUR")]
pub struct BadCurrency(String);

impl Currency {
    /// United States dollar.
    pub const USD: Self = Self(*b"USD");
    /// Euro.
    pub const EUR: Self = Self(*b"EUR");

    /// The three letters.
    #[must_use]
    pub fn as_str(&self) -> &str {
        // The only constructor checks for ASCII capitals.
        std::str::from_utf8(&self.0).unwrap_or("???")
    }

    /// Digits after the decimal point (ISO 4217 table; two unless listed).
    #[must_use]
    pub fn digits(self) -> u32 {
        match &self.0 {
            b"JPY" | b"KRW" | b"VND" | b"CLP" | b"ISK" | b"UGX" | b"XAF" | b"XOF" | b"PYG" | b"RWF" => 0,
            b"BHD" | b"KWD" | b"OMR" | b"JOD" | b"TND" | b"IQD" | b"LYD" => 3,
            _ => 2,
        }
    }

    /// Minor units in one major unit: 100 cents in a dollar.
    #[must_use]
    pub fn scale(self) -> i64 {
        10_i64.pow(self.digits())
    }
}

impl FromStr for Currency {
    type Err = BadCurrency;

    fn from_str(text: &str) -> Result<Self, BadCurrency> {
        match <[u8; 3]>::try_from(text.as_bytes()) {
            Ok(code) if code.iter().all(u8::is_ascii_uppercase) => Ok(Self(code)),
            _ => Err(BadCurrency(text.to_owned())),
        }
    }
}

impl TryFrom<String> for Currency {
    type Error = BadCurrency;

    fn try_from(text: String) -> Result<Self, BadCurrency> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.as_str().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An amount in minor units of a currency that is known from beside it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Cents(pub i64);

impl Cents {
    /// Nothing.
    pub const ZERO: Self = Self(0);

    /// A share of this amount, rounded half away from zero. `share` is a rate, not an amount.
    #[must_use]
    pub fn share(self, share: f64) -> Self {
        Self((self.0 as f64 * share).round() as i64)
    }

    /// As a number of major units, for models and plots only.
    #[must_use]
    pub fn to_major(self, currency: Currency) -> f64 {
        self.0 as f64 / currency.scale() as f64
    }

    /// A model's figure in major units, rounded to the minor unit at the edge; `None` when it is
    /// not a finite amount that fits.
    #[must_use]
    pub fn from_major(major: f64, currency: Currency) -> Option<Self> {
        let minor = (major * currency.scale() as f64).round();
        (minor.is_finite() && minor.abs() < 9.0e15).then_some(Self(minor as i64))
    }
}

impl Add for Cents {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self(self.0 + other.0)
    }
}

impl Sub for Cents {
    type Output = Self;
    fn sub(self, other: Self) -> Self {
        Self(self.0 - other.0)
    }
}

impl Neg for Cents {
    type Output = Self;
    fn neg(self) -> Self {
        Self(-self.0)
    }
}

impl Sum for Cents {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::ZERO, Add::add)
    }
}

/// An amount with its currency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Money {
    /// Minor units.
    pub amount: Cents,
    /// Of what.
    pub currency: Currency,
}

impl Money {
    /// An amount of minor units.
    #[must_use]
    pub fn new(amount: i64, currency: Currency) -> Self {
        Self { amount: Cents(amount), currency }
    }

    /// Plain decimal major units without a sign of currency: `1234.50`.
    #[must_use]
    pub fn decimal(self) -> String {
        let (digits, scale) = (self.currency.digits() as usize, self.currency.scale());
        let sign = if self.amount.0 < 0 { "-" } else { "" };
        let minor = self.amount.0.unsigned_abs();
        let (major, rest) = (minor / scale as u64, minor % scale as u64);
        if digits == 0 { format!("{sign}{major}") } else { format!("{sign}{major}.{rest:0digits$}") }
    }
}

impl fmt::Display for Money {
    /// For people: `$1,234.50`, `-€3`, `CHF 12`; whole amounts without the zeros.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let decimal = Self { amount: Cents(self.amount.0.saturating_abs()), ..*self }.decimal();
        let (major, rest) = decimal.split_once('.').unwrap_or((&decimal, ""));
        let mut text = String::new();
        if self.amount.0 < 0 {
            text.push('-');
        }
        match self.currency.as_str() {
            "USD" => text.push('$'),
            "EUR" => text.push('€'),
            "GBP" => text.push('£'),
            code => text.extend([code, " "]),
        }
        for (i, digit) in major.chars().enumerate() {
            if i > 0 && (major.len() - i) % 3 == 0 {
                text.push(',');
            }
            text.push(digit);
        }
        if rest.chars().any(|c| c != '0') {
            text.extend([".", rest]);
        }
        f.pad(&text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shows_money_as_people_write_it() {
        let yen: Currency = "JPY".parse().unwrap();
        let cases = [
            (Money::new(123_450, Currency::USD), "$1,234.50", "1234.50"),
            (Money::new(-300, Currency::EUR), "-€3", "-3.00"),
            (Money::new(1_000_000, yen), "JPY 1,000,000", "1000000"),
            (Money::new(5, Currency::USD), "$0.05", "0.05"),
        ];
        for (money, shown, decimal) in cases {
            assert_eq!((money.to_string().as_str(), money.decimal().as_str()), (shown, decimal));
        }
    }

    #[test]
    fn refuses_what_is_no_currency() {
        for text in ["", "usd", "US", "DOLLAR", "U$D"] {
            assert!(text.parse::<Currency>().is_err(), "{text}");
        }
    }
}
