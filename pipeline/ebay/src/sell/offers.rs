//! Reading offers.

use autobazaaar_domain::Money;
use http::Method;
use serde::Deserialize;

use crate::mend::{NO_OFFER, NO_SKU, NOT_FOUND};
use crate::token::As;
use crate::wire::{Amount, parse};
use crate::{Ebay, EbayError, Quota};

pub(super) const INVENTORY: [&str; 3] = ["sell", "inventory", "v1"];

/// What says that a SKU has no offer.
const NONE: [i64; 3] = [NO_OFFER, NO_SKU, NOT_FOUND];

/// An offer as eBay has it.
#[derive(Debug, Clone, PartialEq)]
pub struct Offer {
    pub offer_id: String,
    pub sku: String,
    pub marketplace: String,
    /// Whether buyers see it.
    pub published: bool,
    pub listing_id: Option<String>,
    pub price: Option<Money>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Wire {
    offer_id: String,
    sku: String,
    #[serde(default)]
    marketplace_id: String,
    #[serde(default)]
    status: String,
    listing: Option<Listing>,
    pricing_summary: Option<Pricing>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Listing {
    listing_id: Option<String>,
    #[serde(default)]
    listing_status: String,
}

/// Where a listing is that buyers cannot buy: an offer stays "published" when its listing has ended.
/// Wire: developer.ebay.com/api-docs/sell/inventory/types/slr:ListingStatusEnum
const OVER: [&str; 5] = ["ENDED", "EBAY_ENDED", "OUT_OF_STOCK", "INACTIVE", "NOT_LISTED"];

#[derive(Deserialize)]
struct Pricing {
    price: Option<Amount>,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    offers: Vec<Wire>,
}

impl Ebay {
    /// An offer by its number; `None` when there is none.
    ///
    /// # Errors
    /// When eBay refuses for another reason.
    pub async fn offer(&self, offer_id: &str) -> Result<Option<Offer>, EbayError> {
        let [a, b, c] = INVENTORY;
        let request = self.request(Method::GET, &[a, b, c, "offer", offer_id], &[]);
        match self.call(As::Seller, Quota::Sell, request).await {
            Ok(answer) => Ok(Some(parse::<Wire>(&answer)?.into())),
            Err(EbayError::Api(error)) if error.status == 404 || error.is(NO_OFFER) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The offer of a thing on our marketplace; `None` when there is none. eBay allows one per SKU,
    /// marketplace and format.
    ///
    /// # Errors
    /// When eBay refuses.
    pub async fn offer_of(&self, sku: &str) -> Result<Option<Offer>, EbayError> {
        let [a, b, c] = INVENTORY;
        let marketplace = self.settings.marketplace.as_str();
        let query = [("sku", sku), ("marketplace_id", marketplace), ("format", "FIXED_PRICE")];
        let page = match self
            .call(As::Seller, Quota::Sell, self.request(Method::GET, &[a, b, c, "offer"], &query))
            .await
        {
            Ok(answer) => parse::<Page>(&answer)?,
            // That there is none is said by an error.
            Err(EbayError::Api(error)) if error.status == 404 || NONE.iter().any(|none| error.is(*none)) => {
                return Ok(None);
            }
            Err(error) => return Err(error),
        };
        let offers = page.offers.into_iter().map(Offer::from);
        Ok(offers.into_iter().find(|offer| offer.sku == sku && offer.marketplace == marketplace))
    }
}

impl From<Wire> for Offer {
    fn from(wire: Wire) -> Self {
        let is_over =
            wire.listing.as_ref().is_some_and(|listing| OVER.contains(&listing.listing_status.as_str()));
        Self {
            offer_id: wire.offer_id,
            sku: wire.sku,
            marketplace: wire.marketplace_id,
            published: wire.status == "PUBLISHED" && !is_over,
            listing_id: wire.listing.and_then(|listing| listing.listing_id),
            price: wire.pricing_summary.and_then(|pricing| pricing.price?.money()),
        }
    }
}
