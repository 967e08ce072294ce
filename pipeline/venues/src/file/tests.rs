//! Tests over generated files, and over real ones where they are at hand.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_domain::{RunId, Utc};

use super::*;

mod bad_input;
mod formats;
mod mappings;
mod properties;
mod real_data;

/// A small mapping, with more lines in front of and behind its tables.
const MAPPING: &str = r#"
platform = "craigslist"
currency = "USD"
[time]
observed_at = { column = "seen", optional = true }
fixed = "2020-01-01"
[id]
column = "id"
[price]
column = "price"
decimal = "dot"
[fields]
title = "title"
description = { column = "text", optional = true, with = "\n" }
"#;

/// Files in a folder of their own.
struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        path.display().to_string()
    }
}

/// Everything that came of a set of files.
#[derive(Default)]
struct Outcome {
    rows: Vec<MappedRow>,
    rejected: Vec<Rejected>,
    errors: Vec<SourceError>,
}

impl Outcome {
    fn titles(&self) -> Vec<&str> {
        self.rows.iter().map(|row| row.observation.title.as_str()).collect()
    }

    fn codes(&self) -> Vec<(u64, &str)> {
        self.rejected.iter().map(|rejected| (rejected.row, rejected.code.as_str())).collect()
    }

    fn error(&self) -> String {
        self.errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
    }
}

fn mapping(text: &str) -> Arc<Mapping> {
    Arc::new(Mapping::parse("test.toml", text).unwrap())
}

fn run_id() -> RunId {
    RunId("r".into())
}

fn read(paths: &[String], mapping: &Arc<Mapping>) -> Outcome {
    let files = open(paths, Arc::clone(mapping), &SourceOptions::default()).unwrap();
    collect(&files, 3)
}

fn collect(files: &[SourceFile], rows_per_batch: usize) -> Outcome {
    let mut outcome = Outcome::default();
    for file in files {
        let batches = match file.batches(rows_per_batch) {
            Ok(batches) => batches,
            Err(error) => {
                outcome.errors.push(error);
                continue;
            }
        };
        for batch in batches {
            match batch {
                Ok(batch) => {
                    let mapped = file.map(batch, &run_id());
                    outcome.rows.extend(mapped.rows);
                    outcome.rejected.extend(mapped.rejected);
                }
                Err(error) => outcome.errors.push(error),
            }
        }
    }
    outcome
}

fn read_one(name: &str, bytes: impl AsRef<[u8]>) -> Outcome {
    read_with(name, bytes, MAPPING)
}

fn read_with(name: &str, bytes: impl AsRef<[u8]>, text: &str) -> Outcome {
    let folder = Folder::new();
    read(&[folder.file(name, bytes)], &mapping(text))
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn at(text: &str) -> Utc {
    text.parse().unwrap()
}

/// The project's mapping of that name.
fn shipped(name: &str) -> Arc<Mapping> {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../data/mappings").join(name);
    Arc::new(Mapping::load(path).unwrap())
}
