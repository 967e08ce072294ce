//! Chromium over pages served on this machine. Without Chromium the tests say that they are skipped;
//! where `CI` is `true` they fail.

use std::net::SocketAddr;
use std::os::unix::fs::MetadataExt as _;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use autobazaaar_domain::Utc;
use autobazaaar_domain::clock::FixedClock;
use autobazaaar_fetch::testing::NoJitter;
use autobazaaar_fetch::{
    Access, FetchError, Fetcher, Parts, ProxyPool, Rate, Record, Recorder, Secret, Seen, Settings, Sign,
    Site, Web,
};
use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::Html;
use axum::routing::get;
use chrono::TimeDelta;
use tokio::net::TcpListener;

use crate::{BrowserError, Chromium, Launch, Look};

/// A list that a script builds: ten more things whenever the end comes into view, up to forty.
const LIST: &str = r#"<!doctype html><title>Results</title><ul id="list"></ul><div id="end">…</div><script>
let count = 0;
function more() {
  for (let i = 0; i < 10 && count < 40; i++) {
    const thing = document.createElement("li");
    thing.className = "thing";
    thing.style.height = "400px";
    thing.textContent = "Camera " + ++count;
    document.getElementById("list").append(thing);
  }
}
setTimeout(() => {
  more();
  new IntersectionObserver((seen) => { if (seen[0].isIntersecting) setTimeout(more, 50); })
    .observe(document.getElementById("end"));
}, 150);
</script>"#;

/// A list whose script asks for what it shows.
const FED: &str = r#"<!doctype html><title>Fed</title><ul id="list"></ul><script>
fetch("/feed").then((answer) => answer.json()).then((feed) => {
  for (const name of feed.names) {
    const thing = document.createElement("li");
    thing.className = "thing";
    document.getElementById("list").append(thing);
  }
});
fetch("/lines").then((answer) => answer.text());
fetch("/words").then((answer) => answer.text());
</script>"#;

const NEVER_READY: &str = "<script>setInterval(() => document.body.append('x'), 5)</script>";

async fn serve(agents: Arc<Mutex<Vec<String>>>) -> SocketAddr {
    let list = move |request: Request| async move {
        agents.lock().unwrap().push(request.headers()["user-agent"].to_str().unwrap().to_owned());
        Html(LIST)
    };
    let led = |to: &'static str| get(move || async move { (StatusCode::FOUND, [("location", to)]) });
    let router = Router::new()
        .route("/robots.txt", get(|| async { "user-agent: *\ndisallow: /private" }))
        .route("/list", get(list))
        .route("/fed", get(|| async { Html(FED) }))
        .route("/feed", get(|| async { r#"{"names": ["a </script> lamp"]}"# }))
        .route("/lines", get(|| async { "for (;;);{\"line\": 1}\r\n{\"line\": 2}" }))
        .route("/words", get(|| async { "no JSON" }))
        .route("/private", get(|| async { "secret" }))
        .route("/led", led("/list"))
        .route("/led-private", led("/private"))
        .route("/led-away", led("http://localhost:9/"))
        .route("/script-away", get(|| async { Html("<script>location = 'http://localhost:9/'</script>") }))
        .route("/blocked", get(|| async { Html("<h1>Pardon Our Interruption</h1>") }))
        .route("/gone-told", get(|| async { (StatusCode::NOT_FOUND, "Nothing here") }))
        .route("/never", get(|| async { Html(NEVER_READY) }))
        .route("/long", get(|| async { Html("x".repeat(300_000)) }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn site() -> Site {
    let blocked = |seen: &Seen<'_>| {
        String::from_utf8_lossy(seen.body).contains("Pardon Our").then_some(Sign::Challenge)
    };
    Site::new("here", &["127.0.0.1"], Access::Pages).at(Rate::Unlimited, 5).blocked_by(blocked)
}

fn fetcher(records: &std::path::Path) -> Arc<Fetcher> {
    fetcher_behind(records, &[])
}

fn fetcher_behind(records: &std::path::Path, proxies: &[String]) -> Arc<Fetcher> {
    let clock = Arc::new(FixedClock("2026-11-24T12:00:00Z".parse::<Utc>().unwrap()));
    let settings = Settings { longest_body: 200_000, ..Settings::default() };
    let mut parts = Parts::new(settings, Arc::new(Web::new()), clock, Arc::new(NoJitter));
    parts.recorder = Some(Recorder::new(records, TimeDelta::days(1)));
    parts.proxies = ProxyPool::new(proxies.iter().map(|proxy| proxy.parse().unwrap()).collect());
    Arc::new(Fetcher::new(parts).unwrap())
}

fn look() -> Look {
    Look {
        wait_for: Some("li.thing".into()),
        scrolls: 20,
        settled_after: Duration::from_millis(300),
        patience: Duration::from_secs(3),
        time_out: Duration::from_secs(60),
    }
}

/// Chromium, or none where it is not installed.
async fn chromium(fetcher: &Arc<Fetcher>) -> Option<Chromium> {
    let root = std::fs::metadata("/proc/self").is_ok_and(|meta| meta.uid() == 0);
    match Chromium::launch(&Launch { sandbox: !root, ..Launch::default() }, fetcher.clone()).await {
        Ok(chromium) => Some(chromium),
        Err(error) => {
            assert!(std::env::var("CI").as_deref() != Ok("true"), "{error}");
            eprintln!("skipped: {error}");
            None
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_is_rendered_as_a_person_sees_it_and_politely() {
    let records = tempfile::tempdir().unwrap();
    let fetcher = fetcher(records.path());
    let Some(chromium) = chromium(&fetcher).await else { return };
    let agents = Arc::new(Mutex::new(Vec::new()));
    let address = serve(agents.clone()).await;
    let at = |path: &str| format!("http://{address}{path}").parse().unwrap();
    let site = site();

    // When: a list is rendered that a script builds as one scrolls, by way of a redirect.
    let seen = chromium.render(&site, &at("/led"), &look()).await.unwrap();
    // Then: all of it is there, under our own name.
    let html = String::from_utf8(seen.html.to_vec()).unwrap();
    assert_eq!(html.matches("class=\"thing\"").count(), 40);
    assert_eq!((seen.url.path(), seen.status), ("/list", 200));
    assert!((4..=8).contains(&seen.scrolls), "{}", seen.scrolls);
    assert!(agents.lock().unwrap().iter().all(|agent| agent.starts_with("AutoBazaaar/")));
    let Record { body, .. } = Recorder::read(&seen.record.unwrap()).unwrap();
    assert_eq!(body, seen.html);

    // What a page's scripts loaded stands behind it as data, whatever it holds.
    let seen = chromium.render(&site, &at("/fed"), &look()).await.unwrap();
    let html = String::from_utf8_lossy(&seen.html).into_owned();
    let behind = html.rsplit_once("</html>").unwrap().1;
    let told: Vec<&str> = behind
        .split("<script type=\"application/json\">")
        .skip(1)
        .map(|element| element.split_once("</script>").unwrap().0)
        .collect();
    let mut told: Vec<serde_json::Value> =
        told.iter().map(|text| serde_json::from_str(text).unwrap()).collect();
    told.sort_by_key(ToString::to_string);
    let expected = r#"[{"line": 1}, {"line": 2}, {"names": ["a </script> lamp"]}]"#;
    assert_eq!(serde_json::Value::from(told), serde_json::from_str::<serde_json::Value>(expected).unwrap());

    // A remote browser is the same code over its address.
    let remote = Chromium::connect(&chromium.address(), fetcher.clone()).await.unwrap();
    let once = Look { scrolls: 0, ..look() };
    let seen = remote.render(&site, &at("/list"), &once).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&seen.html).matches("class=\"thing\"").count(), 10);
    remote.close().await.unwrap();

    // Where robots.txt or the policy forbid it, nothing is shown, however the page gets there.
    let cases = ["/private", "/led-private", "/led-away", "/script-away"];
    for path in cases {
        match chromium.render(&site, &at(path), &Look { wait_for: None, ..look() }).await {
            Err(BrowserError::Fetch(FetchError::Robots { .. })) => {
                assert!(path.ends_with("private"), "{path}")
            }
            Err(BrowserError::Fetch(FetchError::Elsewhere { .. })) => {
                assert!(path.ends_with("away"), "{path}")
            }
            other => panic!("{path}: {other:?}"),
        }
    }

    // A page without end, one that is too long, and one that is not there.
    let patient = Look { wait_for: None, patience: Duration::from_millis(300), scrolls: 2, ..look() };
    assert_eq!(chromium.render(&site, &at("/never"), &patient).await.unwrap().scrolls, 2);
    let hurried = Look { time_out: Duration::from_millis(400), wait_for: Some("#nothing".into()), ..look() };
    let error = chromium.render(&site, &at("/never"), &hurried).await.unwrap_err();
    assert!(matches!(error, BrowserError::TimedOut { .. }), "{error}");
    let error = chromium.render(&site, &at("/long"), &patient).await.unwrap_err();
    assert!(matches!(error, BrowserError::TooLong { limit: 200_000, .. }), "{error}");
    for (path, text) in [("/gone", ""), ("/gone-told", "Nothing here")] {
        let gone = chromium.render(&site, &at(path), &look()).await.unwrap();
        assert_eq!((gone.status, gone.url.path()), (404, path));
        assert!(
            String::from_utf8_lossy(&gone.html).contains(text) && (text.is_empty() == gone.html.is_empty())
        );
    }

    // A block pauses the host for the browser as for everything else.
    let error = chromium.render(&site, &at("/blocked"), &patient).await.unwrap_err();
    assert!(matches!(error, BrowserError::Fetch(FetchError::Blocked { .. })), "{error}");
    let error = chromium.render(&site, &at("/list"), &look()).await.unwrap_err();
    assert!(matches!(error, BrowserError::Fetch(FetchError::Paused { .. })), "{error}");
    chromium.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn with_a_proxy_nothing_goes_around_it() {
    let records = tempfile::tempdir().unwrap();
    // The server stands in for a proxy: whatever host is asked for, it answers.
    let address = serve(Arc::default()).await;
    let behind = fetcher_behind(records.path(), &[format!("http://{address}")]);
    let Some(chromium) = chromium(&behind).await else { return };
    // Nobody listens there any more.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let elsewhere = format!("http://127.0.0.1:{port}/list").parse().unwrap();
    let seen = chromium.render(&site(), &elsewhere, &look()).await.unwrap();
    assert_eq!(String::from_utf8_lossy(&seen.html).matches("class=\"thing\"").count(), 40);
    chromium.close().await.unwrap();

    let asking = fetcher_behind(records.path(), &["http://me:s3cret@127.0.0.1:9".to_owned()]);
    let error = Chromium::launch(&Launch::default(), asking).await.err().unwrap();
    assert!(matches!(error, BrowserError::ProxyPassword(_)) && !error.to_string().contains("s3cret"));
}

#[tokio::test]
async fn a_browser_that_is_not_there_is_told_without_its_key() {
    let records = tempfile::tempdir().unwrap();
    let fetcher = fetcher(records.path());
    let address = Secret::new("ws://127.0.0.1:9/devtools?token=s3cret");
    let error = Chromium::connect(&address, fetcher.clone()).await.err().unwrap();
    assert!(error.to_string().starts_with("no browser at ws://127.0.0.1:9/devtools?token=***: "), "{error}");
    assert!(!format!("{error:?}").contains("s3cret") && error.is_transient());
    let launch = Launch { program: Some("/nowhere/chromium".into()), ..Launch::default() };
    let error = Chromium::launch(&launch, fetcher).await.err().unwrap();
    assert!(error.to_string().contains("apt-get install chromium"), "{error}");
}
