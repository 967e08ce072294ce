//! `autobazaaar run` in an empty folder, and everything that shows what it made.

use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::Value;

use crate::sandbox::Sandbox;

/// The first run in an empty folder, which takes its seconds: once for all tests of this file.
static FIRST: LazyLock<First> = LazyLock::new(|| {
    let sandbox = Sandbox::shared("run");
    let said = sandbox.run(&["run"]);
    First { sandbox, said }
});

struct First {
    sandbox: Sandbox,
    said: String,
}

fn bazaar() -> &'static Sandbox {
    &FIRST.sandbox
}

/// The best deal; where the limits leave none, the listing that is most underpriced.
fn first_deal() -> String {
    let mut deals = bazaar().json(&["deals"]);
    if deals.as_array().unwrap().is_empty() {
        deals = bazaar().json(&["deals", "--all", "--sort", "underpriced"]);
    }
    format!("{}:{}", deals[0]["platform"].as_str().unwrap(), deals[0]["external_id"].as_str().unwrap())
}

#[test]
fn an_empty_folder_gets_the_simulated_bazaar() {
    let said = &FIRST.said;
    assert!(said.starts_with("exit: 0\n--- stdout\nlisting "), "{said}");
    let (stdout, stderr) = said.split_once("--- stderr\n").unwrap();
    let head = stdout.lines().find(|line| line.starts_with("listing ")).unwrap();
    for column in ["ask", "worth", "80 % between", "profit", "loss", "do"] {
        assert!(head.contains(column), "{column} in {head}");
    }
    assert!(stdout.lines().any(|line| line.contains("bazaar-")), "a first run shows a deal: {stdout}");
    let report = stdout.lines().find_map(|line| line.strip_prefix("report: ")).unwrap();
    let page = bazaar().read(report);
    assert!(page.starts_with("<!doctype html>") || page.starts_with("<!DOCTYPE html>"), "{report}");
    assert!(stderr.contains("this is the simulated bazaar"), "{stderr}");
    assert!(stderr.contains("hint: autobazaaar deals show"), "{stderr}");
    assert!(bazaar().path("data/bazaar/analytics.duckdb").exists());
    assert!(!bazaar().path("data/lake").exists(), "the bazaar is never mixed with real listings");
}

#[test]
fn lines_fit_the_terminal() {
    let wide: Vec<&str> =
        FIRST.said.lines().filter(|line| line.starts_with("bazaar") && line.chars().count() > 100).collect();
    assert!(wide.is_empty(), "{wide:#?}");
}

#[test]
fn a_second_run_reads_no_listing_anew() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["run", "--quiet"]);
    let count = || sandbox.number("select count(*) from observations");
    let before = count();
    sandbox.ok(&["run", "--quiet"]);
    assert_eq!(count(), before);
    let runs = sandbox.json(&["runs", "list"]);
    assert_eq!(runs.as_array().unwrap().len(), 2);
    let changed = "select count(*) from (select platform, external_id, changed_at from price_changes
        group by all having count(*) > 1)";
    assert_eq!(sandbox.number(changed), 0);
}

#[test]
fn deals_are_listed_best_first() {
    let said = bazaar().ok(&["deals", "--all", "--sort", "underpriced", "--format", "csv"]);
    let header = "platform,external_id,title,category,currency,ask,expected,low,high,underpriced,\
        net_profit,roi,p_loss,max_price,days_to_sell,days_to_sell_low,days_to_sell_high,action,reason,url";
    assert_eq!(said.lines().next(), Some(header));
    let mut rows = csv::Reader::from_reader(said.as_bytes());
    let scores: Vec<Option<f64>> = rows.records().map(|row| row.unwrap()[9].parse().ok()).collect();
    assert_eq!(scores.len() as i64, bazaar().number("select count(*) from deals"));
    let known: Vec<f64> = scores.iter().copied().flatten().collect();
    assert!(known.len() > 1_000 && known.is_sorted_by(|a, b| a >= b), "not in order");
    assert!(scores[known.len()..].iter().all(Option::is_none), "the unknown stand last");
    assert!(known[0] > 0.0, "nothing is underpriced");
}

#[test]
fn every_order_of_deals_is_one() {
    for by in ["rank", "underpriced", "profit", "roi", "score", "ask", "newest"] {
        let deals = bazaar().json(&["deals", "--all", "--sort", by]);
        assert!(!deals.as_array().unwrap().is_empty(), "{by}");
    }
    let net: Vec<f64> = bazaar()
        .json(&["deals", "--all", "--sort", "profit"])
        .as_array()
        .unwrap()
        .iter()
        .filter(|deal| !deal["net_profit"].is_null())
        .map(|deal| decimal(&deal["net_profit"]))
        .collect();
    assert!(net.is_sorted_by(|a, b| a >= b), "{net:?}");
}

/// An amount, which may be written as a number or as text.
fn decimal(value: &Value) -> f64 {
    value.as_f64().or_else(|| value.as_str()?.parse().ok()).unwrap_or_else(|| panic!("{value}"))
}

#[test]
fn a_deal_is_explained() {
    let said = bazaar().ok(&["deals", "show", &first_deal()]);
    let wanted = [
        "ask ",
        "worth ",
        "80 % between",
        "stands on",
        "purchase price",
        "net profit",
        "risk ",
        "comparable ",
        "similar",
    ];
    for part in wanted {
        assert!(said.contains(part), "{part} in {said}");
    }
    let reason = regex::Regex::new(
        r"(?m)^(?:(?:buy|negotiate), for at most .*\n(?:  open with .*\n)?|pass\n)  \w+ — ",
    )
    .unwrap();
    assert!(reason.is_match(&said), "{said}");
}

#[test]
fn a_deal_adds_up() {
    let shown = bazaar().json(&["deals", "show", &first_deal()]);
    for part in ["observation", "enriched", "valuation", "deal", "decision"] {
        assert!(shown[part].is_object(), "{part} in {shown:#}");
    }
    let said = bazaar().ok(&["deals", "show", &first_deal()]);
    let amount = |line: &str| -> f64 {
        let number: String = line.chars().rev().take_while(|c| !c.is_whitespace()).collect();
        number.chars().rev().filter(|c| !"$,".contains(*c)).collect::<String>().parse().unwrap()
    };
    let lines: Vec<&str> = said.lines().skip_while(|line| !line.starts_with("If bought")).skip(1).collect();
    let end = lines.iter().position(|line| line.trim().starts_with("net profit")).unwrap();
    let sum: f64 = lines[..end].iter().map(|line| amount(line)).sum();
    assert!((sum - amount(lines[end])).abs() < 0.005, "{sum} in {said}");
}

#[test]
fn a_listing_that_is_not_there_is_said() {
    let said = bazaar().fails(1, &["deals", "show", "nope:1"]);
    assert!(
        said.contains("error: there is no scored listing nope:1\nhint: autobazaaar deals --all"),
        "{said}"
    );
    let said = bazaar().fails(2, &["deals", "show", "nope"]);
    assert!(said.contains("'nope'"), "{said}");
}

#[test]
fn runs_are_told_stage_by_stage() {
    let runs = bazaar().json(&["runs", "list"]);
    assert_eq!((runs[0]["kind"].as_str(), runs[0]["state"].as_str()), (Some("run"), Some("finished")));
    let stages = bazaar().json(&["runs", "show", runs[0]["run_id"].as_str().unwrap()]);
    let names: Vec<&str> =
        stages.as_array().unwrap().iter().map(|stage| stage["stage"].as_str().unwrap()).collect();
    assert_eq!(names, ["ingest", "enrich", "train", "score", "decide", "publish", "report"]);
    assert!(stages.as_array().unwrap().iter().all(|stage| stage["state"] == "finished"), "{stages:#}");
    let said = bazaar().fails(1, &["runs", "show", "nope"]);
    assert!(said.contains("there is no run `nope`\nhint: autobazaaar runs list"), "{said}");
}

#[test]
fn models_are_told_with_their_quality() {
    let models = bazaar().json(&["model", "list"]);
    assert!(models.as_array().unwrap().iter().any(|model| model["state"] == "in use"), "{models:#}");
    let card = bazaar().json(&["model", "show", models[0]["version"].as_str().unwrap()]);
    let overall = &card["evaluation"]["overall"];
    assert!(overall["rmsle"].as_f64().unwrap() > 0.0, "{overall:#}");
    let coverage = overall["coverage80"].as_f64().unwrap();
    assert!((0.75..0.90).contains(&coverage), "an 80 % interval covers {coverage}");
    let said = bazaar().fails(1, &["model", "show", "nope"]);
    assert!(said.contains("there is no model version `nope`\nhint: autobazaaar model list"), "{said}");
    let said = bazaar().fails(1, &["model", "rollback"]);
    assert!(said.contains("there is no earlier version"), "{said}");
}

#[test]
fn nothing_was_rejected() {
    assert_eq!(bazaar().json(&["quarantine", "list"]), serde_json::json!([]));
    assert!(bazaar().run(&["quarantine", "list"]).contains("nothing was rejected"));
}

#[test]
fn a_plan_writes_nothing() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("plan_of_an_empty_folder", sandbox.run(&["plan"]));
    assert!(!sandbox.path("data").exists());
}

#[test]
fn one_thing_is_valued() {
    let title =
        bazaar().json(&["deals", "--all", "--sort", "underpriced"])[0]["title"].as_str().unwrap().to_owned();
    let value = bazaar().json(&["value", "--title", &title, "--currency", "USD"]);
    let [low, expected, high] = ["low", "expected", "high"].map(|name| decimal(&value[0][name]));
    assert!(0.0 < low && low < expected && expected < high, "{value:#}");
    assert!(value[0]["comp_count"].as_i64().unwrap() > 0, "{value:#}");
    let said = bazaar().fails(2, &["value"]);
    assert!(said.contains("--title"), "{said}");
    let said = bazaar().fails(1, &["value", "--title", "lamp", "--currency", "EUR"]);
    assert!(said.contains("EUR"), "{said}");
}

#[test]
fn nothing_is_shown_before_anything_was_done() {
    let sandbox = Sandbox::new();
    let cases: [(&[&str], &str); 4] = [
        (&["deals"], "nothing is scored yet\nhint: autobazaaar run"),
        (&["query", "select 1"], "nothing is published yet\nhint: autobazaaar run"),
        (&["value", "--title", "lamp"], "there is no price model yet\nhint: autobazaaar train"),
        (&["model", "show"], "no model is in use yet\nhint: autobazaaar train"),
    ];
    for (args, wanted) in cases {
        let said = sandbox.fails(1, args);
        assert!(said.contains(wanted), "{said}");
    }
    assert!(sandbox.run(&["runs", "list"]).contains("no run yet"));
}

#[test]
fn questions_are_answered_in_every_form() {
    let ask =
        |form: &str| bazaar().ok(&["query", "select 1 as a, 'x,y' as b, null::int as c", "--format", form]);
    assert_eq!(ask("csv"), "a,b,c\n1,\"x,y\",\n");
    assert_eq!(
        serde_json::from_str::<Value>(&ask("json")).unwrap(),
        serde_json::json!([{"a": 1, "b": "x,y", "c": null}])
    );
    assert_eq!(bazaar().ok(&["query", "select 1 as a where false"]), "");
    bazaar().write("question.sql", "select count(*) > 0 as some from listings");
    assert_eq!(bazaar().ok(&["query", "--file", "question.sql", "--format", "csv"]), "some\ntrue\n");
}

#[test]
fn a_question_comes_from_stdin_too() {
    let output = bazaar().piped(&["query", "--file", "-", "--format", "csv"], "select 1 as a");
    let told = String::from_utf8_lossy(&output.stderr);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "a\n1\n", "{told}");
}

#[test]
fn a_wrong_question_is_told_why() {
    let said = bazaar().fails(1, &["query", "selec 1"]);
    assert!(said.contains("syntax error at or near \"selec\""), "{said}");
    let said = bazaar().fails(1, &["query", "select nothing from listings"]);
    assert!(said.contains("\"nothing\" not found"), "{said}");
}

#[test]
fn a_question_writes_nothing() {
    let before = bazaar().number("select count(*) from listings");
    for sql in [
        "delete from listings",
        "create table x as select 1",
        "drop view observations",
        "update listings set price = 1",
    ] {
        bazaar().fails(1, &["query", sql]);
    }
    assert_eq!(bazaar().number("select count(*) from listings"), before);
}

#[test]
fn a_question_reaches_nothing_but_the_data() {
    bazaar().write("private.csv", "a,b\n1,2\n");
    bazaar().fails(1, &["query", "copy (select 1) to 'written.csv'"]);
    assert!(!bazaar().path("written.csv").exists(), "a question wrote a file");
    bazaar().fails(1, &["query", "select * from read_csv('private.csv')"]);
}

#[test]
fn a_question_keeps_its_bounds() {
    let output = bazaar().output("", &["query", "select range from range(1000)", "--limit", "2"]);
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 3);
    assert!(String::from_utf8_lossy(&output.stderr).contains("more than 2 rows"));
    let sandbox = Sandbox::new().env("AUTOBAZAAAR_PUBLISH__TIMEOUT_SECONDS", "1");
    let data = bazaar().path("data/bazaar").display().to_string();
    let endless = "select count(*) from range(100000000000) a, range(1000000) b";
    let said = sandbox.fails(1, &["query", endless, "--data-dir", &data]);
    assert!(said.to_lowercase().contains("interrupt") || said.contains("longer than"), "{said}");
}

#[test]
fn a_reader_that_leaves_early_is_no_failure() {
    for form in ["table", "csv", "json"] {
        let mut child = Command::new(env!("CARGO_BIN_EXE_autobazaaar"))
            .args(["query", "select * from listings", "--limit", "100000", "--quiet", "--format", form])
            .current_dir(bazaar().path(""))
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        drop(child.stdout.take());
        let output = child.wait_with_output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!((output.status.code(), said.as_ref()), (Some(0), ""), "{form}");
    }
}

#[test]
fn the_report_is_written_again_on_demand() {
    let said = bazaar().ok(&["report"]);
    assert!(said.contains(".html"), "{said}");
}
