//! Files that are there whole or not at all.

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};

use crate::LakeError;

/// Writes a file beside its place, syncs it and renames it into place. A crash leaves the old
/// file, the new one, or a left-over with the ending `.tmp`, never half a file.
///
/// # Errors
/// When the folder cannot be made, the disk is full, or the file cannot be written.
pub fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), LakeError> {
    let folder = folder_of(path);
    fs::create_dir_all(folder).map_err(LakeError::io("make the folder", folder))?;
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(".tmp");
    let beside = path.with_file_name(name);
    let write = || -> std::io::Result<()> {
        let mut file = File::create(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()
    };
    write().map_err(LakeError::io("write", &beside))?;
    rename_durably(&beside, path)
}

/// Renames and syncs the folder, so that the new name survives a power cut.
pub(crate) fn rename_durably(from: &Path, to: &Path) -> Result<(), LakeError> {
    fs::rename(from, to).map_err(LakeError::io("rename into place", to))?;
    sync_folder(folder_of(to))
}

/// The folder a path lies in; a bare name lies in the current one.
fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

pub(crate) fn sync_folder(folder: &Path) -> Result<(), LakeError> {
    File::open(folder).and_then(|folder| folder.sync_all()).map_err(LakeError::io("sync", folder))
}

/// Renames without waiting for the disk; [`sync_all_in`] makes it last.
pub(crate) fn rename_lazily(from: &Path, to: &Path) -> Result<(), LakeError> {
    fs::rename(from, to).map_err(LakeError::io("rename into place", to))
}

/// Waits until everything written and renamed on the folder's file system is on the disk. A commit
/// has hundreds of files in as many folders: one such wait is much shorter than two for each.
#[cfg(target_os = "linux")]
pub(crate) fn sync_all_in(folder: &Path, _files: &[PathBuf]) -> Result<(), LakeError> {
    let sync = || rustix::fs::syncfs(File::open(folder)?).map_err(std::io::Error::from);
    sync().map_err(LakeError::io("sync", folder))
}

/// Waits until these files and their folders are on the disk.
#[cfg(not(target_os = "linux"))]
pub(crate) fn sync_all_in(_folder: &Path, files: &[PathBuf]) -> Result<(), LakeError> {
    let mut folders = std::collections::BTreeSet::new();
    for path in files {
        File::open(path).and_then(|file| file.sync_all()).map_err(LakeError::io("sync", path))?;
        folders.extend(path.ancestors().skip(1).take(3));
    }
    folders.into_iter().try_for_each(sync_folder)
}
