//! How Rust values stand in columns. The one place that knows it, whatever the database.

use autobazaaar_domain::decision::{Decision, Strategy};
use autobazaaar_domain::due::{DueState, FailureCode};
use autobazaaar_domain::effect::{EffectKind, EffectState};
use autobazaaar_domain::event::EventKind;
use autobazaaar_domain::ids::*;
use autobazaaar_domain::inventory::{Inspection, InventoryStatus, ProcessedImage};
use autobazaaar_domain::ledger::{
    Account, HoldState, PaymentStatus, TransactionCategory, TransactionKind, TransactionStatus,
};
use autobazaaar_domain::memory::MemoryKind;
use autobazaaar_domain::message::{Direction, Intent, MessageKind, MessageStatus};
use autobazaaar_domain::negotiation::{Channel, NegotiationStatus};
use autobazaaar_domain::owner::{
    AlertKind, AlertStatus, ApprovalKind, ApprovalStatus, Severity, SuppressionReason,
};
use autobazaaar_domain::purchase::PurchaseStatus;
use autobazaaar_domain::resale::{Reception, ResaleStatus, SaleStatus, ShipmentDirection, Visibility};
use autobazaaar_domain::{Cents, Condition, Currency, Deal, DealStatus, ItemId, Platform, Priority, Utc};

/// What a column can hold.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Value {
    Null,
    Int(i64),
    Real(f64),
    Text(String),
    Blob(Vec<u8>),
}

/// A value that stands in one column.
pub(crate) trait Cell: Sized {
    fn put(&self) -> Value;
    /// Reads what [`Cell::put`] wrote; the error says what was found instead.
    fn take(value: Value) -> Result<Self, String>;
}

fn unexpected<T>(value: &Value, expected: &str) -> Result<T, String> {
    Err(format!("found {value:?}, expected {expected}"))
}

impl<T: Cell> Cell for Option<T> {
    fn put(&self) -> Value {
        self.as_ref().map_or(Value::Null, Cell::put)
    }

    fn take(value: Value) -> Result<Self, String> {
        if value == Value::Null { Ok(None) } else { T::take(value).map(Some) }
    }
}

macro_rules! plain {
    ($($type:ty, $variant:ident, $expected:literal;)+) => {$(
        impl Cell for $type {
            fn put(&self) -> Value {
                Value::$variant(self.clone())
            }

            fn take(value: Value) -> Result<Self, String> {
                match value {
                    Value::$variant(value) => Ok(value),
                    other => unexpected(&other, $expected),
                }
            }
        }
    )+};
}
plain! {
    i64, Int, "an integer";
    f64, Real, "a number";
    String, Text, "text";
    Vec<u8>, Blob, "bytes";
}

impl Cell for u32 {
    fn put(&self) -> Value {
        Value::Int(i64::from(*self))
    }

    fn take(value: Value) -> Result<Self, String> {
        Self::try_from(i64::take(value)?).map_err(|error| error.to_string())
    }
}

impl Cell for bool {
    fn put(&self) -> Value {
        Value::Int(i64::from(*self))
    }

    fn take(value: Value) -> Result<Self, String> {
        Ok(i64::take(value)? != 0)
    }
}

impl Cell for &str {
    fn put(&self) -> Value {
        Value::Text((*self).to_owned())
    }

    fn take(value: Value) -> Result<Self, String> {
        unexpected(&value, "nothing: texts are read as owned")
    }
}

impl Cell for Cents {
    fn put(&self) -> Value {
        Value::Int(self.0)
    }

    fn take(value: Value) -> Result<Self, String> {
        i64::take(value).map(Self)
    }
}

impl Cell for Utc {
    fn put(&self) -> Value {
        Value::Int(self.timestamp_micros())
    }

    fn take(value: Value) -> Result<Self, String> {
        let micros = i64::take(value)?;
        Self::from_timestamp_micros(micros).ok_or_else(|| format!("{micros} is no time"))
    }
}

impl Cell for Priority {
    fn put(&self) -> Value {
        // The order in which they are claimed.
        Value::Int(match self {
            Self::High => 0,
            Self::Normal => 1,
            Self::Low => 2,
        })
    }

    fn take(value: Value) -> Result<Self, String> {
        match i64::take(value)? {
            0 => Ok(Self::High),
            1 => Ok(Self::Normal),
            2 => Ok(Self::Low),
            other => Err(format!("{other} is no priority")),
        }
    }
}

impl Cell for ItemId {
    fn put(&self) -> Value {
        Value::Text(self.to_string())
    }

    fn take(value: Value) -> Result<Self, String> {
        Self::try_from(String::take(value)?)
    }
}

/// Values that are written as their one spelling.
macro_rules! spelled {
    ($($type:ty),+ $(,)?) => {$(
        impl Cell for $type {
            fn put(&self) -> Value {
                Value::Text(self.to_string())
            }

            fn take(value: Value) -> Result<Self, String> {
                String::take(value)?.parse().map_err(|error| format!("{error}"))
            }
        }
    )+};
}
spelled! {
    AlertId, ApprovalId, DealId, DueId, EffectId, EntryId, EventId, HoldId, InventoryId, MemoryId, MessageId,
    NegotiationId, PurchaseId, ResaleId, SaleId, ShipmentId, TransactionId,
    Currency, Platform, Condition,
    Account, AlertKind, AlertStatus, ApprovalKind, ApprovalStatus, Channel, DealStatus, Direction, DueState,
    EffectKind, EffectState, EventKind, FailureCode, HoldState, Intent, InventoryStatus, MemoryKind, MessageKind,
    MessageStatus, NegotiationStatus, PaymentStatus, PurchaseStatus, ResaleStatus, SaleStatus, Severity,
    ShipmentDirection, Strategy, SuppressionReason, TransactionCategory, TransactionKind, TransactionStatus,
    Visibility,
}

/// Values that are written as JSON.
macro_rules! json {
    ($($type:ty),+ $(,)?) => {$(
        impl Cell for $type {
            fn put(&self) -> Value {
                // Writing these to a String cannot fail: no map has a key that is no text.
                serde_json::to_string(self).map_or(Value::Null, Value::Text)
            }

            fn take(value: Value) -> Result<Self, String> {
                serde_json::from_str(&String::take(value)?).map_err(|error| error.to_string())
            }
        }
    )+};
}
json!(serde_json::Value, Vec<String>, Vec<f32>, Vec<ProcessedImage>, Inspection, Reception, Deal, Decision);
