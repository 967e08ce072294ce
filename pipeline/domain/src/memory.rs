//! What was learned of sellers, products and strategies.

use serde::{Deserialize, Serialize};

use crate::Utc;
use crate::ids::MemoryId;
use crate::listing::words;

words! {
    /// What something learned is about.
    MemoryKind { Seller = "seller", Product = "product", Strategy = "strategy", Pattern = "pattern" }
}

/// Something learned. One per kind, category and key.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Memory {
    pub memory_id: MemoryId,
    pub kind: MemoryKind,
    pub category: String,
    /// For sellers their keyed hash.
    pub key: String,
    /// No personal data.
    pub data: serde_json::Value,
    pub embedding: Option<Vec<f32>>,
    /// 0–1.
    pub confidence: f64,
    pub source: String,
    pub access_count: u32,
    pub last_accessed: Option<Utc>,
    pub created_at: Utc,
    pub updated_at: Utc,
    pub expires_at: Option<Utc>,
}
