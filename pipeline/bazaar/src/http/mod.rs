//! The living market over real HTTP, on loopback alone: a server that keeps it, and a client that
//! reaches it as [`Access`](crate::live::Access). So the market outlives a trader that is killed.
//!
//! | call | gives |
//! |---|---|
//! | `GET /clock`, `POST /clock {"to": …}` | the moment it is; lets time pass |
//! | `GET /venues` | the venues' names |
//! | `GET /venues/V/search?category=&words=&page=&format=` | a page of results: `html`, `json` as the venue tells it, or `rows` as observations |
//! | `GET /venues/V/items/ID?format=` | one listing, `html` or `json` |
//! | `PUT /effects/ID` | does a deed, once for each id |
//! | `GET /effects/ID` | what became of it |
//! | `GET /mailbox?since=N`, `/orders`, `/arrivals`, `/payouts` | feeds, numbered from 1 |
//! | `GET /orders/ID` | an order as it is now |
//! | `GET /count` | the market's own count, for proofs |
//!
//! Refusals are statuses (429 with `Retry-After`, 503, 404, 410, 409, 400, 422) with the reason as
//! JSON. A deed whose answer is lost is 504: nothing is said of whether it happened.
//!
//! **Invariant:** nothing is bound to, and nothing asked, but an address of loopback.

mod client;
mod server;

pub use client::{Client, NotLocal};
pub use server::Server;

use autobazaaar_domain::Utc;
use serde::{Deserialize, Serialize};

/// A moment, as the clock's calls tell it.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
struct Moment {
    to: Utc,
}

#[cfg(test)]
mod tests;
