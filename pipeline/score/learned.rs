//! What was learned of selling, for scoring.

use autobazaaar_lake::scored::read_valuations;
use autobazaaar_lake::{Dataset, Lake, LakeError, read_batches};
use autobazaaar_models::selling::{SellingCard, SellingError, SellingStore};

/// Why what was learned cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum LearnedError {
    #[error(transparent)]
    Lake(#[from] LakeError),
    #[error(transparent)]
    Store(#[from] SellingError),
}

/// The store of a data folder.
#[must_use]
pub fn store(lake: &Lake) -> SellingStore {
    SellingStore::new(lake.selling())
}

/// What the newest scores were made with, so that a deal that is worked out again comes out the
/// same, whatever was learned since.
///
/// # Errors
/// When the scores or the version they name cannot be read.
pub fn as_scored(lake: &Lake) -> Result<Option<SellingCard>, LearnedError> {
    let Some((_, files)) = lake.latest(Dataset::Valuations)? else { return Ok(None) };
    let Some(first) = read_batches(&files, None, 1).next() else { return Ok(None) };
    // All rows of a run name the same version.
    let version = read_valuations(&first?)?.into_iter().find_map(|(row, _)| row.selling_version);
    Ok(version.map(|version| store(lake).load(&version)).transpose()?)
}
