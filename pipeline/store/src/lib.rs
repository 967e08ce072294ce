//! The operational database: what was promised, spent and is owned. Changed only in transactions.
//!
//! ```no_run
//! # use autobazaaar_store::{Actor, Options, Store};
//! # async fn example(entropy: std::sync::Arc<dyn autobazaaar_domain::Entropy>, now: autobazaaar_domain::Utc)
//! # -> Result<(), autobazaaar_store::StoreError> {
//! let store = Store::open(Options::folder("data/state".as_ref()), entropy, now).await?;
//! let mut tx = store.begin(now, &Actor::new("executor", "run")).await?;
//! tx.stop(false).await?;
//! tx.commit().await?;
//! # Ok(()) }
//! ```
//!
//! What changes is a method of [`Tx`], what reads one of [`Reader`] (which a [`Tx`] is, too). Each
//! method of a [`Tx`] writes the change, its event and its audit record together. The API is stable:
//! methods are added, none changes its meaning.
//!
//! **Invariant:** nothing else writes state.
//! **Invariant:** time and randomness are passed in.

pub mod backup;
pub mod books;
mod check;
mod connection;
pub mod deals;
mod error;
pub mod export;
mod faults;
pub mod goods;
pub mod holds;
mod journal;
mod messages;
mod migrate;
pub mod negotiations;
pub mod notices;
pub mod outbox;
pub mod owner;
mod people;
mod photos;
mod record;
mod records;
pub mod sales;
mod store;
mod value;
mod vault;
pub mod work;

pub use books::Balance;
pub use check::Violation;
pub use deals::TrackedDeal;
pub use error::StoreError;
pub use export::Export;
pub use faults::FaultHook;
pub use migrate::SCHEMA_VERSION;
pub use negotiations::{Heard, Offer, OfferTurn, Turn};
pub use notices::{Lesson, NewAlert};
pub use outbox::{NewEffect, Outcome};
pub use owner::{Cap, CapUse, Given};
pub use people::PersonDetails;
pub use store::{Actor, DayOf, Options, Reader, Store, Tx};
pub use work::{DueCount, DueKind, NewDue};
