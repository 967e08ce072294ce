//! The ways to the venues: what may be asked, by which client, and how often.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use autobazaaar_browser::{BrowserError, Chromium, Launch, Look};
use autobazaaar_domain::Utc;
use autobazaaar_ebay::{Ebay, QUOTAS, Quota};
use autobazaaar_fetch::{
    DailyQuota, DiskCache, DiskError, Fetcher, Parts, Proxy, ProxyPool, QuotaBook, Rate, Recorder, Request,
    Secret, SeededJitter, Sign, Site, Url, UserAgent, Web, shown,
};
use autobazaaar_venues::Venue;
use autobazaaar_venues::policy::Policy;
use tokio::sync::OnceCell;

use super::clock::Running;
use super::credentials;
use super::read::Raw;
use super::trouble::{Trouble, TroubleKind};
use super::web::not_wanted;
use crate::config::{BrowserConfig, Config, FetchConfig, ReadBy, SellBy, VenueConfig, VenuesConfig};

/// A pause lasts until its owner ends it: a year is as good as that.
const UNTIL_RESUMED: Duration = Duration::from_secs(365 * 86_400);
/// Requests to eBay's API that may follow one another at once after a rest.
const BURST: u32 = 5;

/// Why venues cannot be asked at all.
#[derive(Debug, thiserror::Error)]
pub enum AccessError {
    #[error("cannot start what waits for the web: {0}")]
    Runtime(std::io::Error),
    #[error(transparent)]
    Disk(#[from] DiskError),
    #[error("a proxy of [fetch]: {0}")]
    Proxy(#[from] autobazaaar_fetch::BadProxy),
    #[error("`base_url` in [venues.{venue}] is no address: {why}; write http://host:port/ or https://host/")]
    BaseUrl { venue: Venue, why: String },
    #[error("the policy of {venue} that comes along is damaged: {why}")]
    Policy { venue: Venue, why: String },
}

/// By which way a venue is asked.
pub(super) enum Way<'a> {
    Api(&'a Ebay),
    Fetch,
    Browser,
}

/// One venue's way, or why there is none.
struct VenueAccess {
    venue: Venue,
    site: Site,
    base: Option<Url>,
    read: ReadBy,
    /// What the browser waits for on its pages.
    wait_for: Option<String>,
    off: Option<Trouble>,
}

/// The polite client with the ways to every venue.
pub struct Access {
    pub(super) fetcher: Arc<Fetcher>,
    pub(super) marketplace: String,
    venues: Vec<VenueAccess>,
    ebay: Result<Ebay, Trouble>,
    sell: SellBy,
    browser: BrowserConfig,
    chromium: OnceCell<Chromium>,
}

impl Access {
    /// Asks nothing yet.
    ///
    /// # Errors
    /// When an address, a proxy or a folder cannot be used.
    pub fn open(
        config: &Config,
        base: &Path,
        data_dir: &Path,
        now: Utc,
        random: &dyn Fn() -> u128,
    ) -> Result<Self, AccessError> {
        let fetcher = Arc::new(Fetcher::new(parts(config, data_dir, now, random)?)?);
        let venues = Venue::ALL.iter().map(|venue| venue_access(*venue, &config.venues));
        let venues = venues.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            ebay: ebay(config, base, &fetcher),
            marketplace: config.ebay.marketplace.clone(),
            sell: config.venues.ebay.sell,
            browser: config.browser.clone(),
            chromium: OnceCell::new(),
            fetcher,
            venues,
        })
    }

    /// The way to a venue.
    pub(super) fn way(&self, venue: Venue) -> Result<Way<'_>, Trouble> {
        let access = self.of(venue);
        if let Some(off) = &access.off {
            return Err(off.clone());
        }
        if let Some((host, pause)) = self.paused(venue).into_iter().next() {
            let (sign, until) = (pause.sign, pause.until);
            let error = autobazaaar_fetch::FetchError::Paused { host, sign, until };
            return Err(Trouble::of_fetch(&error, venue));
        }
        match access.read {
            ReadBy::Api => self.ebay.as_ref().map(Way::Api).map_err(Clone::clone),
            ReadBy::Browser => Ok(Way::Browser),
            ReadBy::Fetch | ReadBy::Off => Ok(Way::Fetch),
        }
    }

    /// eBay for the owner's account there, where selling by its API is switched on and agreed to.
    ///
    /// # Errors
    /// Why not, and what to do about it.
    pub fn seller(&self) -> Result<&Ebay, Trouble> {
        if self.sell != SellBy::Api {
            let mend = "set `sell = \"api\"` in [venues.ebay]; docs/venues.md says what it needs";
            return Err(Trouble::new(TroubleKind::Off, "selling by eBay's API is switched off", mend));
        }
        let ebay = self.ebay.as_ref().map_err(Clone::clone)?;
        if !ebay.can_sell() {
            let mend = "set AUTOBAZAAAR_EBAY__REFRESH_TOKEN, or `refresh_token` in the file of your keys";
            let reason = "your consent to sell for you at eBay is not configured";
            return Err(Trouble::new(TroubleKind::Credentials, reason, mend));
        }
        Ok(ebay)
    }

    /// The site of a venue's pages.
    pub(super) fn site(&self, venue: Venue) -> &Site {
        &self.of(venue).site
    }

    /// An address at the configured place instead of the venue's own.
    pub(super) fn placed(&self, venue: Venue, url: Url) -> Url {
        let Some(base) = &self.of(venue).base else { return url };
        let mut placed = base.clone();
        placed.set_path(url.path());
        placed.set_query(url.query());
        placed
    }

    /// Hosts of a venue that are left alone after a block.
    pub(super) fn paused(&self, venue: Venue) -> Vec<(String, autobazaaar_fetch::Pause)> {
        let VenueAccess { site, base, .. } = self.of(venue);
        let owned = |host: &str| match base {
            // Several venues of a test may be one machine's, each at a port of its own.
            Some(base) => host == authority(base),
            None => format!("http://{host}/").parse().is_ok_and(|url: Url| site.owns(&url)),
        };
        self.fetcher.paused().into_iter().filter(|(host, _)| owned(host)).collect()
    }

    /// Ends a venue's pause; the hosts that were paused.
    ///
    /// # Errors
    /// When the file of pauses cannot be written.
    pub fn resume(&self, venue: Venue) -> Result<Vec<String>, DiskError> {
        let hosts: Vec<String> = self.paused(venue).into_iter().map(|(host, _)| host).collect();
        for host in &hosts {
            self.fetcher.resume(host)?;
        }
        Ok(hosts)
    }

    /// A page as the browser shows it. The browser is started when it is first needed.
    pub(super) async fn rendered(&self, venue: Venue, site: &Site, url: &Url) -> Result<Raw, Trouble> {
        let failed = |error: BrowserError| Trouble::of_browser(&error, venue);
        let chromium = self.chromium().await.map_err(failed)?;
        let now = self.fetcher.clock().now();
        let quota = self.fetcher.quotas().take(&quota_of(venue), now);
        quota.map_err(|error| Trouble::of_fetch(&error, venue))?;
        let wait_for = self.of(venue).wait_for.clone();
        let look = Look { wait_for, scrolls: self.browser.scrolls, ..Look::default() };
        let page = chromium.render(site, url, &look).await.map_err(failed)?;
        if page.status >= 400 {
            let error = autobazaaar_fetch::FetchError::Status { url: shown(url), status: page.status };
            return Err(Trouble::of_fetch(&error, venue));
        }
        let label = page.record.as_ref().map_or_else(|| shown(&page.url), |path| path.display().to_string());
        Ok(Raw { body: page.html, label, page: Some(url.clone()) })
    }

    /// Pauses a venue whose page says, to whoever read it, that we are not wanted.
    pub(super) async fn turned_away(&self, venue: Venue, asked: Url, sign: Sign) -> Trouble {
        Trouble::of_fetch(&self.fetcher.turned_away(&Request::get(asked), sign).await, venue)
    }

    pub(super) async fn chromium(&self) -> Result<&Chromium, BrowserError> {
        let start = || async {
            match &self.browser.address {
                Some(address) => {
                    Chromium::connect(&Secret::new(address.expose()), self.fetcher.clone()).await
                }
                None => {
                    let launch =
                        Launch { program: self.browser.program.clone(), sandbox: self.browser.sandbox };
                    Chromium::launch(&launch, self.fetcher.clone()).await
                }
            }
        };
        self.chromium.get_or_try_init(start).await
    }

    fn of(&self, venue: Venue) -> &VenueAccess {
        // Every venue has one, in the order of all.
        self.venues.iter().find(|access| access.venue == venue).unwrap_or(&self.venues[0])
    }
}

/// Host and, where it is not the scheme's own, port: how pauses name hosts.
fn authority(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
}

/// The name under which a venue's pages are counted.
pub(super) fn quota_of(venue: Venue) -> String {
    format!("{venue}.pages")
}

fn parts(
    config: &Config,
    data_dir: &Path,
    now: Utc,
    random: &dyn Fn() -> u128,
) -> Result<Parts, AccessError> {
    let FetchConfig { contact, places, timeout_seconds, cache_mb, record_days, proxies } = &config.fetch;
    let settings = autobazaaar_fetch::Settings {
        agent: UserAgent::new("AutoBazaaar", env!("CARGO_PKG_VERSION"), contact.as_deref()),
        places: places.get() as usize,
        time_out: Duration::from_secs(u64::from(timeout_seconds.get())),
        pause: UNTIL_RESUMED,
        ..autobazaaar_fetch::Settings::default()
    };
    let jitter = Arc::new(SeededJitter::new(random() as u64));
    let mut parts = Parts::new(settings, Arc::new(Web::new()), Arc::new(Running::from(now)), jitter);
    let folder = folder(data_dir);
    if *cache_mb > 0 {
        parts.cache = Some(DiskCache::open(folder.join("cache"), u64::from(*cache_mb) << 20)?);
    }
    let days = chrono::TimeDelta::days(i64::from(*record_days));
    let recorder = Recorder::new(folder.join("records"), days);
    // Also where nothing is kept any more: what was kept before holds sellers' names.
    recorder.sweep(now)?;
    parts.recorder = (*record_days > 0).then_some(recorder);
    let proxies = proxies.iter().map(|proxy| proxy.expose().parse::<Proxy>());
    parts.proxies = ProxyPool::new(proxies.collect::<Result<Vec<_>, _>>()?);
    parts.quotas = QuotaBook::open(Some(folder.join("quotas.json")), quotas(config))?;
    parts.pauses = Some(folder.join("pauses.json"));
    parts.waits = Some(folder.join("waits.json"));
    Ok(parts)
}

/// Where what fetching remembers lies.
fn folder(data_dir: &Path) -> PathBuf {
    data_dir.join("fetch")
}

fn quotas(config: &Config) -> Vec<(String, DailyQuota)> {
    let daily = |venue: Venue| u64::from(config.venues.per_day(venue));
    let pages = Venue::ALL.iter().map(|venue| (quota_of(*venue), DailyQuota(daily(*venue))));
    let api = QUOTAS.map(|(quota, granted)| {
        let limited = matches!(quota, Quota::Browse | Quota::Insights);
        let most = if limited { granted.0.min(daily(Venue::Ebay)) } else { granted.0 };
        (quota.as_str().to_owned(), DailyQuota(most))
    });
    pages.chain(api).collect()
}

fn venue_access(venue: Venue, venues: &VenuesConfig) -> Result<VenueAccess, AccessError> {
    let config = venues.of(venue);
    let policy = Policy::of(venue).map_err(|error| AccessError::Policy { venue, why: error.to_string() })?;
    let base = match &config.base_url {
        None => None,
        Some(text) => {
            let wrong = |why: String| AccessError::BaseUrl { venue, why };
            let url: Url = text.parse().map_err(|error| wrong(format!("{error}")))?;
            if !matches!(url.scheme(), "http" | "https") || url.host_str().is_none() {
                return Err(wrong(format!("`{text}`")));
            }
            Some(url)
        }
    };
    let hosts: Vec<&str> = match &base {
        Some(base) => base.host_str().into_iter().collect(),
        None => policy.hosts.iter().map(String::as_str).collect(),
    };
    let rate = Rate::per_minute(f64::from(venues.per_minute(venue)), 1);
    let site = Site::new(venue.as_str(), &hosts, autobazaaar_fetch::Access::Pages)
        .at(rate, 1)
        .blocked_by(not_wanted);
    let (read, wait_for) = (config.read, config.wait_for.clone());
    Ok(VenueAccess { venue, site, base, read, wait_for, off: off(venue, config, &policy) })
}

/// Why a venue is not asked, by its settings alone; `None` where it may be.
#[must_use]
pub fn why_off(venue: Venue, venues: &VenuesConfig) -> Option<Trouble> {
    // A test rules out that a policy which comes along is damaged.
    Policy::of(venue).ok().and_then(|policy| off(venue, venues.of(venue), &policy))
}

/// Why a venue is not asked: it is switched off, or its terms forbid it and nobody gave permission.
fn off(venue: Venue, config: &VenueConfig, policy: &Policy) -> Option<Trouble> {
    let told = |reason: String, mend: String| Some(Trouble::new(TroubleKind::Off, reason, mend));
    let by_hand =
        "save its pages in your browser and read them: autobazaaar ingest --from-file 'pages/*.html'";
    match config.read {
        ReadBy::Off if policy.reads.api => told(
            format!("{venue} is switched off"),
            format!("get keys and set `read = \"api\"` in [venues.{venue}]; docs/venues.md says how"),
        ),
        ReadBy::Off => told(format!("{venue} is switched off"), by_hand.to_owned()),
        ReadBy::Fetch | ReadBy::Browser if policy.terms.forbid_automation && config.permission.is_none() => {
            told(
                format!("the terms of {venue} forbid reading its pages by a program ({})", policy.terms.url),
                format!(
                    "{by_hand}; with the venue's permission, name it as `permission` in [venues.{venue}]"
                ),
            )
        }
        ReadBy::Api | ReadBy::Fetch | ReadBy::Browser => None,
    }
}

fn ebay(config: &Config, base: &Path, fetcher: &Arc<Fetcher>) -> Result<Ebay, Trouble> {
    let keys = credentials::keys(&config.ebay, base)?;
    let venue = &config.venues.ebay;
    let at = venue.base_url.as_deref().unwrap_or("https://api.ebay.com/");
    let settings = autobazaaar_ebay::Settings::at(at, &keys.id, keys.secret);
    let settings = settings.map_err(|error| Trouble::of_ebay(&error))?;
    let per_minute = config.venues.per_minute(Venue::Ebay);
    let rate = Rate::per_minute(f64::from(per_minute), BURST.min(per_minute));
    let settings = autobazaaar_ebay::Settings {
        marketplace: config.ebay.marketplace.clone(),
        rate,
        refresh_token: keys.consent,
        ..settings
    };
    Ok(Ebay::new(settings, fetcher.clone()))
}
