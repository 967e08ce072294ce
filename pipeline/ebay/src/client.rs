//! The client.

use std::sync::Arc;

use autobazaaar_fetch::{Fetcher, Site};

use crate::Settings;
use crate::token::Tokens;

/// eBay for one application and at most one seller. Calls go through the polite client given.
pub struct Ebay {
    pub(crate) fetcher: Arc<Fetcher>,
    pub(crate) site: Site,
    pub(crate) settings: Settings,
    pub(crate) tokens: Tokens,
}

impl Ebay {
    /// Asks nothing yet.
    #[must_use]
    pub fn new(settings: Settings, fetcher: Arc<Fetcher>) -> Self {
        Self { site: settings.site(), settings, fetcher, tokens: Tokens::default() }
    }

    /// Whether a seller's consent is configured.
    #[must_use]
    pub fn can_sell(&self) -> bool {
        self.settings.refresh_token.is_some()
    }
}
