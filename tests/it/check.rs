//! `check`, and `listings export`.

use serde_json::{Value, json};

use crate::sandbox::Sandbox;
use crate::searches::{Web, ebay_config, with_keys};

/// What `check` finds, whatever its exit status: area, what, state.
fn check(sandbox: &Sandbox, args: &[&str]) -> (i32, Vec<Value>) {
    let output = sandbox.output("", &[&["check", "--format", "json"], args].concat());
    let told = String::from_utf8_lossy(&output.stdout);
    let rows: Value = serde_json::from_str(&told).unwrap_or_else(|error| panic!("{error}: {told}"));
    (output.status.code().unwrap(), rows.as_array().unwrap().clone())
}

fn of<'a>(rows: &'a [Value], area: &str, what: &str) -> &'a Value {
    let found = rows.iter().find(|row| row["area"] == area && row["what"] == what);
    found.unwrap_or_else(|| panic!("{area} {what} in {rows:#?}"))
}

#[test]
fn nothing_configured_is_nothing_wrong() {
    let sandbox = Sandbox::new();
    let (status, rows) = check(&sandbox, &[]);
    assert_eq!(status, 0);
    assert_eq!(of(&rows, "configuration", "file")["state"], "ok");
    for venue in ["ebay", "craigslist", "facebook", "mercari", "offerup"] {
        assert_eq!(of(&rows, venue, "reading")["state"], "off");
    }
    assert!(!sandbox.path("data").exists(), "a look leaves nothing behind");
}

#[test]
fn a_venue_is_asked_whether_it_may_be_asked() {
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 100);
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &ebay_config(&server, "")));
    let (status, rows) = check(&sandbox, &[]);
    assert_eq!(status, 0);
    let found = of(&rows, "ebay", "reading")["found"].as_str().unwrap();
    assert!(found.contains("keys accepted; eBay counts 5000 of 5000 calls left"), "{found}");
    assert!(found.contains("5000 requests left today"), "{found}");
    assert_eq!(of(&rows, "ebay", "search cameras")["found"], "never done yet");

    sandbox.ok(&["ingest"]);
    let (_, rows) = check(&sandbox, &["--offline"]);
    let search = of(&rows, "ebay", "search cameras");
    assert!(
        search["state"] == "ok" && search["found"].as_str().unwrap().contains("to its end"),
        "{search:#}"
    );
    assert!(of(&rows, "data", "tests")["found"].as_str().unwrap().contains("hold to every test"));
}

#[test]
fn what_is_wrong_is_told_with_its_mend() {
    let web = Web::new();
    let server = web.ebay(|_| ());
    let config = ebay_config(&server, "");
    let wrong_keys = Sandbox::new()
        .file("autobazaaar.toml", &config)
        .env("AUTOBAZAAAR_EBAY__CLIENT_ID", "app")
        .env("AUTOBAZAAAR_EBAY__CLIENT_SECRET", "wrong");
    let gone = config.replace(&server.base(), "http://127.0.0.1:9/");
    let cases = [
        (wrong_keys, "ebay", "wrong", "does not accept the application's keys", "developer.ebay.com"),
        (
            Sandbox::new().file("autobazaaar.toml", &config),
            "ebay",
            "wrong",
            "no keys for eBay's API are configured",
            "AUTOBAZAAAR_EBAY__CLIENT_ID",
        ),
        (
            with_keys(Sandbox::new().file("autobazaaar.toml", &gone)),
            "ebay",
            "warning",
            "no connection",
            "check the connection",
        ),
        (
            Sandbox::new().file("autobazaaar.toml", &config.replace("\"api\"", "\"off\"")),
            "ebay",
            "wrong",
            "switched off, but searches name it: 1",
            "docs/venues.md",
        ),
    ];
    for (sandbox, area, state, found, mend) in cases {
        let (status, rows) = check(&sandbox, &[]);
        let row = of(&rows, area, "reading");
        assert_eq!((status, row["state"].as_str()), (i32::from(state == "wrong"), Some(state)), "{row:#}");
        assert!(row["found"].as_str().unwrap().contains(found), "{row:#}");
        assert!(row["mend"].as_str().unwrap().contains(mend), "{row:#}");
    }
    let told = Sandbox::new().file("autobazaaar.toml", "[fetch]\nplace = 1\n").fails(2, &["check"]);
    assert!(told.contains("did you mean `fetch.places`?"), "{told}");
}

#[test]
fn a_field_that_is_no_longer_found_is_noticed() {
    let page = |from: usize, with_pictures: bool| {
        let item = |n: usize| {
            let mut item = json!({
                "itemId": format!("v1|{n}|0"), "legacyItemId": n.to_string(), "title": format!("Brass lamp {n}"),
                "conditionId": "3000", "price": { "value": "12.50", "currency": "USD" } });
            if with_pictures {
                item["image"] = json!({ "imageUrl": format!("https://i.test/{n}.jpg") });
            }
            item
        };
        let items: Vec<Value> = (from..from + 25).map(item).collect();
        json!({ "href": "https://api.ebay.com/buy/browse/v1/item_summary/search?q=lamp", "total": 25,
            "itemSummaries": items })
        .to_string()
    };
    let sandbox = Sandbox::new().file("old.json", &page(100, true)).file("new.json", &page(200, false));
    sandbox.ok(&["ingest", "--from-file", "old.json", "--observed-at", "2026-03-01T10:00:00Z"]);
    let (_, rows) = check(&sandbox, &["--offline"]);
    assert!(of(&rows, "ebay", "layout")["found"].as_str().unwrap().contains("too few to compare"));
    sandbox.ok(&["ingest", "--from-file", "new.json", "--observed-at", "2026-03-02T10:00:00Z"]);
    let (status, rows) = check(&sandbox, &["--offline"]);
    let layout = of(&rows, "ebay", "layout");
    assert_eq!((status, layout["state"].as_str()), (0, Some("warning")), "{layout:#}");
    assert_eq!(layout["found"], "images in 0 % instead of 100 %");
}

#[test]
fn what_is_offered_is_written_for_the_owner_to_upload_or_copy() {
    let sandbox = Sandbox::new().file("autobazaaar.toml", "[ebay.category_ids]\nPhones = \"9355\"\n");
    sandbox.ok(&["demo", "--days", "12", "--seed", "5"]);
    let demo = |args: &[&str]| sandbox.json(&[args, &["--data-dir", "data/demo"]].concat());
    let offered = demo(&["listings"]);
    assert!(!offered.as_array().unwrap().is_empty(), "the demonstration offers something");
    let mut written = 0;
    for venue in ["ebay", "craigslist", "facebook", "mercari", "offerup"] {
        let output = format!("out/{venue}");
        let rows = demo(&["listings", "export", "--venue", venue, "--output", &output, "--active"]);
        for row in rows.as_array().unwrap() {
            let text = sandbox.read(row["text"].as_str().unwrap());
            assert!(text.starts_with("Title: ") && text.contains("\nPrice: "), "{text}");
            written += 1;
        }
    }
    assert_eq!(written, offered.as_array().unwrap().len(), "each is written for its venue");
    let told = sandbox.fails(2, &["listings", "export", "--venue", "etsy", "--output", "x"]);
    assert!(told.contains("possible values: ebay, craigslist"), "{told}");
}
