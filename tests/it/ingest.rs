//! `autobazaaar ingest` and `quarantine`, on files made here.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use crate::market::{MAPPING, csv};
use crate::sandbox::Sandbox;

const DAY: &str = "2024-01-01 10:00";

fn shop() -> Sandbox {
    Sandbox::new().file("shop.toml", MAPPING)
}

/// Reads a file; what the result says: rows read, new, seen again, known, rejected.
fn ingest(sandbox: &Sandbox, file: &str) -> [i64; 5] {
    counts(&sandbox.json(&["ingest", "--from-file", file, "--mapping", "shop.toml"]))
}

fn counts(said: &Value) -> [i64; 5] {
    ["rows", "observations", "sightings", "repeated", "rejected"].map(|name| said[0][name].as_i64().unwrap())
}

#[test]
fn a_dry_run_shows_and_writes_nothing() {
    let text = csv(&[("1", "lamp", "$10", DAY), ("2", "chair", "call me", DAY)]);
    let sandbox = shop().file("a.csv", &text);
    let args = ["ingest", "--from-file", "a.csv", "--mapping", "shop.toml", "--dry-run"];
    insta::assert_snapshot!("dry_run", sandbox.run(&[&args[..], &["--format", "csv"]].concat()));
    assert!(!sandbox.path("data").exists());
}

#[test]
fn a_pass_ends_after_the_rows_that_it_shows() {
    // Given a complete pass whose rows were seen at times of their own
    let text = csv(&[("1", "lamp", "$10", DAY), ("2", "chair", "$20", "2024-01-01 10:05")]);
    let mapping = format!("{MAPPING}\n[scan]\nquery = \"all\"\ncomplete = true\n");
    let sandbox = Sandbox::new().file("shop.toml", &mapping).file("a.csv", &text);
    // When it is read, and a later pass without the lamp after it
    ingest(&sandbox, "a.csv");
    sandbox.ok(&["enrich"]);
    // Then the first row is not gone by the pass that shows it, and by the next one it is
    let gone = "select count(*) from listings where presence = 'gone'";
    assert_eq!(sandbox.number(gone), 0);
    let sandbox = sandbox.file("b.csv", &csv(&[("2", "chair", "$20", "2024-01-02 10:00")]));
    ingest(&sandbox, "b.csv");
    sandbox.ok(&["enrich"]);
    assert_eq!(sandbox.number(gone), 1);
}

#[test]
fn what_is_read_twice_adds_nothing() {
    let text = csv(&[("1", "lamp", "$10", DAY), ("2", "chair", "$20", DAY)]);
    let sandbox = shop().file("a.csv", &text);
    assert_eq!(ingest(&sandbox, "a.csv"), [2, 2, 0, 0, 0]);
    assert_eq!(ingest(&sandbox, "a.csv"), [2, 0, 0, 2, 0]);
}

#[test]
fn another_time_is_another_sighting() {
    let sandbox = shop()
        .file("a.csv", &csv(&[("1", "lamp", "$10", DAY)]))
        .file("b.csv", &csv(&[("1", "lamp", "$10", "2024-01-02 10:00")]));
    assert_eq!(ingest(&sandbox, "a.csv"), [1, 1, 0, 0, 0]);
    assert_eq!(ingest(&sandbox, "b.csv"), [1, 0, 1, 0, 0]);
    sandbox.ok(&["enrich"]);
    assert_eq!(sandbox.number("select count(*) from observations"), 1);
    let seen = sandbox.json(&["query", "select cast(observed_at as date) as day from sightings order by 1"]);
    assert_eq!(seen, serde_json::json!([{"day": "2024-01-01"}, {"day": "2024-01-02"}]));
}

#[test]
fn a_price_that_comes_back_stands_in_the_history_again() {
    let sandbox = shop();
    for (day, price) in [("01", "$10"), ("02", "$8"), ("03", "$10")] {
        let name = format!("{day}.csv");
        sandbox.write(&name, csv(&[("1", "lamp", price, &format!("2024-01-{day} 10:00"))]));
        ingest(&sandbox, &name);
    }
    sandbox.ok(&["enrich"]);
    let sql = "select price_before, price, change from price_changes order by changed_at";
    let expected = serde_json::json!([
        {"price_before": 1000, "price": 800, "change": -200},
        {"price_before": 800, "price": 1000, "change": 200},
    ]);
    assert_eq!(sandbox.json(&["query", sql]), expected);
    // The third sight has the first's content, so that two contents carry three sightings.
    assert_eq!(sandbox.number("select count(*) from observations"), 2);
    assert_eq!(sandbox.number("select count(*) from sightings"), 3);
    assert_eq!(sandbox.number("select count(*) from listings"), 1);
}

#[test]
fn what_came_late_takes_its_place_in_time() {
    let sandbox = shop()
        .file("new.csv", &csv(&[("1", "lamp", "$8", "2024-01-05 10:00")]))
        .file("old.csv", &csv(&[("1", "lamp", "$10", "2024-01-02 10:00")]));
    ingest(&sandbox, "new.csv");
    ingest(&sandbox, "old.csv");
    sandbox.ok(&["enrich"]);
    let changes = sandbox.json(&["query", "select price_before, price from price_changes"]);
    assert_eq!(changes, serde_json::json!([{"price_before": 1000, "price": 800}]));
    assert_eq!(sandbox.number("select price from listings"), 800);
}

#[test]
fn rejected_rows_are_kept_and_fit_once_the_mapping_is_mended() {
    let rows = [("1", "lamp", "$10", DAY), ("2", "chair", "call me", DAY), ("3", "desk", "ask", DAY)];
    let sandbox = shop().file("a.csv", &csv(&rows));
    assert_eq!(ingest(&sandbox, "a.csv"), [3, 1, 0, 0, 2]);
    let list = sandbox.json(&["quarantine", "list"]);
    let codes: Vec<&Value> = list.as_array().unwrap().iter().map(|row| &row["code"]).collect();
    assert_eq!(codes, ["price_unreadable", "price_unreadable"]);
    let explained = list[0]["explanation"].as_str().unwrap();
    assert!(explained.contains("`call me` is not a price") && explained.contains("[price]"), "{explained}");
    assert!(list[0]["raw"].as_str().unwrap().contains("chair"));

    let mended = MAPPING.replace("column = \"price\"", "column = \"price\"\non_request = [\"call me\"]");
    sandbox.write("shop.toml", mended);
    sandbox.ok(&["quarantine", "replay"]);
    let left = sandbox.json(&["quarantine", "list"]);
    assert_eq!(left.as_array().unwrap().len(), 1, "{left:#}");
    assert!(left[0]["raw"].as_str().unwrap().contains("desk"));
    sandbox.ok(&["enrich"]);
    let sql = "select external_id, price_kind from listings order by 1";
    let expected = serde_json::json!([
        {"external_id": "1", "price_kind": "fixed"},
        {"external_id": "2", "price_kind": "on_request"},
    ]);
    assert_eq!(sandbox.json(&["query", sql]), expected);
}

#[test]
fn a_replay_keeps_the_time_and_what_it_cannot_read_any_more() {
    // Given two files without times of their own, each with a row that does not fit
    let mapping = MAPPING.replace("[time]\nobserved_at = \"seen\"\n", "");
    let rows = |id| csv(&[(id, "lamp", "$10", DAY), ("9", "chair", "call me", DAY)]);
    let sandbox =
        Sandbox::new().file("maps/shop.toml", &mapping).file("a.csv", &rows("1")).file("b.csv", &rows("2"));
    for file in ["a.csv", "b.csv"] {
        let seen = ["--observed-at", "2020-05-01T12:00:00Z"];
        let args = ["ingest", "--from-file", file, "--mapping", "maps/shop.toml"];
        sandbox.json(&[&args[..], &seen].concat());
    }
    // When one is gone, the mapping is mended, and they are read again from another folder
    std::fs::remove_file(sandbox.path("b.csv")).unwrap();
    sandbox.write(
        "maps/shop.toml",
        mapping.replace("column = \"price\"", "column = \"price\"\non_request = [\"call me\"]"),
    );
    let said = sandbox.run_in("maps", &["--data-dir", "../data", "quarantine", "replay"]);
    // Then the one there is adds its row, as seen then, and the other's stays
    assert!(said.contains("exit: 1") && said.contains("b.csv"), "{said}");
    sandbox.ok(&["enrich"]);
    let seen = "select distinct cast(last_seen as varchar) as seen from listings where external_id = '9'";
    let seen = sandbox.json(&["query", seen]);
    assert!(seen[0]["seen"].as_str().unwrap().starts_with("2020-05-01 12:00"), "{seen}");
    assert_eq!(sandbox.number("select count(*) from listings"), 3);
    let left = sandbox.json(&["quarantine", "list"]);
    assert!(left.as_array().unwrap().iter().all(|row| row["source"].as_str().unwrap().ends_with("b.csv")));
    assert_eq!(left.as_array().unwrap().len(), 1);
}

#[test]
fn line_numbers_of_another_file_are_refused() {
    let mapping = MAPPING.replace("column = \"id\"", "line = true");
    let sandbox = Sandbox::new()
        .file("shop.toml", &mapping)
        .file("a.csv", &csv(&[("", "lamp", "$10", DAY), ("", "chair", "$20", DAY), ("", "desk", "$30", DAY)]))
        .file("b.csv", &csv(&[("", "vase", "$11", DAY), ("", "sofa", "$21", DAY)]));
    ingest(&sandbox, "a.csv");
    let said = sandbox.fails(1, &["ingest", "--from-file", "b.csv", "--mapping", "shop.toml"]);
    assert!(
        said.contains("2 of the first 2 stand for other listings") && said.contains("from a.csv"),
        "{said}"
    );
    // The same file, later, with a title edited and a line more, is the same.
    let grown = [("", "old lamp", "$10", DAY), ("", "chair", "$20", DAY), ("", "desk", "$25", DAY)];
    sandbox.write("a.csv", csv(&[&grown[..], &[("", "bed", "$90", DAY)]].concat()));
    assert_eq!(ingest(&sandbox, "a.csv")[..2], [4, 3]);
}

#[test]
fn wrong_use_ends_with_two_and_says_what_is_right() {
    let sandbox = shop()
        .file("a.csv", &csv(&[("1", "lamp", "$10", DAY)]))
        .file("key.toml", &MAPPING.replace("title = ", "titel = "))
        .file("value.toml", &MAPPING.replace("[id]", "zone = \"Mars\"\n[id]"))
        .file("text.toml", "platform = \n");
    let with = |mapping: &str| sandbox.fails(2, &["ingest", "--from-file", "a.csv", "--mapping", mapping]);
    let cases = [
        (with("none"), vec!["there is no mapping `none`", "phones-offerup"]),
        (with("key.toml"), vec!["key.toml, line 14", "unknown field `titel`", "did you mean `title`?"]),
        (with("value.toml"), vec!["value.toml", "`Mars`"]),
        (with("text.toml"), vec!["text.toml, line 1"]),
        (
            sandbox.fails(2, &["ingest"]),
            vec!["there is nothing to read", "hint: autobazaaar ingest --from-file"],
        ),
        (sandbox.fails(2, &["ingest", "--from-file", "a.csv"]), vec!["--mapping"]),
        (sandbox.fails(2, &["ingest", "--mapping", "shop.toml"]), vec!["--from-file"]),
    ];
    for (said, wanted) in cases {
        for part in wanted {
            assert!(said.contains(part), "{part} in {said}");
        }
    }
    assert!(!sandbox.path("data").exists(), "nothing was done");
}

#[test]
fn what_cannot_be_read_ends_with_one_and_says_why() {
    let sandbox =
        shop().file("empty.csv", "").file("other.csv", "id,titel,price,seen\n1,lamp,$1,2024-01-01\n");
    let read = |file: &str| sandbox.fails(1, &["ingest", "--from-file", file, "--mapping", "shop.toml"]);
    let said = read("none.csv");
    assert!(said.contains("no file matches `none.csv`"), "{said}");
    let said = read("empty.csv");
    assert!(said.contains("empty.csv: the file holds no records"), "{said}");
    let said = read("other.csv");
    assert!(said.contains("column `title`") && said.contains("did you mean `titel`?"), "{said}");
}

#[test]
fn one_file_that_cannot_be_read_does_not_stop_the_others() {
    let sandbox = shop()
        .file("in/a.csv", "id,titel,price,seen\n1,lamp,$1,2024-01-01\n")
        .file("in/b.csv", &csv(&[("1", "lamp", "$10", DAY)]));
    let output = sandbox
        .output("", &["ingest", "--from-file", "in/*.csv", "--mapping", "shop.toml", "--format", "json"]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(counts(&serde_json::from_slice(&output.stdout).unwrap()), [1, 1, 0, 0, 0]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("not everything could be read") && said.contains("a.csv"), "{said}");
}

#[test]
fn what_stood_before_a_cut_counts() {
    let rows: String = (0..20_000).map(|i| format!("{i},thing {},${i},{DAY}\n", i * 7919 % 10_007)).collect();
    let mut packed = GzEncoder::new(Vec::new(), Compression::default());
    packed.write_all(format!("id,title,price,seen\n{rows}").as_bytes()).unwrap();
    let packed = packed.finish().unwrap();
    let sandbox = shop();
    sandbox.write("cut.csv.gz", &packed[..packed.len() / 2]);
    let said = sandbox
        .output("", &["ingest", "--from-file", "cut.csv.gz", "--mapping", "shop.toml", "--format", "json"]);
    assert_eq!(said.status.code(), Some(1));
    let [read, new, ..] = counts(&serde_json::from_slice(&said.stdout).unwrap());
    assert!(read > 1_000 && read == new && read < 20_000, "{read} {new}");
    let told = String::from_utf8_lossy(&said.stderr);
    assert!(told.contains(&format!("cut off or damaged after {read} records")), "{told}");

    // The whole file adds what was missing, and nothing twice.
    sandbox.write("cut.csv.gz", &packed);
    assert_eq!(ingest(&sandbox, "cut.csv.gz"), [20_000, 20_000 - read, 0, read, 0]);
}

#[test]
fn rows_that_do_not_fit_are_rejected_one_by_one() {
    let long = "x".repeat(10 << 20);
    let text = format!(
        "id,title,price,seen\n1,lamp,$10,{DAY}\n2,desk\n3,chair,$5,{DAY},more\n4,{long},$6,{DAY}\n\
         ,none,$7,{DAY}\n6,late,$8,yesterday\n7,free,$0,{DAY}\n"
    );
    let sandbox = shop().file("a.csv", &text);
    assert_eq!(ingest(&sandbox, "a.csv"), [7, 2, 0, 0, 5]);
    let list = sandbox.json(&["quarantine", "list"]);
    let codes: Vec<(i64, &str)> = list
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["row"].as_i64().unwrap(), row["code"].as_str().unwrap()))
        .collect();
    let expected = [
        (1, "row_ragged"),
        (2, "row_ragged"),
        (3, "field_too_long"),
        (4, "id_missing"),
        (5, "date_unreadable"),
    ];
    assert_eq!(codes, expected);
    let kept: usize =
        list.as_array().unwrap().iter().map(|row| row["raw"].as_str().unwrap_or("").len()).sum();
    assert!(kept < 40_000, "quarantine holds {kept} bytes");
}

#[test]
fn one_id_twice_in_a_file_is_one_listing() {
    let rows = [("7", "lamp", "$10", DAY), ("7", "lamp", "$9", DAY), ("7", "lamp", "$9", DAY)];
    let sandbox = shop().file("a.csv", &csv(&rows));
    assert_eq!(ingest(&sandbox, "a.csv"), [3, 2, 0, 1, 0]);
    sandbox.ok(&["enrich"]);
    assert_eq!(sandbox.number("select count(*) from listings"), 1);
    // Read again it is what it was: no change of price is made up.
    assert_eq!(ingest(&sandbox, "a.csv"), [3, 0, 0, 3, 0]);
}
