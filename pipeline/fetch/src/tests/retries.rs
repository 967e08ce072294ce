//! What is asked again, when, and what is not.

use std::time::Duration;

use http::Method;

use super::*;
use crate::testing::answer;
use crate::{FetchError, Incoming, Proxy, ProxyPool, TransportError};

type Reply = Result<Incoming, TransportError>;

/// A request, the replies to it, the seconds at which it was sent, and the final status if any.
type Case = (Request, Vec<Reply>, &'static [u64], Option<u16>);

fn api() -> Site {
    Site::new("api", &["api.test"], Access::Api).at(Rate::Unlimited, 5)
}

/// Gives the replies in order, then the last one again.
fn replies(list: Vec<Reply>) -> Arc<Script> {
    let mut next = 0;
    Arc::new(Script::new(move |_| {
        next += 1;
        list[(next - 1).min(list.len() - 1)].clone()
    }))
}

fn seconds(script: &Script) -> Vec<u64> {
    script.heard().iter().map(|heard| heard.after.as_secs()).collect()
}

#[tokio::test(start_paused = true)]
async fn what_passes_is_asked_again_with_growing_waits() {
    let connect = || Err(TransportError::Connect("refused".into()));
    let broken = || Err(TransportError::Broken("reset".into()));
    let status = |status| Ok(answer(status, &[], ""));
    let get = || page("https://api.test/");
    let post = || Request::new(Method::POST, "https://api.test/".parse().unwrap());
    let cases: Vec<Case> = vec![
        (get(), vec![status(500), status(503), status(200)], &[0, 2, 6], Some(200)),
        (get(), vec![status(429), status(200)], &[0, 2], Some(200)),
        (get(), vec![status(500)], &[0, 2, 6], Some(500)),
        (get(), vec![status(404)], &[0], Some(404)),
        (get(), vec![status(400)], &[0], Some(400)),
        (get(), vec![connect(), status(200)], &[0, 2], Some(200)),
        (get(), vec![broken(), status(200)], &[0, 2], Some(200)),
        (get(), vec![connect()], &[0, 2, 6], None),
        (get(), vec![Err(TransportError::TooLong(9))], &[0], None),
        (get(), vec![Err(TransportError::TimedOut(Duration::from_secs(30)))], &[0], None),
        // What must happen once is asked again only if it was never sent.
        (post(), vec![connect(), status(200)], &[0, 2], Some(200)),
        (post(), vec![broken(), status(200)], &[0], None),
        (post(), vec![status(500), status(200)], &[0], Some(500)),
        (post(), vec![status(429), status(200)], &[0], Some(429)),
        (post().repeatable(), vec![status(500), status(200)], &[0, 2], Some(200)),
        (get().once(), vec![status(500), status(200)], &[0], Some(500)),
    ];
    for (case, (request, list, times, expected)) in cases.into_iter().enumerate() {
        let script = replies(list);
        let found = fetcher(&script).fetch(&api(), request).await;
        assert_eq!(found.as_ref().ok().map(|a| a.status.as_u16()), expected, "case {case}");
        assert_eq!(seconds(&script), times, "case {case}");
        if let Ok(answer) = found {
            assert_eq!(answer.attempts as usize, times.len());
        }
    }
}

#[tokio::test(start_paused = true)]
async fn retry_after_is_obeyed_by_everybody() {
    for wait in ["30", "Tue, 24 Nov 2026 12:00:30 GMT"] {
        let script = replies(vec![Ok(answer(503, &[("retry-after", wait)], "")), Ok(answer(200, &[], ""))]);
        let fetcher = fetcher(&script);
        assert!(fetcher.fetch(&api(), page("https://api.test/a")).await.unwrap().status.is_success());
        assert_eq!(seconds(&script), [0, 30], "{wait}");
    }
    // A request that must happen once is not repeated, but the next one waits all the same.
    let script = replies(vec![Ok(answer(429, &[("retry-after", "20")], "")), Ok(answer(200, &[], ""))]);
    let fetcher = fetcher(&script);
    let post = Request::new(Method::POST, "https://api.test/".parse().unwrap());
    assert_eq!(fetcher.fetch(&api(), post).await.unwrap().status, 429);
    fetcher.fetch(&api(), page("https://api.test/b")).await.unwrap();
    assert_eq!(seconds(&script), [0, 20]);
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_is_told_rather_than_waited() {
    let script = replies(vec![Ok(answer(429, &[("retry-after", "3600")], "")), Ok(answer(200, &[], ""))]);
    let fetcher = fetcher(&script);
    assert_eq!(fetcher.fetch(&api(), page("https://api.test/a")).await.unwrap().status, 429);
    let held = fetcher.fetch(&api(), page("https://api.test/b")).await.unwrap_err();
    assert_eq!(held.to_string(), "api.test asks to wait until 2026-11-24 13:00:00 UTC");
    assert!(held.is_transient());
    assert_eq!(seconds(&script), [0]);
    tokio::time::sleep(Duration::from_secs(3600)).await;
    assert!(fetcher.fetch(&api(), page("https://api.test/b")).await.is_ok());
}

#[tokio::test(start_paused = true)]
async fn a_long_wait_holds_over_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let anew = |script: &Arc<Script>| {
        let mut parts = parts(script);
        parts.waits = Some(folder.path().join("waits.json"));
        Fetcher::new(parts).unwrap()
    };
    let script = replies(vec![Ok(answer(429, &[("retry-after", "3600")], ""))]);
    assert_eq!(anew(&script).fetch(&api(), page("https://api.test/a")).await.unwrap().status, 429);
    let held = anew(&script).fetch(&api(), page("https://api.test/b")).await.unwrap_err();
    assert_eq!(held.to_string(), "api.test asks to wait until 2026-11-24 13:00:00 UTC");
    assert_eq!(script.heard().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn no_answer_in_time_is_an_error_that_says_what_is_known() {
    let script = Arc::new(Script::slow(Duration::from_secs(3600), |_| Ok(answer(200, &[], ""))));
    let error = fetcher(&script).fetch(&api(), page("https://api.test/?token=abc")).await.unwrap_err();
    assert_eq!(error.to_string(), "https://api.test/?token=***: no complete answer within 30s (attempt 1)");
    assert!(error.may_have_arrived() && error.is_transient());
}

#[tokio::test(start_paused = true)]
async fn a_failing_proxy_is_left_out_and_nothing_goes_around_it() {
    let script = Arc::new(Script::new(|request| match &request.proxy {
        Some(proxy) if proxy.label() == "good.test:2" => Ok(answer(200, &[], "")),
        Some(proxy) => Err(TransportError::Proxy { label: proxy.label(), reason: "refused".into() }),
        None => panic!("sent directly"),
    }));
    let proxies = ["http://u:pw@bad.test:1", "http://good.test:2"].map(|text| text.parse::<Proxy>().unwrap());
    let fetcher = Fetcher::new(Parts { proxies: ProxyPool::new(proxies.into()), ..parts(&script) }).unwrap();
    for _ in 0..3 {
        assert!(fetcher.fetch(&api(), page("https://api.test/")).await.is_ok());
    }
    let via: Vec<String> =
        script.heard().iter().map(|heard| heard.request.proxy.as_ref().unwrap().label()).collect();
    assert_eq!(via, ["bad.test:1", "good.test:2", "good.test:2", "good.test:2"]);
    assert_eq!(fetcher.proxies().states()[0].failures, 1);

    let only = ProxyPool::new(vec!["http://u:pw@bad.test:1".parse().unwrap()]);
    let fetcher = Fetcher::new(Parts { proxies: only, ..parts(&script) }).unwrap();
    let error = fetcher.fetch(&api(), page("https://api.test/")).await.unwrap_err();
    assert!(matches!(error, FetchError::NoProxy { .. }), "{error}");
    assert!(!format!("{error} {error:?}").contains("pw"));
}
