//! What was bought and sold comes into the lake, once; training learns from it, and from nothing else of
//! ours.

use std::sync::{Mutex, MutexGuard, OnceLock};

use serde_json::Value;

use crate::sandbox::Sandbox;

/// Where `demo` plays.
const DEMO: &str = "data/demo";

/// Days of the standard market, played once, and what they ended with: long enough for a sale.
fn played() -> &'static (Sandbox, Value) {
    static PLAYED: OnceLock<(Sandbox, Value)> = OnceLock::new();
    PLAYED.get_or_init(|| {
        let sandbox = Sandbox::shared("outcomes");
        let account = sandbox.json(&["demo", "--days", "10", "--seed", "1", "--no-oracle"]);
        (sandbox, account)
    })
}

/// One at a time may write to the folder that all tests here share.
fn writing() -> MutexGuard<'static, ()> {
    static WRITING: Mutex<()> = Mutex::new(());
    WRITING.lock().unwrap_or_else(std::sync::PoisonError::into_inner)
}

fn in_demo<'a>(args: &[&'a str]) -> Vec<&'a str> {
    [args, &["--data-dir", DEMO]].concat()
}

/// The only number of a query over the demonstration's lake.
fn number(sandbox: &Sandbox, sql: &str) -> i64 {
    let rows = sandbox.json(&in_demo(&["query", sql]));
    let row = rows[0].as_object().unwrap();
    row.values().next().unwrap().as_i64().unwrap()
}

fn total(counts: &Value) -> i64 {
    counts.as_object().unwrap().values().map(|count| count.as_i64().unwrap()).sum()
}

const STANDING: &str = "select count(*) as n from sales where status in ('paid', 'shipped', 'delivered')";

#[test]
fn every_record_and_every_cent_is_in_the_lake() {
    let (sandbox, account) = played();
    for (what, view) in [
        ("sales", "sales"),
        ("purchases", "purchases"),
        ("items", "inventory"),
        ("negotiations", "negotiations"),
    ] {
        let rows = number(sandbox, &format!("select count(*) as n from {view}"));
        assert_eq!(rows, total(&account["outcomes"][what]), "{what}");
    }
    let profit = account["days"].as_array().unwrap().last().unwrap()["profit"].as_i64().unwrap();
    let booked = number(sandbox, "select cast(sum(profit) as bigint) as n from profit");
    assert_eq!(booked, profit);
    assert_eq!(number(sandbox, "select cast(sum(amount) as bigint) as n from ledger"), 0);
}

#[test]
fn exporting_again_adds_nothing() {
    let (sandbox, _) = played();
    let _writing = writing();
    let rows = || {
        ["events", "negotiations", "sales", "ledger", "resale_listings"]
            .map(|name| number(sandbox, &format!("select count(*) as n from lake.{name}")))
    };
    let before = rows();
    sandbox.ok(&in_demo(&["enrich"]));
    assert_eq!(rows(), before);
}

#[test]
fn a_sale_of_ours_changes_what_train_knows() {
    let (sandbox, _) = played();
    let _writing = writing();
    // What venues told of sales, and our own ones beside it.
    let told = number(sandbox, "select count(*) as n from listings where price_kind = 'sold' and price > 0");
    let own = number(sandbox, STANDING);
    assert!(own > 0, "ten days without a sale teach nothing");
    let trained = sandbox.json(&in_demo(&["train", "--basis", "sold"]));
    assert_eq!(trained[0]["examples"].as_i64().unwrap(), told + own, "{trained:#}");

    // And it is a comparable of others, at what was paid.
    let named = "select count(*) as n from (select unnest(comps) as comp from enriched) as found \
                 join resale_listings on comp.platform = resale_listings.platform \
                 and comp.external_id = resale_listings.platform_listing_id \
                 join sales using (resale_id) where comp.basis <> 'sold' or comp.price <> sales.price";
    sandbox.ok(&in_demo(&["enrich"]));
    assert_eq!(number(sandbox, named), 0, "our own asks are nobody's comparables");
}

#[test]
fn our_own_asks_are_never_learned_from() {
    let (sandbox, _) = played();
    let _writing = writing();
    // Given an offer of ours that a scan shows like anybody's
    let offer = sandbox.json(&in_demo(&[
        "query",
        "select platform, platform_listing_id as id from resale_listings \
         where platform_listing_id is not null order by resale_id limit 1",
    ]));
    let (platform, id) = (offer[0]["platform"].as_str().unwrap(), offer[0]["id"].as_str().unwrap());
    let mapping = crate::market::MAPPING.replace("\"shop\"", &format!("\"{platform}\""));
    sandbox.write("own.toml", mapping);
    sandbox.write(
        "own.csv",
        crate::market::csv(&[
            (id, "a lamp that is ours", "$99", "2026-03-01 10:00"),
            ("somebody-elses", "a lamp that is not ours", "$99", "2026-03-01 10:00"),
        ]),
    );
    // When it is read in and everything is enriched anew
    sandbox.ok(&in_demo(&["ingest", "--from-file", "own.csv", "--mapping", "own.toml"]));
    sandbox.ok(&in_demo(&["enrich"]));
    // Then it was observed, and nothing else knows it
    let of = |table: &str, id: &str| {
        number(
            sandbox,
            &format!(
                "select count(*) as n from {table} where platform = '{platform}' and external_id = '{id}'"
            ),
        )
    };
    assert_eq!((of("observations", id) > 0, of("enriched", id)), (true, 0));
    assert_eq!(of("enriched", "somebody-elses"), 1);
}

#[test]
fn the_profit_report_is_the_ledgers_to_the_cent() {
    let (sandbox, _) = played();
    let files = sandbox.ok(&in_demo(&["report", "--profit"]));
    let page = files.lines().next().unwrap().to_owned();
    assert!(page.ends_with("profit-usd.html"), "{files}");
    let html = std::fs::read_to_string(sandbox.path(&page)).unwrap();
    assert!(html.contains("Simulated market"), "the page says that no real money is involved");
    for outside in ["src=\"http", "url(http", "@import", "<link"] {
        assert!(!html.contains(outside), "{outside}");
    }
    let report: Value =
        serde_json::from_slice(&std::fs::read(sandbox.path(&page.replace(".html", ".json"))).unwrap())
            .unwrap();
    let ledger = number(sandbox, "select cast(sum(profit) as bigint) as n from profit");
    assert_eq!(report["profit"].as_i64().unwrap(), ledger);
    let items: i64 =
        report["flips"].as_array().unwrap().iter().map(|flip| flip["profit"].as_i64().unwrap()).sum();
    assert_eq!(items + total(&report["apart"]), ledger, "items and the rest are the whole");
}

#[test]
fn a_line_of_the_ledger_is_explained() {
    let (sandbox, _) = played();
    let newest = "select transaction_id as id from ledger where kind = 'purchase' limit 1";
    let found = sandbox.json(&in_demo(&["query", newest]));
    let said = sandbox.ok(&in_demo(&["ledger", "show", found[0]["id"].as_str().unwrap()]));
    for part in
        ["entry:", "debit inventory at cost", "deal:", "because", "purchase:", "item:", "acts outside:"]
    {
        assert!(said.contains(part), "{part}: {said}");
    }
    assert!(sandbox.fails(1, &in_demo(&["ledger", "show", "0ZZZ"])).contains("no entry or transaction"));
}
