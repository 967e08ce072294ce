//! The effective configuration for people: every setting with its origin, secrets masked.

use serde::Serialize;
use serde_json::Value;

use super::Config;
use super::layers::{Origin, entry, to_json};
use super::load::Loaded;
use super::schema::{Node, Schema, join};

/// What stands for a secret.
const MASK: &str = "********";

/// One effective setting.
#[derive(Debug, Clone, PartialEq)]
pub struct Setting {
    /// Dotted path.
    pub key: String,
    /// The value; `null` when it is not set.
    pub value: Value,
    /// Who said so.
    pub origin: Origin,
}

/// Every effective setting in declared order.
#[must_use]
pub fn settings(loaded: &Loaded) -> Vec<Setting> {
    let schema = Schema::of::<Config>();
    let mut rows = Vec::new();
    flatten(&masked(&schema, &loaded.config), "", &mut rows);
    rows.into_iter().map(|(key, value)| Setting { origin: loaded.origin(&key), key, value }).collect()
}

/// The effective configuration as a file that can be loaded again, but for masked secrets.
///
/// # Errors
/// When a value has no form in TOML.
pub fn to_toml(config: &Config) -> Result<String, toml::ser::Error> {
    let mut value = masked(&Schema::of::<Config>(), config);
    without_nulls(&mut value);
    toml::to_string(&value)
}

pub(super) fn masked(schema: &Schema, config: &impl Serialize) -> Value {
    let mut value = to_json(config);
    mask(schema, &schema.root(), &mut value);
    value
}

fn mask(schema: &Schema, node: &Node, value: &mut Value) {
    if node.is_secret() && !value.is_null() {
        *value = Value::from(MASK);
        return;
    }
    match value {
        Value::Object(table) => {
            for (name, value) in table {
                if let Some(field) = schema.field(node, name) {
                    mask(schema, &field, value);
                }
            }
        }
        Value::Array(list) => {
            if let Some(inner) = schema.entry(node) {
                list.iter_mut().for_each(|value| mask(schema, &inner, value));
            }
        }
        _ => {}
    }
}

/// One row per value; a list is one value unless it holds tables.
fn flatten(value: &Value, path: &str, rows: &mut Vec<(String, Value)>) {
    match value {
        Value::Object(table) if !table.is_empty() => {
            table.iter().for_each(|(name, value)| flatten(value, &join(path, name), rows));
        }
        Value::Array(list) if list.iter().any(Value::is_object) => {
            list.iter().enumerate().for_each(|(index, value)| flatten(value, &entry(path, index), rows));
        }
        leaf => rows.push((path.to_owned(), leaf.clone())),
    }
}

/// TOML has no null: what is not set is not written.
pub(super) fn without_nulls(value: &mut Value) {
    match value {
        Value::Object(table) => {
            table.retain(|_, value| !value.is_null());
            table.values_mut().for_each(without_nulls);
        }
        Value::Array(list) => list.iter_mut().for_each(without_nulls),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use schemars::JsonSchema;
    use serde_json::json;

    use super::*;

    #[derive(Serialize, JsonSchema)]
    struct Mailbox {
        user: String,
        #[schemars(extend("writeOnly" = true))]
        password: Option<String>,
    }

    #[test]
    fn secrets_are_masked() {
        let schema = Schema::of::<Mailbox>();
        let shown = |password| masked(&schema, &Mailbox { user: "u".into(), password });
        assert_eq!(shown(Some("hunter2".into())), json!({"user": "u", "password": MASK}));
        assert_eq!(shown(None), json!({"user": "u", "password": null}));
    }

    #[test]
    fn as_toml_it_loads_again() {
        let mut config = Config::default();
        config.train.seed = 9;
        let text = to_toml(&config).unwrap();
        assert_eq!(toml::from_str::<Config>(&text).unwrap(), config);
    }
}
