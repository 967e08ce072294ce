//! What was done, stage by stage.

use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{RunId, Utc};

words! {
    /// The pipeline's stages, in the order the data flows.
    Stage {
        Ingest = "ingest",
        /// What the store tells of deals, replies, sales and money, into the lake.
        Outcomes = "outcomes",
        Enrich = "enrich", Train = "train", Score = "score",
        Decide = "decide", Publish = "publish", Report = "report",
    }
}

words! {
    /// How far a run or a stage came.
    RunState { Running = "running", Finished = "finished", Failed = "failed", Abandoned = "abandoned" }
}

/// One stage of one run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct StageRecord {
    pub stage: Stage,
    pub state: RunState,
    pub started_at: Utc,
    pub finished_at: Option<Utc>,
    pub rows_in: u64,
    pub rows_out: u64,
    pub rows_rejected: u64,
    pub seconds: f64,
    /// Highest resident memory of the process so far, bytes.
    pub peak_memory_bytes: u64,
    pub error: Option<String>,
}

/// One pass, or one stage run alone.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub run_id: RunId,
    /// The command that started it: `run`, `ingest`, …
    pub kind: String,
    pub state: RunState,
    pub started_at: Utc,
    pub finished_at: Option<Utc>,
    pub stages: Vec<StageRecord>,
    pub model_version: Option<String>,
    /// Hash of the effective configuration.
    pub config_hash: String,
    pub error: Option<String>,
}
