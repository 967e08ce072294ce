//! Versions of the price model on disk: `<dir>/<version>/{model.bin,card.json}`, and a file
//! `champion` that names the one in use. Whatever appears, appears whole.

use std::collections::BTreeMap;
use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use autobazaaar_domain::hash::hex;
use autobazaaar_domain::{Basis, Currency, Utc};
use serde::{Deserialize, Serialize};

use crate::{DecodeError, Evaluation, PriceModel, TrainOptions};

const MODEL: &str = "model.bin";
const CARD: &str = "card.json";
const CHAMPION: &str = "champion";
/// Versions that were in use before, oldest first, a line each.
const FORMER: &str = "former";

/// What a version is, how it was made and how good it is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ModelCard {
    pub version: String,
    /// UTC.
    pub created_at: Utc,
    pub currency: Currency,
    pub basis: Basis,
    pub options: TrainOptions,
    pub evaluation: Evaluation,
    /// Category (`*` for the rest) → feature → change of the log price per unit.
    pub coefficients: BTreeMap<String, BTreeMap<String, f64>>,
    /// Kind of trees → feature → share in what they explain, 0–1; empty in cards of old.
    #[serde(default)]
    pub importances: BTreeMap<String, BTreeMap<String, f64>>,
    /// What it is weak at, in plain words.
    pub weak_points: Vec<String>,
    /// BLAKE3 of model.bin.
    pub model_hash: String,
}

impl ModelCard {
    /// The card of a freshly trained model.
    #[must_use]
    pub fn new(version: &str, created_at: Utc, model: &PriceModel, evaluation: Evaluation) -> Self {
        Self {
            version: version.to_owned(),
            created_at,
            currency: model.currency(),
            basis: model.basis(),
            options: model.options().clone(),
            weak_points: weak_points(model.basis(), &evaluation),
            evaluation,
            coefficients: model.coefficients(),
            importances: model.importances(),
            model_hash: String::new(),
        }
    }
}

fn weak_points(basis: Basis, evaluation: &Evaluation) -> Vec<String> {
    let overall = &evaluation.overall;
    let mut points = Vec::new();
    if basis == Basis::Asked {
        points.push("It knows asking prices, not what things sell for.".to_owned());
    }
    if overall.answered < 0.9 {
        points.push(format!(
            "It has no comparables for {:.0} % of listings.",
            (1.0 - overall.answered) * 100.0
        ));
    }
    if (overall.coverage80 - 0.8).abs() > 0.03 {
        points.push(format!("Its 80 % intervals cover {:.0} %.", overall.coverage80 * 100.0));
    }
    for (category, metrics) in &evaluation.by_category {
        if metrics.rows < 300 {
            points.push(format!("`{category}` has only {} listings.", metrics.rows));
        } else if metrics.mdape > 1.25 * overall.mdape {
            points.push(format!("`{category}` is off by {:.0} % in the middle case.", metrics.mdape * 100.0));
        }
    }
    match &evaluation.newest {
        Some(newest) if newest.rmsle > 1.1 * overall.rmsle => {
            points.push("It is clearly worse on the newest listings than on past ones.".to_owned());
        }
        None => points.push("It was not tried on newer listings than it learned from.".to_owned()),
        Some(_) => {}
    }
    points
}

/// Why a version cannot be stored or read.
#[derive(Debug, thiserror::Error)]
pub enum RegistryError {
    #[error(
        "`{0}` is no version name: expected letters, digits, `-`, `_` or `.`, at most 80, no leading dot"
    )]
    BadVersion(String),
    #[error("model version `{0}` already exists")]
    Exists(String),
    #[error("there is no model version `{0}`")]
    Missing(String),
    #[error("{}: {source}", path.display())]
    Io { path: PathBuf, source: io::Error },
    #[error("{}: {source}", path.display())]
    Card { path: PathBuf, source: serde_json::Error },
    #[error("model version `{0}` was changed since it was stored")]
    Changed(String),
    #[error("model version `{version}`: {source}")]
    Decode { version: String, source: DecodeError },
    #[error("the model cannot be written: {0}")]
    Encode(#[from] postcard::Error),
}

/// A folder of versions.
#[derive(Debug, Clone)]
pub struct Registry {
    dir: PathBuf,
}

impl Registry {
    /// The registry in a folder, which need not exist yet.
    #[must_use]
    pub fn new(dir: impl Into<PathBuf>) -> Self {
        Self { dir: dir.into() }
    }

    /// Stores a version; returns its card with the artefact's hash.
    ///
    /// # Errors
    /// When the name is not one or is taken, or the disk refuses.
    pub fn store(&self, model: &PriceModel, card: &ModelCard) -> Result<ModelCard, RegistryError> {
        let target = self.path(&card.version)?;
        if target.exists() {
            return Err(RegistryError::Exists(card.version.clone()));
        }
        let bytes = model.to_bytes()?;
        let card = ModelCard { model_hash: hash(&bytes), ..card.clone() };
        let text = serde_json::to_vec_pretty(&card)
            .map_err(|source| RegistryError::Card { path: target.join(CARD), source })?;
        fs::create_dir_all(&self.dir).map_err(at(&self.dir))?;
        let draft =
            tempfile::Builder::new().prefix(".draft-").tempdir_in(&self.dir).map_err(at(&self.dir))?;
        write_synced(&draft.path().join(MODEL), &bytes)?;
        write_synced(&draft.path().join(CARD), &text)?;
        fs::rename(draft.path(), &target).map_err(at(&target))?;
        sync_dir(&self.dir)?;
        Ok(card)
    }

    /// All versions' cards, oldest first.
    ///
    /// # Errors
    /// When the folder or a card cannot be read.
    pub fn list(&self) -> Result<Vec<ModelCard>, RegistryError> {
        let entries = match fs::read_dir(&self.dir) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(source) => return Err(RegistryError::Io { path: self.dir.clone(), source }),
        };
        let mut cards = Vec::new();
        for entry in entries {
            let name = entry.map_err(at(&self.dir))?.file_name();
            if let Some(version) =
                name.to_str().filter(|n| is_version(n) && self.dir.join(n).join(CARD).exists())
            {
                cards.push(self.show(version)?);
            }
        }
        cards.sort_by(|a, b| a.created_at.cmp(&b.created_at).then_with(|| a.version.cmp(&b.version)));
        Ok(cards)
    }

    /// The card of a version.
    ///
    /// # Errors
    /// When there is none, or it cannot be read.
    pub fn show(&self, version: &str) -> Result<ModelCard, RegistryError> {
        let path = self.path(version)?.join(CARD);
        let bytes = read(&path, version)?;
        serde_json::from_slice(&bytes).map_err(|source| RegistryError::Card { path, source })
    }

    /// The model of a version, checked against its card.
    ///
    /// # Errors
    /// When there is none, it was changed, or it is of another format.
    pub fn load(&self, version: &str) -> Result<PriceModel, RegistryError> {
        let card = self.show(version)?;
        let bytes = read(&self.path(version)?.join(MODEL), version)?;
        if hash(&bytes) != card.model_hash {
            return Err(RegistryError::Changed(version.to_owned()));
        }
        PriceModel::from_bytes(&bytes)
            .map_err(|source| RegistryError::Decode { version: version.to_owned(), source })
    }

    /// Bytes that a version's model takes on the disk.
    ///
    /// # Errors
    /// [`RegistryError::Missing`] when there is no such version.
    pub fn size(&self, version: &str) -> Result<u64, RegistryError> {
        let path = self.path(version)?.join(MODEL);
        Ok(fs::metadata(path).map_err(|_| RegistryError::Missing(version.to_owned()))?.len())
    }

    /// The version in use, if one was promoted.
    ///
    /// # Errors
    /// When the pointer cannot be read or names nothing.
    pub fn champion(&self) -> Result<Option<String>, RegistryError> {
        let path = self.dir.join(CHAMPION);
        match fs::read_to_string(&path) {
            Ok(text) => {
                let version = text.trim().to_owned();
                self.path(&version)?;
                Ok(Some(version))
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(source) => Err(RegistryError::Io { path, source }),
        }
    }

    /// Puts a version in use.
    ///
    /// # Errors
    /// When there is no such version, or the disk refuses.
    pub fn promote(&self, version: &str) -> Result<(), RegistryError> {
        self.show(version)?;
        if let Some(champion) = self.champion()?.filter(|champion| champion != version) {
            let mut former = self.former()?;
            former.push(champion);
            self.write(FORMER, &former.join("\n"))?;
        }
        self.write(CHAMPION, version)
    }

    /// Back to the version that was in use before, which it returns; `None` where none is known. Versions
    /// that were stored and never put in use are not gone back to.
    ///
    /// # Errors
    /// When the registry cannot be read, or the disk refuses.
    pub fn rollback(&self) -> Result<Option<String>, RegistryError> {
        let (mut former, champion) = (self.former()?, self.champion()?);
        while let Some(version) = former.pop() {
            // What was promoted and cut off in the middle stands in both.
            if champion.as_ref() == Some(&version) || !self.path(&version)?.join(CARD).exists() {
                continue;
            }
            self.write(CHAMPION, &version)?;
            self.write(FORMER, &former.join("\n"))?;
            return Ok(Some(version));
        }
        Ok(None)
    }

    fn former(&self) -> Result<Vec<String>, RegistryError> {
        let path = self.dir.join(FORMER);
        match fs::read_to_string(&path) {
            Ok(text) => Ok(text.lines().map(str::to_owned).collect()),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
            Err(source) => Err(RegistryError::Io { path, source }),
        }
    }

    /// Replaces a pointer's file at once.
    fn write(&self, name: &str, text: &str) -> Result<(), RegistryError> {
        let path = self.dir.join(name);
        let mut draft = tempfile::NamedTempFile::new_in(&self.dir).map_err(at(&path))?;
        draft.write_all(text.as_bytes()).map_err(at(&path))?;
        draft.as_file().sync_all().map_err(at(&path))?;
        draft
            .persist(&path)
            .map_err(|error| RegistryError::Io { path: path.clone(), source: error.error })?;
        sync_dir(&self.dir)
    }

    fn path(&self, version: &str) -> Result<PathBuf, RegistryError> {
        if !is_version(version) {
            return Err(RegistryError::BadVersion(version.to_owned()));
        }
        Ok(self.dir.join(version))
    }
}

/// A name that stays inside of the folder and is not a pointer's.
fn is_version(name: &str) -> bool {
    let legal = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    !name.is_empty()
        && name.len() <= 80
        && !name.starts_with('.')
        && ![CHAMPION, FORMER].contains(&name)
        && name.chars().all(legal)
}

fn hash(bytes: &[u8]) -> String {
    hex(blake3::hash(bytes).as_bytes())
}

fn read(path: &Path, version: &str) -> Result<Vec<u8>, RegistryError> {
    fs::read(path).map_err(|source| match source.kind() {
        io::ErrorKind::NotFound => RegistryError::Missing(version.to_owned()),
        _ => RegistryError::Io { path: path.to_owned(), source },
    })
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), RegistryError> {
    let mut file = fs::File::create(path).map_err(at(path))?;
    file.write_all(bytes).map_err(at(path))?;
    file.sync_all().map_err(at(path))
}

/// Makes a rename in the folder outlive a power cut.
fn sync_dir(dir: &Path) -> Result<(), RegistryError> {
    fs::File::open(dir).and_then(|file| file.sync_all()).map_err(at(dir))
}

fn at(path: &Path) -> impl FnOnce(io::Error) -> RegistryError {
    let path = path.to_owned();
    move |source| RegistryError::Io { path, source }
}
