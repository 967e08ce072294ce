//! Records that do not fit.

/// A record that goes to quarantine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejected {
    /// Number of the record in its file, from 0; the header does not count.
    pub row: u64,
    /// The listing's id, where it can be told.
    pub external_id: Option<String>,
    /// `price_unreadable`, `id_missing`, `row_ragged`, …
    pub code: String,
    /// Field, what was found, what is expected, the mend.
    pub reason: String,
    /// What was read, at most 4 KiB, without the seller's name, masked.
    pub raw: String,
}

/// Most bytes of a record that quarantine keeps.
pub(super) const MOST_RAW: usize = 4096;

/// Why one record does not fit, before it is known which record.
#[derive(Debug)]
pub(super) struct Misfit {
    pub code: &'static str,
    pub reason: String,
}

impl Misfit {
    pub(super) fn new(code: &'static str, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// At most `most` bytes of a text, cut between characters, with a mark where it was cut.
pub(super) fn clip(text: &str, most: usize) -> String {
    if text.len() <= most {
        return text.to_owned();
    }
    let cut = (0..=most).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    format!("{}…", &text[..cut])
}
