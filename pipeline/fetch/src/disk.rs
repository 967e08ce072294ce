//! Small files that are there whole or not at all.

use std::fs;
use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};

use serde::Serialize;
use serde::de::DeserializeOwned;

/// A file that could not be read or written.
#[derive(Debug, thiserror::Error)]
#[error("cannot {action} {}: {reason}", path.display())]
pub struct DiskError {
    pub action: &'static str,
    pub path: PathBuf,
    pub reason: String,
}

impl DiskError {
    pub(crate) fn new(action: &'static str, path: &Path, reason: impl ToString) -> Self {
        Self { action, path: path.to_owned(), reason: reason.to_string() }
    }
}

/// Writes beside and renames into place; only the owner of the process may read the file. It is not
/// synced: what is kept here can be had again, or is counted on the safe side.
pub(crate) fn write(path: &Path, bytes: &[u8]) -> Result<(), DiskError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    fs::create_dir_all(folder).map_err(|error| DiskError::new("make the folder", folder, error))?;
    let failed = |error: std::io::Error| DiskError::new("write", path, error);
    let mut file = tempfile::Builder::new().prefix(".new-").tempfile_in(folder).map_err(failed)?;
    file.write_all(bytes).map_err(failed)?;
    file.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// A JSON file; `None` when there is none.
pub(crate) fn read_json<T: DeserializeOwned>(path: &Path) -> Result<Option<T>, DiskError> {
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(DiskError::new("read", path, error)),
    };
    serde_json::from_slice(&bytes).map(Some).map_err(|error| DiskError::new("understand", path, error))
}

/// Longest head of an envelope.
const LONGEST_HEAD: usize = 256 * 1024;

/// Writes a head as one line of JSON, then a body as zstd.
pub(crate) fn write_envelope<T: Serialize>(path: &Path, head: &T, body: &[u8]) -> Result<u64, DiskError> {
    let failed = |error: &dyn ToString| DiskError::new("write", path, error.to_string());
    let mut bytes = serde_json::to_vec(head).map_err(|error| failed(&error))?;
    bytes.push(b'\n');
    // The fastest level: pages shrink to a fifth, and the disk is not waited for.
    bytes.extend(zstd::bulk::compress(body, 1).map_err(|error| failed(&error))?);
    write(path, &bytes)?;
    Ok(bytes.len() as u64)
}

/// Reads what [`write_envelope`] wrote; a body over `longest` bytes is an error.
pub(crate) fn read_envelope<T: DeserializeOwned>(
    path: &Path,
    longest: usize,
) -> Result<(T, Vec<u8>), DiskError> {
    let bytes = fs::read(path).map_err(|error| DiskError::new("read", path, error))?;
    let damaged = |reason: &dyn ToString| DiskError::new("understand", path, reason.to_string());
    let end = bytes.iter().take(LONGEST_HEAD).position(|byte| *byte == b'\n');
    let (head, rest) = bytes.split_at(end.ok_or_else(|| damaged(&"it has no first line"))?);
    let head = serde_json::from_slice(head).map_err(|error| damaged(&error))?;
    let reader = zstd::stream::read::Decoder::with_buffer(&rest[1..]).map_err(|error| damaged(&error))?;
    let mut body = Vec::new();
    reader.take(longest as u64 + 1).read_to_end(&mut body).map_err(|error| damaged(&error))?;
    if body.len() > longest {
        return Err(damaged(&format!("its body is longer than {longest} bytes")));
    }
    Ok((head, body))
}
