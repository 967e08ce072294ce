//! Pages a second over loopback HTTP into Parquet, with the rate limits off and everything else on:
//! robots.txt, the look for blocks, the cache's bookkeeping, parsing, checks, de-duplication, one commit.
//!
//!     cargo run --example fetch_to_lake -- [PAGES] [BYTES] [LISTINGS]
//!
//! Each page is one of search results with listings of its own: LISTINGS of them, the rest a script as
//! real pages have them; without LISTINGS, as many as fit. Server and client share the process and its
//! cores.

use std::error::Error;
use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use autobazaaar::ingest::{
    Ingest, IngestOptions, Job, Jobs, SellerKey, Source, SourceScan, ingest, pages::rows,
};
use autobazaaar_domain::clock::FixedClock;
use autobazaaar_domain::{Platform, RunId, Utc};
use autobazaaar_fetch::{
    Access, Bytes, DiskCache, Fetcher, Parts, Rate, Request, SeededJitter, Settings, Site, Web,
};
use autobazaaar_lake::{Dataset, Lake};
use autobazaaar_venues::file::Completeness;
use autobazaaar_venues::{Page, PageKind, ReadContext, Venue, read};
use axum::Router;
use axum::extract::Path;
use axum::routing::get;
use tokio::sync::mpsc::{Receiver, channel};

/// Requests under way at a time.
const PLACES: usize = 5;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let pages: usize = arguments.next().as_deref().unwrap_or("1000").parse()?;
    let bytes: usize = arguments.next().as_deref().unwrap_or("100000").parse()?;
    let listings: usize = arguments.next().as_deref().map_or(Ok(usize::MAX), str::parse)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    let address = runtime.block_on(serve(bytes, listings))?;
    let folder = tempfile::tempdir()?;
    let now: Utc = "2026-11-24T12:00:00Z".parse()?;
    let clock = Arc::new(FixedClock(now));
    let mut parts =
        Parts::new(Settings::default(), Arc::new(Web::new()), clock.clone(), Arc::new(SeededJitter::new(1)));
    parts.cache = Some(DiskCache::open(folder.path().join("cache"), 64 << 20)?);
    let fetcher = Arc::new(Fetcher::new(parts)?);

    let started = Instant::now();
    let (sender, receiver) = channel(PLACES);
    let site = Site::new("here", &["127.0.0.1"], Access::Pages).at(Rate::Unlimited, PLACES);
    for lane in 0..PLACES {
        let (fetcher, site, sender, address) =
            (fetcher.clone(), site.clone(), sender.clone(), address.clone());
        runtime.spawn(async move {
            for n in (lane..pages).step_by(PLACES) {
                let Ok(url) = format!("{address}/page/{n}").parse() else { return };
                let fetched = fetcher.fetch(&site, Request::get(url)).await;
                let page = match fetched.and_then(autobazaaar_fetch::Answer::success) {
                    Ok(answer) => parsed(answer.body, now).await,
                    Err(error) => Err(error.to_string()),
                };
                if sender.send(page).await.is_err() {
                    return;
                }
            }
        });
    }
    drop(sender);
    let lake = Lake::new(folder.path());
    let (lock, run_id) = (lake.lock()?, RunId("bench".to_owned()));
    let sellers = SellerKey::of(&lake, [7; 32])?;
    let work = Ingest {
        lake: &lake,
        lock: &lock,
        run_id: &run_id,
        clock: &*clock,
        sellers: &sellers,
        options: &IngestOptions::within(256),
        supersedes: &[],
        progress: &|_| (),
    };
    let source: Box<dyn Source> = Box::new(Fetched { pages: Mutex::new(Some(receiver)), at: now });
    let platforms = [Venue::Craigslist.to_string()].into();
    let summary = ingest(&work, platforms, std::iter::once(source))?;
    let seconds = started.elapsed().as_secs_f64();

    if let Some(failure) = summary.failures.first() {
        return Err(failure.clone().into());
    }
    let (rate, stored) = (pages as f64 / seconds, lake.rows(Dataset::Observations)?);
    writeln!(
        std::io::stdout(),
        "{pages} pages of {bytes} bytes, {stored} listings in Parquet: {seconds:.2} s, {rate:.0} pages/s"
    )?;
    Ok(())
}

/// As the program reads a page of a search.
async fn parsed(body: Bytes, observed_at: Utc) -> Result<Page, String> {
    let parsing = tokio::task::spawn_blocking(move || {
        let run_id = RunId(String::new());
        read(&body, &ReadContext { run_id: &run_id, observed_at, label: "loopback", currency: None })
    });
    let page = parsing.await.map_err(|error| error.to_string())?.map_err(|error| error.to_string())?;
    if page.kind == PageKind::Results { Ok(page) } else { Err(page.reason.unwrap_or_default()) }
}

/// Pages as they are fetched, in any order.
struct Fetched {
    pages: Mutex<Option<Receiver<Result<Page, String>>>>,
    at: Utc,
}

impl Source for Fetched {
    fn label(&self) -> String {
        "loopback".to_owned()
    }

    fn mapping(&self) -> String {
        "pages".to_owned()
    }

    fn scan(&self) -> SourceScan {
        let platform: Platform = Venue::Craigslist.platform();
        let complete = Completeness::Known(false);
        SourceScan { platform, query: "loopback".to_owned(), observed_at: Some(self.at), complete }
    }

    fn jobs(&self, _: usize, run_id: &RunId) -> anyhow::Result<Jobs<'_>> {
        let pages = self.pages.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut pages = pages.ok_or_else(|| anyhow::anyhow!("read before"))?;
        let run_id = run_id.clone();
        let pages = std::iter::from_fn(move || pages.blocking_recv());
        Ok(Box::new(pages.map(move |page| {
            let (page, run_id) = (page.map_err(anyhow::Error::msg)?, run_id.clone());
            let job: Job<'_> = Box::new(move || rows(page, &run_id));
            Ok(job)
        })))
    }
}

/// Serves search pages of Craigslist's form, each with listings of its own.
async fn serve(bytes: usize, listings: usize) -> Result<String, Box<dyn Error>> {
    let answer = move |Path(n): Path<usize>| async move { page(n, bytes, listings) };
    let router = Router::new().route("/page/{n}", get(answer));
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    tokio::spawn(async move { axum::serve(listener, router).await });
    Ok(format!("http://{address}"))
}

fn page(n: usize, bytes: usize, listings: usize) -> String {
    let mut text = String::with_capacity(bytes + 1_000);
    text.push_str(
        "<!DOCTYPE html><html><head><title>sfbay for sale</title>\
         <link rel=\"canonical\" href=\"https://sfbay.craigslist.org/search/sss\"></head>\
         <body><ol class=\"cl-static-search-results\">\n",
    );
    let mut at = 0_usize;
    while text.len() < bytes && at < listings {
        let id = 7_000_000_000_usize + n * 10_000 + at;
        text.push_str(&format!(
            "<li class=\"cl-static-search-result\" title=\"Brass lamp number {at} of page {n}\">\
             <a href=\"https://sfbay.craigslist.org/eby/atq/d/oakland-brass-lamp/{id}.html\">\
             <div class=\"title\">Brass lamp number {at} of page {n}</div><div class=\"details\">\
             <div class=\"price\">${}</div><div class=\"location\">oakland east</div></div></a></li>\n",
            20 + at % 80
        ));
        at += 1;
    }
    text.push_str("</ol>");
    if text.len() < bytes {
        text.push_str("<script>/* ");
        while text.len() < bytes {
            text.push_str("window.layout.push({slot: 'top', wide: true, after: 0.25}); ");
        }
        text.push_str("*/</script>");
    }
    text.push_str("</body></html>");
    text
}
