//! `venues`, and saved pages read into the lake.

use crate::sandbox::Sandbox;

/// An API's answer with two invented lamps.
const RESULTS: &str = r#"{"href": "https://api.ebay.com/buy/browse/v1/item_summary/search?q=brass+lamp&limit=200",
 "total": 2, "limit": 200, "offset": 0, "itemSummaries": [
 {"itemId": "v1|301|0", "legacyItemId": "301", "title": "Brass lamp", "conditionId": "3000",
  "price": {"value": "12.50", "currency": "USD"}, "itemWebUrl": "https://www.ebay.com/itm/301"},
 {"itemId": "v1|302|0", "legacyItemId": "302", "title": "Desk lamp", "conditionId": "7000",
  "price": {"value": "4.00", "currency": "USD"}, "itemWebUrl": "https://www.ebay.com/itm/302"}]}"#;
const BLOCKED: &str = "<html><head><title>Pardon Our Interruption...</title>\
 <link rel=dns-prefetch href=//ir.ebaystatic.com></head><body>As you were browsing</body></html>";

#[test]
fn every_venue_says_what_it_can_do() {
    let table = Sandbox::new().json(&["venues", "list"]);
    let venues: Vec<&str> =
        table.as_array().unwrap().iter().map(|row| row["venue"].as_str().unwrap()).collect();
    assert_eq!(venues, ["ebay", "craigslist", "facebook", "mercari", "offerup"]);
    assert!(table.as_array().unwrap().iter().all(|row| row["search"].is_string()));
}

#[test]
fn a_saved_page_is_shown_and_goes_into_the_lake_once() {
    let sandbox = Sandbox::new().file("lamps.json", RESULTS);
    let page = "lamps.json";
    let shown = sandbox.json(&["venues", "parse", page]);
    assert_eq!((&shown[0]["venue"], &shown[0]["kind"]), (&"ebay".into(), &"results".into()), "{shown:#}");
    let count = shown[0]["listings"].as_array().unwrap().len() as i64;
    assert_eq!((count, &shown[0]["listings"][0]["price_decimal"]), (2, &"12.50".into()));

    // Given the page at two moments: the second adds sights, and a third read of it nothing
    for moment in ["2026-03-01T10:00:00Z", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00Z"] {
        sandbox.ok(&["ingest", "--from-file", page, "--observed-at", moment]);
    }
    sandbox.ok(&["enrich"]);
    assert_eq!(sandbox.number("select count(*) from observations"), count);
    assert_eq!(sandbox.number("select count(*) from sightings"), 2 * count);
    assert_eq!(sandbox.number("select count(*) from scans where complete"), 0);
}

#[test]
fn a_block_is_named_and_the_others_are_read() {
    let sandbox = Sandbox::new()
        .file("notes.html", "<p>a shopping list</p>")
        .file("wall.html", BLOCKED)
        .file("lamps.json", RESULTS);
    let shown = sandbox.json(&["venues", "parse", "wall.html"]);
    assert_eq!(shown[0]["kind"], "blocked");
    let told = sandbox.fails(1, &["ingest", "--from-file", "wall.html", "notes.html", "lamps.json"]);
    assert!(told.contains("wall.html: blocked page of ebay"), "{told}");
    assert!(told.contains("notes.html: this is no page or API answer"), "{told}");
    sandbox.ok(&["enrich"]);
    assert!(sandbox.number("select count(*) from observations") > 0);
}
