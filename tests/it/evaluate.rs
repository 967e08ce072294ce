//! `model evaluate`: figures on listings that the model has not learned from.

use std::fs;

use crate::market;
use crate::sandbox::Sandbox;

#[test]
fn a_split_is_trained_on_and_tested_on() {
    // Given a lake of a simulated market, and a split of it with predictions of somebody else
    let sandbox = Sandbox::new();
    sandbox.ok(&["ingest", "--sample", "1500", "--days", "2"]);
    sandbox.ok(&["enrich"]);
    let listed = sandbox.ok(&[
        "--format",
        "csv",
        "query",
        "--limit",
        "2000",
        "select external_id, price from listings where price > 0 and currency = 'USD' order by external_id",
    ]);
    let rows: Vec<(&str, f64)> = listed
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(',').map(|(id, price)| (id, price.parse().unwrap())))
        .collect();
    assert!(rows.len() > 500, "{}", rows.len());
    let part = |i: usize| if i.is_multiple_of(4) { "test" } else { "train" };
    let split: String = rows.iter().enumerate().map(|(i, (id, _))| format!("{id},{}\n", part(i))).collect();
    let guesses: String = rows.iter().map(|(id, _)| format!("{id},100\n")).collect();
    fs::write(sandbox.path("split.csv"), format!("id,part\n{split}")).unwrap();
    fs::write(sandbox.path("others.csv"), format!("id,hundred\n{guesses}")).unwrap();

    // When it is measured
    let told = sandbox.json(&[
        "model",
        "evaluate",
        "--split",
        "split.csv",
        "--reference",
        "others.csv",
        "--plant",
        "2",
        "--output",
        "rows.csv",
    ]);

    // Then test rows alone are told of, better than a guess, with a line for each
    let part = &told["measured"][0];
    let tested = part["sets"][0][1]["rows"].as_u64().unwrap() as usize;
    assert!(tested > 100 && tested <= rows.len() / 4 + 1);
    assert!(part["references"][0]["figures"]["difference"].as_f64().unwrap() < 0.0, "{part}");
    assert_eq!(part["planted"].as_array().unwrap().len(), 2);
    let lines = fs::read_to_string(sandbox.path("rows.csv")).unwrap();
    assert_eq!(lines.lines().count(), tested + 1);
}

#[test]
fn the_model_in_use_is_measured_without_each_items_own_price() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["ingest", "--sample", "1500", "--days", "2"]);
    sandbox.ok(&["enrich"]);
    let before = sandbox.fails(1, &["model", "evaluate"]);
    assert!(before.contains("no model is in use yet"), "{before}");
    sandbox.ok(&["train"]);
    let told = sandbox.json(&["model", "evaluate"]);
    // Out of fold, as the card says of it.
    let card = sandbox.json(&["model", "show"]);
    let of = |value: &serde_json::Value| value["rmsle"].as_f64().unwrap();
    assert!((of(&told["measured"][0]["sets"][0][1]) - of(&card["evaluation"]["overall"])).abs() < 1e-9);
    assert_eq!(told["alerts"].as_array().unwrap().len(), 0);
}

#[test]
fn a_table_that_is_none_is_wrong_use() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["ingest", "--sample", "300", "--days", "1"]);
    sandbox.ok(&["enrich"]);
    fs::write(sandbox.path("split.csv"), "id,part\n1,dev\n").unwrap();
    let told = sandbox.fails(2, &["model", "evaluate", "--split", "split.csv"]);
    assert!(told.contains("line 2: `dev`; expected `train` or `test`"), "{told}");
}

#[test]
fn prices_that_moved_away_are_told_until_they_are_learned() {
    // So many kettles of forty models, each model with a price of its own, give or take.
    let kettles = |from: u32, count: u32, times: f64, seen: &str| {
        let rows: Vec<[String; 3]> = (from..from + count)
            .map(|i| {
                let price = f64::from(20 + 7 * (i % 40)) * (0.95 + f64::from(i % 11) / 100.0) * times;
                [i.to_string(), format!("Kettle K{} number {i}", i % 40), format!("{price:.2}")]
            })
            .collect();
        let rows: Vec<_> = rows
            .iter()
            .map(|[id, title, price]| (id.as_str(), title.as_str(), price.as_str(), seen))
            .collect();
        market::csv(&rows)
    };
    let sandbox = Sandbox::new()
        .file("shop.toml", market::MAPPING)
        .file("first.csv", &kettles(0, 800, 1.0, "2024-01-01 10:00"))
        .file("later.csv", &kettles(800, 300, 2.0, "2024-01-02 10:00"));
    let found = || {
        let rows = sandbox.json(&["check", "--offline"]);
        let model = rows.as_array().unwrap().iter().find(|row| row["area"] == "models").unwrap().clone();
        (model["state"].as_str().unwrap().to_owned(), model["found"].as_str().unwrap().to_owned())
    };
    let told = || sandbox.json(&["alerts"]).as_array().unwrap().clone();
    sandbox.ok(&["ingest", "--from-file", "first.csv", "--mapping", "shop.toml"]);
    sandbox.ok(&["run"]);
    assert_eq!(found().0, "ok", "{:?}", found());
    assert!(!sandbox.path("data/state/autobazaaar.db").exists(), "there is nothing to tell");

    sandbox.ok(&["ingest", "--from-file", "later.csv", "--mapping", "shop.toml"]);
    for _ in 0..2 {
        sandbox.ok(&["run"]);
    }
    let (state, text) = found();
    assert!(state == "warning" && text.contains("300 listings that came later"), "{state}: {text}");
    assert_eq!(told().len(), 1, "once: {:#?}", told());
    assert_eq!(told()[0]["title"], "the price model asked-usd no longer knows the market (drift)");

    sandbox.ok(&["train"]);
    sandbox.ok(&["run"]);
    assert_eq!(found().0, "ok", "{:?}", found());
    assert_eq!(told(), Vec::<serde_json::Value>::new());
}
