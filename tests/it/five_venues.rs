//! The whole way with five real marketplaces at once: eBay by its API, and a folder of saved pages of all
//! five. None of the pages' content stands here.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::sandbox::Sandbox;
use crate::searches::{Web, ebay_config, with_keys};

/// The folder of real pages; `None`, and said so, where there is none.
fn pages() -> Option<PathBuf> {
    let named = std::env::var_os("AUTOBAZAAAR_REAL_DATA").map(PathBuf::from);
    let data = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data"));
    match data.join("pages").canonicalize() {
        Ok(folder) => Some(folder),
        Err(_) if std::env::var("CI").is_ok_and(|ci| ci == "true") => {
            panic!("real pages not found at {}; set AUTOBAZAAAR_REAL_DATA", data.display())
        }
        Err(_) => {
            println!("skipped: real pages not found");
            None
        }
    }
}

/// Copies a venue's pages into the sandbox; how many.
fn save(sandbox: &Sandbox, pages: &Path, venue: &str, end: &str) -> usize {
    let mut count = 0;
    for path in fs::read_dir(pages.join(venue)).unwrap().map(|entry| entry.unwrap().path()) {
        if path.extension().is_some_and(|found| found == end) {
            let name = format!("saved/{venue}-{}", path.file_name().unwrap().to_string_lossy());
            sandbox.write(&name, fs::read(&path).unwrap());
            count += 1;
        }
    }
    count
}

/// A listing of the saved eBay pages with a price and a picture, offered at OfferUp too.
fn cross_posted(sandbox: &Sandbox, page: &str) -> (String, String) {
    let shown = sandbox.json(&["venues", "parse", page]);
    let listings = shown[0]["listings"].as_array().unwrap();
    let fits = |seen: &&Value| {
        seen["price_kind"] == "fixed"
            && seen["currency"] == "USD"
            && seen["images"].as_array().unwrap().len() == 1
    };
    let seen = listings.iter().find(fits).unwrap();
    let tile = serde_json::json!({ "tileType": "LISTING", "listing": {
        "listingId": "cross-posted", "title": seen["title"], "price": seen["price_decimal"],
        "locationName": "Boston, MA", "conditionText": "Used", "flags": [], "isFirmPrice": false,
        "image": { "url": seen["images"][0] } } });
    let feed = serde_json::json!({ "data": { "modularFeed": { "looseTiles": [tile] } } });
    (seen["external_id"].as_str().unwrap().to_owned(), feed.to_string())
}

#[test]
fn one_run_over_ebays_api_and_saved_pages_of_all_five_gives_one_lake_and_one_list_of_deals() {
    let Some(pages) = pages() else { return };
    // Given eBay's API, pages of all five venues, and one thing that is offered at two of them
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 1_500);
    let config = format!(
        "{}[[sources]]\nname = \"saved\"\nfiles = [\"saved/*\"]\nmapping = \"pages\"\n",
        ebay_config(&server, "")
    );
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &config));
    let kinds = [
        ("ebay", "html"),
        ("ebay-browse-api", "json"),
        ("craigslist", "html"),
        ("facebook", "html"),
        ("mercari-us", "json"),
        ("offerup", "json"),
    ];
    for (venue, end) in kinds {
        assert!(save(&sandbox, &pages, venue, end) > 0, "{venue}");
    }
    let page = "saved/ebay-search_s-card_active_kitchen_2026.html";
    let (ebay_id, feed) = cross_posted(&sandbox, page);
    sandbox.write("saved/cross-post.json", feed);

    // When one pass is made
    let output = sandbox.output("", &["run"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.contains("blocked page of ebay"), "what is no page of listings is named: {told}");

    // Then all five are in one lake, the API's listings among them
    let platforms =
        sandbox.json(&["query", "select platform, count(*) as n from listings group by 1 order by 1"]);
    let names: Vec<&str> =
        platforms.as_array().unwrap().iter().map(|row| row["platform"].as_str().unwrap()).collect();
    assert_eq!(names, ["craigslist", "ebay", "facebook", "mercari", "offerup"], "{platforms:#}");
    assert!(sandbox.number("select count(*) from observations where raw_ref like 'http://127.0.0.1%'") > 100);
    // And one list of deals holds listings of all of them
    let deals = sandbox.json(&["deals", "--all", "--limit", "100000"]);
    let of = |name: &str| deals.as_array().unwrap().iter().filter(|deal| deal["platform"] == name).count();
    assert!(
        names.iter().all(|name| of(name) > 0),
        "{:?}",
        names.iter().map(|name| of(name)).collect::<Vec<_>>()
    );
    // And what is offered at two venues is one item
    let both = format!(
        "select count(distinct item_id) as items, count(*) as n from listings \
         where (platform, external_id) in (('ebay', '{ebay_id}'), ('offerup', 'cross-posted'))"
    );
    assert_eq!(sandbox.json(&["query", &both])[0], serde_json::json!({ "items": 1, "n": 2 }));
}
