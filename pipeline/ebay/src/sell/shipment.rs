//! That something is on its way.
//! Wire: developer.ebay.com/api-docs/sell/fulfillment/resources/order/shipping_fulfillment

use autobazaaar_domain::Utc;
use http::Method;
use serde::Deserialize;
use serde_json::json;

use super::{EffectId, Outcome};
use crate::token::As;
use crate::wire::parse;
use crate::{Ebay, EbayError, Quota};

/// A package to tell eBay and the buyer of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipment {
    pub order_id: String,
    /// Line item and quantity in the package.
    pub line_items: Vec<(String, u32)>,
    /// `USPS`, `UPS`, `FedEx` …
    pub carrier: String,
    /// Letters and digits only; spaces and hyphens are left out.
    pub tracking: String,
    pub shipped_at: Utc,
}

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    fulfillments: Vec<Known>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Known {
    shipment_tracking_number: Option<String>,
}

impl Ebay {
    /// Tells eBay of a package; one with its tracking number that eBay knows already is left.
    pub async fn ship(&self, effect: &EffectId, shipment: &Shipment) -> Outcome<()> {
        self.shipped(shipment).await.noted(effect, "ship")
    }

    async fn shipped(&self, shipment: &Shipment) -> Outcome<()> {
        let tracking = match tracking(&shipment.tracking) {
            Ok(tracking) => tracking,
            Err(error) => return Outcome::Refused(error),
        };
        match self.knows(&shipment.order_id, &tracking).await {
            Ok(true) => return Outcome::Done(()),
            Ok(false) => {}
            Err(error) => return Outcome::Refused(error),
        }
        let error = match self.tell(shipment, &tracking).await {
            Ok(()) => return Outcome::Done(()),
            Err(error) => error,
        };
        if error.may_have_happened() && matches!(self.knows(&shipment.order_id, &tracking).await, Ok(true)) {
            return Outcome::Done(());
        }
        Outcome::failed(error)
    }

    /// Tracking numbers of the packages that eBay knows of an order: what became of a shipment in doubt.
    ///
    /// # Errors
    /// When eBay refuses.
    pub async fn shipments(&self, order_id: &str) -> Result<Vec<String>, EbayError> {
        let request = self.request(Method::GET, &path(order_id), &[]);
        let page: Page = parse(&self.call(As::Seller, Quota::Sell, request).await?)?;
        Ok(page.fulfillments.into_iter().filter_map(|known| known.shipment_tracking_number).collect())
    }

    async fn knows(&self, order_id: &str, tracking: &str) -> Result<bool, EbayError> {
        Ok(self.shipments(order_id).await?.iter().any(|known| known == tracking))
    }

    async fn tell(&self, shipment: &Shipment, tracking: &str) -> Result<(), EbayError> {
        let line = |(id, quantity): &(String, u32)| json!({ "lineItemId": id, "quantity": quantity });
        let body = json!({
            "lineItems": shipment.line_items.iter().map(line).collect::<Vec<_>>(),
            "shippedDate": shipment.shipped_at.format("%Y-%m-%dT%H:%M:%S%.3fZ").to_string(),
            "shippingCarrierCode": shipment.carrier,
            "trackingNumber": tracking,
        });
        let post = self.request_with(Method::POST, &path(&shipment.order_id), &body)?;
        self.call(As::Seller, Quota::Sell, post).await?;
        Ok(())
    }
}

fn path(order_id: &str) -> [&str; 6] {
    ["sell", "fulfillment", "v1", "order", order_id, "shipping_fulfillment"]
}

fn tracking(text: &str) -> Result<String, EbayError> {
    let plain: String = text.chars().filter(|c| !matches!(c, ' ' | '-')).collect();
    if !plain.is_empty() && plain.chars().all(|c| c.is_ascii_alphanumeric()) {
        return Ok(plain);
    }
    let expected = "a tracking number of letters and digits";
    Err(EbayError::Invalid { field: "tracking", found: text.to_owned(), expected })
}
