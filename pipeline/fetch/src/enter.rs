//! What is asked before anything is sent.

use std::sync::Arc;

use chrono::TimeDelta;
use http::{HeaderMap, HeaderValue, Method, header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::sleep;
use url::Url;

use crate::challenge::challenge;
use crate::host::{Host, authority};
use crate::robots::{Asked, SIZE_LIMIT};
use crate::transport::{Incoming, Outgoing, Overflow};
use crate::{Access, FetchError, Fetcher, Pause, Rate, Robots, Seen, Sign, Site, shown};

/// Longest address asked for.
const LONGEST_URL: usize = 8 * 1024;
/// Hops followed for a robots.txt (RFC 9309, section 2.3.1.2).
const ROBOTS_HOPS: usize = 5;

/// The right to send one request to one host now. Its places are free again when it is dropped.
#[derive(Debug)]
pub struct Visit {
    pub(crate) host: Arc<Host>,
    _host_place: OwnedSemaphorePermit,
    /// `None` for a robots.txt, which whoever has a place already may have to ask for on its way.
    _place: Option<OwnedSemaphorePermit>,
}

/// What a request waits for: a place of its host, and one of all hosts together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Places {
    OfHost,
    OfHostAndAll,
}

impl Fetcher {
    /// Waits for the right to ask a site for an address: policy, pause, robots.txt, rate and places.
    /// For callers that send by another way, as a browser does; [`Fetcher::fetch`] does it itself.
    ///
    /// # Errors
    /// When the site may not be asked, now or ever.
    pub async fn enter(&self, site: &Site, url: &Url) -> Result<Visit, FetchError> {
        self.permits(site, url).await?;
        let visit = self.place(site, url, Places::OfHostAndAll).await?;
        // It may have been blocked while this one waited.
        self.check(site, url)?;
        Ok(visit)
    }

    /// Whether a site may be asked for an address at all: policy, pause, robots.txt. It waits for no
    /// rate or place but those of robots.txt.
    ///
    /// # Errors
    /// When the site may not be asked, now or ever.
    pub async fn permits(&self, site: &Site, url: &Url) -> Result<(), FetchError> {
        self.check(site, url)?;
        if site.access == Access::Pages {
            self.ask_robots(site, url).await?;
        }
        Ok(())
    }

    /// Looks at what came of asking for an address: does it say that we are not wanted? Then the host
    /// that was asked is paused.
    ///
    /// # Errors
    /// [`FetchError::Blocked`] if so.
    pub fn judge(&self, site: &Site, asked: &Url, seen: &Seen<'_>) -> Result<(), FetchError> {
        let general = || if site.access == Access::Pages { challenge(seen) } else { None };
        match (site.blocked)(seen).or_else(general) {
            Some(sign) => Err(self.pause(asked, sign)),
            None => Ok(()),
        }
    }

    /// Leaves the host of an address alone; the error that says so.
    pub(crate) fn pause(&self, asked: &Url, sign: Sign) -> FetchError {
        let (host, url, since) = (authority(asked), shown(asked), self.clock.now());
        let length = TimeDelta::from_std(self.settings.pause).unwrap_or(TimeDelta::days(1));
        let until = since + length.min(TimeDelta::days(365));
        tracing::warn!(host, url, %sign, %until, "blocked: the host is left alone");
        match self.pauses.begin(&host, Pause { sign, url: url.clone(), since, until }) {
            Ok(()) => FetchError::Blocked { host, url, sign, until },
            Err(error) => error.into(),
        }
    }

    /// What needs no waiting.
    pub(crate) fn check(&self, site: &Site, url: &Url) -> Result<(), FetchError> {
        let bad = |why| Err(FetchError::BadAddress { url: shown(url), why });
        if let Access::Off { why } = &site.access {
            return Err(FetchError::Off { site: site.name.clone(), why: why.clone() });
        }
        if !matches!(url.scheme(), "http" | "https") {
            return bad("only http and https are spoken");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return bad("a user or password in an address would be seen by others");
        }
        if url.as_str().len() > LONGEST_URL {
            return bad("it is longer than 8 KiB");
        }
        if !site.owns(url) {
            let (site, hosts) = (site.name.clone(), site.hosts.join(", "));
            return Err(FetchError::Elsewhere { site, url: shown(url), hosts });
        }
        let host = authority(url);
        if site.rate == Rate::Nothing || site.places == 0 || self.settings.places == 0 {
            return Err(FetchError::NoRate { host });
        }
        match self.pauses.of(&host, self.clock.now()) {
            Some(Pause { sign, until, .. }) => Err(FetchError::Paused { host, sign, until }),
            None => Ok(()),
        }
    }

    /// Waits for a place and a token of the host. While it waits for the token it takes no place of
    /// the others: a slow host does not hold up the rest.
    async fn place(&self, site: &Site, url: &Url, places: Places) -> Result<Visit, FetchError> {
        let host = self.hosts.of(site, url, |host| self.waits.of(host, self.clock.now()));
        let closed = || FetchError::NoRate { host: authority(url) };
        let host_place = permit(&host.places).await.ok_or_else(closed)?;
        loop {
            self.sit_out(&host, url).await?;
            let turn = host.bucket.turn().await.ok_or_else(closed)?;
            let place = match places {
                Places::OfHost => None,
                Places::OfHostAndAll => Some(permit(&self.places).await.ok_or_else(closed)?),
            };
            // Another request may have been told to wait in the meantime.
            if host.held_for().is_zero() {
                turn.take();
                return Ok(Visit { host: host.clone(), _host_place: host_place, _place: place });
            }
        }
    }

    /// Waits until the host may be asked again, if it asked to wait and that is not for too long.
    async fn sit_out(&self, host: &Host, url: &Url) -> Result<(), FetchError> {
        let wait = host.held_for();
        if wait > self.settings.longest_wait {
            let until = self.clock.now() + TimeDelta::from_std(wait).unwrap_or(TimeDelta::days(1));
            return Err(FetchError::HeldBack { host: authority(url), until });
        }
        if !wait.is_zero() {
            sleep(wait).await;
        }
        Ok(())
    }

    async fn ask_robots(&self, site: &Site, url: &Url) -> Result<(), FetchError> {
        let origin = url.origin().ascii_serialization();
        let ask = async {
            match self.fetch_robots(site, url).await {
                Ok(asked) => asked,
                Err(error) => Asked::Failed(error.to_string()),
            }
        };
        let path = url.query().map_or_else(|| url.path().to_owned(), |q| format!("{}?{q}", url.path()));
        match self.robots.of(&origin, self.clock.now(), ask).await {
            Asked::Answered(robots) if robots.allows(&path) => Ok(()),
            Asked::Answered(_) => Err(FetchError::Robots { url: shown(url) }),
            Asked::Failed(why) => Err(FetchError::NoRobots { origin, why }),
        }
    }

    /// RFC 9309, section 2.3.1: 2xx has rules, 4xx means there are none, all else that nothing may be
    /// read. 429 is no "there are none": the host asks for peace.
    async fn fetch_robots(&self, site: &Site, url: &Url) -> Result<Asked, FetchError> {
        let mut at = url.clone();
        at.set_path("/robots.txt");
        at.set_query(None);
        at.set_fragment(None);
        for _ in 0..=ROBOTS_HOPS {
            self.check(site, &at)?;
            let visit = self.place(site, &at, Places::OfHost).await?;
            let incoming = self.send_once(self.robots_request(&at)).await?;
            drop(visit);
            let product = self.settings.agent.product();
            return Ok(match incoming.status.as_u16() {
                200..=299 => Asked::Answered(Robots::read(&incoming.body, product)),
                300..=399 => match location(&at, &incoming) {
                    Some(next) => {
                        at = next;
                        continue;
                    }
                    None => Asked::Failed("it leads nowhere".to_owned()),
                },
                400..=428 | 430..=499 => Asked::Answered(Robots::allow_all()),
                status => Asked::Failed(format!("status {status}")),
            });
        }
        Ok(Asked::Failed("it leads from one place to the next".to_owned()))
    }

    fn robots_request(&self, url: &Url) -> Outgoing {
        let mut headers = HeaderMap::new();
        if let Ok(agent) = HeaderValue::try_from(self.settings.agent.header()) {
            headers.insert(header::USER_AGENT, agent);
        }
        Outgoing {
            method: Method::GET,
            url: url.clone(),
            headers,
            body: bytes::Bytes::new(),
            max_body: SIZE_LIMIT,
            overflow: Overflow::Cut,
            time_out: self.settings.time_out,
            proxy: None,
        }
    }
}

fn location(url: &Url, incoming: &Incoming) -> Option<Url> {
    url.join(incoming.headers.get(header::LOCATION)?.to_str().ok()?).ok()
}

async fn permit(places: &Arc<Semaphore>) -> Option<OwnedSemaphorePermit> {
    places.clone().acquire_owned().await.ok()
}
