//! Layers of settings: flags win over the environment, it over the file, it over the defaults.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use serde_json::{Map, Value};

use super::problem::Place;
use super::schema::join;

/// A setting given by a flag of the command line.
#[derive(Debug, Clone, PartialEq)]
pub struct Flag {
    /// The flag with its dashes: `--data-dir`.
    pub flag: &'static str,
    /// The setting it sets, dotted: `data_dir`.
    pub key: &'static str,
    /// Its value.
    pub value: Value,
}

/// Where an effective value comes from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Origin {
    /// Nobody said anything.
    Default,
    /// Somebody did.
    Given(Place),
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::Given(Place::Env(variable)) => f.write_str(variable),
            Self::Given(place) => place.fmt(f),
        }
    }
}

/// The settings of one origin, and where each was given.
#[derive(Debug, Default)]
pub(super) struct Layer {
    pub value: Value,
    pub places: Places,
}

/// Dotted path → where it was given.
#[derive(Debug, Default, Clone)]
pub(super) struct Places(BTreeMap<String, Place>);

impl Places {
    pub fn insert(&mut self, key: &str, place: Place) {
        self.0.insert(key.to_owned(), place);
    }

    /// Where a key was given, or else the nearest table or list around it.
    pub fn of(&self, key: &str) -> Option<&Place> {
        let mut key = key;
        loop {
            if let Some(place) = self.0.get(key) {
                return Some(place);
            }
            key = &key[..key.rfind(['.', '['])?];
        }
    }

    /// The first place within a table that was itself given nowhere, as by a variable.
    pub fn within(&self, key: &str) -> Option<&Place> {
        self.0.iter().find(|(path, _)| is_within(path, key)).map(|(_, place)| place)
    }

    /// Replaces what was known of a key and within it.
    fn replace(&mut self, key: &str, from: &Self) {
        self.0.retain(|path, _| !is_within(path, key));
        let new = from.0.iter().filter(|(path, _)| is_within(path, key));
        self.0.extend(new.map(|(path, place)| (path.clone(), place.clone())));
        if let Some(place) = from.of(key) {
            self.0.insert(key.to_owned(), place.clone());
        }
    }
}

/// `a`, `a.b` and `a[0]` are within `a`.
fn is_within(path: &str, key: &str) -> bool {
    path.strip_prefix(key).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
}

impl Layer {
    /// The layer of flags.
    pub fn of_flags(flags: &[Flag]) -> Self {
        let mut layer = Self { value: Value::Object(Map::new()), ..Self::default() };
        for flag in flags {
            let path: Vec<&str> = flag.key.split('.').collect();
            layer.set(&path, flag.value.clone(), Place::Flag(flag.flag));
        }
        layer
    }

    /// Gives one setting, making the tables on its way.
    pub fn set(&mut self, path: &[&str], value: Value, place: Place) {
        self.places.insert(&path.join("."), place);
        set(&mut self.value, path, value);
    }
}

/// Writes `value` at a path, making tables on the way.
pub(super) fn set(tree: &mut Value, path: &[&str], value: Value) {
    let Some((key, rest)) = path.split_first() else {
        *tree = value;
        return;
    };
    if !tree.is_object() {
        *tree = Value::Object(Map::new());
    }
    if let Some(table) = tree.as_object_mut() {
        set(table.entry(*key).or_insert(Value::Null), rest, value);
    }
}

/// Lays `over` on `base`: tables are merged, anything else is replaced.
pub(super) fn merge(base: &mut Value, origins: &mut Places, over: &Layer) {
    for (path, value) in leaves(&over.value) {
        let steps: Vec<&str> = path.iter().map(String::as_str).collect();
        set(base, &steps, value.clone());
        origins.replace(&path.join("."), &over.places);
    }
}

/// Every value that is not a table, with its path. Lists are leaves.
pub(super) fn leaves(tree: &Value) -> Vec<(Vec<String>, &Value)> {
    fn visit<'a>(tree: &'a Value, path: &mut Vec<String>, out: &mut Vec<(Vec<String>, &'a Value)>) {
        match tree {
            Value::Object(table) => {
                for (key, value) in table {
                    path.push(key.clone());
                    visit(value, path, out);
                    path.pop();
                }
            }
            leaf => out.push((path.clone(), leaf)),
        }
    }
    let mut out = Vec::new();
    visit(tree, &mut Vec::new(), &mut out);
    out
}

/// A configuration value as JSON; `null` only where a type cannot be one, which ours all can.
pub(super) fn to_json(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}

/// `a.b[0]` of a list entry.
pub(super) fn entry(list: &str, index: usize) -> String {
    format!("{list}[{index}]")
}

/// `a.b` of a table's key.
pub(super) fn key(table: &str, name: &str) -> String {
    join(table, name)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tables_merge_and_lists_are_replaced() {
        let mut base = json!({"a": {"x": 1, "y": 2}, "l": [1, 2]});
        let mut origins = Places::default();
        origins.insert("l[1]", Place::Whole);
        let mut over = Layer::default();
        over.set(&["a", "y"], json!(3), Place::Env("Y".into()));
        over.set(&["l"], json!([9]), Place::Env("L".into()));

        merge(&mut base, &mut origins, &over);

        assert_eq!(base, json!({"a": {"x": 1, "y": 3}, "l": [9]}));
        assert_eq!(origins.of("a.x"), None);
        assert_eq!(origins.of("a.y"), Some(&Place::Env("Y".into())));
        assert_eq!(origins.of("l[0]"), Some(&Place::Env("L".into())));
        assert_eq!(origins.of("l[1]"), Some(&Place::Env("L".into())));
    }
}
