//! The sections that say what is searched for on marketplaces, and what is allowed there. Doc
//! comments here are the reference that owners read.

use std::collections::BTreeMap;
use std::fmt;
use std::num::NonZeroU32;
use std::path::PathBuf;

use autobazaaar_domain::Condition;
use autobazaaar_venues::Venue;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

/// A search that is repeated.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchConfig {
    /// What this search is called in messages, and on the command line.
    #[schemars(length(min = 1, max = 80), example = &"film cameras")]
    pub name: String,
    /// Where; the venue must be switched on in `[venues]`.
    #[schemars(schema_with = "venue_schema", example = &"ebay")]
    pub venue: Venue,
    /// Words to find.
    #[schemars(length(min = 1, max = 200), example = &"canon ae-1")]
    pub query: String,
    /// The venue's own number or short name of a category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"15230")]
    pub category: Option<String>,
    /// The venue's name of a place: a Craigslist site such as `sfbay`, a city's part of the address
    /// at Facebook. Craigslist needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"sfbay")]
    pub place: Option<String>,
    /// Postal code to search around.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"94103")]
    pub zip: Option<String>,
    /// Kilometres around it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 2_000), example = 40)]
    pub radius_km: Option<u32>,
    /// Lowest price, in whole units of the venue's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100_000_000), example = 50)]
    pub lowest: Option<u32>,
    /// Highest price, in whole units of the venue's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 100_000_000), example = 400)]
    pub highest: Option<u32>,
    /// Conditions that will do; without any, every one.
    #[serde(default)]
    #[schemars(schema_with = "conditions_schema", example = ["good", "fair"])]
    pub conditions: Vec<Condition>,
    /// What was sold instead of what is offered, where the venue tells it (eBay).
    #[serde(default)]
    pub sold: bool,
    /// Minutes between two quick scans, which read the newest and stop at what is known.
    #[serde(default = "hourly")]
    #[schemars(range(min = 1, max = 525_600))]
    pub every_minutes: NonZeroU32,
    /// Most pages of a quick scan.
    #[serde(default = "few_pages")]
    #[schemars(range(min = 1, max = 1_000))]
    pub pages: NonZeroU32,
    /// Hours between two complete scans, which read to the end and tell what is gone; 0 never does one.
    #[serde(default = "daily")]
    #[schemars(range(max = 8_760))]
    pub complete_every_hours: u32,
    /// Most pages of a complete scan; one that ends there is not complete.
    #[serde(default = "many_pages")]
    #[schemars(range(min = 1, max = 1_000))]
    pub complete_pages: NonZeroU32,
    /// Whether it is done at all.
    #[serde(default = "yes")]
    pub enabled: bool,
}

macro_rules! count {
    ($value:literal) => {
        const { NonZeroU32::new($value).unwrap() }
    };
}

fn hourly() -> NonZeroU32 {
    count!(60)
}

fn few_pages() -> NonZeroU32 {
    count!(5)
}

fn many_pages() -> NonZeroU32 {
    count!(50)
}

fn daily() -> u32 {
    24
}

fn yes() -> bool {
    true
}

/// What is allowed at each marketplace. Everything is off until you switch it on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VenuesConfig {
    /// eBay. Its API may be used with keys of your own; its pages may not be fetched by a program.
    pub ebay: VenueConfig,
    /// Craigslist. Its terms forbid programs; pages that you save are read.
    pub craigslist: VenueConfig,
    /// Facebook Marketplace. Its terms forbid programs; pages that you save are read.
    pub facebook: VenueConfig,
    /// Mercari. Its terms forbid programs; pages that you save are read.
    pub mercari: VenueConfig,
    /// OfferUp. Its terms forbid programs; pages that you save are read.
    pub offerup: VenueConfig,
}

impl VenuesConfig {
    /// What is set for a marketplace.
    #[must_use]
    pub fn of(&self, venue: Venue) -> &VenueConfig {
        match venue {
            Venue::Ebay => &self.ebay,
            Venue::Craigslist => &self.craigslist,
            Venue::Facebook => &self.facebook,
            Venue::Mercari => &self.mercari,
            Venue::Offerup => &self.offerup,
        }
    }

    /// Most requests a minute at a marketplace.
    #[must_use]
    pub fn per_minute(&self, venue: Venue) -> u32 {
        self.of(venue).requests_per_minute.unwrap_or(if venue == Venue::Ebay { 60 } else { 6 })
    }

    /// Most requests a day at a marketplace.
    #[must_use]
    pub fn per_day(&self, venue: Venue) -> u32 {
        self.of(venue).requests_per_day.unwrap_or(if venue == Venue::Ebay { 5_000 } else { 500 })
    }
}

/// How a marketplace is read.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReadBy {
    /// Not at all.
    #[default]
    Off,
    /// By the venue's API, with keys of your own.
    Api,
    /// Pages, fetched.
    Fetch,
    /// Pages, as Chromium shows them.
    Browser,
}

impl ReadBy {
    /// The one spelling.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Api => "api",
            Self::Fetch => "fetch",
            Self::Browser => "browser",
        }
    }
}

/// How is sold at a marketplace.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SellBy {
    /// By your own hands.
    #[default]
    Off,
    /// By the venue's API, for your account there.
    Api,
}

/// What is allowed at one marketplace.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct VenueConfig {
    /// Whether searches are read there, and by which way; `api` is for eBay alone.
    pub read: ReadBy,
    /// Whether your offers are put up, repriced and taken down there by the venue's API, its orders
    /// fetched and parcels told; `api` is for eBay alone. Off: you do it by hand.
    pub sell: SellBy,
    /// The venue's permission to read its pages by a program: who gave it and when. Where the terms
    /// forbid programs, pages are not fetched without.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 5, max = 500), example = &"written permission of 2026-01-15, kept in my mailbox")]
    pub permission: Option<String>,
    /// Most requests a minute; 0 allows none. Absent: 60 at eBay, 6 elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 6_000), example = 10)]
    pub requests_per_minute: Option<u32>,
    /// Most requests a day, UTC; 0 allows none. Absent: 5,000 at eBay, 500 elsewhere.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(range(max = 5_000_000), example = 1_000)]
    pub requests_per_day: Option<u32>,
    /// What a browser waits for before a page counts as ready, a CSS selector; it scrolls then. Absent: until
    /// the page no longer changes.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 500), example = &"a[href*='/item/']")]
    pub wait_for: Option<String>,
    /// Another address in the place of the venue's own: a mirror, or a server for tests.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 8), example = &"http://127.0.0.1:8080/")]
    pub base_url: Option<String>,
}

/// Your keys for eBay's API, from developer.ebay.com: by variables, or in a file of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct EbayConfig {
    /// The application's key ("App ID"); better by the variable AUTOBAZAAAR_EBAY__CLIENT_ID.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1), example = &"Some-App-PRD-0123")]
    pub client_id: Option<String>,
    /// The application's secret ("Cert ID"); better by the variable AUTOBAZAAAR_EBAY__CLIENT_SECRET.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"PRD-0123")]
    pub client_secret: Option<SecretText>,
    /// Your consent to sell for you ("refresh token"); better by AUTOBAZAAAR_EBAY__REFRESH_TOKEN.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"v^1.1#i^1#r^1…")]
    pub refresh_token: Option<SecretText>,
    /// A TOML file with `client_id`, `client_secret` and, for selling, `refresh_token`, which you alone may
    /// read (chmod 600).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"ebay-keys.toml")]
    pub credentials_file: Option<PathBuf>,
    /// Which of eBay's marketplaces: EBAY_US, EBAY_GB, EBAY_DE …
    #[schemars(length(min = 1, max = 20))]
    pub marketplace: String,
    /// Number of the business policy that says how you send; selling by the API needs all three.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40), example = &"6196932000")]
    pub fulfilment_policy: Option<String>,
    /// Number of the business policy on payment.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40), example = &"6196933000")]
    pub payment_policy: Option<String>,
    /// Number of the business policy on returns.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 40), example = &"6196934000")]
    pub return_policy: Option<String>,
    /// Key of the inventory location that you send from; selling by the API needs one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 36), example = &"home")]
    pub location: Option<String>,
    /// Our category names → eBay's category numbers, for drafts to upload and offers by the API.
    pub category_ids: BTreeMap<String, String>,
}

impl Default for EbayConfig {
    fn default() -> Self {
        Self {
            client_id: None,
            client_secret: None,
            refresh_token: None,
            credentials_file: None,
            fulfilment_policy: None,
            payment_policy: None,
            return_policy: None,
            location: None,
            marketplace: "EBAY_US".to_owned(),
            category_ids: BTreeMap::new(),
        }
    }
}

/// How the web is asked, at every venue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct FetchConfig {
    /// A page or mail address of yours, which every request names, so that a site can reach you.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 3, max = 200), example = &"me@example.org")]
    pub contact: Option<String>,
    /// Requests under way at a time, over all venues.
    #[schemars(range(min = 1, max = 100))]
    pub places: NonZeroU32,
    /// Seconds until an answer must be there.
    #[schemars(range(min = 1, max = 600))]
    pub timeout_seconds: NonZeroU32,
    /// Room for answers that are kept to be confirmed rather than sent again, in megabytes; 0 keeps
    /// none.
    #[schemars(range(max = 1_048_576))]
    pub cache_mb: u32,
    /// Days for which raw answers are kept, so that they can be read again; 0 keeps none. They hold
    /// sellers' names.
    #[schemars(range(max = 3_650))]
    pub record_days: u32,
    /// Proxies, used in turn: http://user:password@host:port. With any, nothing goes out directly.
    pub proxies: Vec<SecretText>,
}

impl Default for FetchConfig {
    fn default() -> Self {
        Self {
            contact: None,
            places: count!(5),
            timeout_seconds: count!(30),
            cache_mb: 64,
            record_days: 0,
            proxies: Vec::new(),
        }
    }
}

/// The browser of venues that are read by `browser`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct BrowserConfig {
    /// Chromium's program; looked for in the usual places when absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"/usr/bin/chromium")]
    pub program: Option<PathBuf>,
    /// Chromium's own protection against hostile pages. It does not work for root.
    pub sandbox: bool,
    /// Debugging address of a remote browser in the place of one here; it may hold a key.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(example = &"wss://browser.example.org/?token=0123")]
    pub address: Option<SecretText>,
    /// Times that a page is scrolled to its end, so that more is loaded.
    #[schemars(range(max = 100))]
    pub scrolls: u32,
}

impl Default for BrowserConfig {
    fn default() -> Self {
        Self { program: None, sandbox: true, address: None, scrolls: 10 }
    }
}

/// A text that is shown nowhere.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// The text itself, for the one place that sends it.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

impl JsonSchema for SecretText {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "SecretText".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "minLength": 1, "writeOnly": true })
    }
}

fn venue_schema(_: &mut SchemaGenerator) -> Schema {
    let names: Vec<&str> = Venue::ALL.iter().map(|venue| venue.as_str()).collect();
    json_schema!({ "type": "string", "enum": names })
}

fn conditions_schema(_: &mut SchemaGenerator) -> Schema {
    let words: Vec<&str> = Condition::ALL.iter().map(|condition| condition.as_str()).collect();
    json_schema!({ "type": "array", "items": { "type": "string", "enum": words } })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_is_off_until_somebody_says_otherwise() {
        let venues = VenuesConfig::default();
        assert!(Venue::ALL.iter().all(|venue| venues.of(*venue).read == ReadBy::Off));
        assert!(Venue::ALL.iter().all(|venue| venues.of(*venue).permission.is_none()));
    }

    #[test]
    fn a_secret_is_not_shown_by_debugging() {
        let config =
            EbayConfig { client_secret: Some(SecretText("hunter2".into())), ..EbayConfig::default() };
        assert!(!format!("{config:?}").contains("hunter2"));
    }
}
