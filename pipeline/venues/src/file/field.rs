//! One field's source as a mapping writes it: a column, a list of alternatives, or a table.

use std::collections::BTreeMap;
use std::fmt;
use std::marker::PhantomData;
use std::str::FromStr;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

/// One or several columns (or JSON paths).
#[derive(Debug, Clone, Default)]
pub(super) struct Columns(pub Vec<String>);

/// Alternatives; the first that is not empty counts.
#[derive(Debug, Clone)]
pub(super) struct FieldSpec(pub Vec<FieldTable>);

/// A constant as text, or a table that finds the value.
#[derive(Debug, Clone)]
pub(super) enum Constant<T> {
    Is(T),
    From(Box<FieldTable>),
}

/// Where a value comes from and what is done to it, in this order: key, pattern, ignore, replace,
/// words, lower.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct FieldTable {
    /// Column or JSON path; several are alternatives.
    pub column: Option<Columns>,
    /// Text with `{column}` in it; blanks left by empty columns are closed up.
    pub template: Option<String>,
    /// Columns joined by `with`, empty ones skipped.
    pub join: Vec<String>,
    /// The same text for every record.
    pub constant: Option<String>,
    /// Between joined columns, or between the items of a list. Default one blank.
    pub with: Option<String>,
    /// The value of this name in a list of `name: value` or a JSON object.
    pub key: Option<String>,
    /// A regular expression: its group `value`, else its first group, else the whole match.
    pub pattern: Option<String>,
    /// Values that say nothing, without regard to case.
    pub ignore: Vec<String>,
    /// Text → text, within the value.
    pub replace: BTreeMap<String, String>,
    /// Whole value (without regard to case) → value.
    pub words: BTreeMap<String, String>,
    /// In lower case.
    pub lower: bool,
    /// The column may be missing from a file.
    pub optional: bool,
}

impl FieldTable {
    /// A plain column.
    pub(super) fn of(column: &str) -> Self {
        Self { column: Some(Columns(vec![column.to_owned()])), ..Self::default() }
    }
}

impl<'de> Deserialize<'de> for Columns {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = Columns;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column name or a list of them")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Columns, E> {
                Ok(Columns(vec![text.to_owned()]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, items: A) -> Result<Columns, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(items)).map(Columns)
            }
        }
        from.deserialize_any(Shape)
    }
}

impl<'de> Deserialize<'de> for FieldSpec {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Shape;
        impl<'de> Visitor<'de> for Shape {
            type Value = FieldSpec;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a column name, a table such as { column = \"…\" }, or a list of these")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<FieldSpec, E> {
                Ok(FieldSpec(vec![FieldTable::of(text)]))
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<FieldSpec, A::Error> {
                let table = FieldTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(FieldSpec(vec![table]))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<FieldSpec, A::Error> {
                let mut all = Vec::new();
                while let Some(FieldSpec(alternatives)) = items.next_element()? {
                    all.extend(alternatives);
                }
                Ok(FieldSpec(all))
            }
        }
        from.deserialize_any(Shape)
    }
}

impl<'de, T: FromStr<Err: fmt::Display>> Deserialize<'de> for Constant<T> {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        struct Shape<T>(PhantomData<T>);
        impl<'de, T: FromStr<Err: fmt::Display>> Visitor<'de> for Shape<T> {
            type Value = Constant<T>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a constant such as \"USD\", or a table such as { column = \"…\" }")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Constant<T>, E> {
                text.parse().map(Constant::Is).map_err(E::custom)
            }
            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Constant<T>, A::Error> {
                let table = FieldTable::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Constant::From(Box::new(table)))
            }
        }
        from.deserialize_any(Shape(PhantomData))
    }
}
