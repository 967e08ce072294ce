//! The end of a listing.

use http::Method;

use super::offers::INVENTORY;
use super::{EffectId, Outcome};
use crate::token::As;
use crate::{Ebay, EbayError, Quota};

impl Ebay {
    /// Ends an offer's listing; the offer stays as a draft. One that is not published is left.
    pub async fn withdraw(&self, effect: &EffectId, offer_id: &str) -> Outcome<()> {
        self.withdrawn(offer_id).await.noted(effect, "withdraw")
    }

    async fn withdrawn(&self, offer_id: &str) -> Outcome<()> {
        match self.is_published(offer_id).await {
            Ok(true) => {}
            Ok(false) => return Outcome::Done(()),
            Err(error) => return Outcome::Refused(error),
        }
        let [a, b, c] = INVENTORY;
        let post = self.request(Method::POST, &[a, b, c, "offer", offer_id, "withdraw"], &[]);
        let error = match self.call(As::Seller, Quota::Sell, post).await {
            Ok(_) => return Outcome::Done(()),
            Err(error) => error,
        };
        if error.may_have_happened() && matches!(self.is_published(offer_id).await, Ok(false)) {
            return Outcome::Done(());
        }
        Outcome::failed(error)
    }

    async fn is_published(&self, offer_id: &str) -> Result<bool, EbayError> {
        let missing = || EbayError::Invalid {
            field: "offer",
            found: offer_id.to_owned(),
            expected: "the number of an offer of this seller",
        };
        Ok(self.offer(offer_id).await?.ok_or_else(missing)?.published)
    }
}
