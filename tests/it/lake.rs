//! A lake read as an outsider would: by the manifests alone, with DuckDB.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use duckdb::Connection;
use serde_json::Value;

/// Rows that count and differ between two lakes, per dataset: rows of one, of the other, and
/// what only one of them has. Which run wrote a row is no difference.
#[derive(Debug, PartialEq, Eq)]
pub struct Compared {
    pub left: i64,
    pub right: i64,
    pub only_left: i64,
    pub only_right: i64,
}

/// Paths of the Parquet files that the manifests name, by dataset.
///
/// # Panics
/// When a file is named that is not there.
pub fn named_files(data: &Path) -> BTreeMap<String, Vec<String>> {
    let mut named: BTreeMap<String, Vec<String>> = BTreeMap::new();
    let Ok(manifests) = fs::read_dir(data.join("lake/_manifests")) else { return named };
    for path in
        manifests.map(|entry| entry.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "json"))
    {
        let manifest: Value = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
        for (dataset, files) in manifest["files"].as_object().unwrap() {
            for file in files.as_array().unwrap() {
                let file = data.join("lake").join(file["path"].as_str().unwrap());
                assert!(file.exists(), "{} names {}", path.display(), file.display());
                named.entry(dataset.clone()).or_default().push(file.display().to_string());
            }
        }
    }
    named
}

/// Rows of a dataset that count.
pub fn rows(data: &Path, dataset: &str) -> i64 {
    match named_files(data).get(dataset) {
        Some(files) => {
            number(&Connection::open_in_memory().unwrap(), &format!("select count(*) from {}", table(files)))
        }
        None => 0,
    }
}

/// Compares every dataset that either lake has.
pub fn compare(left: &Path, right: &Path) -> BTreeMap<String, Compared> {
    let engine = Connection::open_in_memory().unwrap();
    let (left, right) = (named_files(left), named_files(right));
    assert_eq!(left.keys().collect::<Vec<_>>(), right.keys().collect::<Vec<_>>());
    let compared = left.iter().map(|(dataset, files)| {
        let (left, right) = (table(files), table(&right[dataset]));
        let count = |table: &str| number(&engine, &format!("select count(*) from {table}"));
        let only = |a: &str, b: &str| {
            let all = "select * exclude (run_id) from";
            number(&engine, &format!("select count(*) from ({all} {a} except all {all} {b})"))
        };
        let found = Compared {
            left: count(&left),
            right: count(&right),
            only_left: only(&left, &right),
            only_right: only(&right, &left),
        };
        (dataset.clone(), found)
    });
    compared.collect()
}

fn number(engine: &Connection, sql: &str) -> i64 {
    engine.query_row(sql, [], |row| row.get(0)).unwrap()
}

fn table(files: &[String]) -> String {
    let list: Vec<String> = files.iter().map(|file| format!("'{file}'")).collect();
    format!("read_parquet([{}], hive_partitioning = false, union_by_name = true)", list.join(", "))
}
