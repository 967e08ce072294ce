//! What is to be sold, as eBay wants it told.

use std::collections::BTreeMap;

use autobazaaar_domain::Money;
use serde_json::{Value, json};

use crate::EbayError;
use crate::wire::Amount;

/// A listing to be published.
#[derive(Debug, Clone, PartialEq)]
pub struct ListingDraft {
    /// Our own number of the thing; up to 50 characters.
    pub sku: String,
    /// Up to 80 characters.
    pub title: String,
    /// HTML or plain.
    pub description: String,
    /// eBay's condition id: 1000 new … 7000 for parts.
    pub condition_id: u16,
    /// What is to be said of its state.
    pub condition_note: Option<String>,
    /// A leaf category's id.
    pub category_id: String,
    /// Name → values: brand, model, colour …
    pub aspects: BTreeMap<String, Vec<String>>,
    /// Addresses of pictures, https.
    pub images: Vec<String>,
    pub price: Money,
    pub quantity: u32,
    pub policies: Policies,
    /// Key of the place it ships from.
    pub location_key: String,
}

/// Ids of the seller's business policies.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Policies {
    pub fulfilment: String,
    pub payment: String,
    pub returns: String,
}

impl ListingDraft {
    /// The inventory item (`PUT /inventory_item/{sku}`).
    pub(super) fn item(&self) -> Result<Value, EbayError> {
        let mut item = json!({
            "availability": { "shipToLocationAvailability": { "quantity": self.quantity } },
            "condition": condition(self.condition_id)?,
            "product": {
                "title": self.title,
                "description": self.description,
                "aspects": self.aspects,
                "imageUrls": self.images,
            },
        });
        if let Some(note) = &self.condition_note {
            item["conditionDescription"] = json!(note);
        }
        Ok(item)
    }

    /// The offer (`POST /offer`).
    pub(super) fn offer(&self, marketplace: &str) -> Result<Value, EbayError> {
        Ok(json!({
            "sku": self.sku,
            "marketplaceId": marketplace,
            "format": "FIXED_PRICE",
            "availableQuantity": self.quantity,
            "categoryId": self.category_id,
            "listingDescription": self.description,
            "listingPolicies": {
                "fulfillmentPolicyId": self.policies.fulfilment,
                "paymentPolicyId": self.policies.payment,
                "returnPolicyId": self.policies.returns,
            },
            "pricingSummary": { "price": payable(self.price)? },
            "merchantLocationKey": self.location_key,
        }))
    }
}

/// A price as eBay takes it. One that is not above zero is never sent.
pub(super) fn payable(price: Money) -> Result<Amount, EbayError> {
    if price.amount.0 > 0 {
        return Ok(price.into());
    }
    Err(EbayError::Invalid { field: "price", found: price.decimal(), expected: "an amount above zero" })
}

/// The inventory interface's word for a condition id.
/// Wire: developer.ebay.com/api-docs/sell/inventory/types/slr:ConditionEnum
fn condition(id: u16) -> Result<&'static str, EbayError> {
    Ok(match id {
        1000 => "NEW",
        1500 => "NEW_OTHER",
        1750 => "NEW_WITH_DEFECTS",
        2000 => "CERTIFIED_REFURBISHED",
        2010 => "EXCELLENT_REFURBISHED",
        2020 => "VERY_GOOD_REFURBISHED",
        2030 => "GOOD_REFURBISHED",
        2500 => "SELLER_REFURBISHED",
        2750 => "LIKE_NEW",
        3000 => "USED_EXCELLENT",
        4000 => "USED_VERY_GOOD",
        5000 => "USED_GOOD",
        6000 => "USED_ACCEPTABLE",
        7000 => "FOR_PARTS_OR_NOT_WORKING",
        other => {
            let expected =
                "an id of eBay's conditions: 1000, 1500, 1750, 2000 to 2030, 2500, 2750, 3000 … 7000";
            return Err(EbayError::Invalid { field: "condition_id", found: other.to_string(), expected });
        }
    })
}
