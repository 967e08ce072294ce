//! Recorded listings, where they are at hand; and how fast they are read.

use std::collections::BTreeSet;
use std::time::Instant;

use autobazaaar_domain::{Currency, PriceKind, Status};

use super::*;

/// The folder of recorded listings; `None`, said aloud, where there is none. Its absence is a
/// failure in continuous integration.
fn listings() -> Option<PathBuf> {
    let root = std::env::var_os("AUTOBAZAAAR_REAL_DATA")
        .map(PathBuf::from)
        .unwrap_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    let found = root.join("listings");
    if found.is_dir() {
        return Some(found);
    }
    assert!(std::env::var("CI").as_deref() != Ok("true"), "real data not found at {}", root.display());
    println!("skipped: real data not found");
    None
}

fn read_set(pattern: &str, mapping: &str) -> Option<(Vec<SourceFile>, Outcome)> {
    let pattern = listings()?.join(pattern).display().to_string();
    let files = open(&[pattern], shipped(mapping), &SourceOptions::default()).unwrap();
    let outcome = collect(&files, 1000);
    assert_eq!(outcome.error(), "");
    Some((files, outcome))
}

#[test]
fn offerup_phones() {
    let Some((files, outcome)) = read_set("phones-sandiego-2019-daily/*Offerup*.csv", "phones-offerup.toml")
    else {
        return;
    };
    assert_eq!((files.len(), outcome.rows.len(), outcome.rejected.len()), (18, 8685, 0));
    let times: Vec<_> = files.iter().map(|file| file.scan.observed_at.unwrap()).collect();
    assert!(times.is_sorted() && times[0] == at("2019-11-20T03:00:00Z"));
    let queries: BTreeSet<_> = files.iter().map(|file| file.scan.query.as_str()).collect();
    assert_eq!(queries, BTreeSet::from(["iphone", "iphone x", "samsung galaxy s8"]));
    let sold: Vec<_> = outcome.rows.iter().filter(|row| row.observation.status == Status::Sold).collect();
    let items: BTreeSet<_> = sold.iter().map(|row| &row.observation.key).collect();
    assert_eq!((sold.len(), items.len()), (101, 67));
    assert!(outcome.rows.iter().all(|row| row.observation.listed_at.is_some()));
}

#[test]
fn craigslist_phones() {
    let Some((files, outcome)) =
        read_set("phones-sandiego-2019-daily/Craigslist*.csv", "phones-craigslist.toml")
    else {
        return;
    };
    assert_eq!((files.len(), outcome.rows.len()), (12, 3031 - 11));
    // Eleven rows have the id `None`.
    assert!(
        outcome.rejected.iter().all(|rejected| rejected.code == "id_missing") && outcome.rejected.len() == 11
    );
    let conditions = outcome.rows.iter().filter(|row| row.observation.condition.is_some()).count();
    assert!(conditions > 1_000, "{conditions}");
    let names: BTreeSet<_> = outcome.rows.iter().flat_map(|row| row.observation.attributes.keys()).collect();
    println!("attributes: {names:?}");
}

#[test]
fn sfbay() {
    let Some((_, outcome)) = read_set("craigslist-sfbay-2017/*.json", "sfbay.toml") else { return };
    assert_eq!((outcome.rows.len(), outcome.rejected.len()), (10_591, 0));
    let categories: BTreeSet<_> = outcome.rows.iter().map(|row| row.observation.category.as_str()).collect();
    assert_eq!(
        categories,
        BTreeSet::from(["bikes", "electronics", "furniture", "housing", "phones", "vehicles"])
    );
    let placeholders =
        outcome.rows.iter().filter(|row| row.observation.price_kind == PriceKind::Placeholder).count();
    assert!((131..200).contains(&placeholders), "{placeholders}");
    let masked = outcome
        .rows
        .iter()
        .filter(|row| row.observation.description.as_ref().is_some_and(|text| text.contains("[phone]")));
    let masked: Vec<_> = masked.collect();
    println!("descriptions with a masked number: {}", masked.len());
    assert!(masked.len() < 60);
}

#[test]
fn vehicles() {
    let Some((files, outcome)) = read_set("craigslist-vehicles-us/*.csv", "vehicles.toml") else { return };
    assert!(files[0].ids_are_line_numbers());
    assert_eq!((outcome.rows.len(), outcome.rejected.len()), (51_525, 0));
    let first = &outcome.rows[0].observation;
    assert_eq!((first.observed_at, first.category.as_str()), (at("2018-06-23T12:00:00Z"), "vehicles"));
}

#[test]
fn kleinanzeigen_and_mercari() {
    let Some((_, outcome)) = read_set("kleinanzeigen-autos-2016/*.csv", "kleinanzeigen.toml") else { return };
    assert_eq!((outcome.rows.len(), outcome.rejected.len()), (1_000, 0));
    assert!(
        outcome
            .rows
            .iter()
            .all(|row| row.observation.currency == Currency::EUR && row.also_seen_at.is_some())
    );
    let Some((_, outcome)) = read_set("mercari-us-2022/*.csv", "mercari.toml") else { return };
    assert_eq!((outcome.rows.len(), outcome.rejected.len()), (300, 0));
    assert!(outcome.rows.iter().all(|row| row.observation.price_kind == PriceKind::Sold));
}

/// Seconds that this thread has had a processor; the wall clock where the system does not say.
fn busy_seconds(start: Instant) -> f64 {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| start.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Prints rates per second of processor time. The bounds are far below what is reached, so that
/// only a blunder fails.
#[test]
fn reads_and_maps_fast() {
    let Some(root) = listings() else { return };
    let text = std::fs::read_to_string(root.join("craigslist-vehicles-us/vehicles_us.csv")).unwrap();
    let (head, body) = text.trim_end().split_once('\n').unwrap();
    let folder = Folder::new();
    let path = folder.file("many.csv", format!("{head}\n{}", format!("{body}\n").repeat(10)));
    let files = open(&[path], shipped("vehicles.toml"), &SourceOptions::default()).unwrap();
    let start = Instant::now();
    let began = busy_seconds(start);
    let batches: Vec<_> = files[0].batches(1024).unwrap().map(Result::unwrap).collect();
    let read = busy_seconds(start);
    let rows: usize = batches.iter().map(RawBatch::len).sum();
    let mapped: usize = batches.into_iter().map(|batch| files[0].map(batch, &run_id()).rows.len()).sum();
    let (reading, mapping) = (rows as f64 / (read - began), mapped as f64 / (busy_seconds(start) - read));
    println!("{rows} rows: read {reading:.0} rows/s, mapped {mapping:.0} rows/s on one thread");
    assert_eq!((rows, mapped), (515_250, 515_250));
    assert!(reading > 100_000.0 && mapping > 40_000.0);
}
