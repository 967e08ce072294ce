//! What a file says of the pass over the venue that it is.

use autobazaaar_domain::{Platform, Utc};
use regex::Regex;

use super::error::MappingError;
use super::mapping::Mapping;

/// The scan that one file is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScanInfo {
    /// The venue.
    pub platform: Platform,
    /// What was searched for; the file's name where the mapping does not say.
    pub query: String,
    /// When. `None` where each record has a time of its own: the scan is as late as its latest.
    pub observed_at: Option<Utc>,
    /// Whether it shows all there was.
    pub complete: Completeness,
}

/// The rule that decides whether a scan shows all there was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Completeness {
    /// As declared.
    Known(bool),
    /// Complete with fewer records than this: the venue stops a longer answer.
    Below(u64),
}

impl Completeness {
    /// Whether a scan of so many records (rejected ones included) is complete.
    #[must_use]
    pub fn holds(self, records: u64) -> bool {
        match self {
            Self::Known(complete) => complete,
            Self::Below(limit) => records < limit,
        }
    }
}

/// What the mapping says of a file with this name, its time apart.
pub(super) fn describe(mapping: &Mapping, file_name: &str, observed_at: Option<Utc>) -> ScanInfo {
    let spec = &mapping.spec.scan;
    let complete = match spec.complete_below {
        Some(limit) => Completeness::Below(limit),
        None => Completeness::Known(spec.complete),
    };
    let query = query(mapping, file_name).unwrap_or_else(|| file_name.to_owned());
    ScanInfo { platform: mapping.spec.platform.clone(), query, observed_at, complete }
}

fn query(mapping: &Mapping, file_name: &str) -> Option<String> {
    let spec = &mapping.spec.scan;
    if let Some(query) = &spec.query {
        return Some(query.clone());
    }
    // Checked when the mapping was read.
    let pattern = Regex::new(spec.query_from_file_name.as_deref()?).ok()?;
    let found = pattern.captures(file_name)?;
    let text = found.name("query").or_else(|| found.get(1)).or_else(|| found.get(0))?.as_str();
    let text = text.replace(['+', '_'], " ").trim().to_lowercase();
    Some(spec.query_words.get(&text).cloned().unwrap_or(text))
}

/// Refuses a pattern that is none.
pub(super) fn check(mapping: &Mapping) -> Result<(), MappingError> {
    let spec = &mapping.spec.scan;
    if let Some(text) = &spec.query_from_file_name {
        Regex::new(text).map_err(|error| {
            let expected = format!("a regular expression with the group query: {error}");
            Mapping::bad(&mapping.name, "scan.query_from_file_name", text, expected)
        })?;
    }
    if spec.complete && spec.complete_below.is_some() {
        let expected = "either `complete` or `complete_below`, not both";
        return Err(Mapping::bad(&mapping.name, "scan.complete_below", "both", expected));
    }
    Ok(())
}
