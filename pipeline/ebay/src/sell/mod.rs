//! Selling: from an inventory item to a published offer, its price, its end, orders and shipments.
//! Wire: developer.ebay.com/api-docs/sell/inventory and …/sell/fulfillment
//!
//! eBay has no idempotency keys. What stands in for them is that every effect has something of its own
//! at eBay: an offer its SKU and marketplace, a price its value, a shipment its tracking number. Each
//! effect reads that first, and again when its outcome is in doubt.

mod listing;
mod offers;
mod orders;
mod price;
mod publish;
mod shipment;
mod withdraw;

pub use listing::{ListingDraft, Policies};
pub use offers::Offer;
pub use orders::{LineItem, Order, OrderFilter};
pub use publish::Published;
pub use shipment::Shipment;

use crate::EbayError;

#[cfg(test)]
pub(crate) use price::for_tests;

/// The name of an effect, made and stored by us before it is attempted.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct EffectId(pub String);

/// What became of an effect.
#[derive(Debug)]
pub enum Outcome<T> {
    /// It has happened, now or before.
    Done(T),
    /// It has certainly not happened. [`EbayError::is_transient`] tells whether it may be tried again.
    Refused(EbayError),
    /// Nobody knows. It is to be reconciled by reading, not repeated.
    Uncertain(EbayError),
}

impl<T> Outcome<T> {
    /// The outcome of a failed attempt of which nothing else is known.
    fn failed(error: EbayError) -> Self {
        if error.may_have_happened() { Self::Uncertain(error) } else { Self::Refused(error) }
    }

    /// Notes an effect's outcome in the log, without anything personal.
    fn noted(self, effect: &EffectId, what: &'static str) -> Self {
        let effect = effect.0.as_str();
        match &self {
            Self::Done(_) => tracing::info!(effect, what, "done"),
            Self::Refused(error) => tracing::warn!(effect, what, %error, "refused"),
            Self::Uncertain(error) => tracing::warn!(effect, what, %error, "uncertain"),
        }
        self
    }
}
