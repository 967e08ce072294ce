//! What decisions would have earned, and that none of them knows the future.

use std::fmt::Write as _;

use serde_json::Value;

use crate::real::{ingest, listings};
use crate::sandbox::Sandbox;

const MAPPING: &str = r#"
platform = "offerup"
currency = "USD"

[time]
file_name = ['(?<year>\d{4})-(?<month>\d\d)-(?<day>\d\d)']
default_time = "20:00"
zone = "UTC"

[scan]
query = "pico"
complete = true

[id]
column = "id"

[price]
column = "price"
decimal = "dot"

[fields]
title = "title"
category = { constant = "phones" }
condition = { column = "condition" }
"#;

/// Days of the invented market; each thing stays for four.
const DAYS: u32 = 9;
const PER_DAY: u32 = 40;

/// A listing: the n-th of a day. Worth follows model and storage; every eighth is a bargain.
fn row(day: u32, n: u32, factor: f64) -> String {
    let (model, storage) = (1 + (n * 7 + day) % 6, [64, 128, 256][(n % 3) as usize]);
    let worth = 120.0 * f64::from(model) * (1.0 + f64::from(storage) / 512.0);
    let noise = 1.0 + 0.06 * (f64::from((n * 13 + day * 5) % 11) / 5.0 - 1.0);
    let share = if (n + day).is_multiple_of(8) { 0.45 } else { 1.0 };
    let price = worth * noise * share * factor;
    format!("{day:02}{n:03},Pelio Pico {model} {storage} GB phone unlocked,{price:.2},good\n")
}

/// What stands on a day; `factor` multiplies the prices of what is listed from `changed` on, and
/// every third of it is missing then.
fn day(today: u32, changed: u32, factor: f64) -> String {
    let mut text = "id,title,price,condition\n".to_owned();
    for listed in today.saturating_sub(3).max(1)..=today {
        for n in 0..PER_DAY {
            let late = today >= changed;
            if late && factor != 1.0 && n.is_multiple_of(3) {
                continue;
            }
            let _ = write!(text, "{}", row(listed, n, if late { factor } else { 1.0 }));
        }
    }
    text
}

/// The market read in, its days from `changed` on altered.
fn market(changed: u32, factor: f64) -> Sandbox {
    let sandbox = Sandbox::new().file("shop.toml", MAPPING).file(
        "autobazaaar.toml",
        "[limits]\ncapital = { USD = 5000 }\nitems_per_week = 40\nmin_demand = 0.0\nmax_p_loss = 0.3\n",
    );
    for today in 1..=DAYS {
        sandbox.write(&format!("shop_2024-03-{today:02}.csv"), day(today, changed, factor));
    }
    sandbox.ok(&["ingest", "--from-file", "shop_*.csv", "--mapping", "shop.toml"]);
    sandbox
}

fn days_until(found: &Value, last: &str) -> Vec<Value> {
    let figures = ["date", "decided_at", "candidates", "valued", "bought", "negotiations", "tied", "digest"];
    let days = found["days"].as_array().unwrap().iter();
    days.filter(|day| day["date"].as_str().unwrap() <= last)
        .map(|day| figures.map(|name| day[name].clone()).to_vec().into())
        .collect()
}

fn chosen_until(found: &Value, last: &str) -> Vec<Value> {
    let chosen = found["chosen"].as_array().unwrap().iter();
    chosen.filter(|one| one["date"].as_str().unwrap() <= last).cloned().collect()
}

#[test]
fn what_is_gone_is_no_deal() {
    let sandbox = market(DAYS + 1, 1.0);
    for stage in ["enrich", "train", "score", "decide"] {
        sandbox.ok(&[stage]);
    }
    let count = |sql| sandbox.number(sql);
    assert_eq!(
        count("select count(*) from enriched where presence = 'gone'"),
        i64::from((DAYS - 4) * PER_DAY)
    );
    assert_eq!(count("select count(*) from enriched where presence = 'active'"), i64::from(4 * PER_DAY));
    assert_eq!(count("select count(*) from deals"), i64::from(4 * PER_DAY));
    assert_eq!(count("select count(*) from decisions"), i64::from(4 * PER_DAY));
    let said = sandbox.fails(1, &["deals", "show", "offerup:01000"]);
    assert!(said.contains("offerup:01000 is gone: it was last seen on 2024-03-04"), "{said}");
}

#[test]
fn what_nobody_saw_for_long_is_history() {
    let sandbox = market(DAYS + 1, 1.0);
    let count = |sql| sandbox.number(sql);
    sandbox.ok(&["enrich"]);
    assert_eq!(count("select count(*) from enriched"), i64::from(DAYS * PER_DAY));
    let text = sandbox.read("autobazaaar.toml");
    sandbox.write("autobazaaar.toml", format!("{text}\n[enrich]\nlook_back_days = 2\n"));
    sandbox.ok(&["enrich"]);
    // Last seen on the seventh day or later: listed on the fourth or later.
    assert_eq!(count("select count(*) from enriched"), i64::from((DAYS - 3) * PER_DAY));
    assert_eq!(count("select count(*) from observations"), i64::from(DAYS * PER_DAY));
}

#[test]
fn a_changed_future_changes_no_past_decision() {
    let as_it_was = market(DAYS + 1, 1.0).json(&["backtest"]);
    let bought = as_it_was["purchases"].as_array().unwrap().len();
    assert!(bought >= 5, "nothing to compare: {:#}", as_it_was["days"]);
    for (changed, factor) in [(6, 3.0), (7, 0.2), (8, 1.7)] {
        let other = market(changed, factor).json(&["backtest"]);
        let last = format!("2024-03-{:02}", changed - 1);
        assert_eq!(days_until(&as_it_was, &last), days_until(&other, &last), "changed from {changed} on");
        assert_eq!(chosen_until(&as_it_was, &last), chosen_until(&other, &last));
        assert_eq!(days_until(&other, &last).len() as u32, changed - 2);
        // The change was one: what was bought before it is worth something else now.
        assert_ne!(as_it_was["purchases"], other["purchases"]);
    }
}

#[test]
fn the_figures_add_up_and_come_out_the_same_again() {
    let sandbox = market(DAYS + 1, 1.0);
    let found = sandbox.json(&["backtest"]);
    assert_eq!(sandbox.json(&["backtest"]), found);
    let purchases = found["purchases"].as_array().unwrap();
    let sum = |of: &dyn Fn(&Value) -> Option<i64>| purchases.iter().filter_map(of).sum::<i64>();
    let ours = &found["ours"];
    assert_eq!(ours["booked"].as_i64().unwrap(), sum(&|one| one["net"].as_i64()));
    assert_eq!(ours["spent"].as_i64().unwrap(), sum(&|one| one["cost"].as_i64()));
    let unsold = |one: &Value| one["sold_at"].is_null().then(|| one["cost"].as_i64()).flatten();
    assert_eq!(ours["stock_at_cost"].as_i64().unwrap(), sum(&unsold));
    // The bargains are real here, so that most of them pay, and the oracle earns no less.
    assert!(ours["booked"].as_i64().unwrap() > 0, "{ours:#}");
    assert!(found["share_of_oracle"].as_f64().is_some_and(|share| share > 0.2), "{found:#}");
    for one in purchases {
        let (model, at) = (one["model"].as_str().unwrap(), one["at"].as_str().unwrap());
        let before = model.rsplit_once("before-").unwrap().1;
        assert!(before <= &at[..10], "{model} at {at}");
    }
    // No amount of a sale is known, and that is said.
    assert_eq!(found["yardstick"]["relative"], true);
    assert!(found["notes"][0].as_str().unwrap().starts_with("Relative figures"), "{}", found["notes"]);
}

#[test]
fn a_page_and_tables_are_left_behind() {
    let sandbox = market(DAYS + 1, 1.0);
    let said = sandbox.ok(&["backtest", "--train-every", "3"]);
    assert!(said.contains("share of the oracle's profit"), "{said}");
    let day = std::fs::read_dir(sandbox.path("data/reports")).unwrap().next().unwrap().unwrap().path();
    let mut files: Vec<_> = std::fs::read_dir(day).unwrap().map(|file| file.unwrap().path()).collect();
    files.sort();
    let endings = ["-days.csv", "-purchases.csv", ".html", ".json"];
    assert_eq!(files.len(), endings.len(), "{files:?}");
    let page = files.iter().find(|path| path.extension().is_some_and(|e| e == "html")).unwrap();
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("<svg class=\"plot\" role=\"img\"") && page.contains("Relative figures"), "{page}");
    assert!(!page.contains("http://") && !page.contains("src="), "no outside asset");
    let days = sandbox.ok(&["backtest", "--train-every", "3", "--format", "csv"]);
    assert_eq!(days.lines().count() as u32, 1 + DAYS - 2, "{days}");
}

#[test]
fn a_record_that_is_too_short_says_what_is_missing() {
    let sandbox = Sandbox::new();
    insta::assert_snapshot!("backtest_of_nothing", sandbox.run(&["backtest"]));
    let sandbox = sandbox.file("shop.toml", MAPPING).file("shop_2024-03-01.csv", &day(1, 9, 1.0));
    sandbox.ok(&["ingest", "--from-file", "shop_*.csv", "--mapping", "shop.toml"]);
    insta::assert_snapshot!("backtest_of_a_day", sandbox.run(&["backtest"]));
    insta::assert_snapshot!("backtest_in_no_currency", sandbox.run(&["backtest", "--currency", "EUR"]));
}

#[test]
fn phones_of_two_venues_are_replayed() {
    let Some(listings) = listings() else { return };
    let sandbox = Sandbox::new();
    let phones = |name: &str| listings.join("phones-sandiego-2019-daily").join(name).display().to_string();
    ingest(&sandbox, &phones("*_Result_Offerup.csv"), "phones-offerup");
    ingest(&sandbox, &phones("Craigslist_*.csv"), "phones-craigslist");
    let found = sandbox.json(&["backtest"]);
    println!("ours {:#}\noracle {:#}\nshare {}", found["ours"], found["oracle"], found["share_of_oracle"]);
    assert!(found["days"].as_array().unwrap().len() >= 6);
    assert_eq!(found["yardstick"]["relative"], true);
    assert!(found["ours"]["purchases"].as_i64().unwrap() > 0);
    assert!(found["oracle"]["booked"].as_i64().unwrap() >= found["ours"]["booked"].as_i64().unwrap());
    assert!(found["ours"]["peak_use"].as_f64().unwrap() <= 1.0, "no more than the capital is tied up");
    assert!(found["yardstick"]["own_error"].as_f64().unwrap() < 0.4, "{}", found["yardstick"]);
}
