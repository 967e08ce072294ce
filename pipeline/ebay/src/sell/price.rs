//! Another price.

use autobazaaar_domain::Money;
use http::Method;
use serde::Deserialize;
use serde_json::{Value, json};

use super::listing::payable;
use super::offers::INVENTORY;
use super::{EffectId, Outcome};
use crate::error::{ApiError, Detail};
use crate::token::As;
use crate::wire::parse;
use crate::{Ebay, EbayError, Quota};

#[derive(Deserialize)]
struct Body {
    #[serde(default)]
    responses: Vec<One>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct One {
    status_code: u16,
    #[serde(default)]
    errors: Vec<Detail>,
}

impl Ebay {
    /// Sets an offer's price; a price that it has already is left. The offer must be that of the SKU.
    pub async fn reprice(
        &self,
        effect: &EffectId,
        offer_id: &str,
        sku: &str,
        price: Money,
    ) -> Outcome<Money> {
        self.repriced(offer_id, sku, price).await.noted(effect, "reprice")
    }

    async fn repriced(&self, offer_id: &str, sku: &str, price: Money) -> Outcome<Money> {
        match self.has_price(offer_id, sku, price).await {
            Ok(true) => return Outcome::Done(price),
            Ok(false) => {}
            Err(error) => return Outcome::Refused(error),
        }
        let error = match self.set_price(offer_id, sku, price).await {
            Ok(()) => return Outcome::Done(price),
            Err(error) => error,
        };
        if error.may_have_happened() && matches!(self.has_price(offer_id, sku, price).await, Ok(true)) {
            return Outcome::Done(price);
        }
        Outcome::failed(error)
    }

    async fn has_price(&self, offer_id: &str, sku: &str, price: Money) -> Result<bool, EbayError> {
        payable(price)?;
        let wrong = |found: String| {
            Err(EbayError::Invalid { field: "offer", found, expected: "the number of an offer of this SKU" })
        };
        match self.offer(offer_id).await? {
            Some(offer) if offer.sku == sku => Ok(offer.price == Some(price)),
            Some(offer) => wrong(format!("{offer_id} of SKU {}", offer.sku)),
            None => wrong(offer_id.to_owned()),
        }
    }

    /// Wire: developer.ebay.com/api-docs/sell/inventory/resources/inventory_item/methods/bulkUpdatePriceQuantity
    async fn set_price(&self, offer_id: &str, sku: &str, price: Money) -> Result<(), EbayError> {
        self.set_any_price(offer_id, sku, &json!(payable(price)?)).await
    }

    async fn set_any_price(&self, offer_id: &str, sku: &str, price: &Value) -> Result<(), EbayError> {
        let [a, b, c] = INVENTORY;
        let offer = json!({ "offerId": offer_id, "price": price });
        let body = json!({ "requests": [{ "sku": sku, "offers": [offer] }] });
        let post = self.request_with(Method::POST, &[a, b, c, "bulk_update_price_quantity"], &body)?;
        // Setting it twice sets it once.
        let answer = self.call(As::Seller, Quota::Sell, post.repeatable()).await?;
        let responses = parse::<Body>(&answer)?.responses;
        match responses.into_iter().find(|one| !(200..300).contains(&one.status_code)) {
            None => Ok(()),
            Some(One { status_code, errors }) => {
                let call = "the price of an offer".to_owned();
                Err(ApiError { status: status_code, call, details: errors }.into())
            }
        }
    }
}

/// The call without the checks before it, to see what the server makes of it.
#[cfg(test)]
pub(crate) mod for_tests {
    use super::{Ebay, EbayError, Value};

    pub(crate) async fn set_price(
        ebay: &Ebay,
        offer_id: &str,
        sku: &str,
        price: &Value,
    ) -> Result<(), EbayError> {
        ebay.set_any_price(offer_id, sku, price).await
    }
}
