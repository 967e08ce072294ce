//! What quarantine keeps of a record.

use super::map::Mapper;
use super::record::{Cell, Record};

impl Mapper<'_> {
    /// The record as a JSON object of its columns, the seller's name left out.
    pub(super) fn raw_of_fields(&self, bytes: &[u8], base: usize, ends: &[usize]) -> String {
        // Where the columns are shifted it is not known which one holds the name.
        if ends.len() != self.plan.width && !self.plan.hidden.is_empty() {
            return String::new();
        }
        let mut begin = 0;
        let mut pairs = Vec::new();
        for (at, end) in ends.iter().enumerate() {
            let value = String::from_utf8_lossy(&bytes[begin..end - base]).into_owned();
            begin = end - base;
            let name = self.header.get(at).cloned().unwrap_or_else(|| format!("column {}", at + 1));
            if !self.plan.hidden.contains(&name) {
                pairs.push((name, value.into()));
            }
        }
        serde_json::Value::Object(pairs.into_iter().collect()).to_string()
    }

    /// The same of a record of which only the mapped columns are known.
    pub(super) fn raw_of_slots(&self, record: &impl Record) -> String {
        let shown = self.plan.slots.iter().enumerate().filter(|(_, name)| !self.plan.hidden.contains(*name));
        let pairs = shown.filter_map(|(slot, name)| {
            let value = match record.cell(slot) {
                Cell::Absent => return None,
                Cell::Text(text) => text.into(),
                Cell::Number(text) => text.into_owned().into(),
                Cell::Object(object) => serde_json::Value::Object(object.clone()),
                Cell::Items(items) => items.into(),
            };
            Some((name.clone(), value))
        });
        serde_json::Value::Object(pairs.collect()).to_string()
    }

    /// Broken text, unless a seller's name may be in it.
    pub(super) fn raw_of_bytes(&self, bytes: &[u8]) -> String {
        if self.plan.hidden.is_empty() { String::from_utf8_lossy(bytes).into_owned() } else { String::new() }
    }
}
