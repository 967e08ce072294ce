//! Analysts read while runs write; neither waits for the other.

use duckdb::{AccessMode, Config, Connection};

use crate::market::{MAPPING, csv, many};
use crate::sandbox::Sandbox;

fn open(sandbox: &Sandbox) -> Connection {
    let config = Config::default().access_mode(AccessMode::ReadOnly).unwrap();
    Connection::open_with_flags(sandbox.path("data/analytics.duckdb"), config).unwrap()
}

fn count(database: &Connection, table: &str) -> i64 {
    database.query_row(&format!("select count(*) from {table}"), [], |row| row.get(0)).unwrap()
}

fn published() -> Sandbox {
    let sandbox = Sandbox::new()
        .file("shop.toml", MAPPING)
        .file("small.csv", &csv(&[("a", "lamp", "$10", "2024-01-01"), ("b", "desk", "$20", "2024-01-01")]));
    sandbox.ok(&["ingest", "--from-file", "small.csv", "--mapping", "shop.toml"]);
    sandbox.ok(&["enrich"]);
    sandbox
}

#[test]
fn queries_are_answered_while_a_run_writes() {
    let sandbox = published().file("big.csv", &many(50_000, 12));
    let mut writer = sandbox.spawn(&["ingest", "--from-file", "big.csv", "--mapping", "shop.toml"]);
    let mut answered = 0;
    while writer.try_wait().unwrap().is_none() {
        // One process of its own each time, as an analyst's would be.
        assert_eq!(sandbox.number("select count(*) from listings"), 2);
        assert_eq!(count(&open(&sandbox), "observations"), 2);
        answered += 1;
    }
    assert!(writer.wait().unwrap().success(), "the readers stopped the writer");
    assert!(answered > 1, "the run was over before a query was asked");
}

#[test]
fn an_open_database_does_not_hold_up_the_next_one() {
    let sandbox = published();
    let before = open(&sandbox);
    assert_eq!((count(&before, "listings"), count(&before, "observations")), (2, 2));

    let more = csv(&[("c", "chair", "$30", "2024-01-02"), ("a", "lamp", "$9", "2024-01-02")]);
    sandbox.write("more.csv", more);
    sandbox.ok(&["ingest", "--from-file", "more.csv", "--mapping", "shop.toml"]);
    sandbox.ok(&["enrich"]);

    // The opened one goes on showing what it showed; who opens anew sees the new one.
    assert_eq!((count(&before, "listings"), count(&before, "observations")), (2, 2));
    drop(before);
    let after = open(&sandbox);
    assert_eq!((count(&after, "listings"), count(&after, "observations")), (3, 4));
    let beside: Vec<String> = std::fs::read_dir(sandbox.path("data"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with("analytics"))
        .collect();
    assert_eq!(beside, ["analytics.duckdb"]);
}
