//! The configured sources, opened in time order.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use autobazaaar_domain::Utc;

use crate::config::{Config, SourceConfig};
use crate::ingest::Source;
use crate::ingest::files::FileSource;
use crate::ingest::pages::{PAGES, PageSource};
use autobazaaar_venues::file::{Mapping, MappingError, SourceError, SourceOptions, open};

/// Why sources cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SourcesError {
    #[error(transparent)]
    Mapping(#[from] MappingError),
    #[error(transparent)]
    Source(#[from] SourceError),
    #[error("no page matches {pattern}")]
    NoPages { pattern: String },
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

/// Opens every configured source, all files together in time order; pages are as old as their files.
///
/// # Errors
/// When a mapping is wrong or a pattern matches nothing.
pub fn open_sources(config: &Config, base: &Path) -> Result<Vec<Box<dyn Source>>, SourcesError> {
    let mut files: Vec<Opened> = Vec::new();
    for source in &config.sources {
        if source.mapping == PAGES {
            files.extend(open_pages(source, base)?);
            continue;
        }
        for file in open_one(source, base)? {
            let (at, path) = (file.scan.observed_at, file.path.clone());
            let file = FileSource::new(file, &source.mapping, source.query.clone(), source.complete);
            files.push((at, path, Box::new(file)));
        }
    }
    files.sort_by(|a, b| (a.0, &a.1).cmp(&(b.0, &b.1)));
    Ok(files.into_iter().map(|(_, _, source)| source).collect())
}

type Opened = (Option<Utc>, PathBuf, Box<dyn Source>);

fn open_pages(source: &SourceConfig, base: &Path) -> Result<Vec<Opened>, SourcesError> {
    let mut pages: Vec<Opened> = Vec::new();
    for pattern in &source.files {
        let whole = base.join(pattern);
        let nothing = || SourcesError::NoPages { pattern: pattern.clone() };
        let found = glob::glob(&whole.to_string_lossy()).map_err(|_| nothing())?;
        let before = pages.len();
        for path in found.filter_map(Result::ok).filter(|path| path.is_file()) {
            let at = PageSource::seen_at(&path).unwrap_or(Utc::UNIX_EPOCH);
            pages.push((Some(at), path.clone(), Box::new(PageSource::open(path, at))));
        }
        if pages.len() == before {
            return Err(nothing());
        }
    }
    Ok(pages)
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
