//! A place on the web, and how we may behave there.

use url::Url;

use crate::{Rate, Seen, Sign};

/// A venue's or service's hosts with the manners that hold for them.
#[derive(Debug, Clone)]
pub struct Site {
    /// For messages.
    pub name: String,
    /// `www.shop.test` is that host; `.shop.test` is that domain and all below it. Nothing else is
    /// asked, not even by way of a redirect.
    pub hosts: Vec<String>,
    /// On what footing we come.
    pub access: Access,
    /// How often each of the hosts may be asked.
    pub rate: Rate,
    /// Requests to one host that may be under way at a time; zero allows nothing.
    pub places: usize,
    /// Knows the site's own block, captcha and login answers.
    pub blocked: fn(&Seen<'_>) -> Option<Sign>,
}

/// On what footing we come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Access {
    /// Not at all.
    Off {
        /// Why, and what would change it.
        why: String,
    },
    /// As a robot that reads pages: robots.txt holds, and challenges are looked for.
    Pages,
    /// As a program with a key for an interface made for programs.
    Api,
}

impl Site {
    /// A site with nothing allowed yet but its hosts named: one place, no rate.
    #[must_use]
    pub fn new(name: &str, hosts: &[&str], access: Access) -> Self {
        let hosts = hosts.iter().map(|host| host.to_ascii_lowercase()).collect();
        Self { name: name.to_owned(), hosts, access, rate: Rate::Nothing, places: 1, blocked: |_| None }
    }

    /// The same site at this rate, with so many requests to a host at a time.
    #[must_use]
    pub fn at(self, rate: Rate, places: usize) -> Self {
        Self { rate, places, ..self }
    }

    /// The same site with a look at its own block pages.
    #[must_use]
    pub fn blocked_by(self, blocked: fn(&Seen<'_>) -> Option<Sign>) -> Self {
        Self { blocked, ..self }
    }

    /// Whether an address is one of the site's.
    #[must_use]
    pub fn owns(&self, url: &Url) -> bool {
        let Some(host) = url.host_str() else { return false };
        self.hosts.iter().any(|known| match known.strip_prefix('.') {
            Some(domain) => host == domain || host.ends_with(known.as_str()),
            None => host == known,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_owns_its_hosts_only() {
        let site = Site::new("shop", &["www.shop.test", ".cdn.test"], Access::Pages);
        let cases = [
            ("https://www.shop.test/x", true),
            ("https://WWW.SHOP.TEST/x", true),
            ("https://shop.test/x", false),
            ("https://evilwww.shop.test/", false),
            ("https://a.cdn.test/", true),
            ("https://cdn.test/", true),
            ("https://evilcdn.test/", false),
            ("https://www.shop.test.evil.test/", false),
            ("https://www.shop.test@evil.test/", false),
        ];
        for (url, expected) in cases {
            assert_eq!(site.owns(&url.parse().unwrap()), expected, "{url}");
        }
    }
}
