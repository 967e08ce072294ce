//! Name → value pairs that describe the thing.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap, HashSet};

use regex::Regex;

use super::builder::Builder;
use super::list;
use super::mapping::AttributesSpec;
use super::mask::mask;
use super::plan::PlanError;
use super::record::{Cell, Record, scalar, trim};
use super::value::{Field, lower, part, plain, whole_number};

/// A mapping's attributes, fitted to a file.
pub(super) struct Attributes {
    columns: Vec<Column>,
    named: Vec<(String, Field)>,
    list: Option<usize>,
    object: Option<usize>,
    rename: HashMap<String, String>,
    drop: HashSet<String>,
    ignore: HashSet<String>,
    patterns: HashMap<String, Regex>,
}

struct Column {
    name: String,
    slot: usize,
    whole: bool,
}

impl Attributes {
    pub(super) fn fit(builder: &mut Builder<'_>, spec: &AttributesSpec) -> Result<Self, PlanError> {
        let one = |builder: &mut Builder<'_>, key: &str, column: &str| match builder.slot(column)? {
            None if !spec.optional => {
                Err(PlanError::Missing { field: key.to_owned(), column: column.to_owned() })
            }
            slot => Ok(slot),
        };
        let mut columns = Vec::new();
        for column in &spec.columns {
            if let Some(slot) = one(builder, "attributes.columns", column)? {
                let name = spec.rename.get(column).unwrap_or(column).clone();
                columns.push(Column { name, slot, whole: builder.is_whole(slot) });
            }
        }
        let mut named = Vec::new();
        for (name, field) in &spec.named {
            if let Some(field) = builder.optional(&format!("attributes.named.{name}"), Some(field))? {
                named.push((name.clone(), field));
            }
        }
        let list = match &spec.list {
            Some(column) => one(builder, "attributes.list", column)?,
            None => None,
        };
        let object = match &spec.object {
            Some(column) => one(builder, "attributes.object", column)?,
            None => None,
        };
        let mut patterns = HashMap::new();
        for (name, text) in &spec.patterns {
            patterns.insert(name.clone(), builder.pattern(&format!("attributes.patterns.{name}"), text)?);
        }
        Ok(Self {
            columns,
            named,
            list,
            object,
            rename: spec.rename.clone().into_iter().collect(),
            drop: spec.drop.iter().cloned().collect(),
            ignore: spec.ignore.iter().map(|value| value.to_lowercase()).collect(),
            patterns,
        })
    }

    /// The attributes of one record. Names are as the mapping or the venue says them, values masked.
    pub(super) fn of(&self, record: &impl Record) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        if let Some(slot) = self.list {
            self.add_list(&mut all, record.cell(slot));
        }
        if let Some(slot) = self.object {
            self.add_object(&mut all, record.cell(slot));
        }
        for column in &self.columns {
            if let Some((value, _)) = plain(record.cell(column.slot), ", ") {
                let value = if column.whole { whole_number(value) } else { value };
                self.add(&mut all, &column.name, value);
            }
        }
        for (name, field) in &self.named {
            if let Some(found) = field.find(record) {
                self.add(&mut all, name, found.text);
            }
        }
        all
    }

    fn add_list(&self, all: &mut BTreeMap<String, String>, cell: Cell<'_>) {
        let items = match cell {
            Cell::Items(items) => items,
            // A column that holds a list in one schema and a bare word in another.
            Cell::Text(text) => list::read(text).unwrap_or_default(),
            _ => return,
        };
        for item in &items {
            // An entry without a value is a note of the venue's page, not an attribute.
            if let Some((name, value)) = list::pair(item) {
                self.add_found(all, name, value.into());
            }
        }
    }

    fn add_object(&self, all: &mut BTreeMap<String, String>, cell: Cell<'_>) {
        let mut add_all = |object: &serde_json::Map<String, serde_json::Value>| {
            for (name, value) in object {
                if let Some(value) = scalar(value) {
                    self.add_found(all, name, value.into());
                }
            }
        };
        match cell {
            Cell::Object(object) => add_all(object),
            Cell::Text(text) if text.starts_with('{') => {
                if let Ok(serde_json::Value::Object(object)) = serde_json::from_str(text) {
                    add_all(&object);
                }
            }
            _ => {}
        }
    }

    /// A pair whose name the venue gave: runs of blanks are one, and the mapping may know it.
    fn add_found(&self, all: &mut BTreeMap<String, String>, name: &str, value: Cow<'_, str>) {
        let name = name.split_whitespace().collect::<Vec<_>>().join(" ");
        if name.is_empty() || self.drop.contains(&name) {
            return;
        }
        let name = self.rename.get(&name).cloned().unwrap_or(name);
        self.add(all, &name, value);
    }

    fn add(&self, all: &mut BTreeMap<String, String>, name: &str, value: Cow<'_, str>) {
        let pattern = if self.patterns.is_empty() { None } else { self.patterns.get(name) };
        let value = match pattern.and_then(|pattern| part(pattern, &value)) {
            Some(part) => Cow::Owned(part),
            None => value,
        };
        let value = trim(&value);
        let says_nothing = !self.ignore.is_empty() && self.ignore.contains(lower(value).as_ref());
        if !value.is_empty() && !says_nothing {
            all.insert(name.to_owned(), mask(value).into_owned());
        }
    }
}
