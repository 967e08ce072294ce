//! The configuration's JSON Schema, and walking it.

use schemars::JsonSchema;
use serde_json::{Map, Value};

/// The JSON Schema of a configuration type, with its definitions at hand.
#[derive(Debug, Clone)]
pub struct Schema {
    root: Value,
}

/// One node of a schema with its reference followed.
#[derive(Debug, Clone)]
pub(super) struct Node(pub Map<String, Value>);

impl Schema {
    /// The schema of `T`.
    #[must_use]
    pub fn of<T: JsonSchema>() -> Self {
        Self { root: schemars::schema_for!(T).to_value() }
    }

    /// As JSON, for editors and `config schema`.
    #[must_use]
    pub fn json(&self) -> &Value {
        &self.root
    }

    pub(super) fn root(&self) -> Node {
        self.node(&self.root)
    }

    /// Follows `$ref`, keeps what stands beside it (a field's own description and default), and
    /// looks through an optional value to the value.
    fn node(&self, value: &Value) -> Node {
        let mut node = value.as_object().cloned().unwrap_or_default();
        if let Some(Value::Array(choices)) = node.get("anyOf") {
            let present: Vec<&Value> = choices.iter().filter(|choice| !is_null(choice)).collect();
            if let [only] = present[..] {
                let inner = self.node(only).0;
                node.remove("anyOf");
                fill(&mut node, inner);
            }
        }
        if let Some(Value::String(pointer)) = node.remove("$ref") {
            let target = self.root.pointer(pointer.trim_start_matches('#')).unwrap_or(&Value::Null);
            let inner = self.node(target).0;
            fill(&mut node, inner);
        }
        Node(node)
    }

    /// The schema of a table's key: a field, or any key where the table is a map.
    pub(super) fn field(&self, table: &Node, key: &str) -> Option<Node> {
        let field = table.properties().and_then(|fields| fields.get(key));
        field.or_else(|| table.0.get("additionalProperties").filter(|s| s.is_object())).map(|s| self.node(s))
    }

    /// The fields of a table, in declared order.
    pub(super) fn fields(&self, table: &Node) -> Vec<(String, Node)> {
        let fields = table.properties().into_iter().flatten();
        fields.map(|(name, schema)| (name.clone(), self.node(schema))).collect()
    }

    /// The schema of a list's entries.
    pub(super) fn entry(&self, list: &Node) -> Option<Node> {
        list.0.get("items").map(|items| self.node(items))
    }

    /// Follows a dotted path from the root.
    pub(super) fn at(&self, path: &[&str]) -> Option<Node> {
        path.iter().try_fold(self.root(), |node, key| self.field(&node, key))
    }

    /// Every settable path, dotted, without looking into lists.
    pub(super) fn paths(&self) -> Vec<String> {
        let mut paths = Vec::new();
        self.collect_paths(&self.root(), "", &mut paths);
        paths
    }

    fn collect_paths(&self, table: &Node, prefix: &str, paths: &mut Vec<String>) {
        for (name, field) in self.fields(table) {
            let path = join(prefix, &name);
            if field.is_table() {
                self.collect_paths(&field, &path, paths);
            } else {
                paths.push(path);
            }
        }
    }
}

impl Node {
    fn properties(&self) -> Option<&Map<String, Value>> {
        self.0.get("properties")?.as_object()
    }

    /// The JSON types allowed, `null` aside.
    pub(super) fn types(&self) -> Vec<&str> {
        match self.0.get("type") {
            Some(Value::String(one)) => vec![one],
            Some(Value::Array(many)) => {
                many.iter().filter_map(Value::as_str).filter(|t| *t != "null").collect()
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn is(&self, kind: &str) -> bool {
        self.types() == [kind]
    }

    /// A table with known fields.
    pub(super) fn is_table(&self) -> bool {
        self.properties().is_some()
    }

    /// The words a value must be one of, where it must.
    pub(super) fn words(&self) -> Option<Vec<&str>> {
        if let Some(Value::Array(words)) = self.0.get("enum") {
            return Some(words.iter().filter_map(Value::as_str).collect());
        }
        let Some(Value::Array(choices)) = self.0.get("oneOf") else { return None };
        choices.iter().map(|choice| choice.get("const").and_then(Value::as_str)).collect()
    }

    pub(super) fn description(&self) -> Option<&str> {
        self.0.get("description")?.as_str()
    }

    pub(super) fn default(&self) -> Option<&Value> {
        self.0.get("default").filter(|value| !value.is_null())
    }

    pub(super) fn example(&self) -> Option<&Value> {
        self.0.get("examples")?.get(0)
    }

    /// Masked wherever it is shown: JSON Schema's `writeOnly`.
    pub(super) fn is_secret(&self) -> bool {
        self.0.get("writeOnly") == Some(&Value::Bool(true))
    }
}

/// `a` + `b` → `a.b`.
pub(super) fn join(prefix: &str, key: &str) -> String {
    if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") }
}

/// JSON with sorted keys, so that equal values have equal text.
pub(super) fn canonical(value: &Value) -> String {
    match value {
        Value::Object(table) => {
            let mut keys: Vec<&String> = table.keys().collect();
            keys.sort_unstable();
            let fields =
                keys.iter().map(|key| format!("{}:{}", Value::from(key.as_str()), canonical(&table[*key])));
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        }
        Value::Array(list) => format!("[{}]", list.iter().map(canonical).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

fn fill(node: &mut Map<String, Value>, inner: Map<String, Value>) {
    for (key, value) in inner {
        node.entry(key).or_insert(value);
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}
