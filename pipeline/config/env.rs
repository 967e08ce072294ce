//! Settings from the environment: `AUTOBAZAAAR_TRAIN__SEED=7` is `seed = 7` in `[train]`.

use serde_json::{Map, Value};

use super::file::parse_value;
use super::layers::Layer;
use super::problem::Place;
use super::schema::{Node, Schema};

/// How every variable of ours begins.
pub(super) const PREFIX: &str = "AUTOBAZAAAR_";

/// Variables of ours that are no settings: which file to read, how much to log, where tests find
/// real data.
const RESERVED: [&str; 3] = ["AUTOBAZAAAR_CONFIG", "AUTOBAZAAAR_LOG", "AUTOBAZAAAR_REAL_DATA"];

/// The layer of the environment. Unknown variables are in it too, to be refused with the rest.
pub(super) fn layer(schema: &Schema, variables: &[(String, String)]) -> Layer {
    let mut layer = Layer { value: Value::Object(Map::new()), ..Layer::default() };
    let mut ours: Vec<_> = variables.iter().filter(|(name, _)| is_setting(name)).collect();
    ours.sort();
    for (name, text) in ours {
        let path = name[PREFIX.len()..].to_lowercase();
        let path: Vec<&str> = path.split("__").collect();
        let value = value(schema.at(&path).as_ref(), text);
        layer.set(&path, value, Place::Env(name.clone()));
    }
    layer
}

/// The variable that sets a dotted path.
pub(super) fn variable(path: &str) -> String {
    format!("{PREFIX}{}", path.replace('.', "__").to_uppercase())
}

fn is_setting(name: &str) -> bool {
    name.starts_with(PREFIX) && !RESERVED.contains(&name)
}

/// Text stays text where text is asked for; a list may be written `a,b` or `["a", "b"]`; anything
/// else is written as in the file. What cannot be read so stays text and is refused as such.
fn value(node: Option<&Node>, text: &str) -> Value {
    match node {
        None => Value::from(text),
        Some(node) if node.is("string") || node.words().is_some() => Value::from(text),
        Some(node) if node.is("array") && !text.trim_start().starts_with('[') => {
            text.split(',').map(|entry| Value::from(entry.trim())).collect()
        }
        Some(_) => parse_value(text.trim()).unwrap_or_else(|| Value::from(text)),
    }
}
