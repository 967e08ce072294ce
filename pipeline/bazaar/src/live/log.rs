//! The event log: its hash proves that two runs were the same to the byte.

use autobazaaar_domain::Utc;
use autobazaaar_domain::hash::{FieldHasher, hex};

/// A chained hash over everything that happened, and the lines themselves when asked for.
#[derive(Default)]
pub(super) struct Log {
    chain: [u8; 16],
    count: u64,
    lines: Option<Vec<String>>,
}

impl Log {
    /// From now on lines are kept; without it only the hash is.
    pub fn keep(&mut self) {
        self.lines.get_or_insert_default();
    }

    pub fn note(&mut self, at: Utc, what: &str, subject: u64, amount: i64) {
        self.chain = FieldHasher::new("bazaar event")
            .bytes(&self.chain)
            .number(Some(at.timestamp_millis()))
            .text(what)
            .number(Some(subject as i64))
            .number(Some(amount))
            .finish();
        self.count += 1;
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{} {what} {subject} {amount}", at.format("%FT%T%.3fZ")));
        }
    }

    pub fn text(&mut self, at: Utc, what: &str, text: &str) {
        self.chain = FieldHasher::new("bazaar text")
            .bytes(&self.chain)
            .number(Some(at.timestamp_millis()))
            .text(what)
            .text(text)
            .finish();
        self.count += 1;
        if let Some(lines) = &mut self.lines {
            lines.push(format!("{} {what} {text}", at.format("%FT%T%.3fZ")));
        }
    }

    pub fn hash(&self) -> String {
        hex(&self.chain)
    }

    pub fn count(&self) -> u64 {
        self.count
    }

    /// The lines since the last call.
    pub fn drain(&mut self) -> Vec<String> {
        self.lines.as_mut().map(std::mem::take).unwrap_or_default()
    }
}
