//! The real transport against a server on this machine.

use std::net::SocketAddr;
use std::time::Duration;

use axum::Router;
use axum::extract::Request as Asked;
use axum::http::{HeaderMap, StatusCode};
use axum::response::IntoResponse;
use axum::routing::{any, get};
use tokio::net::TcpListener;

use super::*;
use crate::{FetchError, Proxy, ProxyPool, TransportError, Web};

async fn serve(router: Router) -> SocketAddr {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await });
    address
}

fn site() -> Site {
    Site::new("here", &["127.0.0.1", "shop.test"], Access::Pages).at(Rate::Unlimited, 5)
}

fn over_the_web(change: impl FnOnce(&mut Parts)) -> Fetcher {
    let settings =
        Settings { time_out: Duration::from_millis(500), longest_body: 100_000, ..Settings::default() };
    let clock = Arc::new(RuntimeClock::new(noon()));
    let mut parts = Parts::new(settings, Arc::new(Web::new()), clock, Arc::new(NoJitter));
    parts.settings.backoff.first = Duration::from_millis(1);
    change(&mut parts);
    Fetcher::new(parts).unwrap()
}

#[tokio::test]
async fn pages_are_had_over_http() {
    let router = Router::new()
        .route("/robots.txt", get(|| async { "user-agent: *\ndisallow: /no" }))
        .route(
            "/page",
            get(|headers: HeaderMap| async move { headers["user-agent"].to_str().unwrap().to_owned() }),
        )
        .route("/long", get(|| async { "x".repeat(100_001) }))
        .route("/exact", get(|| async { "x".repeat(100_000) }))
        .route("/moved", get(|| async { (StatusCode::FOUND, [("location", "/page")]) }))
        .route("/hanging", get(std::future::pending::<()>));
    let address = serve(router).await;
    let fetcher = over_the_web(|_| ());
    let site = site();
    let fetch = |path: &str| fetcher.fetch(&site, page(&format!("http://{address}{path}")));

    let found = fetch("/moved").await.unwrap();
    assert_eq!((found.url.path(), found.attempts), ("/page", 2));
    assert!(found.body.starts_with(b"AutoBazaaar/"));
    assert_eq!(fetch("/exact").await.unwrap().body.len(), 100_000);
    assert!(matches!(fetch("/no").await, Err(FetchError::Robots { .. })));
    assert!(matches!(fetch("/gone").await.unwrap().success(), Err(FetchError::Status { status: 404, .. })));
    let failed = |result: Result<crate::Answer, FetchError>| match result {
        Err(FetchError::Transport { source, .. }) => source,
        other => panic!("{other:?}"),
    };
    assert_eq!(failed(fetch("/long").await), TransportError::TooLong(100_000));
    assert_eq!(failed(fetch("/hanging").await), TransportError::TimedOut(Duration::from_millis(500)));
}

#[tokio::test]
async fn a_closed_port_is_told_from_a_broken_connection() {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let closed = listener.local_addr().unwrap();
    drop(listener);
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let broken = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            drop(socket);
        }
    });
    let api = Site::new("here", &["127.0.0.1"], Access::Api).at(Rate::Unlimited, 5);
    for (address, arrived) in [(closed, false), (broken, true)] {
        let error = over_the_web(|_| ()).fetch(&api, page(&format!("http://{address}/"))).await.unwrap_err();
        assert_eq!(error.may_have_arrived(), arrived, "{error}");
        assert!(error.to_string().ends_with("(attempt 3)"), "{error}");
    }
}

#[tokio::test]
async fn a_proxy_gets_its_credentials_and_the_whole_address() {
    let proxy = |asked: Asked| async move {
        let right = asked.headers().get("proxy-authorization").is_some_and(|v| v == "Basic bWU6cHc=");
        match right {
            true => format!("via proxy: {}", asked.uri()).into_response(),
            false => StatusCode::PROXY_AUTHENTICATION_REQUIRED.into_response(),
        }
    };
    let address = serve(Router::new().fallback(any(proxy))).await;
    let through = |user: &str| {
        let proxy: Proxy = format!("http://{user}@{address}").parse().unwrap();
        over_the_web(|parts| parts.proxies = ProxyPool::new(vec![proxy]))
    };
    let api = Site::new("shop", &["shop.test"], Access::Api).at(Rate::Unlimited, 5);
    let found = through("me:pw").fetch(&api, page("http://shop.test/a?b")).await.unwrap();
    assert_eq!(found.body, "via proxy: http://shop.test/a?b");
    let refused = through("me:wrong").fetch(&api, page("http://shop.test/a?b")).await.unwrap_err();
    assert!(matches!(refused, FetchError::NoProxy { .. }), "{refused}");
}
