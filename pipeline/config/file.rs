//! The configuration file: TOML with the line of every key.

use std::path::Path;

use serde_json::{Map, Number, Value};
use toml::Spanned;
use toml::de::{DeArray, DeTable, DeValue};

use super::layers::{Layer, entry, key};
use super::problem::{ConfigError, Place};

/// Reads a file's text.
///
/// # Errors
/// [`ConfigError::Syntax`] when it is not TOML.
pub(super) fn parse(path: &Path, text: &str) -> Result<Layer, ConfigError> {
    let mut reader = Reader { path, text, layer: Layer::default() };
    let table = DeTable::parse(text).map_err(|error| ConfigError::Syntax {
        place: reader.place(error.span().map_or(0, |span| span.start)),
        message: error.message().replace('\n', ", "),
    })?;
    reader.layer.value = reader.table("", table.get_ref());
    Ok(reader.layer)
}

struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    layer: Layer,
}

impl Reader<'_> {
    fn place(&self, offset: usize) -> Place {
        let before = self.text.as_bytes().iter().take(offset);
        Place::File { path: self.path.to_owned(), line: 1 + before.filter(|byte| **byte == b'\n').count() }
    }

    fn table(&mut self, prefix: &str, table: &DeTable<'_>) -> Value {
        let mut fields = Map::new();
        for (name, value) in table {
            let path = key(prefix, name.get_ref());
            let place = self.place(name.span().start);
            self.layer.places.insert(&path, place);
            fields.insert(name.get_ref().to_string(), self.value(&path, value));
        }
        Value::Object(fields)
    }

    fn list(&mut self, path: &str, list: &DeArray<'_>) -> Value {
        let entries = list.iter().enumerate().map(|(index, value)| {
            let path = entry(path, index);
            let place = self.place(value.span().start);
            self.layer.places.insert(&path, place);
            self.value(&path, value)
        });
        Value::Array(entries.collect())
    }

    fn value(&mut self, path: &str, value: &Spanned<DeValue<'_>>) -> Value {
        match value.get_ref() {
            DeValue::Table(table) => self.table(path, table),
            DeValue::Array(list) => self.list(path, list),
            other => scalar(other),
        }
    }
}

/// A value that is given by its text alone, as in an environment variable; `None` when it is not
/// TOML.
pub(super) fn parse_value(text: &str) -> Option<Value> {
    let mut reader = Reader { path: Path::new(""), text, layer: Layer::default() };
    DeValue::parse(text).ok().map(|value| reader.value("", &value))
}

/// What JSON has no number for (infinities, integers beyond 64 bits) stays text, which no number
/// setting takes.
fn scalar(value: &DeValue<'_>) -> Value {
    match value {
        DeValue::String(text) => Value::from(text.as_ref()),
        DeValue::Boolean(flag) => Value::from(*flag),
        DeValue::Integer(integer) => {
            let parsed = i64::from_str_radix(integer.as_str(), integer.radix());
            parsed.map_or_else(|_| Value::from(integer.as_str()), Value::from)
        }
        DeValue::Float(float) => {
            let parsed = float.as_str().parse().ok().and_then(Number::from_f64);
            parsed.map_or_else(|| Value::from(float.as_str()), Value::Number)
        }
        DeValue::Datetime(time) => Value::from(time.to_string()),
        DeValue::Array(_) | DeValue::Table(_) => Value::Null,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn line_of(layer: &Layer, key: &str) -> usize {
        match layer.places.of(key) {
            Some(Place::File { line, .. }) => *line,
            other => panic!("{key}: {other:?}"),
        }
    }

    #[test]
    fn every_key_knows_its_line() {
        let text =
            "data_dir = 'd'\n\n[train]\nfolds = 1_0\n[[sources]]\nname = 'a'\n[[sources]]\nname = 'b'\n";
        let layer = parse(Path::new("c.toml"), text).unwrap();
        assert_eq!(
            layer.value,
            json!({"data_dir": "d", "train": {"folds": 10}, "sources": [{"name": "a"}, {"name": "b"}]})
        );
        for (key, line) in [("data_dir", 1), ("train", 3), ("train.folds", 4), ("sources[1].name", 8)] {
            assert_eq!(line_of(&layer, key), line, "{key}");
        }
    }

    #[test]
    fn says_where_it_is_not_toml() {
        let error = parse(Path::new("c.toml"), "a = 1\nb = = 2\n").unwrap_err();
        assert!(error.to_string().starts_with("c.toml:2: "), "{error}");
    }

    proptest! {
        #[test]
        fn foreign_bytes_never_panic(text in "\\PC{0,80}|[\\[\\]={}\"a-z0-9.\n -]{0,80}") {
            let _ = parse(Path::new("c.toml"), &text);
            let _ = parse_value(&text);
        }
    }
}
