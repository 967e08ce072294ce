//! The way of a request: cache, hops, answer, cache and record.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;

use autobazaaar_domain::{Clock, Utc};
use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use tokio::sync::Semaphore;
use url::Url;

use crate::cache::Kept;
use crate::host::Hosts;
use crate::pause::{Pause, Pauses};
use crate::robots::RobotsKeeper;
use crate::transport::Incoming;
use crate::wait::Waits;
use crate::{
    Answer, DiskCache, DiskError, FetchError, Jitter, Proxy, ProxyPool, QuotaBook, Record, Recorder, Request,
    Seen, Settings, Sign, Site, Source, Transport, shown,
};

/// What a [`Fetcher`] is made of.
pub struct Parts {
    pub settings: Settings,
    pub transport: Arc<dyn Transport>,
    pub clock: Arc<dyn Clock>,
    pub jitter: Arc<dyn Jitter>,
    pub proxies: ProxyPool,
    pub cache: Option<DiskCache>,
    pub recorder: Option<Recorder>,
    pub quotas: QuotaBook,
    /// Where pauses are kept over restarts.
    pub pauses: Option<PathBuf>,
    /// Where it is kept over restarts until when hosts asked to be left in peace.
    pub waits: Option<PathBuf>,
}

impl Parts {
    /// Without cache, records, proxies, quotas or a memory of pauses and waits.
    #[must_use]
    pub fn new(
        settings: Settings,
        transport: Arc<dyn Transport>,
        clock: Arc<dyn Clock>,
        jitter: Arc<dyn Jitter>,
    ) -> Self {
        let (proxies, quotas) = (ProxyPool::default(), QuotaBook::default());
        let (cache, recorder, pauses, waits) = (None, None, None, None);
        Self { settings, transport, clock, jitter, proxies, cache, recorder, quotas, pauses, waits }
    }
}

/// The polite client. One for the whole program, for rates and places are per host, not per caller.
pub struct Fetcher {
    pub(crate) settings: Settings,
    pub(crate) transport: Arc<dyn Transport>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) jitter: Arc<dyn Jitter>,
    pub(crate) proxies: ProxyPool,
    pub(crate) quotas: QuotaBook,
    pub(crate) places: Arc<Semaphore>,
    pub(crate) hosts: Hosts,
    pub(crate) pauses: Pauses,
    pub(crate) waits: Waits,
    pub(crate) robots: RobotsKeeper,
    cache: Option<Arc<DiskCache>>,
    recorder: Option<Arc<Recorder>>,
}

impl Fetcher {
    /// Sends nothing yet.
    ///
    /// # Errors
    /// When the file of pauses, or that of waits, cannot be read.
    pub fn new(parts: Parts) -> Result<Self, DiskError> {
        Ok(Self {
            places: Arc::new(Semaphore::new(parts.settings.places.min(Semaphore::MAX_PERMITS))),
            settings: parts.settings,
            transport: parts.transport,
            clock: parts.clock,
            jitter: parts.jitter,
            proxies: parts.proxies,
            quotas: parts.quotas,
            hosts: Hosts::default(),
            pauses: Pauses::open(parts.pauses)?,
            waits: Waits::open(parts.waits)?,
            robots: RobotsKeeper::default(),
            cache: parts.cache.map(Arc::new),
            recorder: parts.recorder.map(Arc::new),
        })
    }

    /// Asks a site, and follows redirects of a GET within it.
    ///
    /// # Errors
    /// Whenever there is no answer, or it says that we are not wanted ([`FetchError::Blocked`]). An
    /// answer with any other status is an answer: see [`Answer::success`].
    pub async fn fetch(&self, site: &Site, request: Request) -> Result<Answer, FetchError> {
        let key = request.is_cacheable().then(|| cache_key(&request));
        let kept = self.kept(key.clone()).await;
        let serves = |kept: &&Kept| !request.anew && kept.is_fresh(self.clock.now());
        if let Some(kept) = kept.as_ref().filter(serves) {
            self.check(site, &request.url)?;
            return Ok(from_cache(request.url, kept.clone(), Source::Cache, 0));
        }
        let mut headers = self.headers(&request);
        headers.extend(kept.iter().flat_map(Kept::conditions));
        let (url, incoming, attempts) = self.follow(site, &request, headers).await?;
        let at = self.clock.now();
        if let Some(kept) = kept.filter(|_| incoming.status == StatusCode::NOT_MODIFIED) {
            let kept = kept.confirmed(&incoming.headers, at);
            self.keep(key, &request.url, &kept).await?;
            return Ok(from_cache(url, kept, Source::Confirmed, attempts));
        }
        if incoming.status == StatusCode::OK && Kept::is_worth_it(&incoming.headers) {
            let (headers, body) = (incoming.headers.clone(), incoming.body.clone());
            self.keep(key, &request.url, &Kept { stored_at: at, headers, body }).await?;
        }
        let record = if request.sensitive { None } else { self.record(&url, &incoming, at).await? };
        let Incoming { status, headers, body } = incoming;
        Ok(Answer { url, status, headers, body, at, source: Source::Site, attempts, record })
    }

    /// Takes the word of whoever read an answer that it turns us away, where status, headers and address
    /// did not show it: the host is paused, and the answer is not kept for the time after. The error to go
    /// on with: [`FetchError::Blocked`], or what the disk said.
    pub async fn turned_away(&self, request: &Request, sign: Sign) -> FetchError {
        let paused = self.pause(&request.url, sign);
        let (Some(cache), key) = (self.cache.clone(), cache_key(request)) else { return paused };
        match blocking(move || cache.drop_answer(&key)).await {
            Ok(()) => paused,
            Err(error) => error.into(),
        }
    }

    /// The hosts that are left alone after a block.
    #[must_use]
    pub fn paused(&self) -> BTreeMap<String, Pause> {
        self.pauses.all(self.clock.now())
    }

    /// Ends a host's pause: the owner's word, after looking into it.
    ///
    /// # Errors
    /// When the file of pauses cannot be written.
    pub fn resume(&self, host: &str) -> Result<(), DiskError> {
        self.pauses.end(host)
    }

    /// The book of daily quotas.
    #[must_use]
    pub fn quotas(&self) -> &QuotaBook {
        &self.quotas
    }

    /// The proxy whose turn it is, for callers that send by another way, as a browser does; `None` where
    /// everything goes directly.
    ///
    /// # Errors
    /// [`FetchError::NoProxy`] when every proxy rests.
    pub fn next_proxy(&self) -> Result<Option<Proxy>, FetchError> {
        self.proxies.next(self.clock.now()).map_err(|until| FetchError::NoProxy { until })
    }

    /// The proxies and how they do.
    #[must_use]
    pub fn proxies(&self) -> &ProxyPool {
        &self.proxies
    }

    /// The clock that everything here goes by.
    #[must_use]
    pub fn clock(&self) -> &dyn Clock {
        &*self.clock
    }

    /// Settings as given.
    #[must_use]
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Keeps a raw answer that came by another way (a browser), where records are kept.
    ///
    /// # Errors
    /// When the disk is full.
    pub async fn record(&self, url: &Url, seen: &Incoming, at: Utc) -> Result<Option<PathBuf>, FetchError> {
        let Some(recorder) = self.recorder.clone() else { return Ok(None) };
        let Incoming { status, headers, body } = seen.clone();
        let record = Record { url: shown(url), at, status: status.as_u16(), headers, body };
        Ok(blocking(move || recorder.store(&record)).await??)
    }

    async fn follow(
        &self,
        site: &Site,
        request: &Request,
        mut headers: HeaderMap,
    ) -> Result<(Url, Incoming, u32), FetchError> {
        let mut url = request.url.clone();
        let mut attempts = 0;
        for _ in 0..=self.settings.redirects {
            let (incoming, tried) = self.exchange(site, request, &url, &headers).await?;
            attempts += tried;
            let Some(next) = redirect(&url, &incoming) else { return Ok((url, incoming, attempts)) };
            // A way to a login page is not taken: it says enough.
            let Incoming { status, headers: answered, body } = &incoming;
            self.judge(site, &url, &Seen { url: &next, status: status.as_u16(), headers: answered, body })?;
            let refused = |why| Err(FetchError::Redirect { url: shown(&url), to: shown(&next), why });
            if request.method != Method::GET {
                return refused("only a GET may be led elsewhere");
            }
            if url.scheme() == "https" && next.scheme() != "https" {
                return refused("it leaves the encrypted connection");
            }
            if !site.owns(&next) {
                return refused("it is not among the site's hosts");
            }
            if next.origin() != url.origin() {
                headers.remove(header::AUTHORIZATION);
            }
            url = next;
        }
        let why = "there were too many redirects before";
        Err(FetchError::Redirect { url: shown(&request.url), to: shown(&url), why })
    }

    fn headers(&self, request: &Request) -> HeaderMap {
        let mut headers = request.headers.clone();
        if let Ok(agent) = HeaderValue::try_from(self.settings.agent.header()) {
            headers.insert(header::USER_AGENT, agent);
        }
        headers.entry(header::ACCEPT).or_insert(HeaderValue::from_static("*/*"));
        headers
    }

    async fn kept(&self, key: Option<String>) -> Option<Kept> {
        let (cache, key, longest) = (self.cache.clone()?, key?, self.settings.longest_body);
        blocking(move || cache.get(&key, longest)).await.ok().flatten()
    }

    async fn keep(&self, key: Option<String>, url: &Url, kept: &Kept) -> Result<(), FetchError> {
        let (Some(cache), Some(key)) = (self.cache.clone(), key) else { return Ok(()) };
        let (url, kept) = (url.clone(), kept.clone());
        Ok(blocking(move || cache.put(&key, &url, &kept)).await??)
    }
}

/// Runs what waits for the disk aside.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, DiskError> {
    let work = tokio::task::spawn_blocking(work).await;
    work.map_err(|error| DiskError::new("use", std::path::Path::new("the disk"), error))
}

/// Where an answer leads; `None` when it is no redirect, or one without a usable address.
fn redirect(url: &Url, incoming: &Incoming) -> Option<Url> {
    if !matches!(incoming.status.as_u16(), 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    url.join(incoming.headers.get(header::LOCATION)?.to_str().ok()?).ok()
}

fn from_cache(url: Url, kept: Kept, source: Source, attempts: u32) -> Answer {
    let Kept { stored_at: at, headers, body } = kept;
    Answer { url, status: StatusCode::OK, headers, body, at, source, attempts, record: None }
}

/// The address and what is asked of its form.
fn cache_key(request: &Request) -> String {
    let asked = |name| request.headers.get(name).map_or(&b""[..], HeaderValue::as_bytes).escape_ascii();
    format!("{}\n{}\n{}", request.url, asked(header::ACCEPT), asked(header::ACCEPT_LANGUAGE))
}
