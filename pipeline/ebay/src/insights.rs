//! Sold prices, where eBay grants them.
//! Wire: developer.ebay.com/api-docs/buy/marketplace-insights/resources/item_sales/methods/search

use crate::{Ebay, EbayError, Quota, RawPage, SearchPages, SearchQuery};

/// What is granted or not.
pub(crate) const WHAT: &str = "Marketplace Insights (sold prices)";

impl Ebay {
    /// Sales of the last 90 days; [`first_sales`] tells whether they are granted at all.
    #[must_use]
    pub fn sales(&self, query: &SearchQuery) -> SearchPages<'_> {
        let path = &["buy", "marketplace_insights", "v1_beta", "item_sales", "search"];
        SearchPages::new(self, path, Quota::Insights, query)
    }
}

/// The first page of sales.
///
/// # Errors
/// [`EbayError::NotGranted`] when this application may not see sales: go on with other comparables.
pub async fn first_sales(pages: &mut SearchPages<'_>) -> Result<Option<RawPage>, EbayError> {
    match pages.next().await {
        Err(EbayError::Api(error)) if matches!(error.status, 403 | 404) => {
            Err(EbayError::NotGranted { what: WHAT })
        }
        other => other,
    }
}
