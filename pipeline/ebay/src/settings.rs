//! Where eBay is, and who we are there.

use autobazaaar_fetch::{Access, DailyQuota, Rate, Secret, Site};
use url::Url;

use crate::EbayError;

/// How to reach eBay.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `https://api.ebay.com/`, the sandbox's, or a local server's.
    pub base: Url,
    /// The application's key ("App ID").
    pub client_id: String,
    /// The application's secret ("Cert ID").
    pub client_secret: Secret,
    /// The owner's consent to sell for them; without it nothing can be sold.
    pub refresh_token: Option<Secret>,
    /// `EBAY_US`, `EBAY_DE` …
    pub marketplace: String,
    /// Language of listings: `en-US`.
    pub language: String,
    /// How often the interface may be asked.
    pub rate: Rate,
    /// Requests under way at a time.
    pub places: usize,
}

/// Names under which calls are counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quota {
    /// Searches and item details.
    Browse,
    /// Sold prices.
    Insights,
    /// Listings, orders, shipments.
    Sell,
    /// What is left of the others.
    Analytics,
}

/// What eBay grants a new application per day.
pub const QUOTAS: [(Quota, DailyQuota); 4] = [
    (Quota::Browse, DailyQuota(5_000)),
    (Quota::Insights, DailyQuota(5_000)),
    (Quota::Sell, DailyQuota(100_000)),
    (Quota::Analytics, DailyQuota(1_000)),
];

impl Quota {
    /// The name in the book of quotas.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Browse => "ebay.browse",
            Self::Insights => "ebay.insights",
            Self::Sell => "ebay.sell",
            Self::Analytics => "ebay.analytics",
        }
    }
}

impl Settings {
    /// eBay itself, for an application's keys: five requests a second at most, five at a time.
    ///
    /// # Errors
    /// Never, as long as the address below is one.
    pub fn production(client_id: &str, client_secret: Secret) -> Result<Self, EbayError> {
        Self::at("https://api.ebay.com/", client_id, client_secret)
    }

    /// eBay's sandbox.
    ///
    /// # Errors
    /// Never, as long as the address below is one.
    pub fn sandbox(client_id: &str, client_secret: Secret) -> Result<Self, EbayError> {
        Self::at("https://api.sandbox.ebay.com/", client_id, client_secret)
    }

    /// Any server that speaks the same.
    ///
    /// # Errors
    /// When the address is not one of http or https.
    pub fn at(base: &str, client_id: &str, client_secret: Secret) -> Result<Self, EbayError> {
        let bad = |found: &str| EbayError::Invalid {
            field: "base",
            found: found.to_owned(),
            expected: "an address such as https://api.ebay.com/",
        };
        let base: Url = base.parse().map_err(|_| bad(base))?;
        if base.host_str().is_none() || base.cannot_be_a_base() {
            return Err(bad(base.as_str()));
        }
        // Secrets go over encrypted connections, or stay on this machine.
        let here = matches!(base.host_str(), Some("127.0.0.1" | "localhost" | "[::1]"));
        if base.scheme() != "https" && !here {
            return Err(bad(base.as_str()));
        }
        Ok(Self {
            base,
            client_id: client_id.to_owned(),
            client_secret,
            refresh_token: None,
            marketplace: "EBAY_US".to_owned(),
            language: "en-US".to_owned(),
            rate: Rate::per_minute(300.0, 5),
            places: 5,
        })
    }

    /// The site as the polite client sees it.
    pub(crate) fn site(&self) -> Site {
        let host = self.base.host_str().unwrap_or_default();
        Site::new("ebay", &[host], Access::Api).at(self.rate, self.places)
    }
}
