//! What can be wrong with a mapping or with a whole file.

use std::path::PathBuf;

/// A mapping file that cannot be used. Says file, key, what is expected, and the nearest word.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    #[error("mapping {path}: cannot be read: {cause}")]
    Unreadable { path: String, cause: String },
    /// Not TOML, an unknown key, or a value of the wrong kind.
    #[error("mapping {name}, line {line}: {problem}{hint}")]
    Toml { name: String, line: usize, problem: String, hint: String },
    /// TOML of the right shape whose value makes no sense.
    #[error("mapping {name}, `{key}`: found `{found}`, expected {expected}")]
    Value { name: String, key: String, found: String, expected: String },
}

/// A file, or a set of files, that cannot be read; or whose end is missing.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    #[error("no file matches `{pattern}`{hint}")]
    NoMatch { pattern: String, hint: String },
    #[error("{path}: cannot be read: {cause}", path = path.display())]
    Io { path: PathBuf, cause: String },
    /// A warning: the rest of the set goes on.
    #[error("{path}: the file holds no records", path = path.display())]
    Empty { path: PathBuf },
    /// The bytes are something else than what the name or the mapping says.
    #[error("{path}: found {found}, expected {expected}; {mend}", path = path.display())]
    WrongFormat { path: PathBuf, found: String, expected: String, mend: String },
    #[error(
        "{path}: field `{field}` of the mapping names column `{column}`, which the file does not have{hint}; it has: {columns}",
        path = path.display()
    )]
    MissingColumn { path: PathBuf, field: String, column: String, hint: String, columns: String },
    #[error(
        "{path}: column `{column}` stands {times} times in the header; rename all but one, so that it is clear which is meant",
        path = path.display()
    )]
    DuplicateColumn { path: PathBuf, column: String, times: usize },
    /// The records before are delivered; this surfaces at the end.
    #[error("{path}: cut off or damaged after {records} records, {bytes} bytes into the file: {cause}; fetch the file again", path = path.display())]
    Damaged { path: PathBuf, records: u64, bytes: u64, cause: String },
    #[error(
        "{files} files take their listings' ids from line numbers, which would collide ({first}, {second}); read one at a time into a platform of its own, name an id column under [id], or set `scope = \"file\"` there"
    )]
    LineIds { files: usize, first: String, second: String },
    #[error("{path}: the observation time is not known: {problem}; {mend}", path = path.display())]
    NoTime { path: PathBuf, problem: String, mend: String },
}

impl SourceError {
    /// Whether it only needs saying: nothing is lost.
    #[must_use]
    pub fn is_warning(&self) -> bool {
        matches!(self, Self::Empty { .. })
    }
}

/// `; did you mean …?` for the nearest of the known words, or nothing.
pub(super) fn did_you_mean<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let lower = found.to_lowercase();
    let nearest = known
        .into_iter()
        .map(|word| (strsim::jaro_winkler(&lower, &word.to_lowercase()), word))
        .max_by(|a, b| a.0.total_cmp(&b.0));
    match nearest {
        Some((likeness, word)) if likeness > 0.75 => format!("; did you mean `{word}`?"),
        _ => String::new(),
    }
}
