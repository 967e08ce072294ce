//! What was learned of selling, with what it stands on: one JSON file per version.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use autobazaaar_domain::{Currency, Utc};
use serde::{Deserialize, Serialize};

use crate::asking::Asking;
use crate::discount::Discount;
use crate::survival::ExitSpeed;

/// Everything learned of selling, and how.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SellingCard {
    pub version: String,
    /// UTC.
    pub created_at: Utc,
    pub by_currency: BTreeMap<Currency, SellingOf>,
    /// Sales that venues told of, beside the exits that were only noticed.
    pub told: Vec<ToldSales>,
}

/// What was learned in one currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SellingOf {
    pub speed: Learned<ExitSpeed>,
    pub discount: Learned<Discount>,
    /// What low asks mean; absent in versions from before it was learned.
    #[serde(default)]
    pub asking: Option<Asking>,
}

/// Learned, or why not.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Learned<T> {
    From(T),
    Not(String),
}

impl<T> Learned<T> {
    /// What was learned, if anything.
    #[must_use]
    pub fn known(&self) -> Option<&T> {
        match self {
            Self::From(known) => Some(known),
            Self::Not(_) => None,
        }
    }
}

impl<T, E: std::fmt::Display> From<Result<T, E>> for Learned<T> {
    fn from(result: Result<T, E>) -> Self {
        match result {
            Ok(known) => Self::From(known),
            Err(error) => Self::Not(error.to_string()),
        }
    }
}

/// Sales on one venue's word. Where its listings are not seen in full, sales ÷ days is the least
/// that the rate of selling can be, and exits ÷ days the most.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ToldSales {
    pub platform: String,
    /// Listings seen on offer first and as sold later.
    pub sales: u64,
    /// Days between the sights of listings on offer, summed.
    pub listing_days: f64,
    /// Listings that were sold already when first seen: nothing is known of their stay.
    pub sold_at_first_sight: u64,
}

impl SellingCard {
    /// What was learned in a currency.
    #[must_use]
    pub fn of(&self, currency: Currency) -> Option<&SellingOf> {
        self.by_currency.get(&currency)
    }
}

/// Why a version cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum SellingError {
    #[error(
        "there is no version `{0}` of what was learned of selling; expected a name as `autobazaaar model selling` shows it"
    )]
    Missing(String),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Card { path: PathBuf, source: serde_json::Error },
}

/// A folder of versions, whose names sort by time; the last is in use.
#[derive(Debug, Clone)]
pub struct SellingStore {
    dir: PathBuf,
}

impl SellingStore {
    /// The store in a folder, which need not exist yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Stores a version whole or not at all. A version of the same name is replaced: a run that
    /// is done again learns again.
    ///
    /// # Errors
    /// When the name is not one, or the disk refuses.
    pub fn store(&self, card: &SellingCard) -> Result<(), SellingError> {
        let path = self.path(&card.version)?;
        let text = serde_json::to_vec_pretty(card)
            .map_err(|source| SellingError::Card { path: path.clone(), source })?;
        fs::create_dir_all(&self.dir).map_err(at(&self.dir))?;
        let mut draft = tempfile::NamedTempFile::new_in(&self.dir).map_err(at(&path))?;
        draft.write_all(&text).map_err(at(&path))?;
        draft.as_file().sync_all().map_err(at(&path))?;
        draft.persist(&path).map_err(|error| at(&path)(error.error))?;
        fs::File::open(&self.dir).and_then(|dir| dir.sync_all()).map_err(at(&self.dir))
    }

    /// The newest version.
    ///
    /// # Errors
    /// When the folder or the version cannot be read.
    pub fn newest(&self) -> Result<Option<SellingCard>, SellingError> {
        let entries = match fs::read_dir(&self.dir) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            entries => entries.map_err(at(&self.dir))?,
        };
        let mut newest: Option<String> = None;
        for entry in entries {
            let name = entry.map_err(at(&self.dir))?.file_name();
            let version = name.to_str().and_then(|name| name.strip_suffix(".json"));
            let version = version.filter(|version| is_version(version)).map(str::to_owned);
            newest = newest.max(version);
        }
        newest.map(|version| self.load(&version)).transpose()
    }

    /// One version.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn load(&self, version: &str) -> Result<SellingCard, SellingError> {
        let path = self.path(version)?;
        let bytes = fs::read(&path).map_err(|source| match source.kind() {
            io::ErrorKind::NotFound => SellingError::Missing(version.to_owned()),
            _ => SellingError::Io { path: path.clone(), source },
        })?;
        serde_json::from_slice(&bytes).map_err(|source| SellingError::Card { path, source })
    }

    fn path(&self, version: &str) -> Result<PathBuf, SellingError> {
        if !is_version(version) {
            return Err(SellingError::Missing(version.to_owned()));
        }
        Ok(self.dir.join(format!("{version}.json")))
    }
}

/// A name that stays inside of the folder.
fn is_version(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    !name.is_empty() && name.len() <= 80 && name.chars().all(legal)
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> SellingError {
    let path = path.to_owned();
    move |source| SellingError::Io { path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn card(version: &str, day: u32) -> SellingCard {
        let nothing = SellingOf {
            speed: Learned::Not("3 exits of 9 watched listings were seen, 30 are needed".to_owned()),
            discount: Learned::Not("0 sales with a known ask, 30 are needed".to_owned()),
            asking: None,
        };
        SellingCard {
            version: version.to_owned(),
            created_at: format!("2019-11-{day}T00:00:00Z").parse().unwrap(),
            by_currency: BTreeMap::from([(Currency::USD, nothing)]),
            told: Vec::new(),
        }
    }

    #[test]
    fn the_newest_is_in_use_and_the_older_stay() {
        let folder = tempfile::tempdir().unwrap();
        let store = SellingStore::new(folder.path().join("selling"));
        assert_eq!(store.newest().unwrap(), None);
        for (version, day) in [("selling-b", 21), ("selling-a", 20)] {
            store.store(&card(version, day)).unwrap();
        }
        assert_eq!(store.newest().unwrap(), Some(card("selling-b", 21)));
        assert_eq!(store.load("selling-a").unwrap(), card("selling-a", 20));
    }

    #[test]
    fn a_name_cannot_leave_the_folder() {
        let store = SellingStore::new("nowhere");
        for name in ["../x", "", "a/b", "x.json"] {
            assert!(matches!(store.load(name), Err(SellingError::Missing(_))), "{name}");
        }
    }
}
