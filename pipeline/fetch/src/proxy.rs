//! Proxies: rotation and health.

use std::fmt;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};

use autobazaaar_domain::Utc;
use chrono::TimeDelta;
use url::Url;

use crate::Secret;

/// A proxy rests this long after its first failure, twice as long after each further one.
const FIRST_REST: TimeDelta = TimeDelta::seconds(30);
/// No rest is longer.
const LONGEST_REST: TimeDelta = TimeDelta::hours(1);

/// An HTTP proxy. Its password is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    /// Without user and password.
    address: Url,
    user: Option<(String, Secret)>,
}

impl std::hash::Hash for Proxy {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.address.hash(state);
        self.user.as_ref().map(|(name, _)| name).hash(state);
    }
}

/// A text that is no proxy. The text is not shown, for it may hold a password.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a proxy: expected `http://[user:password@]host:port` or the same with https")]
pub struct BadProxy;

impl FromStr for Proxy {
    type Err = BadProxy;

    fn from_str(text: &str) -> Result<Self, BadProxy> {
        let mut address: Url = text.parse().map_err(|_| BadProxy)?;
        if !matches!(address.scheme(), "http" | "https") || address.host().is_none() {
            return Err(BadProxy);
        }
        if !matches!(address.path(), "" | "/") || address.query().is_some() {
            return Err(BadProxy);
        }
        let user = match (address.username(), address.password()) {
            ("", None) => None,
            (user, password) => Some((plain(user)?, Secret::new(plain(password.unwrap_or(""))?))),
        };
        address.set_username("").map_err(|()| BadProxy)?;
        address.set_password(None).map_err(|()| BadProxy)?;
        Ok(Self { address, user })
    }
}

impl Proxy {
    /// Host and port, for messages.
    #[must_use]
    pub fn label(&self) -> String {
        let port = self.address.port_or_known_default().unwrap_or(0);
        format!("{}:{port}", self.address.host_str().unwrap_or("?"))
    }

    /// Where it is, without user and password.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.address
    }

    /// Whether it asks for a user and password.
    #[must_use]
    pub fn asks_who(&self) -> bool {
        self.user.is_some()
    }

    /// As the HTTP client takes it.
    pub(crate) fn for_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        let proxy = reqwest::Proxy::all(self.address.clone())?;
        Ok(match &self.user {
            Some((name, password)) => proxy.basic_auth(name, password.expose()),
            None => proxy,
        })
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.label())
    }
}

/// Several proxies, used in turn. One that fails rests and is tried again later.
///
/// **Invariant:** with proxies configured, nothing goes out directly: when all rest, nothing goes out.
#[derive(Debug, Default)]
pub struct ProxyPool {
    proxies: Vec<Proxy>,
    turns: Mutex<Turns>,
}

#[derive(Debug, Default)]
struct Turns {
    next: usize,
    health: Vec<Health>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Health {
    failures: u32,
    rests_until: Option<Utc>,
}

/// How one proxy does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProxyState {
    /// Host and port.
    pub label: String,
    /// Failures since it last served.
    pub failures: u32,
    /// When it will be tried again; `None` when it is well.
    pub rests_until: Option<Utc>,
}

impl ProxyPool {
    /// No proxies: everything goes directly.
    #[must_use]
    pub fn new(proxies: Vec<Proxy>) -> Self {
        let health = vec![Health::default(); proxies.len()];
        Self { proxies, turns: Mutex::new(Turns { next: 0, health }) }
    }

    /// Whose turn it is; `None` inside when everything goes directly.
    ///
    /// # Errors
    /// When every proxy rests: the moment at which the first may be tried again.
    pub(crate) fn next(&self, now: Utc) -> Result<Option<Proxy>, Utc> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let count = self.proxies.len();
        let from = turns.next;
        for at in (0..count).map(|step| (from + step) % count) {
            if turns.health[at].rests_until.is_none_or(|until| until <= now) {
                turns.next = (at + 1) % count;
                return Ok(Some(self.proxies[at].clone()));
            }
        }
        match turns.health.iter().filter_map(|health| health.rests_until).min() {
            Some(first) => Err(first),
            None => Ok(None),
        }
    }

    /// Notes whether a proxy served.
    pub(crate) fn note(&self, proxy: &Proxy, served: bool, now: Utc) {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(at) = self.proxies.iter().position(|known| known == proxy) else { return };
        let health = &mut turns.health[at];
        if served {
            *health = Health::default();
            return;
        }
        health.failures = health.failures.saturating_add(1);
        let rest = FIRST_REST * 2_i32.pow((health.failures - 1).min(10));
        health.rests_until = Some(now + rest.min(LONGEST_REST));
    }

    /// How each does, in the order configured.
    #[must_use]
    pub fn states(&self) -> Vec<ProxyState> {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        let state = |(proxy, health): (&Proxy, &Health)| ProxyState {
            label: proxy.label(),
            failures: health.failures,
            rests_until: health.rests_until,
        };
        self.proxies.iter().zip(&turns.health).map(state).collect()
    }
}

/// Percent-decoded.
fn plain(text: &str) -> Result<String, BadProxy> {
    let pair = format!("x={}", text.replace('+', "%2B").replace('&', "%26"));
    let value = url::form_urlencoded::parse(pair.as_bytes()).next().ok_or(BadProxy)?.1;
    Ok(value.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxy(text: &str) -> Proxy {
        text.parse().unwrap()
    }

    #[test]
    fn passwords_are_never_shown() {
        let proxy = proxy("http://me:s3cr%40t+%26@proxy.test:8080");
        assert_eq!(format!("{proxy:?}"), "Proxy(proxy.test:8080)");
        assert_eq!(proxy.user, Some(("me".into(), Secret::new("s3cr@t+&"))));
        let error = "socks9://me:s3cret@x".parse::<Proxy>().unwrap_err();
        assert!(!format!("{error} {error:?}").contains("s3cret"));
        assert!("http://x/path".parse::<Proxy>().is_err());
    }

    #[test]
    fn they_take_turns_and_rest_after_failures() {
        let (a, b) = (proxy("http://a.test:1"), proxy("http://b.test:2"));
        let pool = ProxyPool::new(vec![a.clone(), b.clone()]);
        let now = Utc::UNIX_EPOCH;
        assert_eq!(pool.next(now), Ok(Some(a.clone())));
        assert_eq!(pool.next(now), Ok(Some(b.clone())));
        assert_eq!(pool.next(now), Ok(Some(a.clone())));

        pool.note(&a, false, now);
        assert_eq!(pool.next(now), Ok(Some(b.clone())));
        assert_eq!(pool.next(now), Ok(Some(b.clone())));
        pool.note(&b, false, now);
        pool.note(&b, false, now);
        let first = now + FIRST_REST;
        assert_eq!(pool.next(now), Err(first), "all rest: nothing goes directly");
        assert_eq!(pool.next(first), Ok(Some(a.clone())), "the first is tried again");
        pool.note(&a, true, first);
        assert_eq!(pool.states()[0], ProxyState { label: "a.test:1".into(), failures: 0, rests_until: None });
        assert_eq!(pool.states()[1].failures, 2);
    }

    #[test]
    fn none_is_directly() {
        assert_eq!(ProxyPool::default().next(Utc::UNIX_EPOCH), Ok(None));
    }
}
