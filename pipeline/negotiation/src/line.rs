//! One message per line: JSON in, JSON out, for `negotiations read --file FILE.jsonl`.

use autobazaaar_domain::{Cents, Currency, Money};
use serde::{Deserialize, Serialize};

use crate::reading::{Format, Heard, Intent, Party, Utterance, read};

/// Longest line that is read, bytes.
pub const MAX_LINE_BYTES: usize = 4 * 1024 * 1024;

/// A line that is read. Amounts are in major units: 80 is 80 dollars.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct LineIn {
    /// The message as it came.
    text: String,
    /// The ask of the listing.
    #[serde(default)]
    list_price: Option<f64>,
    /// Our last offer.
    #[serde(default)]
    our_offer: Option<f64>,
    /// What was said before, oldest first: `buyer: …` or `seller: …`.
    #[serde(default)]
    before: Option<Vec<String>>,
    #[serde(default)]
    format: Format,
    /// Who wrote it.
    #[serde(default = "seller")]
    from: Party,
    #[serde(default = "dollars")]
    currency: Currency,
}

fn seller() -> Party {
    Party::Seller
}

fn dollars() -> Currency {
    Currency::USD
}

/// A line that is written: what was read. `price` is a number of major units or null.
#[derive(Debug, Clone, Serialize)]
struct LineOut<'a> {
    intent: Intent,
    price: Option<serde_json::Number>,
    confidence: f64,
    own_text: &'a str,
    sentiment: crate::reading::Sentiment,
    concerns: &'a [crate::reading::Concern],
    urgency: crate::reading::Urgency,
    style: crate::reading::Style,
    excerpt: &'a str,
    questions: &'a [String],
    opt_out: bool,
    gone: bool,
    fraud: &'a [crate::reading::FraudSign],
    automatic: Option<crate::reading::Automatic>,
}

/// Why a line cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum LineError {
    /// Not JSON, a field too many, of the wrong kind, or missing.
    #[error(
        "not a message: {0}; expected a JSON object with text and, if known, list_price, our_offer, before, format, from, currency"
    )]
    Json(#[from] serde_json::Error),
    /// An amount that is none.
    #[error("`{field}` is {found}, expected an amount of at least 0 in major units, such as 80 or 79.50")]
    Amount { field: &'static str, found: f64 },
    /// An utterance without its speaker.
    #[error("`before` holds `{0}`, expected `buyer: …` or `seller: …`")]
    Speaker(String),
}

/// Reads a line with a message and gives the line with what was read, without a line end.
///
/// # Errors
/// Where the line is no such JSON object; the message names what is wrong.
pub fn read_line(line: &str) -> Result<String, LineError> {
    let given: LineIn = serde_json::from_str(line)?;
    let before = given.before.iter().flatten().map(|said| utterance(said)).collect::<Result<Vec<_>, _>>()?;
    let reading = read(&Heard {
        text: &given.text,
        format: given.format,
        from: given.from,
        currency: given.currency,
        list_price: amount("list_price", given.list_price, given.currency)?,
        our_offer: amount("our_offer", given.our_offer, given.currency)?,
        before: &before,
    });
    let price = reading.price.map(|amount| Money { amount, currency: given.currency });
    Ok(serde_json::to_string(&LineOut {
        intent: reading.intent,
        price: price.map(number).transpose()?,
        confidence: reading.confidence,
        own_text: &reading.own_text,
        sentiment: reading.sentiment,
        concerns: &reading.concerns,
        urgency: reading.urgency,
        style: reading.style,
        excerpt: &reading.excerpt,
        questions: &reading.questions,
        opt_out: reading.opt_out,
        gone: reading.gone,
        fraud: &reading.fraud,
        automatic: reading.automatic,
    })?)
}

/// 80 and 79.5: whole amounts without a fraction.
fn number(money: Money) -> Result<serde_json::Number, serde_json::Error> {
    let decimal = money.decimal();
    let plain = match decimal.split_once('.') {
        Some((major, rest)) if rest.bytes().all(|digit| digit == b'0') => major,
        _ => &decimal,
    };
    serde_json::from_str(plain)
}

fn amount(field: &'static str, found: Option<f64>, currency: Currency) -> Result<Option<Cents>, LineError> {
    let Some(found) = found else { return Ok(None) };
    match Cents::from_major(found, currency) {
        Some(cents) if cents.0 >= 0 => Ok(Some(cents)),
        _ => Err(LineError::Amount { field, found }),
    }
}

fn utterance(said: &str) -> Result<Utterance, LineError> {
    let wrong = || LineError::Speaker(said.chars().take(60).collect());
    let (party, text) = said.split_once(':').ok_or_else(wrong)?;
    let party = party.trim().to_lowercase().parse().map_err(|_| wrong())?;
    Ok(Utterance { party, text: text.trim().to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_in_gives_a_line_out() {
        let line = r#"{"text": "80 is too low, 92.50?", "list_price": 100, "our_offer": 80, "before": ["buyer: Would you take $80?"]}"#;
        let read: serde_json::Value = serde_json::from_str(&read_line(line).unwrap()).unwrap();
        assert_eq!((read["intent"].as_str(), read["price"].as_f64()), (Some("counter"), Some(92.5)));
        let mail = r#"{"text": "Ok, deal\n\n> Would you?", "format": "mail", "our_offer": 80}"#;
        let read: serde_json::Value = serde_json::from_str(&read_line(mail).unwrap()).unwrap();
        assert_eq!((read["intent"].as_str(), read["own_text"].as_str()), (Some("accept"), Some("Ok, deal")));
        assert!(read["price"].is_null());
    }

    #[test]
    fn says_what_is_wrong_with_a_line() {
        let cases = [
            (r#"{"text": "x", "prise": 3}"#, "prise"),
            (r#"{"list_price": 3}"#, "text"),
            (r#"{"text": "x", "list_price": -3}"#, "list_price"),
            (r#"{"text": "x", "before": ["hello"]}"#, "buyer: …"),
            (r#"{"text": "x", "format": "fax"}"#, "fax"),
            ("[]", "expected a JSON object"),
            ("", "EOF"),
        ];
        for (line, part) in cases {
            let error = read_line(line).unwrap_err().to_string();
            assert!(error.contains(part), "{line}: {error}");
        }
    }
}
