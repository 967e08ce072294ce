//! robots.txt, rates, places, pauses, quotas, cache, records.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use chrono::TimeDelta;

use super::*;
use crate::testing::answer;
use crate::{DailyQuota, DiskCache, FetchError, QuotaBook, Recorder, Seen, Sign, Source, TransportError};

fn robots_then_page(robots: &'static str) -> Arc<Script> {
    Arc::new(Script::new(move |request| {
        Ok(match request.url.path() {
            "/robots.txt" => answer(200, &[], robots),
            _ => answer(200, &[], "<html>"),
        })
    }))
}

fn paths(script: &Script) -> Vec<String> {
    script.heard().iter().map(|heard| heard.request.url.path().to_owned()).collect()
}

#[tokio::test(start_paused = true)]
async fn robots_txt_is_asked_once_and_obeyed() {
    let script = robots_then_page("user-agent: *\ndisallow: /private");
    let fetcher = fetcher(&script);
    assert!(fetcher.fetch(&shop(), page("https://shop.test/a")).await.is_ok());
    let refused = fetcher.fetch(&shop(), page("https://shop.test/private/x?q=1")).await.unwrap_err();
    assert_eq!(
        refused.to_string(),
        "robots.txt of the site forbids https://shop.test/private/x?q=1 to robots"
    );
    assert!(fetcher.fetch(&shop(), page("https://shop.test/b")).await.is_ok());
    assert_eq!(paths(&script), ["/robots.txt", "/a", "/b"]);
    let agent = &script.heard()[1].request.headers["user-agent"];
    assert!(agent.to_str().unwrap().starts_with("AutoBazaaar/"));

    // When a day has gone by: asked again.
    tokio::time::sleep(Duration::from_secs(24 * 3600)).await;
    assert!(fetcher.fetch(&shop(), page("https://shop.test/c")).await.is_ok());
    assert_eq!(paths(&script)[3..], ["/robots.txt", "/c"]);
}

#[tokio::test(start_paused = true)]
async fn what_robots_txt_answers_decides() {
    let cases: [(Result<u16, ()>, bool); 8] = [
        (Ok(200), true),
        (Ok(404), true),
        (Ok(403), true),
        (Ok(410), true),
        (Ok(429), false),
        (Ok(500), false),
        (Ok(503), false),
        (Err(()), false),
    ];
    for (robots, may) in cases {
        let script = Arc::new(Script::new(move |request| match (request.url.path(), robots) {
            ("/robots.txt", Ok(status)) => Ok(answer(status, &[], "")),
            ("/robots.txt", Err(())) => Err(TransportError::Connect("refused".into())),
            _ => Ok(answer(200, &[], "")),
        }));
        let fetched = fetcher(&script).fetch(&shop(), page("https://shop.test/a")).await;
        assert_eq!(fetched.is_ok(), may, "{robots:?}: {fetched:?}");
        if let Err(error) = fetched {
            assert!(matches!(error, FetchError::NoRobots { .. }) && error.is_transient());
            assert_eq!(paths(&script), ["/robots.txt"]);
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_redirected_robots_txt_counts_and_a_circle_does_not() {
    let script = Arc::new(Script::new(|request| {
        Ok(match (request.url.host_str(), request.url.path()) {
            (Some("shop.test"), "/robots.txt") => {
                answer(301, &[("location", "https://www.shop.test/robots.txt")], "")
            }
            (_, "/robots.txt") => answer(200, &[], "user-agent: autobazaaar\ndisallow: /"),
            _ => answer(200, &[], ""),
        })
    }));
    let refused = fetcher(&script).fetch(&shop(), page("https://shop.test/a")).await.unwrap_err();
    assert!(matches!(refused, FetchError::Robots { .. }));

    let circle = Arc::new(Script::new(|_| Ok(answer(302, &[("location", "/robots.txt")], ""))));
    let refused = fetcher(&circle).fetch(&shop(), page("https://shop.test/a")).await.unwrap_err();
    assert!(matches!(refused, FetchError::NoRobots { .. }));
    assert_eq!(paths(&circle).len(), 6);
}

#[tokio::test(start_paused = true)]
async fn an_interface_for_programs_has_no_robots_txt() {
    let script = robots_then_page("user-agent: *\ndisallow: /");
    let api = Site::new("api", &["api.test"], Access::Api).at(Rate::Unlimited, 5);
    assert!(fetcher(&script).fetch(&api, page("https://api.test/v1")).await.is_ok());
    assert_eq!(paths(&script), ["/v1"]);
}

#[tokio::test(start_paused = true)]
async fn nothing_goes_where_the_policy_does_not_lead() {
    let script = robots_then_page("");
    let fetcher = fetcher(&script);
    let why = "its terms forbid robots; read saved pages instead".to_owned();
    let off = Site { access: Access::Off { why }, ..shop() };
    let cases = [
        (off, "https://shop.test/", "shop is not read: its terms forbid robots; read saved pages instead"),
        (
            shop(),
            "https://other.test/",
            "https://other.test/ is not among the hosts of shop (shop.test, www.shop.test): add the host to its policy, or ask elsewhere",
        ),
        (shop(), "ftp://shop.test/", "ftp://shop.test/ cannot be asked for: only http and https are spoken"),
        (
            shop(),
            "https://me:pw@shop.test/",
            "https://shop.test/ cannot be asked for: a user or password in an address would be seen by others",
        ),
        (
            shop().at(Rate::Nothing, 1),
            "https://shop.test/",
            "no request to shop.test is allowed: its rate or its number of places is zero; set them above zero",
        ),
        (
            shop().at(Rate::Unlimited, 0),
            "https://shop.test/",
            "no request to shop.test is allowed: its rate or its number of places is zero; set them above zero",
        ),
    ];
    for (site, url, expected) in cases {
        assert_eq!(fetcher.fetch(&site, page(url)).await.unwrap_err().to_string(), expected);
    }
    assert!(script.heard().is_empty());
}

#[tokio::test(start_paused = true)]
async fn redirects_stay_within_the_site() {
    let script = Arc::new(Script::new(|request| {
        let to = |to| answer(302, &[("location", to)], "");
        Ok(match request.url.path() {
            "/robots.txt" => answer(404, &[], ""),
            "/a" => to("/b?x"),
            "/b" => to("https://www.shop.test/c"),
            "/out" => to("https://evil.test/"),
            "/plain" => to("http://shop.test/c"),
            "/forbidden" => to("/c#x"),
            "/circle" => to("/circle"),
            "/nowhere" => answer(302, &[], "moved"),
            _ => answer(200, &[], "there"),
        })
    }));
    let fetcher = fetcher(&script);
    let found = fetcher.fetch(&shop(), page("https://shop.test/a")).await.unwrap();
    assert_eq!((found.url.as_str(), found.attempts), ("https://www.shop.test/c", 3));
    for (path, why) in [
        ("out", "it is not among the site's hosts"),
        ("plain", "it leaves the encrypted connection"),
        ("circle", "there were too many redirects before"),
    ] {
        let error = fetcher.fetch(&shop(), page(&format!("https://shop.test/{path}"))).await.unwrap_err();
        assert!(error.to_string().ends_with(why), "{error}");
    }
    let nowhere = fetcher.fetch(&shop(), page("https://shop.test/nowhere")).await.unwrap();
    assert_eq!(nowhere.status, 302);
    assert!(!script.heard().iter().any(|heard| heard.request.url.host_str() == Some("evil.test")));
}

#[tokio::test(start_paused = true)]
async fn requests_keep_to_the_rate_and_the_places() {
    static UNDER_WAY: AtomicUsize = AtomicUsize::new(0);
    let script = Arc::new(Script::slow(Duration::from_secs(5), |_| Ok(answer(200, &[], ""))));
    let site = Site::new("api", &["api.test"], Access::Api).at(Rate::per_minute(60.0, 1), 3);
    let fetcher = Arc::new(fetcher(&script));
    let mut tasks = Vec::new();
    for n in 0..9 {
        let (fetcher, site) = (fetcher.clone(), site.clone());
        tasks.push(tokio::spawn(async move {
            UNDER_WAY.fetch_add(1, Ordering::SeqCst);
            fetcher.fetch(&site, page(&format!("https://api.test/{n}"))).await.unwrap();
        }));
    }
    for task in tasks {
        task.await.unwrap();
    }
    assert_eq!(UNDER_WAY.load(Ordering::SeqCst), 9);
    let sent: Vec<u64> = script.heard().iter().map(|heard| heard.after.as_secs()).collect();
    // Three start a second apart; then one whenever a place is free.
    assert_eq!(sent, [0, 1, 2, 5, 6, 7, 10, 11, 12]);
}

#[tokio::test(start_paused = true)]
async fn a_slow_host_does_not_hold_up_the_others() {
    let script = Arc::new(Script::new(|_| Ok(answer(200, &[], ""))));
    let slow = Site::new("slow", &["slow.test"], Access::Api).at(Rate::per_minute(1.0, 1), 10);
    let quick = Site::new("quick", &["quick.test"], Access::Api).at(Rate::Unlimited, 10);
    let fetcher = Arc::new(fetcher(&script));
    for n in 0..8 {
        let (fetcher, slow) = (fetcher.clone(), slow.clone());
        tokio::spawn(async move { fetcher.fetch(&slow, page(&format!("https://slow.test/{n}"))).await });
    }
    tokio::task::yield_now().await;
    fetcher.fetch(&quick, page("https://quick.test/")).await.unwrap();
    assert!(script.heard().last().unwrap().after < Duration::from_secs(1));
}

/// A site's own look: its block page comes with status 200.
fn looks_blocked(seen: &Seen<'_>) -> Option<Sign> {
    let login = seen.url.path().starts_with("/signin");
    if login { Some(Sign::Login) } else { seen.body.starts_with(b"Pardon").then_some(Sign::Challenge) }
}

#[tokio::test(start_paused = true)]
async fn a_block_pauses_the_host_and_is_not_asked_again() {
    let folder = tempfile::tempdir().unwrap();
    let script = Arc::new(Script::new(|request| {
        Ok(match request.url.path() {
            "/robots.txt" => answer(404, &[], ""),
            "/blocked" => answer(200, &[], "Pardon Our Interruption"),
            "/captcha" => answer(429, &[("retry-after", "1")], "solve this captcha"),
            "/members" => answer(302, &[("location", "https://www.shop.test/signin?x")], ""),
            _ => answer(200, &[], ""),
        })
    }));
    let open = || {
        let pauses = Some(folder.path().join("paused.json"));
        Fetcher::new(Parts { pauses, ..parts(&script) }).unwrap()
    };
    let site = shop().blocked_by(looks_blocked);
    let fetcher = open();
    let blocked = fetcher.fetch(&site, page("https://shop.test/blocked")).await.unwrap_err();
    assert_eq!(
        blocked.to_string(),
        "shop.test answered https://shop.test/blocked with a browser check: \
         it is left alone until 2026-11-24 18:00:00 UTC"
    );
    assert!(blocked.is_block() && !blocked.is_transient());

    // Then: nothing is sent to that host, even after a restart; others go on.
    let asked = script.heard().len();
    for fetcher in [&fetcher, &open()] {
        let paused = fetcher.fetch(&site, page("https://shop.test/a")).await.unwrap_err();
        assert!(matches!(paused, FetchError::Paused { .. }), "{paused}");
        assert_eq!(fetcher.paused().keys().collect::<Vec<_>>(), ["shop.test"]);
    }
    assert_eq!(script.heard().len(), asked);
    assert!(fetcher.fetch(&site, page("https://www.shop.test/a")).await.is_ok());

    // When the owner looked into it, or the time is over.
    fetcher.resume("shop.test").unwrap();
    assert!(fetcher.fetch(&site, page("https://shop.test/a")).await.is_ok());
    let asked = script.heard().len();
    let captcha = fetcher.fetch(&site, page("https://shop.test/captcha")).await.unwrap_err();
    assert!(matches!(captcha, FetchError::Blocked { sign: Sign::Captcha, .. }), "{captcha}");
    assert_eq!(script.heard().len(), asked + 1, "a captcha with Retry-After is still a block");
    tokio::time::sleep(Duration::from_secs(6 * 3600)).await;
    assert!(fetcher.fetch(&site, page("https://shop.test/a")).await.is_ok());
    let login = fetcher.fetch(&site, page("https://shop.test/members")).await.unwrap_err();
    assert!(
        matches!(&login, FetchError::Blocked { sign: Sign::Login, host, .. } if host == "shop.test"),
        "{login}"
    );
    assert!(!paths(&script).contains(&"/signin".to_owned()), "the login page itself is not asked for");
}

#[tokio::test(start_paused = true)]
async fn every_attempt_counts_against_the_quota() {
    let script = Arc::new(Script::new(|_| Ok(answer(500, &[], ""))));
    let quotas = QuotaBook::open(None, [("browse".to_owned(), DailyQuota(4))]).unwrap();
    let fetcher = Fetcher::new(Parts { quotas, ..parts(&script) }).unwrap();
    let api = Site::new("api", &["api.test"], Access::Api).at(Rate::Unlimited, 5);
    let answer = fetcher.fetch(&api, page("https://api.test/").counted("browse")).await.unwrap();
    assert_eq!((answer.status.as_u16(), answer.attempts), (500, 3));
    let spent = fetcher.fetch(&api, page("https://api.test/").counted("browse")).await.unwrap_err();
    assert!(matches!(spent, FetchError::QuotaSpent { .. }));
    assert_eq!(script.heard().len(), 4);
}

#[tokio::test(start_paused = true)]
async fn a_kept_answer_is_confirmed_rather_than_sent_again() {
    let folder = tempfile::tempdir().unwrap();
    let script = Arc::new(Script::new(|request| {
        let known = request.headers.get("if-none-match").is_some_and(|tag| tag == "\"1\"");
        Ok(match request.url.path() {
            "/robots.txt" => answer(404, &[], ""),
            "/lasting" => answer(200, &[("cache-control", "max-age=60")], "lasting"),
            _ if known => answer(304, &[("etag", "\"1\""), ("x-seen", "again")], ""),
            _ => answer(200, &[("etag", "\"1\""), ("last-modified", "yesterday")], "page"),
        })
    }));
    let cache = Some(DiskCache::open(folder.path(), 1 << 20).unwrap());
    let fetcher = Fetcher::new(Parts { cache, ..parts(&script) }).unwrap();
    let sources = [Source::Site, Source::Confirmed, Source::Confirmed];
    for expected in sources {
        let found = fetcher.fetch(&shop(), page("https://shop.test/a")).await.unwrap();
        assert_eq!((found.source, &found.body[..], found.status.as_u16()), (expected, &b"page"[..], 200));
    }
    let asked = script.heard().pop().unwrap().request.headers;
    assert_eq!(asked["if-modified-since"], "yesterday");

    // What the site says lasts is not asked for at all.
    for expected in [Source::Site, Source::Cache] {
        let found = fetcher.fetch(&shop(), page("https://shop.test/lasting")).await.unwrap();
        assert_eq!(found.source, expected);
    }
    // What needs a key is not kept.
    let secret = || page("https://shop.test/b").authorization("Bearer", &crate::Secret::new("t0ken"));
    for _ in 0..2 {
        assert_eq!(fetcher.fetch(&shop(), secret()).await.unwrap().source, Source::Site);
    }
}

#[tokio::test(start_paused = true)]
async fn answers_are_recorded_and_secrets_are_not() {
    let folder = tempfile::tempdir().unwrap();
    let script = Arc::new(Script::new(|_| Ok(answer(200, &[("set-cookie", "s=1"), ("x-a", "b")], "<html>"))));
    let recorder = Some(Recorder::new(folder.path(), TimeDelta::days(1)));
    let fetcher = Fetcher::new(Parts { recorder, ..parts(&script) }).unwrap();
    let api = Site::new("api", &["api.test"], Access::Api).at(Rate::Unlimited, 5);
    let seen = fetcher.fetch(&api, page("https://api.test/?api_key=k&q=x")).await.unwrap();
    let record = Recorder::read(&seen.record.unwrap()).unwrap();
    assert_eq!(record.url, "https://api.test/?api_key=***&q=x");
    assert_eq!((record.at, record.status, &record.body[..]), (noon(), 200, &b"<html>"[..]));
    assert_eq!(record.headers.keys().collect::<Vec<_>>(), ["x-a"]);
    let token = fetcher.fetch(&api, page("https://api.test/token").sensitive()).await.unwrap();
    assert_eq!(token.record, None);
}

#[tokio::test(start_paused = true)]
async fn whoever_reads_an_answer_may_say_that_it_turns_us_away() {
    let script = Arc::new(Script::new(move |request| {
        Ok(match request.url.path() {
            "/robots.txt" => answer(404, &[], ""),
            _ => answer(200, &[("cache-control", "max-age=600")], "please log in"),
        })
    }));
    let folder = tempfile::tempdir().unwrap();
    let mut parts = parts(&script);
    parts.cache = Some(DiskCache::open(folder.path(), 1 << 20).unwrap());
    let fetcher = Fetcher::new(parts).unwrap();
    fetcher.fetch(&shop(), page("https://shop.test/a")).await.unwrap();

    let error = fetcher.turned_away(&page("https://shop.test/a"), Sign::Login).await;
    assert!(error.is_block());
    let paused = fetcher.fetch(&shop(), page("https://shop.test/b")).await.unwrap_err();
    assert!(matches!(paused, FetchError::Paused { sign: Sign::Login, .. }), "{paused}");

    // After the pause the site is asked again, not the cache.
    fetcher.resume("shop.test").unwrap();
    let answer = fetcher.fetch(&shop(), page("https://shop.test/a")).await.unwrap();
    assert_eq!(answer.source, Source::Site);
}
