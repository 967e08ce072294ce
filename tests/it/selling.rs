//! What is learned of selling: days until things leave, and the share of the ask that is paid.

use std::path::Path;

use serde_json::Value;

use crate::real::{ingest, listings};
use crate::sandbox::Sandbox;

/// The phone panel, read and enriched.
fn phones(listings: &Path) -> Sandbox {
    let sandbox = Sandbox::new();
    let files = |name: &str| listings.join("phones-sandiego-2019-daily").join(name).display().to_string();
    ingest(&sandbox, &files("*_Result_Offerup.csv"), "phones-offerup");
    ingest(&sandbox, &files("Craigslist_*.csv"), "phones-craigslist");
    sandbox.ok(&["enrich"]);
    sandbox
}

fn mercari(sandbox: &Sandbox, listings: &Path) {
    let file = listings.join("mercari-us-2022/mercari.csv").display().to_string();
    assert_eq!(ingest(sandbox, &file, "mercari")[0], 300);
}

#[test]
fn days_that_were_held_back_are_foretold_better_than_assumed() {
    let Some(listings) = listings() else { return };
    let sandbox = phones(&listings);
    let found = sandbox.json(&["model", "selling", "--held-back", "3"]);
    let of = |rate: &str, figure: &str| found[rate][figure].as_f64().unwrap();
    let exits = found["exits"].as_f64().unwrap();
    println!(
        "concordance {:.3} ± {:.3} on {exits} exits of {} listings; assumed {:.3}",
        of("learned", "concordance"),
        of("learned", "concordance_error"),
        found["listings"],
        of("assumed", "concordance")
    );
    assert!(exits > 40.0 && found["pairs"].as_f64().unwrap() > 5_000.0, "{found:#}");
    assert!(of("learned", "concordance") > 0.55, "{found:#}");
    assert!((of("learned", "expected_exits") / exits - 1.0).abs() < 0.3, "{found:#}");
    assert!(of("learned", "log_likelihood") > of("assumed", "log_likelihood") + 0.05, "{found:#}");
}

#[test]
fn a_price_has_an_expected_time_wherever_deals_are_shown() {
    let Some(listings) = listings() else { return };
    let sandbox = phones(&listings);
    let said = sandbox.ok(&["train"]);
    assert!(said.contains("learned from") && said.contains("watched listings"), "{said}");
    for stage in ["score", "decide", "report"] {
        sandbox.ok(&[stage]);
    }
    let ordered = "select count(*) from valuations where expected is not null
        and days_to_sell_low < days_to_sell and days_to_sell < days_to_sell_high and days_to_sell_learned";
    let valued = sandbox.number("select count(*) from valuations where expected is not null");
    assert_eq!(sandbox.number(ordered), valued);
    let best = sandbox.json(&["deals", "--all", "--sort", "profit"]);
    assert!(best[0]["days_to_sell"].as_f64().unwrap() > 3.0, "{}", best[0]);
    let id =
        format!("{}:{}", best[0]["platform"].as_str().unwrap(), best[0]["external_id"].as_str().unwrap());
    let shown = sandbox.ok(&["deals", "show", &id]);
    assert!(shown.contains("days after paying") && shown.contains("(learned)"), "{shown}");
    // Nobody told what anything sold for.
    assert!(shown.contains("a sale brings 90 % of the ask (assumed)"), "{shown}");

    // What was learned since does not change what a deal was scored by.
    sandbox.ok(&["train"]);
    assert_eq!(sandbox.ok(&["deals", "show", &id]), shown);
}

#[test]
fn the_share_of_the_ask_that_is_paid_is_learned_where_sales_are_known() {
    let Some(listings) = listings() else { return };
    let sandbox = phones(&listings);
    sandbox.ok(&["train"]);
    let phone = ["value", "--title", "iPhone X 64GB unlocked", "--category", "phones", "--basis", "sold"];
    let value = |sandbox: &Sandbox| sandbox.json(&phone)[0].clone();
    let unknown = value(&sandbox);
    assert!(unknown["note"].as_str().unwrap().contains("no sold basis"), "{unknown}");
    assert_eq!(unknown["expected"], Value::Null);

    mercari(&sandbox, &listings);
    sandbox.ok(&["enrich"]);
    sandbox.ok(&["train"]);
    let card = sandbox.json(&["model", "selling"]);
    let overall = &card["by_currency"]["USD"]["discount"]["from"]["overall"];
    let [share, low, high] = ["share", "low", "high"].map(|name| overall[name].as_f64().unwrap());
    println!("a sale brings {share:.3} of the ask ({low:.3} to {high:.3}), {} sales", overall["pairs"]);
    assert!((0.70..0.90).contains(&share) && low < share && share < high, "{overall}");
    assert!(overall["pairs"].as_i64().unwrap() > 250, "{overall}");

    let known = value(&sandbox);
    assert!(known["note"].as_str().unwrap().contains("of the ask, learned from"), "{known}");
    assert_eq!(known["basis"], "sold");
    let asked = sandbox.json(&[&phone[..5], &["--basis", "asked"]].concat())[0].clone();
    // Amounts are decimal text, so that no reader rounds them.
    let amount = |of: &Value, name: &str| of[name].as_str().unwrap().parse::<f64>().unwrap();
    let ratio = amount(&known, "expected") / amount(&asked, "expected");
    assert!((ratio - share).abs() < 0.02, "{known} {asked}");
    let width = |of: &Value| amount(of, "high") / amount(of, "low");
    assert!(width(&known) > width(&asked), "{known} {asked}");
}

#[test]
fn sales_of_the_simulated_market_teach_both() {
    let sandbox = Sandbox::new();
    sandbox.ok(&["ingest", "--sample", "3000", "--days", "14"]);
    sandbox.ok(&["enrich"]);
    sandbox.ok(&["train"]);
    let card = sandbox.json(&["model", "selling"]);
    let learned = &card["by_currency"]["USD"];
    let speed = &learned["speed"]["from"];
    assert!(speed["exits"].as_i64().unwrap() > 100, "{learned:#}");
    let share = learned["discount"]["from"]["overall"]["share"].as_f64().unwrap();
    assert!((0.5..1.1).contains(&share), "{learned:#}");
    assert!(card["told"].as_array().is_some_and(|venues| !venues.is_empty()), "{card:#}");
}

#[test]
fn nothing_is_shown_before_anything_is_learned() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("selling_not_learned", sandbox.run(&["model", "selling"]));
}
