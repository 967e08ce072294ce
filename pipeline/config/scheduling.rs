//! When the program works by itself. Doc comments here are the reference that owners read.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// When `autobazaaar schedule` does what. Cron expressions of five fields (minute, hour, day, month,
/// weekday), in UTC. Options of the command win over these.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct ScheduleConfig {
    /// A pass over every stage: read, value, decide.
    pub run: String,
    /// What is due in deals: follow-ups, mark-downs, what has not come in time.
    pub act: String,
    /// The profit report.
    pub report: String,
}

impl Default for ScheduleConfig {
    fn default() -> Self {
        Self { run: "*/15 * * * *".to_owned(), act: "*/5 * * * *".to_owned(), report: "0 6 * * *".to_owned() }
    }
}
