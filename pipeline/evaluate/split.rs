//! Tables beside the listings: which rows teach and which test, what others predict, asks that
//! were lowered. The first column of each names a listing by its external id.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use autobazaaar_domain::{ListingKey, Platform};

/// Why such a table cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TableError {
    #[error("{}: {source}", path.display())]
    Csv { path: PathBuf, source: csv::Error },
    #[error("{}: line {line}: {found}; expected {expected}", path.display())]
    Line { path: PathBuf, line: u64, found: String, expected: &'static str },
    #[error("{}: expected a first column of external ids and {expected}", path.display())]
    Columns { path: PathBuf, expected: &'static str },
}

/// The part of a listing in a split.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    pub test: bool,
    /// No training row is of the same thing.
    pub fresh: bool,
}

/// Which listings teach and which test.
#[derive(Debug, Clone, Default)]
pub struct Split {
    pub parts: HashMap<String, Part>,
    /// Whether the table tells fresh rows.
    pub tells_fresh: bool,
    /// The platform whose listings are meant; where it is not said, no id may be on several.
    pub platform: Option<Platform>,
}

/// An id of a split is that of listings on several platforms.
#[derive(Debug, thiserror::Error)]
#[error("the split's `{id}` is a listing on {one} and one on {other}; say which is meant: --platform {one}")]
pub struct SeveralPlatforms {
    id: String,
    one: Platform,
    other: Platform,
}

impl Split {
    /// The test rows.
    #[must_use]
    pub fn tests(&self) -> usize {
        self.parts.values().filter(|part| part.test).count()
    }

    /// The part of a listing of the platform that is meant.
    #[must_use]
    pub fn part(&self, key: &ListingKey) -> Option<Part> {
        let meant = self.platform.as_ref().is_none_or(|platform| *platform == key.platform);
        self.parts.get(&key.external_id).copied().filter(|_| meant)
    }

    /// Sees that no id is that of listings on several platforms, unless it was said which is meant.
    ///
    /// # Errors
    /// When one is.
    pub fn check<'a>(&self, keys: impl Iterator<Item = &'a ListingKey>) -> Result<(), SeveralPlatforms> {
        let mut found: HashMap<&str, &ListingKey> = HashMap::new();
        for key in keys.filter(|key| self.part(key).is_some()) {
            let first = *found.entry(&key.external_id).or_insert(key);
            if first.platform != key.platform {
                let (one, other) = (first.platform.clone(), key.platform.clone());
                return Err(SeveralPlatforms { id: key.external_id.clone(), one, other });
            }
        }
        Ok(())
    }
}

/// Predictions of others: of each listing, what each column says, major units.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    pub names: Vec<String>,
    pub values: HashMap<String, Vec<f64>>,
}

/// Reads a split: columns id, `part` (train or test) and perhaps `fresh` (1 or nothing).
///
/// # Errors
/// When the file is no such table.
pub fn read_split(path: &Path) -> Result<Split, TableError> {
    let table = Table::read(path)?;
    let part_at = table.column("part").ok_or_else(|| table.columns("a column `part`"))?;
    let fresh_at = table.column("fresh");
    let mut split = Split { tells_fresh: fresh_at.is_some(), ..Split::default() };
    for (line, record) in &table.lines {
        let test = match &record[part_at] {
            "train" => false,
            "test" => true,
            other => return Err(table.line(*line, other, "`train` or `test` in the column `part`")),
        };
        let fresh = fresh_at.is_some_and(|at| &record[at] == "1");
        split.parts.insert(listing_id(&record[0]).to_owned(), Part { test, fresh });
    }
    Ok(split)
}

/// Reads predictions of others: columns id and one per predictor.
///
/// # Errors
/// When the file is no such table.
pub fn read_reference(path: &Path) -> Result<Reference, TableError> {
    let table = Table::read(path)?;
    let names: Vec<String> = table.header.iter().skip(1).map(str::to_owned).collect();
    if names.is_empty() {
        return Err(table.columns("a column for each predictor"));
    }
    let mut values = HashMap::new();
    for (line, record) in &table.lines {
        let told = record.iter().skip(1).map(|text| table.number(*line, text));
        values.insert(listing_id(&record[0]).to_owned(), told.collect::<Result<Vec<f64>, _>>()?);
    }
    Ok(Reference { names, values })
}

/// Reads lowered asks, major units: columns id and `ask`.
///
/// # Errors
/// When the file is no such table.
pub fn read_planted(path: &Path) -> Result<HashMap<String, f64>, TableError> {
    let table = Table::read(path)?;
    let at = table.column("ask").ok_or_else(|| table.columns("a column `ask`"))?;
    let ask = |(line, record): &(u64, csv::StringRecord)| {
        Ok((listing_id(&record[0]).to_owned(), table.number(*line, &record[at])?))
    };
    table.lines.iter().map(ask).collect()
}

/// The external id that a table's first column names; of eBay's API form `v1|listing|variation`
/// (Browse API, `itemId`), the listing.
fn listing_id(text: &str) -> &str {
    let mut parts = text.split('|');
    match (parts.next(), parts.next(), parts.next(), parts.next()) {
        (Some("v1"), Some(listing), Some(_), None) => listing,
        _ => text,
    }
}

struct Table {
    path: PathBuf,
    header: csv::StringRecord,
    lines: Vec<(u64, csv::StringRecord)>,
}

impl Table {
    fn read(path: &Path) -> Result<Self, TableError> {
        let failed = |source| TableError::Csv { path: path.to_owned(), source };
        let mut reader = csv::Reader::from_path(path).map_err(failed)?;
        let header = reader.headers().map_err(failed)?.clone();
        let mut lines = Vec::new();
        for record in reader.records() {
            let record = record.map_err(failed)?;
            lines.push((record.position().map_or(0, csv::Position::line), record));
        }
        Ok(Self { path: path.to_owned(), header, lines })
    }

    fn column(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name).filter(|at| *at > 0)
    }

    fn number(&self, line: u64, text: &str) -> Result<f64, TableError> {
        let number = text.parse().ok().filter(|number: &f64| number.is_finite());
        number.ok_or_else(|| self.line(line, text, "a number"))
    }

    fn columns(&self, expected: &'static str) -> TableError {
        TableError::Columns { path: self.path.clone(), expected }
    }

    fn line(&self, line: u64, found: &str, expected: &'static str) -> TableError {
        TableError::Line { path: self.path.clone(), line, found: format!("`{found}`"), expected }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(text: &str) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), text).unwrap();
        file
    }

    #[test]
    fn a_split_tells_parts() {
        let split = read_split(file("row,part,fresh\n7,train,\n8,test,1\n9,test,\n").path()).unwrap();
        assert_eq!(split.parts["8"], Part { test: true, fresh: true });
        assert_eq!(split.parts["9"], Part { test: true, fresh: false });
        assert!(!split.parts["7"].test && split.tells_fresh);
    }

    #[test]
    fn an_id_on_several_platforms_needs_a_word() {
        let keys: Vec<ListingKey> = ["a:1", "a:2", "b:2", "b:3"].map(|key| key.parse().unwrap()).into();
        let split = || read_split(file("row,part\n1,train\n2,test\n3,test\n").path()).unwrap();
        let said = split().check(keys.iter()).unwrap_err().to_string();
        assert!(
            said.contains("`2` is a listing on a and one on b") && said.ends_with("--platform a"),
            "{said}"
        );
        // Ids that are nowhere twice may be of several platforms.
        assert!(split().check([&keys[0], &keys[2], &keys[3]].into_iter()).is_ok());
        let of_b = Split { platform: Some(keys[2].platform.clone()), ..split() };
        assert!(of_b.check(keys.iter()).is_ok());
        assert!(of_b.part(&keys[1]).is_none() && of_b.part(&keys[2]).unwrap().test);
    }

    #[test]
    fn what_is_no_such_table_is_said() {
        let said = |text: &str| {
            let file = file(text);
            read_split(file.path()).unwrap_err().to_string().replace(&file.path().display().to_string(), "T")
        };
        assert_eq!(
            said("row,kind\n1,train\n"),
            "T: expected a first column of external ids and a column `part`"
        );
        assert_eq!(
            said("row,part\n1,train\n2,dev\n"),
            "T: line 3: `dev`; expected `train` or `test` in the column `part`"
        );
        let odd = file("row,ask\n1,cheap\n");
        assert!(
            read_planted(odd.path()).unwrap_err().to_string().contains("line 2: `cheap`; expected a number")
        );
    }

    #[test]
    fn a_listing_may_go_by_its_long_name() {
        let split = read_split(file("item_id,part\nv1|17|0,train\nv2|18|0,test\n").path()).unwrap();
        assert!(split.parts.contains_key("17") && split.parts.contains_key("v2|18|0"));
    }

    #[test]
    fn predictions_have_names() {
        let found = read_reference(file("id,trees,line\na,1.5,2\n").path()).unwrap();
        assert_eq!((found.names, &found.values["a"]), (vec!["trees".into(), "line".into()], &vec![1.5, 2.0]));
    }
}
