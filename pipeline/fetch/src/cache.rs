//! Answers kept on the disk, for conditional requests (RFC 9110, section 13; RFC 9111).

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use autobazaaar_domain::Utc;
use bytes::Bytes;
use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, header};
use serde::{Deserialize, Serialize};
use url::Url;

use crate::record::{pairs, unpaired};
use crate::{DiskError, disk};

/// Ending of an entry's file.
const ENDING: &str = "cached";

/// A folder of answers with a bound on its size; what was not used for longest goes first.
#[derive(Debug)]
pub struct DiskCache {
    folder: PathBuf,
    longest: u64,
    index: Mutex<Index>,
}

/// What is there: name → size and turn, and the names by turn.
#[derive(Debug, Default)]
struct Index {
    sizes: HashMap<String, (u64, u64)>,
    by_turn: BTreeMap<u64, String>,
    bytes: u64,
    turn: u64,
}

/// A kept answer.
#[derive(Debug, Clone)]
pub(crate) struct Kept {
    pub stored_at: Utc,
    pub headers: HeaderMap,
    pub body: Bytes,
}

#[derive(Debug, Serialize, Deserialize)]
struct Head {
    url: String,
    stored_at: Utc,
    headers: Vec<(String, String)>,
}

impl DiskCache {
    /// Opens a folder that holds up to so many bytes; zero keeps nothing.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(folder: impl Into<PathBuf>, longest_bytes: u64) -> Result<Self, DiskError> {
        let folder = folder.into();
        fs::create_dir_all(&folder).map_err(|error| DiskError::new("make the folder", &folder, error))?;
        let mut found = Vec::new();
        let entries = fs::read_dir(&folder).map_err(|error| DiskError::new("read", &folder, error))?;
        for entry in entries.flatten() {
            let (Ok(meta), name) = (entry.metadata(), entry.file_name()) else { continue };
            let Some(name) = name.to_str().filter(|name| name.ends_with(ENDING)) else { continue };
            found.push((meta.modified().ok(), name.to_owned(), meta.len()));
        }
        found.sort();
        let cache = Self { folder, longest: longest_bytes, index: Mutex::new(Index::default()) };
        for (_, name, size) in found {
            cache.enter(&name, size);
        }
        Ok(cache)
    }

    /// Bytes kept.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).bytes
    }

    /// A kept answer. A file that cannot be understood is thrown away.
    pub(crate) fn get(&self, key: &str, longest_body: usize) -> Option<Kept> {
        let name = self.index.lock().unwrap_or_else(PoisonError::into_inner).used(&name(key))?;
        let path = self.folder.join(&name);
        match disk::read_envelope::<Head>(&path, longest_body) {
            Ok((head, body)) => {
                let (stored_at, headers) = (head.stored_at, unpaired(&head.headers));
                Some(Kept { stored_at, headers, body: body.into() })
            }
            Err(error) => {
                tracing::warn!(%error, "a cached answer is thrown away");
                self.forget(&name);
                None
            }
        }
    }

    pub(crate) fn put(&self, key: &str, url: &Url, kept: &Kept) -> Result<(), DiskError> {
        let head = Head { url: crate::shown(url), stored_at: kept.stored_at, headers: pairs(&kept.headers) };
        let name = name(key);
        let size = disk::write_envelope(&self.folder.join(&name), &head, &kept.body)?;
        self.enter(&name, size);
        Ok(())
    }

    /// Keeps an answer no longer.
    pub(crate) fn drop_answer(&self, key: &str) {
        self.forget(&name(key));
    }

    /// Notes a file, and makes room for it.
    fn enter(&self, name: &str, size: u64) {
        let mut index = self.index.lock().unwrap_or_else(PoisonError::into_inner);
        index.remove(name);
        index.insert(name, size);
        while index.bytes > self.longest {
            let Some((_, oldest)) = index.by_turn.pop_first() else { break };
            index.remove(&oldest);
            remove(&self.folder.join(oldest));
        }
    }

    fn forget(&self, name: &str) {
        self.index.lock().unwrap_or_else(PoisonError::into_inner).remove(name);
        remove(&self.folder.join(name));
    }
}

impl Index {
    fn insert(&mut self, name: &str, size: u64) {
        self.turn += 1;
        self.sizes.insert(name.to_owned(), (size, self.turn));
        self.by_turn.insert(self.turn, name.to_owned());
        self.bytes += size;
    }

    fn remove(&mut self, name: &str) -> Option<u64> {
        let (size, turn) = self.sizes.remove(name)?;
        self.by_turn.remove(&turn);
        self.bytes -= size;
        Some(size)
    }

    fn used(&mut self, name: &str) -> Option<String> {
        let size = self.remove(name)?;
        self.insert(name, size);
        Some(name.to_owned())
    }
}

impl Kept {
    /// Whether an answer with these headers is worth keeping: it can be confirmed or lasts a while.
    pub(crate) fn is_worth_it(headers: &HeaderMap) -> bool {
        let says = |what: &str| directive(headers, what).is_some();
        let varies = headers.get_all(header::VARY).iter().any(|vary| vary.as_bytes() == b"*");
        let useful = headers.contains_key(header::ETAG)
            || headers.contains_key(header::LAST_MODIFIED)
            || says("max-age");
        useful && !says("no-store") && !varies
    }

    /// Whether the site need not be asked yet.
    pub(crate) fn is_fresh(&self, now: Utc) -> bool {
        if directive(&self.headers, "no-cache").is_some() {
            return false;
        }
        let seconds = |text: &str| text.trim().trim_matches('"').parse::<i64>().ok();
        let Some(lasts) = directive(&self.headers, "max-age").and_then(|text| seconds(&text)) else {
            return false;
        };
        let age = self.headers.get(header::AGE).and_then(|age| seconds(age.to_str().ok()?)).unwrap_or(0);
        // A year at most: what lies beyond is a mistake.
        let lasts = TimeDelta::seconds(lasts.min(31_536_000).saturating_sub(age.max(0)));
        (TimeDelta::zero()..lasts).contains(&(now - self.stored_at))
    }

    /// The headers that ask whether it still holds.
    pub(crate) fn conditions(&self) -> Vec<(header::HeaderName, HeaderValue)> {
        let pairs =
            [(header::ETAG, header::IF_NONE_MATCH), (header::LAST_MODIFIED, header::IF_MODIFIED_SINCE)];
        let condition = |(from, to)| Some((to, self.headers.get(from)?.clone()));
        pairs.into_iter().filter_map(condition).collect()
    }

    /// The answer as a 304 confirms it: the new headers over the old ones.
    pub(crate) fn confirmed(mut self, headers: &HeaderMap, now: Utc) -> Self {
        for name in headers.keys().filter(|name| **name != header::CONTENT_LENGTH) {
            if let Some(value) = headers.get(name) {
                self.headers.insert(name.clone(), value.clone());
            }
        }
        Self { stored_at: now, ..self }
    }
}

/// The value of a Cache-Control directive; empty for one without.
fn directive(headers: &HeaderMap, wanted: &str) -> Option<String> {
    let values = headers.get_all(header::CACHE_CONTROL).iter().filter_map(|value| value.to_str().ok());
    let mut parts = values.flat_map(|value| value.split(','));
    parts.find_map(|part| {
        let (name, value) = part.split_once('=').unwrap_or((part, ""));
        name.trim().eq_ignore_ascii_case(wanted).then(|| value.to_owned())
    })
}

fn name(key: &str) -> String {
    format!("{}.{ENDING}", blake3::hash(key.as_bytes()).to_hex())
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        tracing::warn!(path = %path.display(), %error, "a cached answer cannot be removed");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kept(body: &[u8], headers: Headers, stored_at: Utc) -> Kept {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::from_static(name), value.parse().unwrap()));
        Kept { stored_at, headers: headers.collect(), body: body.to_vec().into() }
    }

    type Headers = &'static [(&'static str, &'static str)];

    /// Bytes that do not shrink.
    fn noise(seed: u8) -> Vec<u8> {
        let mut bytes = vec![0; 4_000];
        blake3::Hasher::new().update(&[seed]).finalize_xof().fill(&mut bytes);
        bytes
    }

    #[test]
    fn it_stays_within_its_bound_and_forgets_the_least_used() {
        let folder = tempfile::tempdir().unwrap();
        let url: Url = "https://shop.test/".parse().unwrap();
        let cache = DiskCache::open(folder.path(), 13_000).unwrap();
        for seed in 0..3 {
            cache
                .put(&seed.to_string(), &url, &kept(&noise(seed), &[("etag", "x")], Utc::UNIX_EPOCH))
                .unwrap();
        }
        assert!(cache.get("0", 9_999).is_some(), "used: now the youngest");
        cache.put("3", &url, &kept(&noise(3), &[], Utc::UNIX_EPOCH)).unwrap();
        assert!(cache.bytes() <= 13_000);
        let left: Vec<bool> = (0..4).map(|seed: u8| cache.get(&seed.to_string(), 9_999).is_some()).collect();
        assert_eq!(left, [true, false, true, true]);

        // When: opened again with less room, and one file damaged.
        let found = DiskCache::open(folder.path(), 9_000).unwrap();
        assert_eq!(
            found.bytes(),
            fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().metadata().unwrap().len()).sum::<u64>()
        );
        fs::write(folder.path().join(name("3")), b"{}").unwrap();
        assert!(found.get("3", 9_999).is_none());
        assert!(!folder.path().join(name("3")).exists());
        assert!(found.get("0", 100).is_none(), "a body over the limit is not read");
    }

    #[test]
    fn freshness_is_what_the_site_says() {
        let at: Utc = "2026-11-24T12:00:00Z".parse().unwrap();
        let cases: [(Headers, i64, bool); 7] = [
            (&[("cache-control", "public, max-age=60")], 59, true),
            (&[("cache-control", "max-age=60")], 60, false),
            (&[("cache-control", "MAX-AGE=60"), ("age", "30")], 31, false),
            (&[("cache-control", "max-age=60, no-cache")], 1, false),
            (&[("cache-control", "max-age=60")], -5, false),
            (&[("cache-control", "max-age=x")], 0, false),
            (&[("etag", "x")], 0, false),
        ];
        for (headers, after, expected) in cases {
            assert_eq!(
                kept(b"", headers, at).is_fresh(at + TimeDelta::seconds(after)),
                expected,
                "{headers:?}"
            );
        }
        let worth = |headers| Kept::is_worth_it(&kept(b"", headers, at).headers);
        assert!(worth(&[("etag", "x")]));
        assert!(!worth(&[("etag", "x"), ("cache-control", "no-store")]));
        assert!(!worth(&[("etag", "x"), ("vary", "*")]));
        assert!(!worth(&[("content-type", "text/html")]));
    }
}
