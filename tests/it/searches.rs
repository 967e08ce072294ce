//! Searches at real venues: eBay's wire format from a local server, pages from local hosts.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use autobazaaar::cli::world::SystemClock;
use autobazaaar_ebay::testing::{EbayServer, Fault, Setup};
use axum::Router;
use axum::http::{HeaderMap, StatusCode, Uri};
use serde_json::Value;
use tokio::runtime::Runtime;

use crate::sandbox::Sandbox;

/// What serves while the program runs.
pub struct Web(Runtime);

impl Web {
    pub fn new() -> Self {
        Self(tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap())
    }

    pub fn ebay(&self, change: impl FnOnce(&mut Setup)) -> EbayServer {
        let mut setup = Setup::new(Arc::new(SystemClock));
        change(&mut setup);
        self.0.block_on(EbayServer::start(setup)).unwrap()
    }

    /// Waits for something that talks with what serves here.
    pub fn wait<T>(&self, asked: impl Future<Output = T>) -> T {
        self.0.block_on(asked)
    }

    /// A host that answers by a function of the path and query.
    fn host(
        &self,
        answer: impl Fn(&str) -> (u16, Vec<(&'static str, String)>, String) + Clone + Send + Sync + 'static,
    ) -> Host {
        let asked = Arc::new(AtomicUsize::new(0));
        let counter = asked.clone();
        let handler = move |uri: Uri| {
            let (answer, counter) = (answer.clone(), counter.clone());
            async move {
                if uri.path() != "/robots.txt" {
                    counter.fetch_add(1, Ordering::SeqCst);
                }
                let (status, headers, body) = answer(&uri.to_string());
                let pairs =
                    headers.into_iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()));
                (StatusCode::from_u16(status).unwrap(), pairs.collect::<HeaderMap>(), body)
            }
        };
        let address = self.0.block_on(async {
            let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
            let address = listener.local_addr().unwrap();
            let router = Router::new().fallback(handler);
            tokio::spawn(async move { axum::serve(listener, router).await });
            address
        });
        Host { address, asked }
    }
}

struct Host {
    address: SocketAddr,
    asked: Arc<AtomicUsize>,
}

impl Host {
    fn base(&self) -> String {
        format!("http://{}/", self.address)
    }

    /// Requests but those for robots.txt.
    fn asked(&self) -> usize {
        self.asked.load(Ordering::SeqCst)
    }
}

/// The owner's configuration: eBay by its API, with fast rates.
pub fn ebay_config(server: &EbayServer, search: &str) -> String {
    format!(
        "[venues.ebay]\nread = \"api\"\nbase_url = \"{}\"\nrequests_per_minute = 6000\n\
         [[searches]]\nname = \"cameras\"\nvenue = \"ebay\"\nquery = \"canon\"\n{search}\n",
        server.base()
    )
}

pub fn with_keys(sandbox: Sandbox) -> Sandbox {
    sandbox.env("AUTOBAZAAAR_EBAY__CLIENT_ID", "app").env("AUTOBAZAAAR_EBAY__CLIENT_SECRET", "secret")
}

/// The owner's configuration: OfferUp's pages, fetched with its permission.
fn offerup_config(host: &Host) -> String {
    format!(
        "[venues.offerup]\nread = \"fetch\"\npermission = \"written, of 2026-01-15\"\nbase_url = \"{}\"\n\
         requests_per_minute = 6000\n\
         [[searches]]\nname = \"lamps\"\nvenue = \"offerup\"\nquery = \"lamp\"\n",
        host.base()
    )
}

/// A feed of OfferUp with these lamps.
fn lamps(from: usize, count: usize, cursor: Option<&str>) -> String {
    let tile = |n: usize| {
        serde_json::json!({ "tileType": "LISTING", "listing": {
            "listingId": format!("lamp-{n}"), "title": format!("Brass lamp {n}"), "price": "25.00",
            "locationName": "Boston, MA", "conditionText": "Used", "flags": [], "isFirmPrice": false,
            "image": { "url": format!("https://images.test/{n}.jpg") } } })
    };
    let tiles: Vec<Value> = (from..from + count).map(tile).collect();
    let mut feed = serde_json::json!({ "looseTiles": tiles });
    if let Some(cursor) = cursor {
        feed["pageCursor"] = cursor.into();
    }
    serde_json::json!({ "data": { "modularFeed": feed } }).to_string()
}

fn counts(said: &Value) -> [i64; 3] {
    ["rows", "observations", "sightings"].map(|name| said[0][name].as_i64().unwrap())
}

#[test]
fn a_search_at_ebay_is_read_to_its_end_and_then_only_for_what_is_new() {
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 2_400);
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &ebay_config(&server, "")));

    let first = counts(&sandbox.json(&["ingest"]));
    assert!(first[0] > 200 && first[0] == first[1], "{first:?}: more than a page, all new");
    let again = counts(&sandbox.json(&["ingest", "--search", "cameras"]));
    assert_eq!(again, [200, 0, 200], "a quick scan ends with the page that shows nothing new");
    let whole = counts(&sandbox.json(&["ingest", "--search", "cameras", "--complete"]));
    assert_eq!(whole, [first[0], 0, first[0]]);

    sandbox.ok(&["enrich"]);
    let scans =
        sandbox.json(&["query", "select query, complete::int as complete from scans order by observed_at"]);
    let complete: Vec<i64> =
        scans.as_array().unwrap().iter().map(|scan| scan["complete"].as_i64().unwrap()).collect();
    assert_eq!(complete, [1, 0, 1], "{scans:#}");
    assert_eq!(scans[0]["query"], "canon");
    assert_eq!(sandbox.number("select count(*) from listings where presence = 'active'"), first[0]);
    assert_eq!(sandbox.number("select count(*) from observations where seller_key is null"), 0);
    let dump = sandbox.json(&["query", "select * from observations limit 1000"]).to_string();
    assert!(!dump.contains("seller_1"), "no seller's name is in the lake");
}

#[test]
fn a_search_is_narrowed_as_the_owner_says() {
    let web = Web::new();
    let server = web.ebay(|_| ());
    let narrow = "category = \"15230\"\nlowest = 100\nhighest = 200\nconditions = [\"good\"]";
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &ebay_config(&server, narrow)));
    sandbox.ok(&["ingest"]);
    sandbox.ok(&["enrich"]);
    assert!(sandbox.number("select count(*) from observations") > 0);
    let outside = "select count(*) from observations where price not between 10000 and 20000 \
                   or condition <> 'good' or title not like 'Canon%'";
    assert_eq!(sandbox.number(outside), 0);
    let label = sandbox.json(&["query", "select distinct query from scans"]);
    assert_eq!(label[0]["query"], "canon, category 15230, from 100, up to 200, good");
}

#[test]
fn a_run_does_the_searches_that_are_due() {
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 800);
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &ebay_config(&server, "")));
    let plan = sandbox.run(&["plan"]);
    assert!(plan.contains("search ebay by its API for \"canon\", to the end"), "{plan}");
    let said = sandbox.run(&["run"]);
    assert!(said.starts_with("exit: 0\n") && said.contains("cameras  ebay   to its end"), "{said}");
    let calls = server.calls().len();
    sandbox.ok(&["run"]);
    assert_eq!(server.calls().len(), calls, "an hour has not passed: nobody is asked");
    assert!(!sandbox.run(&["plan"]).contains("search ebay"));
}

#[test]
fn a_venue_that_is_off_is_not_asked_and_says_why() {
    let web = Web::new();
    let host = web.host(|_| (200, vec![], lamps(0, 3, None)));
    let config = offerup_config(&host);
    let off = config.replace("read = \"fetch\"", "read = \"off\"");
    let forbidden = config.replace("permission = \"written, of 2026-01-15\"\n", "");
    for (config, wanted) in [
        (off, "offerup is switched off"),
        (forbidden, "the terms of offerup forbid reading its pages by a program (https://offerup.com/terms)"),
    ] {
        let sandbox = Sandbox::new().file("autobazaaar.toml", &config);
        let told = sandbox.fails(1, &["ingest"]);
        assert!(told.contains(wanted) && told.contains("ingest --from-file"), "{told}");
        assert_eq!(host.asked(), 0);
        assert!(!sandbox.path("data/state/autobazaaar.db").exists(), "nothing to alert the owner of");
    }
}

#[test]
fn pages_are_fetched_with_the_venues_permission() {
    let web = Web::new();
    let host = web.host(|address| match address {
        "/robots.txt" => (200, vec![], "User-agent: *\nDisallow: /private\n".to_owned()),
        a if a.contains("pageCursor=two") => (200, vec![], lamps(30, 12, None)),
        _ => (200, vec![], lamps(0, 30, Some("two"))),
    });
    let sandbox = Sandbox::new()
        .file("autobazaaar.toml", &format!("{}[fetch]\nrecord_days = 2\n", offerup_config(&host)));
    assert_eq!(counts(&sandbox.json(&["ingest"])), [42, 42, 0]);
    assert_eq!(host.asked(), 2);

    // The raw answers are there to be read again: the same rows at the same time add nothing new.
    let pattern = "data/fetch/records/*/*.answer";
    let again = counts(&sandbox.json(&["ingest", "--from-file", pattern]));
    assert_eq!((again[0], again[1]), (42, 0));
    assert_eq!(host.asked(), 2);
}

#[test]
fn pages_that_lead_in_circles_end_and_a_kept_page_is_no_sight() {
    // Given a site whose pages may be kept for a day, and whose next page is always the same again
    let web = Web::new();
    let host = web.host(|address| match address {
        "/robots.txt" => (404, vec![], String::new()),
        _ => (200, vec![("cache-control", "max-age=86400".to_owned())], lamps(0, 30, Some("again"))),
    });
    let sandbox = Sandbox::new().file("autobazaaar.toml", &offerup_config(&host));
    // When it is read twice, then the first reading ends at the repetition, and the second asks the site
    assert_eq!(counts(&sandbox.json(&["ingest"]))[1], 30);
    assert_eq!(host.asked(), 2);
    assert_eq!(counts(&sandbox.json(&["ingest"]))[1], 0);
    assert!(host.asked() > 2);
}

#[test]
fn sold_prices_that_ebay_does_not_grant_are_told() {
    let web = Web::new();
    for granted in [true, false] {
        let server = web.ebay(|setup| (setup.items, setup.insights) = (100, granted));
        let config = ebay_config(&server, "sold = true\n");
        let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &config));
        if granted {
            assert_eq!(counts(&sandbox.json(&["ingest"]))[1], 50);
            continue;
        }
        let told = sandbox.fails(1, &["ingest"]);
        assert!(told.contains("Marketplace Insights"), "{told}");
        let alerts = sandbox.json(&["alerts"]);
        assert_eq!(alerts[0]["title"], "ebay has not granted what a search needs", "{alerts:#}");
    }
}

#[test]
fn robots_txt_is_obeyed() {
    let web = Web::new();
    let host = web.host(|address| match address {
        "/robots.txt" => (200, vec![], "User-agent: *\nDisallow: /search\n".to_owned()),
        _ => (200, vec![], lamps(0, 3, None)),
    });
    let sandbox = Sandbox::new().file("autobazaaar.toml", &offerup_config(&host));
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("robots.txt of the site forbids"), "{told}");
    assert_eq!(host.asked(), 0);
    let alerts = sandbox.json(&["alerts"]);
    assert_eq!(alerts[0]["title"], "robots.txt of offerup forbids a search", "{alerts:#}");
}

#[test]
fn a_block_pauses_the_venue_until_its_owner_resumes_it_and_the_others_go_on() {
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 100);
    let blocked = Arc::new(std::sync::atomic::AtomicBool::new(true));
    let wall = blocked.clone();
    let host = web.host(move |address| match address {
        "/robots.txt" => (404, vec![], String::new()),
        _ if wall.load(Ordering::SeqCst) => (403, vec![], "<h1>Please verify you are human</h1>".to_owned()),
        _ => (200, vec![], lamps(0, 3, None)),
    });
    let config = format!("{}{}", offerup_config(&host), ebay_config(&server, ""));
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &config));

    let output = sandbox.output("", &["ingest", "--format", "json"]);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(1), "{told}");
    assert!(told.contains("offerup is paused until you resume it"), "{told}");
    assert!(counts(&serde_json::from_slice(&output.stdout).unwrap())[1] > 0, "eBay was read all the same");
    let alerts = sandbox.json(&["alerts"]);
    assert_eq!(alerts[0]["title"], "offerup does not want us: it is paused", "{alerts:#}");
    assert!(alerts[0]["suggested_action"].as_str().unwrap().contains("autobazaaar venues resume offerup"));

    // Nobody knocks again, not even when the wall is gone, and nothing is told twice.
    blocked.store(false, Ordering::SeqCst);
    let asked = host.asked();
    let told = sandbox.fails(1, &["ingest", "--search", "lamps"]);
    assert!(told.contains("offerup is paused"), "{told}");
    assert_eq!(host.asked(), asked);
    assert_eq!(sandbox.json(&["alerts"]).as_array().unwrap().len(), 1);

    sandbox.ok(&["venues", "resume", "offerup"]);
    assert_eq!(sandbox.json(&["alerts"]), serde_json::json!([]), "looked into");
    assert_eq!(counts(&sandbox.json(&["ingest", "--search", "lamps"])), [3, 3, 0]);
}

#[test]
fn a_layout_that_changed_is_told_and_never_taken_for_an_empty_page() {
    let web = Web::new();
    let changed =
        r#"{"data": {"modularFeed": {"looseTiles": [{"tileType": "LISTING", "thing": {"id": 1}}]}}}"#;
    let host = web.host(move |address| match address {
        "/robots.txt" => (404, vec![], String::new()),
        _ => (200, vec![], changed.to_owned()),
    });
    let sandbox = Sandbox::new().file("autobazaaar.toml", &offerup_config(&host));
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("offerup changed its layout"), "{told}");
    let alerts = sandbox.json(&["alerts"]);
    assert_eq!(alerts[0]["title"], "pages of offerup cannot be read any more", "{alerts:#}");
}

#[test]
fn what_passes_is_waited_out_or_told() {
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 100);
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &ebay_config(&server, "")));
    // One fault of the server's, and a second in which it asks for peace: the search comes through.
    server.plan("GET", "item_summary", Fault::ErrorBefore, 1);
    server.plan("GET", "item_summary", Fault::TooMany(1), 1);
    assert!(counts(&sandbox.json(&["ingest"]))[0] > 0);
    // It asks for peace for longer than anybody waits.
    server.plan("GET", "item_summary", Fault::TooMany(3_600), 1);
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("status 429") && told.contains("2001"), "{told}");
    // That holds for later passes, too: they ask nothing until the hour is over.
    let asked = server.calls().len();
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("asks to wait until"), "{told}");
    assert_eq!(server.calls().len(), asked);
    std::fs::remove_file(sandbox.path("data/fetch/waits.json")).unwrap();
    // It stays ill.
    server.plan("GET", "item_summary", Fault::ErrorBefore, 10);
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("status 500") && told.contains("try again later"), "{told}");
    assert!(!sandbox.path("data/state/autobazaaar.db").exists(), "what passes is no alert");
}

#[test]
fn a_token_that_ends_on_the_way_is_renewed() {
    let web = Web::new();
    let server = Arc::new(web.ebay(|setup| setup.items = 8_000));
    let config = ebay_config(&server, "").replace("requests_per_minute = 6000", "requests_per_minute = 120");
    let sandbox = with_keys(Sandbox::new().file("autobazaaar.toml", &config));
    let watched = server.clone();
    let revoking = web.0.spawn(async move {
        while !watched.calls().iter().any(|call| call.contains("item_summary")) {
            tokio::time::sleep(std::time::Duration::from_millis(5)).await;
        }
        watched.revoke_tokens();
    });
    let read = counts(&sandbox.json(&["ingest"]));
    web.0.block_on(revoking).unwrap();
    assert_eq!(server.tokens_given(), 2);
    assert!(read[0] > 800, "{read:?}: every page");
}

#[test]
fn refused_keys_are_told_and_not_shown() {
    let web = Web::new();
    let server = web.ebay(|_| ());
    let sandbox = Sandbox::new()
        .file("autobazaaar.toml", &ebay_config(&server, ""))
        .env("AUTOBAZAAAR_EBAY__CLIENT_ID", "app")
        .env("AUTOBAZAAAR_EBAY__CLIENT_SECRET", "wr0ng-s3cret");
    let told = sandbox.fails(1, &["ingest", "-vv"]);
    assert!(told.contains("eBay does not accept the application's keys (invalid_client"), "{told}");
    assert_eq!(sandbox.json(&["alerts"])[0]["title"], "ebay does not accept our keys");
    let shown = sandbox.run(&["config", "show"]);
    assert!(shown.contains("********"), "{shown}");
    assert!(!format!("{told}{shown}").contains("wr0ng-s3cret"));
}

#[test]
fn keys_may_stand_in_a_file_that_nobody_else_can_read() {
    use std::os::unix::fs::PermissionsExt as _;
    let web = Web::new();
    let server = web.ebay(|setup| setup.items = 50);
    let config = format!("{}[ebay]\ncredentials_file = \"keys.toml\"\n", ebay_config(&server, ""));
    let sandbox = Sandbox::new()
        .file("autobazaaar.toml", &config)
        .file("keys.toml", "client_id = \"app\"\nclient_secret = \"secret\"\n");
    let set = |mode| {
        std::fs::set_permissions(sandbox.path("keys.toml"), std::fs::Permissions::from_mode(mode)).unwrap()
    };
    set(0o644);
    let told = sandbox.fails(1, &["ingest"]);
    assert!(told.contains("others may read the keys") && told.contains("chmod 600"), "{told}");
    set(0o600);
    assert!(counts(&sandbox.json(&["ingest"]))[0] > 0);
}

#[test]
fn wrong_searches_are_refused_before_anything_is_done() {
    let search = |text: &str| format!("[[searches]]\nname = \"a\"\nvenue = \"ebay\"\nquery = \"x\"\n{text}");
    let cases = [
        (search("venue_id = 1\n"), "unknown key `searches[0].venue_id`"),
        (
            search("").replace("\"ebay\"", "\"etsy\""),
            "expected one of ebay, craigslist, facebook, mercari, offerup",
        ),
        (search("").replace("\"ebay\"", "\"craigslist\""), "Craigslist is searched site by site"),
        (search("conditions = [\"shiny\"]\n"), "expected one of new, like_new, good, fair, poor, parts"),
        (search("lowest = 5\nhighest = 4\n"), "above the highest price 4"),
        (format!("{}{}", search(""), search("")), "both called \"a\""),
        ("[venues.offerup]\nread = \"api\"\n".to_owned(), "offerup has no API"),
        ("[venues.offerup]\nbase_url = \"nowhere at all\"\n".to_owned(), "no address of the web"),
        ("[ebay]\nclient_secret = \"x\"\n".to_owned(), "others may read autobazaaar.toml"),
    ];
    for (config, wanted) in cases {
        let sandbox = Sandbox::new().file("autobazaaar.toml", &config);
        let told = sandbox.fails(2, &["ingest"]);
        assert!(told.contains(wanted), "{wanted} in {told}");
        assert!(!sandbox.path("data").exists());
    }
    let sandbox = Sandbox::new().file("autobazaaar.toml", &search(""));
    let told = sandbox.fails(2, &["ingest", "--search", "b"]);
    assert!(told.contains("there is no search `b`; configured: a"), "{told}");
}

/// Chromium; `None`, and said so, where there is none.
fn chromium() -> Option<String> {
    let places = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
    let found = places.iter().find(|path| std::path::Path::new(path).exists());
    if found.is_none() {
        assert!(!std::env::var("CI").is_ok_and(|ci| ci == "true"), "install chromium");
        println!("skipped: there is no Chromium");
    }
    found.map(ToString::to_string)
}

#[test]
fn pages_that_scripts_build_are_read_in_the_browser() {
    let Some(program) = chromium() else { return };
    let web = Web::new();
    // The listings come only when the page's script has run.
    let feed: Value = serde_json::from_str(&lamps(0, 7, None)).unwrap();
    let data = serde_json::json!({ "props": { "pageProps": { "searchFeedResponse": feed["data"]["modularFeed"] } } });
    let page = format!(
        "<html><head><title>lamp for sale - OfferUp</title><link rel=icon href=https://offerup.com/a.ico></head>\
         <body><a href=https://offerup.com/>OfferUp</a><script>const s = document.createElement('script');\
         s.id = '__NEXT_DATA__'; s.type = 'application/json'; s.textContent = {};\
         document.body.appendChild(s);</script></body></html>",
        Value::from(data.to_string())
    );
    let host = web.host(move |address| match address {
        "/robots.txt" => (404, vec![], String::new()),
        _ => (200, vec![("content-type", "text/html".to_owned())], page.clone()),
    });
    let config = format!(
        "{}[browser]\nprogram = \"{program}\"\nsandbox = false\n",
        offerup_config(&host).replace("\"fetch\"", "\"browser\"")
    );
    let sandbox = Sandbox::new().file("autobazaaar.toml", &config);
    assert_eq!(counts(&sandbox.json(&["ingest"])), [7, 7, 0]);
}
