//! Sealing personal data: AES-256-GCM, a key per person, wrapped under a versioned key file.
//!
//! A person's data are sealed under a key of that person alone, which stands in the database,
//! wrapped under the newest key file. Rotating means a new file and wrapping the persons' keys anew;
//! what was sealed stays as it is. Forgetting means deleting the person's key.
//!
//! A sealed value is a 96-bit nonce from the passed-in randomness, then ciphertext and tag. What it
//! belongs to (table, column, record) is authenticated with it, so that none can be moved elsewhere.

use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use aes_gcm::aead::{Aead as _, KeyInit as _, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use autobazaaar_domain::Entropy;
use autobazaaar_domain::hash::hex;

use crate::StoreError;
use crate::faults::Faults;

const NONCE: usize = 12;

/// 256 bits that only the store knows.
#[derive(Clone)]
pub(crate) struct Secret([u8; 32]);

impl Secret {
    /// A new one, from four draws that are hashed: no single draw tells it.
    pub fn new(entropy: &dyn Entropy) -> Self {
        let mut hasher = blake3::Hasher::new_derive_key("autobazaaar store secret");
        (0..4).for_each(|_| {
            hasher.update(&entropy.bits().to_le_bytes());
        });
        Self(*hasher.finalize().as_bytes())
    }

    /// Seals bytes for one place.
    pub fn seal(&self, entropy: &dyn Entropy, place: &str, bytes: &[u8]) -> Result<Vec<u8>, StoreError> {
        let random = entropy.bits().to_le_bytes();
        let mut sealed = random[..NONCE].to_vec();
        let payload = Payload { msg: bytes, aad: place.as_bytes() };
        let failed = |_| StoreError::Sealed { reason: "the text is too long" };
        sealed.extend(self.cipher()?.encrypt(&nonce(&sealed)?, payload).map_err(failed)?);
        Ok(sealed)
    }

    /// Opens what was sealed for that place.
    pub fn open(&self, place: &str, sealed: &[u8]) -> Result<Vec<u8>, StoreError> {
        let short = StoreError::Sealed { reason: "they are cut off" };
        let (start, rest) = sealed.split_at_checked(NONCE).ok_or(short)?;
        let payload = Payload { msg: rest, aad: place.as_bytes() };
        let failed = |_| StoreError::Sealed { reason: "another key or place, or they were changed" };
        self.cipher()?.decrypt(&nonce(start)?, payload).map_err(failed)
    }

    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    pub fn from_bytes(bytes: &[u8]) -> Result<Self, StoreError> {
        let wrong = |_| StoreError::Sealed { reason: "a key has the wrong length" };
        Ok(Self(bytes.try_into().map_err(wrong)?))
    }

    fn cipher(&self) -> Result<Aes256Gcm, StoreError> {
        Aes256Gcm::new_from_slice(&self.0)
            .map_err(|_| StoreError::Sealed { reason: "a key has the wrong length" })
    }
}

fn nonce(bytes: &[u8]) -> Result<Nonce<aes_gcm::aead::consts::U12>, StoreError> {
    Nonce::try_from(bytes).map_err(|_| StoreError::Sealed { reason: "they are cut off" })
}

/// The key files of a data folder, or keys in memory for a store in memory.
pub(crate) struct Vault {
    folder: Option<PathBuf>,
    keys: BTreeMap<u32, Secret>,
    /// For keyed hashes of addresses; never rotated, since a suppression must be found for good.
    index: Secret,
}

impl Vault {
    /// Keys that end with the process.
    pub fn in_memory(entropy: &dyn Entropy) -> Self {
        let keys = BTreeMap::from([(1, Secret::new(entropy))]);
        Self { folder: None, keys, index: Secret::new(entropy) }
    }

    /// Reads the key files; makes the first ones where there are none.
    ///
    /// # Errors
    /// A file cannot be read or written, is not a key, or others may read it.
    pub fn open(folder: &Path, entropy: &dyn Entropy, faults: &Faults) -> Result<Self, StoreError> {
        make_folder(folder)?;
        let mut keys = BTreeMap::new();
        read_new(folder, &mut keys)?;
        if keys.is_empty() {
            keys.insert(1, write_key(&file_of(folder, "1"), entropy, faults)?);
        }
        let index = file_of(folder, "index");
        let index = if index.exists() { read_key(&index)? } else { write_key(&index, entropy, faults)? };
        Ok(Self { folder: Some(folder.to_owned()), keys, index })
    }

    /// Reads the folder again: another process may have rotated the keys.
    pub fn refresh(&mut self) -> Result<(), StoreError> {
        match &self.folder {
            Some(folder) => read_new(folder, &mut self.keys),
            None => Ok(()),
        }
    }

    /// Where the key files lie.
    pub fn folder(&self) -> Option<&Path> {
        self.folder.as_deref()
    }

    /// The newest key's version.
    pub fn newest(&self) -> u32 {
        self.keys.last_key_value().map_or(0, |(version, _)| *version)
    }

    /// The key of a version.
    pub fn key(&self, version: u32) -> Result<&Secret, StoreError> {
        self.keys.get(&version).ok_or_else(|| StoreError::Key {
            path: self
                .folder
                .as_deref()
                .map(|folder| file_of(folder, &version.to_string()))
                .unwrap_or_default(),
            reason: "is missing; restore it, what it sealed cannot be read without".to_owned(),
        })
    }

    /// Adds a key that is used from now on.
    pub fn rotate(&mut self, entropy: &dyn Entropy, faults: &Faults) -> Result<u32, StoreError> {
        let version = self.newest() + 1;
        let key = match &self.folder {
            Some(folder) => write_key(&file_of(folder, &version.to_string()), entropy, faults)?,
            None => Secret::new(entropy),
        };
        self.keys.insert(version, key);
        Ok(version)
    }

    /// Drops keys that nothing is wrapped under any more.
    pub fn drop_before(&mut self, version: u32) -> Result<(), StoreError> {
        let old: Vec<u32> = self.keys.range(..version).map(|(version, _)| *version).collect();
        for version in old {
            if let Some(folder) = &self.folder {
                let path = file_of(folder, &version.to_string());
                fs::remove_file(&path).map_err(StoreError::io("delete the key", &path))?;
            }
            self.keys.remove(&version);
        }
        Ok(())
    }

    /// The keyed hash of an address, written the same however its letters are: for finding it, not
    /// for reading it.
    pub fn hash(&self, address: &str) -> String {
        let written = address.trim().to_lowercase();
        hex(&blake3::keyed_hash(self.index.bytes(), written.as_bytes()).as_bytes()[..16])
    }
}

/// Brings keys to what the folder holds.
fn read_new(folder: &Path, keys: &mut BTreeMap<u32, Secret>) -> Result<(), StoreError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoreError::io("list", folder))? {
        let path = entry.map_err(StoreError::io("list", folder))?.path();
        let version = path.file_stem().and_then(|name| name.to_str()).and_then(|name| name.parse().ok());
        let Some(version) = version.filter(|_| path.extension().is_some_and(|end| end == "key")) else {
            continue;
        };
        found.push(version);
        if let Entry::Vacant(place) = keys.entry(version) {
            place.insert(read_key(&path)?);
        }
    }
    keys.retain(|version, _| found.contains(version));
    Ok(())
}

fn file_of(folder: &Path, name: &str) -> PathBuf {
    folder.join(format!("{name}.key"))
}

fn make_folder(folder: &Path) -> Result<(), StoreError> {
    fs::create_dir_all(folder).map_err(StoreError::io("make the folder", folder))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let tight = fs::Permissions::from_mode(0o700);
        fs::set_permissions(folder, tight).map_err(StoreError::io("restrict", folder))?;
    }
    Ok(())
}

fn read_key(path: &Path) -> Result<Secret, StoreError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let found = fs::metadata(path).map_err(StoreError::io("read", path))?.permissions().mode();
        if found & 0o077 != 0 {
            let reason = format!("may be read by others (mode {:o}); make it 600", found & 0o777);
            return Err(StoreError::Key { path: path.to_owned(), reason });
        }
    }
    let bytes = fs::read(path).map_err(StoreError::io("read", path))?;
    let wrong =
        |_| StoreError::Key { path: path.to_owned(), reason: "is not 32 bytes; restore it".to_owned() };
    Secret::from_bytes(&bytes).map_err(wrong)
}

/// Makes a key and writes it beside its place, then renames it: it is there whole or not at all.
fn write_key(path: &Path, entropy: &dyn Entropy, faults: &Faults) -> Result<Secret, StoreError> {
    let key = Secret::new(entropy);
    let beside = path.with_extension("tmp");
    let mut options = OpenOptions::new();
    options.write(true).create(true).truncate(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let write = || -> std::io::Result<()> {
        let mut file = options.open(&beside)?;
        file.write_all(key.bytes())?;
        file.sync_all()
    };
    faults.point("before a key");
    write().map_err(StoreError::io("write the key", &beside))?;
    fs::rename(&beside, path).map_err(StoreError::io("rename into place", path))?;
    let folder = path.parent().unwrap_or(Path::new("."));
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io("sync", folder))?;
    faults.point("after a key");
    Ok(key)
}
