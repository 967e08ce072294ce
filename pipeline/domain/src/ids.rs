//! Names of records that the store keeps.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::id::{ulid_from_text, ulid_text, ulid_value};
use crate::{ItemId, Utc};

/// A text that names no record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{found}` is not the id of {what}: expected {expected}")]
pub struct BadId {
    pub found: String,
    pub what: &'static str,
    pub expected: &'static str,
}

/// A record's name that is made from a moment and chance, both passed in: a ULID, so that names
/// sort by the time they were made.
pub trait MadeId: Sized {
    /// A name from the moment and the low 80 bits of `random`.
    fn made(at: Utc, random: u128) -> Self;
}

macro_rules! made_id {
    ($($(#[$doc:meta])* $name:ident is $what:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(u128);

        impl MadeId for $name {
            fn made(at: Utc, random: u128) -> Self {
                Self(ulid_value(at, random))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&ulid_text(self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({self})", stringify!($name))
            }
        }

        impl FromStr for $name {
            type Err = BadId;

            fn from_str(text: &str) -> Result<Self, BadId> {
                let bad = || BadId { found: text.to_owned(), what: $what, expected: "26 characters of a ULID" };
                ulid_from_text(text).map(Self).ok_or_else(bad)
            }
        }

        impl TryFrom<String> for $name {
            type Error = BadId;

            fn try_from(text: String) -> Result<Self, BadId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )+};
}

made_id! {
    /// An exchange with one seller about one item.
    NegotiationId is "a negotiation";
    /// A message, whoever wrote it. Ours goes out under this name.
    MessageId is "a message";
    /// Something bought, or about to be.
    PurchaseId is "a purchase";
    /// An item in our hands.
    InventoryId is "an inventory item";
    /// An offer of ours on a venue.
    ResaleId is "a resale listing";
    /// A buyer's order.
    SaleId is "a sale";
    /// A parcel, in either direction.
    ShipmentId is "a shipment";
    /// What moved money.
    TransactionId is "a transaction";
    /// A balanced set of postings.
    EntryId is "a ledger entry";
    /// Money set aside.
    HoldId is "a hold";
    /// A question to the owner.
    ApprovalId is "an approval";
    /// Something the owner should know.
    AlertId is "an alert";
    /// A job or timer.
    DueId is "a due job";
    /// An act outside. Sent along as idempotency key or Message-ID.
    EffectId is "an effect";
    /// Something that happened.
    EventId is "an event";
    /// Something learned.
    MemoryId is "a memory";
}

/// A deal's name: the item and which episode of it. Shown as `item-episode`.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct DealId {
    pub item: ItemId,
    /// From 1.
    pub episode: u32,
}

impl fmt::Display for DealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&format!("{}-{}", self.item, self.episode))
    }
}

impl fmt::Debug for DealId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DealId({self})")
    }
}

impl FromStr for DealId {
    type Err = BadId;

    fn from_str(text: &str) -> Result<Self, BadId> {
        let expected = "an item's 32 hexadecimal digits, `-`, and the episode's number";
        let bad = || BadId { found: text.to_owned(), what: "a deal", expected };
        let (item, episode) = text.split_once('-').ok_or_else(bad)?;
        let item = ItemId::try_from(item.to_owned()).map_err(|_| bad())?;
        Ok(Self { item, episode: episode.parse().map_err(|_| bad())? })
    }
}

impl TryFrom<String> for DealId {
    type Error = BadId;

    fn try_from(text: String) -> Result<Self, BadId> {
        text.parse()
    }
}

impl From<DealId> for String {
    fn from(id: DealId) -> Self {
        id.to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_read_back_what_they_show() {
        let at = Utc::from_timestamp_millis(1_700_000_000_000).unwrap();
        for random in [0, 1, u128::MAX, 12_345] {
            let id = HoldId::made(at, random);
            assert_eq!(id.to_string().parse(), Ok(id));
            assert_eq!(id.to_string().len(), 26);
        }
        let deal = DealId { item: ItemId([7; 16]), episode: 3 };
        assert_eq!(deal.to_string().parse(), Ok(deal));
        for text in
            ["", "x", "ZZZZZZZZZZZZZZZZZZZZZZZZZZ", "01ARZ3NDEKTSV4RRFFQ69G5FA", "01ARZ3NDEKTSV4RRFFQ69G5FAü"]
        {
            assert!(text.parse::<HoldId>().is_err(), "{text}");
            assert!(text.parse::<DealId>().is_err(), "{text}");
        }
    }
}
