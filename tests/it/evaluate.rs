//! `model evaluate`: figures on listings that the model has not learned from.

use std::fs;

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
