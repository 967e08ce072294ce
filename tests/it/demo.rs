//! `demo`: days of the whole loop on the simulated market.

use serde_json::Value;

use crate::sandbox::Sandbox;

fn sum(ledger: &Value) -> i64 {
    ledger.as_object().unwrap().values().map(|amount| amount.as_i64().unwrap()).sum()
}

fn count(outcomes: &Value, what: &str) -> u64 {
    outcomes[what].as_object().unwrap().values().map(|count| count.as_u64().unwrap()).sum()
}

#[test]
fn the_same_seed_gives_the_same_days_and_the_books_hold() {
    // Given two demonstrations of one seed, in different folders
    let play = || Sandbox::new().json(&["demo", "--days", "9", "--seed", "5"]);
    let first = play();

    // Then every entry sums to zero, no invariant is broken (the market's own count of the money
    // included, without which the command fails), and something was bought
    assert_eq!(sum(&first["ledger"]), 0, "{first:#}");
    assert_eq!(first["violations"].as_array().unwrap().len(), 0);
    assert_eq!(first["days"].as_array().unwrap().len(), 9);
    assert!(count(&first["outcomes"], "negotiations") > 0, "{first:#}");
    assert!(count(&first["outcomes"], "purchases") > 0, "{first:#}");
    for day in first["days"].as_array().unwrap() {
        assert!(day["cash"].as_i64().unwrap() >= 0, "{day}");
        let tied = day["stock_at_cost"].as_i64().unwrap() + day["open_holds"].as_i64().unwrap();
        assert!(tied <= first["capital"].as_i64().unwrap(), "{day}");
    }

    // And the same days were played by true values, and what was chosen is held against them
    assert!(first["knowing"]["profit"].is_i64(), "{first:#}");
    assert!(first["chosen"]["deals"].as_u64().unwrap() > 0);
    assert!(first["standing"]["deals"].as_u64().unwrap() > 100);

    // And the second run is the first, market and books
    assert_eq!(play(), first);
}

/// Time-outs after success among them: what is doubled or lost would show in the books, which are
/// held against the market's own count.
#[test]
fn a_market_that_fails_doubles_and_loses_nothing() {
    let played = Sandbox::new().json(&["demo", "--days", "9", "--seed", "5", "--faults", "0.15"]);
    assert_eq!(sum(&played["ledger"]), 0);
    assert_eq!(played["violations"].as_array().unwrap().len(), 0, "{played:#}");
    assert!(count(&played["outcomes"], "purchases") > 0, "{played:#}");
}

#[test]
fn several_seeds_are_a_line_each() {
    let days = ["demo", "--days", "2", "--seeds", "1..2", "--listings-per-day", "40", "--no-oracle"];
    let said = Sandbox::new().ok(&days);
    assert!(said.contains("truly worth"), "{said}");
    assert_eq!(said.lines().filter(|line| line.trim_start().starts_with(['1', '2'])).count(), 2, "{said}");
}

#[test]
fn what_cannot_be_played_is_wrong_use() {
    let sandbox = Sandbox::new().file("market.toml", "[market]\nvenues = 9\n");
    let said = sandbox.fails(2, &["demo", "--days", "1", "--market", "market.toml"]);
    assert!(said.contains("market.toml"), "{said}");
    assert!(sandbox.fails(2, &["demo", "--scenario", "heist"]).contains("good-flip"));
    assert!(sandbox.fails(2, &["demo", "--seeds", "3"]).contains("1..20"));
    let poor = Sandbox::new().file("autobazaaar.toml", "[limits.capital]\nUSD = 0.0\n");
    assert!(poor.fails(1, &["demo", "--days", "1"]).contains("no capital in USD"));
}
