//! A local eBay for tests and demonstrations: it speaks the documented wire format over loopback,
//! refuses what eBay would refuse, and fails on demand.
//!
//! Error numbers are eBay's where its documentation names one; where it does not, the status and the
//! category are what counts.

mod browse;
mod catalogue;
mod fault;
mod fulfillment;
mod inventory;
mod reply;
mod server;
mod tokens;
mod world;

pub use fault::Fault;
pub use server::EbayServer;
pub use world::{CATEGORY, LOCATION, POLICIES, Setup};
