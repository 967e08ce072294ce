//! Real pages, where they are at hand.

use std::path::PathBuf;

use autobazaaar_domain::{RunId, Utc};

use crate::{Page, PageKind, ReadContext, read};

/// The folder of saved pages; `None`, said aloud, where there is none. Its absence is a failure in
/// continuous integration.
pub(crate) fn pages() -> Option<PathBuf> {
    let root = std::env::var_os("AUTOBAZAAAR_REAL_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let found = root.join("pages");
    if found.is_dir() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "real data not found at {}", root.display());
    println!("skipped: real data not found");
    None
}

pub(crate) fn page(bytes: &[u8]) -> Page {
    let run_id = RunId("test".into());
    let context = ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: "page", currency: None };
    read(bytes, &context).unwrap()
}

#[test]
fn survey() {
    let Some(pages) = pages() else { return };
    for folder in std::fs::read_dir(pages).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|e| e == "md") { continue; }
            let bytes = std::fs::read(&path).unwrap();
            let run_id = RunId("test".into());
            let context = ReadContext { run_id: &run_id, observed_at: Utc::UNIX_EPOCH, label: "page", currency: None };
            match read(&bytes, &context) {
                Ok(p) => { println!("{} {} {} n={} rej={} next={:?} total={:?} q={:?} {:?}", path.file_name().unwrap().to_str().unwrap(), p.venue, p.kind.as_str(), p.listings.len(), p.rejected.len(), p.next.map(|n| n.chars().take(40).collect::<String>()), p.total, p.query, p.reason);
                  for r in p.rejected.iter().take(3) { println!("   rejected {} {}", r.reason, r.raw); }
                  for l in p.listings.iter().take(2) { println!("   {:?}", l); } }
                Err(e) => println!("{} {e}", path.display()),
            }
        }
    }
    let _ = PageKind::Results;
}
