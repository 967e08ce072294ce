//! The configured sources, opened in time order.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::config::{Config, SourceConfig};
use crate::ingest::files::FileSource;
use autobazaaar_venues::file::{Mapping, MappingError, SourceError, SourceOptions, open};

/// Why sources cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("there is no mapping `{name}`: neither a file, nor one of those that come along: {known}")]
    NoMapping { name: String, known: String },
}

/// Mappings that come along, by name.
const BUILT_IN: [(&str, &str); 6] = [
    ("phones-offerup", include_str!("../../data/mappings/phones-offerup.toml")),
    ("phones-craigslist", include_str!("../../data/mappings/phones-craigslist.toml")),
    ("sfbay", include_str!("../../data/mappings/sfbay.toml")),
    ("vehicles", include_str!("../../data/mappings/vehicles.toml")),
    ("kleinanzeigen", include_str!("../../data/mappings/kleinanzeigen.toml")),
    ("mercari", include_str!("../../data/mappings/mercari.toml")),
];

/// A mapping by path, or by the name of one that comes along. A relative path counts from `base`.
///
/// # Errors
/// When there is none, or it is wrong.
pub fn mapping(name: &str, base: &Path) -> Result<Mapping, SourcesError> {
    let path = base.join(name);
    if path.is_file() {
        return Ok(Mapping::load(path)?);
    }
    let stem = name.strip_suffix(".toml").unwrap_or(name);
    match BUILT_IN.iter().find(|(known, _)| *known == stem) {
        Some((known, text)) => Ok(Mapping::parse(known, text)?),
        None => Err(SourcesError::NoMapping {
            name: name.to_owned(),
            known: BUILT_IN.map(|(known, _)| known).join(", "),
        }),
    }
}

/// Opens every configured source, all files together in time order.
///
/// # Errors
/// When a mapping is wrong or a pattern matches nothing.
pub fn open_sources(config: &Config, base: &Path) -> Result<Vec<FileSource>, SourcesError> {
    let mut files = Vec::new();
    for source in &config.sources {
        for file in open_one(source, base)? {
            files.push((file.scan.observed_at, file.path.clone(), source, file));
        }
    }
    files.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    let named = |(_, _, source, file): (_, _, &SourceConfig, _)| {
        FileSource::new(file, &source.mapping, source.query.clone(), source.complete)
    };
    Ok(files.into_iter().map(named).collect())
}

fn open_one(
    source: &SourceConfig,
    base: &Path,
) -> Result<Vec<autobazaaar_venues::file::SourceFile>, SourcesError> {
    let mapping = Arc::new(mapping(&source.mapping, base)?);
    let patterns: Vec<PathBuf> = source.files.iter().map(|pattern| base.join(pattern)).collect();
    let patterns: Vec<String> = patterns.iter().map(|p| p.to_string_lossy().into_owned()).collect();
    Ok(open(&patterns, mapping, &SourceOptions::default())?)
}
