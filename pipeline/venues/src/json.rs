//! Looking things up in JSON whose shape is only half known.

use autobazaaar_domain::{Cents, Currency, Utc};
use chrono::DateTime;
use serde_json::{Map, Value};

/// Documents of a stream that are read.
const MOST_LINES: usize = 1_000;

/// One document. Nesting is bounded by the library.
pub(crate) fn parse(text: &str) -> Result<Value, serde_json::Error> {
    serde_json::from_str(text)
}

/// Several documents, one a line, as an array; `None` where a line is none.
pub(crate) fn lines(text: &str) -> Option<Value> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty()).take(MOST_LINES);
    let documents: Option<Vec<Value>> = lines.map(|line| parse(line).ok()).collect();
    documents.filter(|documents| documents.len() > 1).map(Value::Array)
}

/// The value behind these keys.
pub(crate) fn at<'v>(value: &'v Value, path: &[&str]) -> Option<&'v Value> {
    path.iter().try_fold(value, |value, key| value.get(key)).filter(|value| !value.is_null())
}

/// The text behind these keys, where there is one that is not blank.
pub(crate) fn text<'v>(value: &'v Value, path: &[&str]) -> Option<&'v str> {
    at(value, path)?.as_str().map(str::trim).filter(|text| !text.is_empty())
}

/// The text or number behind these keys, as text.
pub(crate) fn scalar(value: &Value, path: &[&str]) -> Option<String> {
    match at(value, path)? {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The yes or no behind these keys.
pub(crate) fn flag(value: &Value, path: &[&str]) -> Option<bool> {
    at(value, path)?.as_bool()
}

/// The list behind these keys; nothing where there is none.
pub(crate) fn list<'v>(value: &'v Value, path: &[&str]) -> &'v [Value] {
    at(value, path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// The number behind these keys, written as number or text.
pub(crate) fn number(value: &Value, path: &[&str]) -> Option<f64> {
    let found = at(value, path)?;
    let number = found.as_f64().or_else(|| found.as_str()?.trim().parse().ok())?;
    number.is_finite().then_some(number)
}

/// The count behind these keys.
pub(crate) fn count(value: &Value, path: &[&str]) -> Option<i64> {
    let found = at(value, path)?;
    let number = found.as_i64().or_else(|| found.as_str()?.trim().replace(',', "").parse().ok())?;
    (number >= 0).then_some(number)
}

/// The moment behind these keys, RFC 3339 or seconds (or milliseconds) since 1970.
pub(crate) fn moment(value: &Value, path: &[&str]) -> Option<Utc> {
    match at(value, path)? {
        Value::String(text) => DateTime::parse_from_rfc3339(text).ok().map(|at| at.to_utc()),
        Value::Number(number) => match number.as_i64()? {
            0 => None,
            millis if millis > 100_000_000_000 => DateTime::from_timestamp_millis(millis),
            seconds => DateTime::from_timestamp(seconds, 0),
        },
        _ => None,
    }
}

/// A decimal that a machine wrote (`"400.00"`, `12.5`, `260`), exactly.
pub(crate) fn amount(value: &Value, path: &[&str], currency: Currency) -> Option<Cents> {
    crate::shown::decimal(&scalar(value, path)?, currency)
}

/// Every object, at any depth, that `wanted` takes; none inside one that was taken. In the order
/// of the document.
pub(crate) fn objects<'v>(value: &'v Value, wanted: &dyn Fn(&Map<String, Value>) -> bool) -> Vec<&'v Value> {
    let mut found = Vec::new();
    let mut waiting = vec![value];
    while let Some(value) = waiting.pop() {
        match value {
            Value::Object(object) if wanted(object) => found.push(value),
            Value::Object(object) => waiting.extend(object.values().rev()),
            Value::Array(items) => waiting.extend(items.iter().rev()),
            _ => {}
        }
    }
    found
}

/// The first value, at any depth, under this key that is not null.
pub(crate) fn anywhere<'v>(value: &'v Value, key: &str) -> Option<&'v Value> {
    let holder = objects(value, &|object| object.get(key).is_some_and(|found| !found.is_null()));
    holder.first()?.get(key)
}
