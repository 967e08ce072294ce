//! Photos: files named by what is in them, beside the database. A row names a file that is there: it
//! is on the disk before the transaction that names it.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use autobazaaar_domain::hash::hex;

use crate::StoreError;
use crate::store::Store;

/// The folder of photos in a state folder.
pub(crate) const FOLDER: &str = "photos";

impl Store {
    /// Keeps a photo, whole or not at all, and says how it is called: a path from the state folder.
    /// The same bytes are one file.
    ///
    /// # Errors
    /// The store is in memory, or the disk refuses.
    pub fn keep_photo(&self, jpeg: &[u8]) -> Result<String, StoreError> {
        let state = self.folder()?;
        let name = format!("{}.jpg", &hex(blake3::hash(jpeg).as_bytes())[..32]);
        self.put_photo(state, &name, jpeg)?;
        Ok(format!("{FOLDER}/{name}"))
    }

    /// Keeps another size of a photo under the name of the first, with an ending.
    ///
    /// # Errors
    /// As [`Store::keep_photo`].
    pub fn keep_size(&self, of: &str, ending: &str, jpeg: &[u8]) -> Result<String, StoreError> {
        let state = self.folder()?;
        let stem = of.strip_prefix(FOLDER).unwrap_or(of).trim_start_matches('/').trim_end_matches(".jpg");
        let name = format!("{stem}{ending}.jpg");
        self.put_photo(state, &name, jpeg)?;
        Ok(format!("{FOLDER}/{name}"))
    }

    /// Deletes files of photos that nothing names any more. One that is gone already is no failure.
    ///
    /// # Errors
    /// The store is in memory, or the disk refuses.
    pub fn drop_photos<'p>(&self, names: impl IntoIterator<Item = &'p str>) -> Result<(), StoreError> {
        let state = self.folder()?;
        for name in names {
            let path = state.join(name);
            match fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(StoreError::io("delete", &path)(error));
                }
                _ => self.faults.point("after a photo is deleted"),
            }
        }
        Ok(())
    }

    fn folder(&self) -> Result<&Path, StoreError> {
        self.state
            .as_deref()
            .ok_or(StoreError::Missing { what: "folder for photos of", id: "memory".to_owned() })
    }

    fn put_photo(&self, state: &Path, name: &str, bytes: &[u8]) -> Result<(), StoreError> {
        let folder = state.join(FOLDER);
        let path = folder.join(name);
        if path.exists() {
            return Ok(());
        }
        fs::create_dir_all(&folder).map_err(StoreError::io("make the folder", &folder))?;
        let beside: PathBuf = folder.join(format!("{name}.unfinished"));
        let written = File::create(&beside).and_then(|mut file| {
            file.write_all(bytes)?;
            file.sync_all()
        });
        written.map_err(StoreError::io("write", &beside))?;
        self.faults.point("before a photo's name");
        fs::rename(&beside, &path).map_err(StoreError::io("rename into place", &path))?;
        File::open(&folder).and_then(|folder| folder.sync_all()).map_err(StoreError::io("sync", &folder))?;
        self.faults.point("after a photo");
        Ok(())
    }
}
