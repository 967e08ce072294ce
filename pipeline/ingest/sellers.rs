//! Sellers' names become keyed hashes before anything is written.

use std::path::Path;

use autobazaaar_domain::hash::hex;
use autobazaaar_lake::{Lake, LakeError};

/// The key of this installation. The same seller has the same hash in one data folder and
/// another one elsewhere.
#[derive(Clone)]
pub struct SellerKey([u8; 32]);

impl SellerKey {
    /// A key from 32 random bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The folder's key; made from `fresh` random bytes at the first use and kept with
    /// permissions for the owner alone.
    ///
    /// # Errors
    /// When it cannot be read or written, or is damaged.
    pub fn of(lake: &Lake, fresh: [u8; 32]) -> Result<Self, LakeError> {
        let path = lake.state().join("seller.key");
        match std::fs::read(&path) {
            Ok(bytes) => match <[u8; 32]>::try_from(bytes) {
                Ok(key) => Ok(Self(key)),
                Err(bytes) => {
                    Err(LakeError::Damaged { path, reason: format!("{} bytes instead of 32", bytes.len()) })
                }
            },
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                autobazaaar_lake::write_atomically(&path, &fresh)?;
                restrict(&path)?;
                Ok(Self(fresh))
            }
            Err(error) => Err(LakeError::io("read", &path)(error)),
        }
    }

    /// The seller's key: 32 hexadecimal digits.
    #[must_use]
    pub fn hash(&self, platform: &str, name: &str) -> String {
        let mut hasher = blake3::Hasher::new_keyed(&self.0);
        hasher.update(platform.as_bytes()).update(&[0]).update(name.trim().to_lowercase().as_bytes());
        hex(&hasher.finalize().as_bytes()[..16])
    }
}

#[cfg(unix)]
fn restrict(path: &Path) -> Result<(), LakeError> {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600))
        .map_err(LakeError::io("restrict", path))
}

#[cfg(not(unix))]
fn restrict(_: &Path) -> Result<(), LakeError> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seller_is_one_on_a_venue_and_another_under_another_key() {
        let (mine, yours) = (SellerKey::new([1; 32]), SellerKey::new([2; 32]));
        assert_eq!(mine.hash("ebay", "Ann B"), mine.hash("ebay", " ann b "));
        assert_ne!(mine.hash("ebay", "Ann B"), mine.hash("mercari", "Ann B"));
        assert_ne!(mine.hash("ebay", "Ann B"), yours.hash("ebay", "Ann B"));
    }
}
