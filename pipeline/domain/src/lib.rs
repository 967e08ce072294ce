//! Words, records and rules of the trade.
//!
//! **Invariant:** nothing in this crate reads a file, a socket, a clock or a random source. Time
//! and randomness arrive as arguments, so that a decision can be replayed to the byte.

pub mod attributes;
pub mod bookings;
pub mod clock;
pub mod deal;
pub mod decision;
pub mod due;
pub mod economics;
pub mod effect;
pub mod entropy;
pub mod event;
pub mod fees;
pub mod hash;
pub mod id;
pub mod ids;
pub mod inventory;
pub mod item;
pub mod ledger;
pub mod lifecycle;
pub mod listing;
pub mod memory;
pub mod message;
pub mod money;
pub mod negotiation;
pub mod owner;
pub mod pace;
pub mod price;
pub mod purchase;
pub mod resale;
pub mod run;
pub mod scan;
pub mod selling;
pub mod valuation;
pub mod when;
pub mod zone;

pub use attributes::Attributes;
pub use clock::Clock;
pub use deal::{Deal, DealStatus, Figures, Priority, Risk, RiskCode, RiskFactor};
pub use decision::{Action, Decision, Reason, ReasonCode, Strategy};
pub use entropy::{DrawnEntropy, Entropy, SeededEntropy};
pub use fees::FeeSchedule;
pub use id::{ItemId, ListingKey, ObservationId, Platform, RunId};
pub use item::{Comp, Enriched, Presence, PricePoint};
pub use lifecycle::{IllegalTransition, Lifecycle};
pub use listing::{Condition, Location, Observation, PriceKind, Seller, SellerType, Status};
pub use money::{Cents, Currency, Money};
pub use scan::{Scan, Sighting};
pub use selling::DaysToSell;
pub use valuation::{Basis, Quantiles, Valuation};
pub use zone::Zone;

/// A moment in UTC. Sources without a zone get one from their mapping before they get here.
pub type Utc = chrono::DateTime<chrono::Utc>;
