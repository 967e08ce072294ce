//! The whole way of a request, over a transport in memory on virtual time, and over loopback.

mod loopback;
mod manners;
mod retries;

use std::sync::Arc;

use autobazaaar_domain::Utc;

use crate::testing::{NoJitter, RuntimeClock, Script};
use crate::{Access, Fetcher, Parts, Rate, Request, Settings, Site};

/// When every test begins.
fn noon() -> Utc {
    "2026-11-24T12:00:00Z".parse().unwrap()
}

fn shop() -> Site {
    Site::new("shop", &["shop.test", "www.shop.test"], Access::Pages).at(Rate::Unlimited, 5)
}

fn parts(script: &Arc<Script>) -> Parts {
    let clock = Arc::new(RuntimeClock::new(noon()));
    Parts::new(Settings::default(), script.clone(), clock, Arc::new(NoJitter))
}

fn fetcher(script: &Arc<Script>) -> Fetcher {
    Fetcher::new(parts(script)).unwrap()
}

fn page(url: &str) -> Request {
    Request::get(url.parse().unwrap())
}
