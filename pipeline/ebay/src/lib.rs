//! eBay over its REST interfaces: searching, item details, sold prices, quotas, and selling.
//!
//! Reading gives raw JSON pages; the venue's parser makes observations of them. Writing is by effects:
//! each is named by an [`EffectId`] of ours, looks first whether it has happened already, and ends as
//! done, refused or uncertain ([`Outcome`]).
//!
//! It is a crate of its own because it is one service's protocol: the polite client below it knows no
//! service, and the page parsers beside it know no network.
//!
//! **Invariant:** tokens and keys are in no error, log, record or cache.
//! **Invariant:** no effect is repeated after an outcome that is not known.

mod call;
mod client;
mod error;
mod insights;
mod items;
mod limits;
mod mend;
mod query;
mod search;
mod sell;
mod settings;
mod token;
mod wire;

#[cfg(any(test, feature = "testing"))]
pub mod testing;

pub use client::Ebay;
pub use error::{ApiError, Detail, EbayError};
pub use insights::first_sales;
pub use limits::RateLimit;
pub use query::{Buying, Pickup, PriceRange, SearchQuery, Sort};
pub use search::{Coverage, RawPage, SearchPages};
pub use sell::{
    EffectId, LineItem, ListingDraft, Offer, Order, OrderFilter, Outcome, Policies, Published, Shipment,
};
pub use settings::{QUOTAS, Quota, Settings};

#[cfg(test)]
use sell::for_tests as sell_for_tests;
#[cfg(test)]
mod tests;
