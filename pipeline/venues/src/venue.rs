//! The marketplaces that are known.

use std::fmt;

use autobazaaar_domain::Platform;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::capability::Ability;
use crate::html::Document;
use crate::page::Parsed;
use crate::{craigslist, ebay, facebook, mercari, offerup};

/// A marketplace.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Venue {
    /// ebay.com and its sisters.
    Ebay,
    /// craigslist.org.
    Craigslist,
    /// Facebook Marketplace.
    Facebook,
    /// Mercari in the United States.
    Mercari,
    /// offerup.com.
    Offerup,
}

impl Venue {
    /// Every marketplace, in the order of tables.
    pub const ALL: &'static [Self] =
        &[Self::Ebay, Self::Craigslist, Self::Facebook, Self::Mercari, Self::Offerup];

    /// The platform's name, as in keys of listings.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Ebay => "ebay",
            Self::Craigslist => "craigslist",
            Self::Facebook => "facebook",
            Self::Mercari => "mercari",
            Self::Offerup => "offerup",
        }
    }

    /// The platform of its listings.
    #[must_use]
    pub fn platform(self) -> Platform {
        // Each name is a legal one; a test holds it to that.
        Platform::try_from(self.as_str().to_owned()).unwrap_or_else(|_| unreachable!("a legal name"))
    }

    /// What can be done there from here, in the order of the table.
    #[must_use]
    pub fn abilities(self) -> &'static [Ability] {
        match self {
            Self::Ebay => &ebay::ABILITIES,
            Self::Craigslist => &craigslist::ABILITIES,
            Self::Facebook => &facebook::ABILITIES,
            Self::Mercari => &mercari::ABILITIES,
            Self::Offerup => &offerup::ABILITIES,
        }
    }

    /// Its `policy.toml`.
    pub(crate) fn policy_text(self) -> &'static str {
        match self {
            Self::Ebay => ebay::POLICY,
            Self::Craigslist => craigslist::POLICY,
            Self::Facebook => facebook::POLICY,
            Self::Mercari => mercari::POLICY,
            Self::Offerup => offerup::POLICY,
        }
    }

    /// The venue whose page this is, by the hosts and marks in it; `None` where none stands out.
    /// Styles and icons can fill a page's beginning, so that more is read until one stands out.
    pub(crate) fn of_page(text: &str) -> Option<Self> {
        for head in HEADS {
            let mut end = text.len().min(head);
            while !text.is_char_boundary(end) {
                end -= 1;
            }
            let scored = Self::ALL.iter().map(|venue| (venue.score(&text[..end]), *venue));
            // The first of equals, so that the order of the table decides.
            let best = scored.rev().max_by_key(|(score, _)| *score)?;
            let least = if end == text.len() { LEAST_SCORE } else { CLEAR_SCORE };
            if best.0 >= least {
                return Some(best.1);
            }
            if end == text.len() {
                return None;
            }
        }
        None
    }

    /// The venue that a page names, if it names no other.
    pub(crate) fn only_one_named(text: &str) -> Option<Self> {
        let mut named = Self::ALL.iter().copied().filter(|venue| venue.score(text) > 0);
        let first = named.next()?;
        named.next().is_none().then_some(first)
    }

    fn score(self, head: &str) -> usize {
        let (hosts, marks) = match self {
            Self::Ebay => (ebay::parse::HOSTS, ebay::parse::MARKS),
            Self::Craigslist => (craigslist::parse::HOSTS, craigslist::parse::MARKS),
            Self::Facebook => (facebook::parse::HOSTS, facebook::parse::MARKS),
            Self::Mercari => (mercari::parse::HOSTS, mercari::parse::MARKS),
            Self::Offerup => (offerup::parse::HOSTS, offerup::parse::MARKS),
        };
        let hosts: usize = hosts.iter().map(|host| head.matches(host).count()).sum();
        let marks = marks.iter().filter(|mark| head.contains(**mark)).count();
        hosts + MARK_WEIGHT * marks
    }

    pub(crate) fn parse_html(self, document: &Document) -> Parsed {
        match self {
            Self::Ebay => ebay::parse::html(document),
            Self::Craigslist => craigslist::parse::html(document),
            Self::Facebook => facebook::parse::html(document),
            Self::Mercari => mercari::parse::html(document),
            Self::Offerup => offerup::parse::html(document),
        }
    }

    /// `None` where the answer is not this venue's.
    pub(crate) fn parse_json(self, answer: &Value) -> Option<Parsed> {
        match self {
            Self::Ebay => ebay::parse::json(answer),
            Self::Craigslist => craigslist::parse::json(answer),
            Self::Facebook => facebook::parse::json(answer),
            Self::Mercari => mercari::parse::json(answer),
            Self::Offerup => offerup::parse::json(answer),
        }
    }
}

/// Bytes of a page in which its venue is sought, one after another.
const HEADS: [usize; 3] = [64 << 10, 512 << 10, usize::MAX];
/// Score at which a page's beginning decides.
const CLEAR_SCORE: usize = 8;
/// One link to a venue does not make a page the venue's.
const LEAST_SCORE: usize = 2;
/// What a class or id that only one venue uses weighs against a link.
const MARK_WEIGHT: usize = 5;

impl fmt::Display for Venue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_venue_is_a_platform() {
        for venue in Venue::ALL {
            assert_eq!(venue.platform().as_str(), venue.as_str());
            assert_eq!(serde_json::to_value(venue).unwrap(), venue.as_str());
        }
    }

    #[test]
    fn a_page_that_only_links_to_a_venue_is_not_the_venues() {
        assert_eq!(Venue::of_page("<p>See <a href=https://www.ebay.com/itm/1>this</a></p>"), None);
        assert_eq!(Venue::of_page("<p>nothing</p>"), None);
    }
}
