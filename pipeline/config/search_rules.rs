//! Rules of the sections on searches that no single value can show.

use std::collections::BTreeMap;
use std::path::Path;

use autobazaaar_fetch::{Proxy, Url};
use autobazaaar_venues::Venue;

use super::layers::Places;
use super::problem::{Place, Problem};
use super::searching::{ReadBy, SearchConfig, SellBy};
use super::{Config, SecretText};

/// What is wrong with searches, venues and secrets together.
pub(super) fn broken(config: &Config, origins: &Places) -> Vec<Problem> {
    let mut found = Found { origins, problems: Vec::new() };
    let mut names = BTreeMap::new();
    for (index, search) in config.searches.iter().enumerate() {
        if let Some(first) = names.insert(search.name.as_str(), index) {
            let what = format!("searches[{first}] and searches[{index}] are both called \"{}\"", search.name);
            found.report(format!("searches[{index}].name"), what, "give each search a name of its own");
        }
        found.search(index, search);
    }
    for venue in Venue::ALL.iter().filter(|venue| **venue != Venue::Ebay) {
        if config.venues.of(*venue).read == ReadBy::Api {
            let key = format!("venues.{venue}.read");
            let what = format!("`{key}` is \"api\", but {venue} has no API for searching");
            found.report(key, what, "write off, fetch or browser");
        }
    }
    for venue in Venue::ALL.iter().filter(|venue| **venue != Venue::Ebay) {
        if config.venues.of(*venue).sell == SellBy::Api {
            let key = format!("venues.{venue}.sell");
            let what = format!("`{key}` is \"api\", but {venue} has no API for selling");
            found.report(key, what, "write off: you sell there by hand");
        }
    }
    for venue in Venue::ALL {
        if let Some(text) = &config.venues.of(*venue).base_url
            && !is_web_address(text)
        {
            let key = format!("venues.{venue}.base_url");
            let what = format!("`{key}` is \"{text}\", which is no address of the web");
            found.report(key, what, "write http://host:port/ or https://host/");
        }
    }
    if config.fetch.proxies.iter().any(|proxy| proxy.expose().parse::<Proxy>().is_err()) {
        let what = "`fetch.proxies` holds what is no proxy".to_owned();
        found.report("fetch.proxies".to_owned(), what, "write http://user:password@host:port");
    }
    found.secret("ebay.client_secret", config.ebay.client_secret.as_ref());
    found.secret("ebay.refresh_token", config.ebay.refresh_token.as_ref());
    found.secret("fetch.proxies", config.fetch.proxies.first());
    found.secret("browser.address", config.browser.address.as_ref());
    found.problems
}

struct Found<'a> {
    origins: &'a Places,
    problems: Vec<Problem>,
}

impl Found<'_> {
    fn report(&mut self, key: String, what: String, mend: &str) {
        let place = self.origins.of(&key).cloned().unwrap_or(Place::Whole);
        self.problems.push(Problem { place, key, what, mend: mend.to_owned() });
    }

    fn search(&mut self, index: usize, search: &SearchConfig) {
        let key = |name: &str| format!("searches[{index}].{name}");
        if let (Some(low), Some(high)) = (search.lowest, search.highest)
            && low > high
        {
            let what = format!("`{}` is {low}, above the highest price {high}", key("lowest"));
            self.report(key("lowest"), what, "write the lower price as `lowest`");
        }
        if search.venue == Venue::Craigslist && search.place.is_none() {
            let what = format!("`{}` is missing: Craigslist is searched site by site", key("place"));
            self.report(key("place"), what, "add a line such as: place = \"sfbay\"");
        }
        if search.sold && search.venue != Venue::Ebay {
            let what = format!("`{}`: {} has no search for what was sold", key("sold"), search.venue);
            self.report(key("sold"), what, "take it away; only eBay tells what was sold");
        }
        if search.radius_km.is_some() && search.zip.is_none() && search.place.is_none() {
            let what = format!("`{}` says how far, but not from where", key("radius_km"));
            self.report(key("radius_km"), what, "add a line such as: zip = \"94103\"");
        }
    }

    /// A secret in the configuration file is for its owner's eyes alone.
    fn secret(&mut self, key: &str, given: Option<&SecretText>) {
        if given.is_none() {
            return;
        }
        if let Some(Place::File { path, .. }) = self.origins.of(key)
            && is_open_to_others(path)
        {
            let what = format!("`{key}` is a secret, and others may read {}", path.display());
            let mend = format!("chmod 600 {}, or give it by {}", path.display(), super::env::variable(key));
            self.report(key.to_owned(), what, &mend);
        }
    }
}

fn is_web_address(text: &str) -> bool {
    let url = text.parse::<Url>();
    url.is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.host_str().is_some())
}

/// Whether others on this machine may read a file. One that cannot be asked is not open to them.
#[cfg(unix)]
fn is_open_to_others(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::metadata(path).is_ok_and(|found| found.permissions().mode() & 0o077 != 0)
}

/// Elsewhere there are no such bits to look at.
#[cfg(not(unix))]
fn is_open_to_others(_: &Path) -> bool {
    false
}
