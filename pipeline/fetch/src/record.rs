//! Raw answers kept for a while, so that they can be parsed again.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use autobazaaar_domain::Utc;
use bytes::Bytes;
use chrono::{NaiveDate, TimeDelta};
use http::{HeaderMap, HeaderName, HeaderValue, header};
use serde::{Deserialize, Serialize};

use crate::{DiskError, disk};

/// Ending of a record's file.
const ENDING: &str = "answer";
/// Longest body read back.
const LONGEST_BODY: usize = 256 << 20;

/// One answer as it came.
#[derive(Debug, Clone, PartialEq)]
pub struct Record {
    /// Without secrets.
    pub url: String,
    pub at: Utc,
    pub status: u16,
    /// Without cookies.
    pub headers: HeaderMap,
    /// Decompressed.
    pub body: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    url: String,
    at: Utc,
    status: u16,
    headers: Vec<(String, String)>,
}

/// A folder of records, `<date>/<time>-<hash>.answer`: a line of JSON, then the body as zstd. Only the
/// owner of the process can read them, for pages hold sellers' names. Days older than the retention
/// time are deleted.
#[derive(Debug)]
pub struct Recorder {
    folder: PathBuf,
    retention: TimeDelta,
    swept: Mutex<Option<NaiveDate>>,
}

impl Recorder {
    /// Records into a folder. With a retention time of zero or less nothing is kept.
    #[must_use]
    pub fn new(folder: impl Into<PathBuf>, retention: TimeDelta) -> Self {
        Self { folder: folder.into(), retention, swept: Mutex::new(None) }
    }

    /// Keeps an answer, and once a day deletes what is too old. `None` when nothing is kept.
    ///
    /// # Errors
    /// When the disk is full.
    pub fn store(&self, record: &Record) -> Result<Option<PathBuf>, DiskError> {
        if self.retention <= TimeDelta::zero() {
            return Ok(None);
        }
        self.sweep_daily(record.at)?;
        let hash = blake3::Hasher::new().update(record.url.as_bytes()).update(&record.body).finalize();
        let name = format!("{}-{}.{ENDING}", record.at.format("%H%M%S%.6f"), &hash.to_hex()[..16]);
        let path = self.folder.join(record.at.format("%Y-%m-%d").to_string()).join(name);
        let head = Head {
            url: record.url.clone(),
            at: record.at,
            status: record.status,
            headers: pairs(&record.headers),
        };
        disk::write_envelope(&path, &head, &record.body)?;
        Ok(Some(path))
    }

    /// Every record, oldest first.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn list(&self) -> Result<Vec<PathBuf>, DiskError> {
        let mut files = Vec::new();
        for day in children(&self.folder)? {
            if day_of(&day).is_some() {
                files.extend(
                    children(&day)?.into_iter().filter(|f| f.extension().is_some_and(|e| e == ENDING)),
                );
            }
        }
        files.sort();
        Ok(files)
    }

    /// Reads a record back.
    ///
    /// # Errors
    /// When it is not there or damaged.
    pub fn read(path: &Path) -> Result<Record, DiskError> {
        let (head, body) = disk::read_envelope::<Head>(path, LONGEST_BODY)?;
        let headers = unpaired(&head.headers);
        Ok(Record { url: head.url, at: head.at, status: head.status, headers, body: body.into() })
    }

    /// Deletes the days that ended longer ago than the retention time.
    ///
    /// # Errors
    /// When a folder cannot be read or deleted.
    pub fn sweep(&self, now: Utc) -> Result<(), DiskError> {
        for path in children(&self.folder)? {
            let Some(day) = day_of(&path) else { continue };
            let ended = day.and_hms_opt(0, 0, 0).unwrap_or_default().and_utc() + TimeDelta::days(1);
            if now - ended >= self.retention {
                fs::remove_dir_all(&path).map_err(|error| DiskError::new("delete", &path, error))?;
            }
        }
        Ok(())
    }

    fn sweep_daily(&self, now: Utc) -> Result<(), DiskError> {
        let mut swept = self.swept.lock().unwrap_or_else(PoisonError::into_inner);
        if *swept != Some(now.date_naive()) {
            self.sweep(now)?;
            *swept = Some(now.date_naive());
        }
        Ok(())
    }
}

/// What a folder holds; nothing when it is not there.
fn children(folder: &Path) -> Result<Vec<PathBuf>, DiskError> {
    match fs::read_dir(folder) {
        Ok(entries) => Ok(entries.flatten().map(|entry| entry.path()).collect()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(DiskError::new("read", folder, error)),
    }
}

fn day_of(folder: &Path) -> Option<NaiveDate> {
    folder.file_name()?.to_str()?.parse().ok()
}

/// Headers as pairs of texts, without cookies.
pub(crate) fn pairs(headers: &HeaderMap) -> Vec<(String, String)> {
    let told = headers.iter().filter(|(name, _)| **name != header::SET_COOKIE);
    told.map(|(name, value)| (name.to_string(), String::from_utf8_lossy(value.as_bytes()).into_owned()))
        .collect()
}

pub(crate) fn unpaired(pairs: &[(String, String)]) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            headers.append(name, value);
        }
    }
    headers
}

#[cfg(test)]
mod tests {
    use super::*;

    fn record(at: &str) -> Record {
        let mut headers =
            HeaderMap::from_iter([(header::CONTENT_TYPE, HeaderValue::from_static("text/html"))]);
        headers.append(header::ETAG, HeaderValue::from_static("\"1\""));
        let body = Bytes::from_static(b"<html>\xff\n</html>");
        Record { url: "https://shop.test/?q=1".into(), at: at.parse().unwrap(), status: 200, headers, body }
    }

    #[test]
    fn a_record_reads_back_as_it_was() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path(), TimeDelta::days(7));
        let seen = record("2026-11-24T12:00:00.5Z");
        let path = recorder.store(&seen).unwrap().unwrap();
        assert_eq!(Recorder::read(&path).unwrap(), seen);
        assert_eq!(recorder.list().unwrap(), std::slice::from_ref(&path));
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        }
    }

    #[test]
    fn what_is_too_old_goes() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("notes")).unwrap();
        let recorder = Recorder::new(folder.path(), TimeDelta::days(7));
        for at in
            ["2026-11-01T12:00:00Z", "2026-11-17T23:00:00Z", "2026-11-18T00:00:00Z", "2026-11-25T00:00:00Z"]
        {
            recorder.store(&record(at)).unwrap();
        }
        let days: Vec<_> =
            recorder.list().unwrap().iter().filter_map(|path| day_of(path.parent()?)).collect();
        let kept: Vec<NaiveDate> = ["2026-11-18", "2026-11-25"].map(|day| day.parse().unwrap()).into();
        assert_eq!(days, kept, "what ended seven days before the last record is gone");
        assert!(folder.path().join("notes").exists(), "what is not ours stays");
    }

    #[test]
    fn nothing_is_kept_without_a_retention_time() {
        let folder = tempfile::tempdir().unwrap();
        let recorder = Recorder::new(folder.path(), TimeDelta::zero());
        assert_eq!(recorder.store(&record("2026-11-24T12:00:00Z")).unwrap(), None);
        assert_eq!(recorder.list().unwrap(), Vec::<PathBuf>::new());
    }

    #[test]
    fn a_damaged_record_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("x.answer");
        for bytes in [
            &b""[..],
            b"{}",
            b"{}\n",
            b"{\"url\":\"\",\"at\":\"2026-11-24T12:00:00Z\",\"status\":1,\"headers\":[]}\nxx",
        ] {
            fs::write(&path, bytes).unwrap();
            assert!(Recorder::read(&path).unwrap_err().to_string().starts_with("cannot understand"));
        }
    }
}
