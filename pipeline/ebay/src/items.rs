//! One item's details.
//! Wire: developer.ebay.com/api-docs/buy/browse/resources/item/methods/getItem

use http::Method;

use crate::search::raw;
use crate::token::As;
use crate::{Ebay, EbayError, Quota, RawPage};

impl Ebay {
    /// The details of an item by its REST id (`v1|…|0`); `None` when it is gone.
    ///
    /// # Errors
    /// When eBay refuses for another reason.
    pub async fn item(&self, item_id: &str) -> Result<Option<RawPage>, EbayError> {
        self.item_at(&["buy", "browse", "v1", "item", item_id], &[]).await
    }

    /// The details of an item by the number in its address (`/itm/…`); `None` when it is gone.
    ///
    /// # Errors
    /// When eBay refuses for another reason.
    pub async fn item_by_number(&self, number: &str) -> Result<Option<RawPage>, EbayError> {
        let path = ["buy", "browse", "v1", "item", "get_item_by_legacy_id"];
        self.item_at(&path, &[("legacy_item_id", number)]).await
    }

    async fn item_at(&self, path: &[&str], query: &[(&str, &str)]) -> Result<Option<RawPage>, EbayError> {
        match self.call(As::App, Quota::Browse, self.request(Method::GET, path, query)).await {
            Ok(answer) => Ok(Some(raw(answer, 1))),
            Err(EbayError::Api(error)) if error.status == 404 => Ok(None),
            Err(error) => Err(error),
        }
    }
}
