//! Fits a mapping's fields to a file's names one by one, and numbers the columns they use.

use std::collections::HashMap;

use regex::Regex;

use super::field::{Columns, FieldSpec, FieldTable};
use super::mapping::{Mapping, Spec};
use super::plan::{Id, Names, PlanError};
use super::value::{Alternative, Field, Part, Take};

/// Fits fields one by one and numbers the columns that they use.
pub(super) struct Builder<'a> {
    mapping: &'a Mapping,
    names: Names<'a>,
    known: HashMap<String, usize>,
    /// Slot → column name or path.
    pub(super) slots: Vec<String>,
    /// Slot → column number, with a header.
    pub(super) columns: Vec<usize>,
}

impl<'a> Builder<'a> {
    pub(super) fn new(mapping: &'a Mapping, names: Names<'a>) -> Self {
        Self { mapping, names, known: HashMap::new(), slots: Vec::new(), columns: Vec::new() }
    }

    /// The number of a column; `None` where the file has no such.
    pub(super) fn slot(&mut self, column: &str) -> Result<Option<usize>, PlanError> {
        if let Some(slot) = self.known.get(column) {
            return Ok(Some(*slot));
        }
        let at = match self.names {
            Names::Any => 0,
            Names::Header(header) => {
                let times = header.iter().filter(|name| *name == column).count();
                if times > 1 {
                    return Err(PlanError::Duplicate { column: column.to_owned(), times });
                }
                match header.iter().position(|name| name == column) {
                    Some(at) => at,
                    None => return Ok(None),
                }
            }
        };
        self.slots.push(column.to_owned());
        self.columns.push(at);
        self.known.insert(column.to_owned(), self.slots.len() - 1);
        Ok(Some(self.slots.len() - 1))
    }

    /// A field that must have at least one source in the file.
    pub(super) fn field(&mut self, key: &str, spec: &FieldSpec) -> Result<Field, PlanError> {
        match self.alternatives(key, spec)? {
            (field, _) if !field.alternatives.is_empty() => Ok(field),
            (_, missing) => {
                let column = missing.unwrap_or_default();
                Err(PlanError::Missing { field: key.to_owned(), column })
            }
        }
    }

    /// A field that the mapping may leave out, and the file where the mapping says `optional`.
    pub(super) fn optional(
        &mut self,
        key: &str,
        spec: Option<&FieldSpec>,
    ) -> Result<Option<Field>, PlanError> {
        let Some(spec) = spec else { return Ok(None) };
        let (field, missing) = self.alternatives(key, spec)?;
        let all_optional = spec.0.iter().all(|table| table.optional);
        match missing {
            _ if !field.alternatives.is_empty() => Ok(Some(field)),
            Some(column) if !all_optional => Err(PlanError::Missing { field: key.to_owned(), column }),
            _ => Ok(None),
        }
    }

    /// The alternatives that the file has, and the first column that it lacks.
    fn alternatives(&mut self, key: &str, spec: &FieldSpec) -> Result<(Field, Option<String>), PlanError> {
        let (mut alternatives, mut missing) = (Vec::new(), None);
        for table in &spec.0 {
            for take in self.takes(key, table)? {
                match take {
                    Ok(take) => alternatives.push(self.alternative(key, table, take)?),
                    Err(column) => missing = missing.or(Some(column)),
                }
            }
        }
        Ok((Field { alternatives }, missing))
    }

    /// Each source of a table, or the column that it lacks.
    fn takes(&mut self, key: &str, table: &FieldTable) -> Result<Vec<Result<Take, String>>, PlanError> {
        let sources = [
            table.column.is_some(),
            table.template.is_some(),
            !table.join.is_empty(),
            table.constant.is_some(),
        ];
        if sources.iter().filter(|is_there| **is_there).count() != 1 {
            let expected = "exactly one of column, template, join and constant";
            return Err(self.bad(key, "another number of sources", expected));
        }
        if let Some(text) = &table.constant {
            return Ok(vec![Ok(Take::Constant(text.clone()))]);
        }
        if let Some(text) = &table.template {
            return Ok(vec![self.template(key, text)?]);
        }
        if !table.join.is_empty() {
            let mut slots = Vec::new();
            for column in &table.join {
                match self.slot(column)? {
                    Some(slot) => slots.push(slot),
                    None => return Ok(vec![Err(column.clone())]),
                }
            }
            return Ok(vec![Ok(Take::Join(slots))]);
        }
        let columns = table.column.as_ref().map_or(&[][..], |columns| &columns.0);
        let take = |column: &String| Ok(self.slot(column)?.map(Take::Slot).ok_or_else(|| column.clone()));
        columns.iter().map(take).collect()
    }

    fn template(&mut self, key: &str, text: &str) -> Result<Result<Take, String>, PlanError> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some((literal, after)) = rest.split_once('{') {
            let Some((column, after)) = after.split_once('}') else {
                return Err(self.bad(key, text, "a closing brace for each `{`"));
            };
            parts.push(Part::Text(literal.to_owned()));
            match self.slot(column)? {
                Some(slot) => parts.push(Part::Slot(slot)),
                None => return Ok(Err(column.to_owned())),
            }
            rest = after;
        }
        parts.push(Part::Text(rest.to_owned()));
        Ok(Ok(Take::Template(parts)))
    }

    fn alternative(&self, key: &str, table: &FieldTable, take: Take) -> Result<Alternative, PlanError> {
        let pattern = table.pattern.as_deref().map(|text| self.pattern(key, text)).transpose()?;
        let whole = match take {
            Take::Slot(slot) => self.is_whole(slot),
            _ => false,
        };
        Ok(Alternative {
            take,
            whole,
            key: table.key.clone(),
            pattern,
            ignore: table.ignore.iter().map(|value| value.to_lowercase()).collect(),
            replace: table.replace.clone().into_iter().collect(),
            words: table.words.iter().map(|(from, to)| (from.to_lowercase(), to.clone())).collect(),
            lower: table.lower,
            with: table.with.clone().unwrap_or_else(|| " ".to_owned()),
        })
    }

    /// Whether the mapping says that a column holds whole numbers.
    pub(super) fn is_whole(&self, slot: usize) -> bool {
        self.mapping.spec.format.whole_numbers.contains(&self.slots[slot])
    }

    pub(super) fn pattern(&self, key: &str, text: &str) -> Result<Regex, PlanError> {
        Regex::new(text).map_err(|error| self.bad(key, text, &format!("a regular expression: {error}")))
    }

    pub(super) fn id(&mut self, spec: &Spec) -> Result<Id, PlanError> {
        let line = Id::Line(spec.id.scope);
        let Some(column) = &spec.id.column else { return Ok(line) };
        let table = FieldTable {
            column: Some(column.clone()),
            pattern: spec.id.pattern.clone(),
            ..FieldTable::default()
        };
        match self.field("id", &FieldSpec(vec![table])) {
            Ok(field) => Ok(Id::Field(field)),
            Err(PlanError::Missing { .. }) if spec.id.line => Ok(line),
            Err(error) => Err(error),
        }
    }

    pub(super) fn price(&mut self, spec: &Spec, price_optional: bool) -> Result<Option<Field>, PlanError> {
        let Some(price) = &spec.price else { return Ok(None) };
        let table = FieldTable {
            column: Some(price.column.clone()),
            pattern: price.pattern.clone(),
            optional: price_optional,
            ..FieldTable::default()
        };
        self.optional("price", Some(&FieldSpec(vec![table])))
    }

    pub(super) fn images(&mut self, columns: Option<&Columns>) -> Result<Vec<usize>, PlanError> {
        let mut slots = Vec::new();
        for column in columns.map_or(&[][..], |columns| &columns.0) {
            let missing = || PlanError::Missing { field: "images".to_owned(), column: column.clone() };
            slots.push(self.slot(column)?.ok_or_else(missing)?);
        }
        Ok(slots)
    }

    fn bad(&self, key: &str, found: &str, expected: &str) -> PlanError {
        PlanError::Mapping(Mapping::bad(&self.mapping.name, key, found, expected))
    }
}
