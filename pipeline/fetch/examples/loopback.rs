//! Pages a second over loopback HTTP, with the rate limits off and everything else on: robots.txt, the
//! look for blocks, the cache's bookkeeping, and records on the disk.
//!
//!     cargo run -p autobazaaar-fetch --example loopback -- [PAGES] [BYTES]

use std::error::Error;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Instant;

use autobazaaar_domain::clock::FixedClock;
use autobazaaar_fetch::{Access, DiskCache, Fetcher, Parts, Rate, Recorder, Request, SeededJitter, Settings};
use autobazaaar_fetch::{Seen, Sign, Site, Web};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let pages: usize = arguments.next().as_deref().unwrap_or("1000").parse()?;
    let bytes: usize = arguments.next().as_deref().unwrap_or("100000").parse()?;
    let address = serve(bytes).await?;
    let folder = tempfile::tempdir()?;
    for recorded in [false, true] {
        let at = "2026-11-24T12:00:00Z".parse()?;
        let (clock, jitter) = (Arc::new(FixedClock(at)), Arc::new(SeededJitter::new(1)));
        let mut parts = Parts::new(Settings::default(), Arc::new(Web::new()), clock, jitter);
        parts.cache = Some(DiskCache::open(folder.path().join("cache"), 64 << 20)?);
        parts.recorder =
            recorded.then(|| Recorder::new(folder.path().join("records"), chrono::TimeDelta::days(1)));
        let fetcher = Arc::new(Fetcher::new(parts)?);
        let started = Instant::now();
        let taken = fetch_all(&fetcher, &address, pages).await?;
        let seconds = started.elapsed().as_secs_f64();
        let kept = if recorded { "recorded" } else { "not recorded" };
        let rate = pages as f64 / seconds;
        writeln!(
            std::io::stdout(),
            "{pages} pages, {taken} bytes, {kept}: {seconds:.2} s, {rate:.0} pages/s"
        )?;
    }
    Ok(())
}

async fn serve(bytes: usize) -> Result<String, Box<dyn Error>> {
    let line = "<li class=\"s-item\"><a href=\"/itm/1\">Camera</a><span>$12.50</span></li>\n";
    let page = line.repeat(bytes / line.len() + 1)[..bytes].to_owned();
    let router =
        Router::new().route("/page/{n}", get(move |Path(_): Path<usize>| async move { page.clone() }));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

async fn fetch_all(fetcher: &Arc<Fetcher>, address: &str, pages: usize) -> Result<usize, Box<dyn Error>> {
    let blocked = |seen: &Seen<'_>| {
        let start = &seen.body[..seen.body.len().min(4096)];
        start.windows(6).any(|window| window == b"Pardon").then_some(Sign::Challenge)
    };
    let site = Site::new("here", &["127.0.0.1"], Access::Pages).at(Rate::Unlimited, 5).blocked_by(blocked);
    let mut tasks = tokio::task::JoinSet::new();
    for n in 0..pages {
        let (fetcher, site) = (fetcher.clone(), site.clone());
        let request = Request::get(format!("{address}/page/{n}").parse()?);
        tasks.spawn(async move { fetcher.fetch(&site, request).await?.success() });
    }
    let mut bytes = 0;
    while let Some(answer) = tasks.join_next().await {
        bytes += answer??.body.len();
    }
    Ok(bytes)
}
