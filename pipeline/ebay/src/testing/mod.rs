//! A local eBay for tests and demonstrations: it speaks the documented wire format over loopback,
//! refuses what eBay would refuse, and fails on demand.
//!
//! Error numbers are those that eBay's specifications name for the call; which of them it gives for a given
//! mistake is taken from their descriptions and was not tried on eBay itself.

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
