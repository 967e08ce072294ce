//! Finds one field's value in a record.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};

use regex::Regex;

use super::list;
use super::record::{Cell, Record, scalar};

/// Alternatives; the first that is not empty counts.
pub(super) struct Field {
    pub alternatives: Vec<Alternative>,
}

/// A source and what is done to its text, in the order of the fields.
pub(super) struct Alternative {
    pub take: Take,
    /// `2011.0` is read as `2011`.
    pub whole: bool,
    pub key: Option<String>,
    pub pattern: Option<Regex>,
    /// In lower case.
    pub ignore: HashSet<String>,
    pub replace: Vec<(String, String)>,
    /// Keys in lower case.
    pub words: HashMap<String, String>,
    pub lower: bool,
    /// Between joined columns and list items.
    pub with: String,
}

pub(super) enum Take {
    Slot(usize),
    Template(Vec<Part>),
    Join(Vec<usize>),
    Constant(String),
}

pub(super) enum Part {
    Text(String),
    Slot(usize),
}

/// A value, and whether a machine wrote it as a number.
pub(super) struct Found<'a> {
    pub text: Cow<'a, str>,
    pub number: bool,
}

impl Field {
    /// The first alternative that is not empty.
    pub(super) fn find<'a>(&'a self, record: &'a impl Record) -> Option<Found<'a>> {
        self.alternatives.iter().find_map(|alternative| alternative.find(record))
    }

    /// The same as owned text.
    pub(super) fn text(&self, record: &impl Record) -> Option<String> {
        self.find(record).map(|found| found.text.into_owned())
    }
}

impl Alternative {
    fn find<'a>(&'a self, record: &'a impl Record) -> Option<Found<'a>> {
        let found = match &self.take {
            Take::Constant(text) => Found { text: Cow::Borrowed(text), number: false },
            Take::Slot(slot) => self.cell(record.cell(*slot))?,
            Take::Join(slots) => joined(record, slots, &self.with)?,
            Take::Template(parts) => filled(record, parts)?,
        };
        let number = found.number;
        let text = self.finish(found.text)?;
        (!text.is_empty()).then_some(Found { text, number })
    }

    fn cell<'a>(&self, cell: Cell<'a>) -> Option<Found<'a>> {
        if let Some(key) = &self.key {
            return keyed(cell, key).map(|text| Found { text: Cow::Owned(text), number: false });
        }
        let (text, number) = plain(cell, &self.with)?;
        Some(Found { text: if self.whole { whole_number(text) } else { text }, number })
    }

    fn finish<'a>(&'a self, mut text: Cow<'a, str>) -> Option<Cow<'a, str>> {
        if let Some(pattern) = &self.pattern {
            text = part(pattern, &text)?.into();
        }
        if !self.ignore.is_empty() && self.ignore.contains(lower(&text).as_ref()) {
            return None;
        }
        for (from, to) in &self.replace {
            if text.contains(from.as_str()) {
                text = Cow::Owned(text.replace(from.as_str(), to).trim().to_owned());
            }
        }
        if !self.words.is_empty()
            && let Some(word) = self.words.get(lower(&text).as_ref())
        {
            text = Cow::Borrowed(word);
        }
        Some(if self.lower { Cow::Owned(text.to_lowercase()) } else { text })
    }
}

/// The text in lower case, copied only where it is not.
pub(super) fn lower(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|b| b.is_ascii() && !b.is_ascii_uppercase()) {
        Cow::Borrowed(text)
    } else {
        Cow::Owned(text.to_lowercase())
    }
}

/// What a pattern takes: its group `value`, else its first group, else the whole match.
pub(super) fn part(pattern: &Regex, text: &str) -> Option<String> {
    let found = pattern.captures(text)?;
    let taken = found.name("value").or_else(|| found.get(1)).or_else(|| found.get(0))?;
    Some(taken.as_str().trim().to_owned())
}

/// A cell as one text, and whether it is a machine's number.
pub(super) fn plain<'a>(cell: Cell<'a>, with: &str) -> Option<(Cow<'a, str>, bool)> {
    match cell {
        Cell::Absent | Cell::Object(_) => None,
        Cell::Text(text) => Some((Cow::Borrowed(text), false)),
        Cell::Number(text) => Some((text, true)),
        Cell::Items(items) => {
            let text = items.join(with);
            (!text.is_empty()).then_some((Cow::Owned(text), false))
        }
    }
}

/// The value of one name among the `name: value` items, or in the object, of a cell.
fn keyed(cell: Cell<'_>, key: &str) -> Option<String> {
    let among = |items: &[String]| {
        let mut pairs = items.iter().filter_map(|item| list::pair(item));
        pairs.find(|(name, _)| name.eq_ignore_ascii_case(key)).map(|(_, value)| value.to_owned())
    };
    match cell {
        Cell::Absent | Cell::Number(_) => None,
        Cell::Items(items) => among(&items),
        Cell::Object(object) => scalar(object.get(key)?),
        Cell::Text(text) if text.starts_with('[') => among(&list::read(text)?),
        Cell::Text(text) if text.starts_with('{') => {
            let object: serde_json::Value = serde_json::from_str(text).ok()?;
            scalar(object.get(key)?)
        }
        Cell::Text(_) => None,
    }
}

fn joined<'a>(record: &impl Record, slots: &[usize], with: &str) -> Option<Found<'a>> {
    let mut text = String::new();
    for slot in slots {
        if let Some((value, _)) = plain(record.cell(*slot), with) {
            if !text.is_empty() {
                text.push_str(with);
            }
            text.push_str(&value);
        }
    }
    (!text.is_empty()).then_some(Found { text: Cow::Owned(text), number: false })
}

/// A template with its columns filled in; `None` where all of them are empty. Whole numbers lose
/// their `.0`, and blanks around empty columns are closed up.
fn filled<'a>(record: &impl Record, parts: &[Part]) -> Option<Found<'a>> {
    let mut text = String::with_capacity(48);
    let mut any = false;
    for part in parts {
        match part {
            Part::Text(literal) if text.is_empty() => text.push_str(literal.trim_start()),
            // Two blanks meet where a column is empty.
            Part::Text(literal) if text.ends_with(' ') => text.push_str(literal.trim_start()),
            Part::Text(literal) => text.push_str(literal),
            Part::Slot(slot) => {
                if let Some((value, _)) = plain(record.cell(*slot), " ") {
                    any = true;
                    text.push_str(&whole_number(value));
                }
            }
        }
    }
    text.truncate(text.trim_end().len());
    any.then_some(Found { text: Cow::Owned(text), number: false })
}

/// `2011.0` → `2011`; everything else as it is.
pub(super) fn whole_number(text: Cow<'_, str>) -> Cow<'_, str> {
    let Some((whole, zeros)) = text.split_once('.') else { return text };
    let is_whole = !whole.is_empty()
        && !zeros.is_empty()
        && whole.bytes().all(|b| b.is_ascii_digit())
        && zeros.bytes().all(|b| b == b'0');
    if !is_whole {
        return text;
    }
    let cut = whole.len();
    match text {
        Cow::Borrowed(text) => Cow::Borrowed(&text[..cut]),
        Cow::Owned(mut text) => {
            text.truncate(cut);
            Cow::Owned(text)
        }
    }
}
