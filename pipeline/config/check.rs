//! Checks given settings against the schema: every finding at once, each with its place.

use serde_json::Value;

use super::env;
use super::layers::{Layer, entry};
use super::problem::{Place, Problem, nearest};
use super::schema::{Node, Schema, join};

/// What is wrong with a layer, in the order it was given.
pub(super) fn check(schema: &Schema, layer: &Layer) -> Vec<Problem> {
    let mut checker = Checker { schema, layer, problems: Vec::new() };
    checker.value("", &schema.root(), &layer.value);
    // A file is read in its own order, whatever the order of its tables in memory.
    checker.problems.sort_by_key(|problem| match problem.place {
        Place::File { line, .. } => line,
        _ => 0,
    });
    checker.problems
}

struct Checker<'a> {
    schema: &'a Schema,
    layer: &'a Layer,
    problems: Vec<Problem>,
}

impl Checker<'_> {
    fn value(&mut self, path: &str, node: &Node, value: &Value) {
        match value {
            Value::Object(table) if node.is("object") => {
                for (name, value) in table {
                    let path = join(path, name);
                    match self.schema.field(node, name) {
                        Some(field) => self.value(&path, &field, value),
                        None => self.unknown(&path, node, name),
                    }
                }
                self.missing(path, node, value);
            }
            Value::Array(list) if node.is("array") && fits(node, value) => {
                let Some(inner) = self.schema.entry(node) else { return };
                for (index, value) in list.iter().enumerate() {
                    self.value(&entry(path, index), &inner, value);
                }
            }
            value if !fits(node, value) => self.bad(path, node, value),
            _ => {}
        }
    }

    fn unknown(&mut self, path: &str, table: &Node, name: &str) {
        let place = self.place(path);
        let siblings = self.schema.fields(table);
        let sibling = nearest(name, siblings.iter().map(|(name, _)| name.as_str()));
        let parent = path.strip_suffix(name).unwrap_or_default();
        let meant =
            sibling.map(|sibling| format!("{parent}{sibling}")).or_else(|| self.elsewhere(path, name));
        let mend = match (&place, meant) {
            (Place::Env(given), Some(meant)) => {
                // The variable may go on below the key that is wrong.
                let rest = given.get(env::variable(path).len()..).unwrap_or_default();
                format!("did you mean {}{rest}?", env::variable(&meant))
            }
            (_, Some(meant)) => format!("did you mean `{meant}`?"),
            (_, None) => "`autobazaaar config show` lists every key".to_owned(),
        };
        self.report(path, place, format!("unknown key `{path}`"), mend);
    }

    /// The right name in the wrong table.
    fn elsewhere(&self, path: &str, name: &str) -> Option<String> {
        let paths = self.schema.paths();
        let same = paths.iter().find(|known| known.rsplit('.').next() == Some(name));
        same.cloned().or_else(|| nearest(path, paths.iter().map(String::as_str)).map(str::to_owned))
    }

    fn missing(&mut self, path: &str, node: &Node, value: &Value) {
        let required = node.0.get("required").and_then(Value::as_array).into_iter().flatten();
        for name in required.filter_map(Value::as_str).filter(|name| value.get(name).is_none()) {
            let field = self.schema.field(node, name);
            let example = field.as_ref().and_then(Node::example).map(show).unwrap_or_default();
            let what = format!("`{}` is missing", join(path, name));
            self.report(path, self.place(path), what, format!("add a line such as: {name} = {example}"));
        }
    }

    fn bad(&mut self, path: &str, node: &Node, value: &Value) {
        let what = format!("`{path}` is {}, expected {}", show(value), expected(node));
        self.report(path, self.place(path), what, mend(Some(node)));
    }

    fn place(&self, path: &str) -> Place {
        let places = &self.layer.places;
        places.of(path).or_else(|| places.within(path)).cloned().unwrap_or(Place::Whole)
    }

    fn report(&mut self, path: &str, place: Place, what: String, mend: String) {
        self.problems.push(Problem { place, key: path.to_owned(), what, mend });
    }
}

/// What to write instead of a value that does not fit.
pub(super) fn mend(node: Option<&Node>) -> String {
    match (node.and_then(Node::default), node.and_then(Node::example)) {
        (Some(default), _) => format!("the default is {}", show(default)),
        (None, Some(example)) => format!("for example {}", show(example)),
        (None, None) => "`autobazaaar config schema` says what each key takes".to_owned(),
    }
}

/// Whether a value is of the node's type, range and words. What the schema does not say here is
/// left to the types' own reading.
fn fits(node: &Node, value: &Value) -> bool {
    if let Some(words) = node.words() {
        return value.as_str().is_some_and(|word| words.contains(&word));
    }
    let types = node.types();
    if !types.is_empty() && !types.iter().any(|kind| is_of(kind, value)) {
        return false;
    }
    let bound = |name: &str| node.0.get(name).and_then(Value::as_f64);
    let size = match value {
        Value::Number(number) => number.as_f64(),
        _ => None,
    };
    let length = match value {
        Value::String(text) => Some((text.chars().count() as f64, "minLength", "maxLength")),
        Value::Array(list) => Some((list.len() as f64, "minItems", "maxItems")),
        _ => None,
    };
    size.is_none_or(|size| {
        bound("minimum").is_none_or(|least| size >= least)
            && bound("maximum").is_none_or(|most| size <= most)
            && bound("exclusiveMinimum").is_none_or(|edge| size > edge)
            && bound("exclusiveMaximum").is_none_or(|edge| size < edge)
    }) && length.is_none_or(|(length, least, most)| {
        bound(least).is_none_or(|least| length >= least) && bound(most).is_none_or(|most| length <= most)
    })
}

fn is_of(kind: &str, value: &Value) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "array" => value.is_array(),
        "object" => value.is_object(),
        _ => true,
    }
}

/// What a setting takes, in words.
pub(super) fn expected(node: &Node) -> String {
    if let Some(words) = node.words() {
        return format!("one of {}", words.join(", "));
    }
    let kind = match node.types()[..] {
        ["string"] if node.0.get("minLength").is_some() => "text that is not empty",
        ["string"] => "text",
        ["integer"] => "a whole number",
        ["number"] => "a number",
        ["boolean"] => "true or false",
        ["array"] if node.0.get("minItems").is_some() => "a list that is not empty",
        ["array"] => "a list",
        ["object"] => "a table",
        _ => "another value",
    };
    format!("{kind}{}", range(node))
}

/// The bounds in words, each after a space: ` from 1 up to 100`.
pub(super) fn range(node: &Node) -> String {
    let bound = |name: &str| node.0.get(name);
    let low = bound("minimum").map(|least| format!("from {least}"));
    let low = low.or_else(|| bound("exclusiveMinimum").map(|edge| format!("above {edge}")));
    let high = bound("maximum").map(|most| format!("up to {most}"));
    let high = high.or_else(|| bound("exclusiveMaximum").map(|edge| format!("below {edge}")));
    let high = high.or_else(|| bound("maxLength").map(|most| format!("of at most {most} characters")));
    [low, high].into_iter().flatten().map(|part| format!(" {part}")).collect()
}

/// A value as the file would have it.
fn show(value: &Value) -> String {
    let text = match value {
        Value::Object(_) => return "a table".to_owned(),
        value => value.to_string(),
    };
    if text.chars().count() <= 60 { text } else { text.chars().take(59).chain(['…']).collect() }
}
