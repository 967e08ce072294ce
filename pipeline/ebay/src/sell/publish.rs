//! From an inventory item to a listing that buyers see.

use http::Method;
use serde::Deserialize;

use super::offers::INVENTORY;
use super::{EffectId, ListingDraft, Offer, Outcome};
use crate::mend::USER_ERROR;
use crate::token::As;
use crate::wire::parse;
use crate::{Ebay, EbayError, Quota};

/// A published listing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Published {
    pub offer_id: String,
    pub listing_id: String,
    /// It was published before this call.
    pub already: bool,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewOffer {
    offer_id: String,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct NewListing {
    listing_id: String,
}

impl Ebay {
    /// Publishes a thing: inventory item, offer, listing. Only the last step is an effect; what fails
    /// before it is refused and leaves a draft that the next attempt goes on with. A thing that is
    /// published already is left as it is.
    pub async fn publish(&self, effect: &EffectId, draft: &ListingDraft) -> Outcome<Published> {
        let outcome = match self.staged(draft).await {
            Ok(offer) => match published(&offer, true) {
                Some(published) => Outcome::Done(published),
                None => self.publish_offer(&offer.offer_id).await,
            },
            Err(error) => Outcome::Refused(error),
        };
        outcome.noted(effect, "publish")
    }

    /// Finds out what became of a publication in doubt: done, or refused when eBay still shows an
    /// unpublished offer or none. Ask some minutes after the doubt arose, for eBay may be at it still.
    pub async fn reconcile_publish(&self, effect: &EffectId, sku: &str) -> Outcome<Published> {
        let outcome = match self.offer_of(sku).await {
            Ok(offer) => match offer.as_ref().and_then(|offer| published(offer, true)) {
                Some(published) => Outcome::Done(published),
                None => Outcome::Refused(EbayError::Invalid {
                    field: "offer",
                    found: offer.map_or_else(|| "none".to_owned(), |_| "unpublished".to_owned()),
                    expected: "a published one; publishing it again does no harm",
                }),
            },
            Err(error) => Outcome::Uncertain(error),
        };
        outcome.noted(effect, "reconcile publish")
    }

    /// The offer as it is to be published, or as it was.
    async fn staged(&self, draft: &ListingDraft) -> Result<Offer, EbayError> {
        let (item, wanted) = (draft.item()?, draft.offer(&self.settings.marketplace)?);
        let known = self.offer_of(&draft.sku).await?;
        if let Some(offer) = known.as_ref().filter(|offer| offer.published) {
            return Ok(offer.clone());
        }
        let [a, b, c] = INVENTORY;
        let put = self.request_with(Method::PUT, &[a, b, c, "inventory_item", &draft.sku], &item)?;
        self.call(As::Seller, Quota::Sell, put).await?;
        let offer_id = match known {
            Some(offer) => offer.offer_id,
            None => match self.new_offer(&wanted, &draft.sku).await? {
                Created::Now(offer_id) => {
                    return Ok(unpublished(offer_id, draft, &self.settings.marketplace));
                }
                Created::Before(offer_id) => offer_id,
            },
        };
        let put = self.request_with(Method::PUT, &[a, b, c, "offer", &offer_id], &wanted)?;
        self.call(As::Seller, Quota::Sell, put).await?;
        Ok(unpublished(offer_id, draft, &self.settings.marketplace))
    }

    /// Creates an offer. When it is there already, or the answer did not arrive, it is looked for.
    async fn new_offer(&self, wanted: &serde_json::Value, sku: &str) -> Result<Created, EbayError> {
        let [a, b, c] = INVENTORY;
        let post = self.request_with(Method::POST, &[a, b, c, "offer"], wanted)?;
        let error = match self.call(As::Seller, Quota::Sell, post).await {
            Ok(answer) => match parse::<NewOffer>(&answer) {
                Ok(new) => return Ok(Created::Now(new.offer_id)),
                Err(error) => error,
            },
            Err(error) => error,
        };
        let there =
            matches!(&error, EbayError::Api(api) if api.is(USER_ERROR) && api.parameter("offerId").is_some());
        if !there && !error.may_have_happened() {
            return Err(error);
        }
        match self.offer_of(sku).await? {
            Some(offer) => Ok(Created::Before(offer.offer_id)),
            None => Err(error),
        }
    }

    async fn publish_offer(&self, offer_id: &str) -> Outcome<Published> {
        let [a, b, c] = INVENTORY;
        let post = self.request(Method::POST, &[a, b, c, "offer", offer_id, "publish", ""], &[]);
        let answer = self.call(As::Seller, Quota::Sell, post).await;
        let error = match answer.and_then(|answer| parse::<NewListing>(&answer)) {
            Ok(NewListing { listing_id }) => {
                return Outcome::Done(Published {
                    offer_id: offer_id.to_owned(),
                    listing_id,
                    already: false,
                });
            }
            Err(error) => error,
        };
        if !error.may_have_happened() {
            return Outcome::Refused(error);
        }
        // Read once. That it is not published yet proves nothing: eBay may be at it.
        match self.offer(offer_id).await {
            Ok(Some(offer)) => published(&offer, false).map_or(Outcome::Uncertain(error), Outcome::Done),
            _ => Outcome::Uncertain(error),
        }
    }
}

enum Created {
    Now(String),
    Before(String),
}

fn published(offer: &Offer, already: bool) -> Option<Published> {
    let listing_id = offer.listing_id.clone().filter(|_| offer.published)?;
    Some(Published { offer_id: offer.offer_id.clone(), listing_id, already })
}

fn unpublished(offer_id: String, draft: &ListingDraft, marketplace: &str) -> Offer {
    let (sku, marketplace) = (draft.sku.clone(), marketplace.to_owned());
    Offer { offer_id, sku, marketplace, published: false, listing_id: None, price: Some(draft.price) }
}
