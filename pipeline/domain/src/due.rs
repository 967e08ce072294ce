//! Jobs and timers: rows with a due time.
//!
//! A job is a nudge ("look at negotiation X"), the state is the truth: losing or doubling one is
//! harmless.

use chrono::Duration;
use serde::{Deserialize, Serialize};

use crate::ids::DueId;
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Priority, Utc};

lifecycle! {
    /// How far a job is.
    DueState of "a job" {
        Waiting = "waiting",
        /// A worker has it until its lease ends.
        Running = "running",
        Done = "done",
        /// Kept, to be looked at; the owner may have it tried again.
        Failed = "failed",
    }
    /// What happens to a job.
    DueEvent {
        Claim = "claim", Finish = "finish",
        /// Failed for now; tried again later. Also: its worker died.
        PutBack = "put_back",
        /// Failed for good.
        Fail = "fail",
        /// Tried again on the owner's word.
        Retry = "retry",
        /// Not needed any more.
        Drop = "drop",
    }
    Waiting: Claim => Running, Drop => Done;
    Running: Finish => Done, PutBack => Waiting, Fail => Failed;
    Failed: Retry => Waiting, Drop => Done;
}

words! {
    /// Why a job failed.
    FailureCode {
        InvalidInput = "invalid_input", AuthenticationFailed = "authentication_failed",
        InsufficientFunds = "insufficient_funds", NotFound = "not_found",
        ConnectionRefused = "connection_refused", TimedOut = "timed_out", RateLimited = "rate_limited",
        Unavailable = "unavailable",
        /// The worker died with it.
        WorkerLost = "worker_lost",
    }
}

impl FailureCode {
    /// Trying again may help.
    #[must_use]
    pub fn is_transient(self) -> bool {
        use FailureCode as F;
        matches!(self, F::ConnectionRefused | F::TimedOut | F::RateLimited | F::Unavailable | F::WorkerLost)
    }
}

/// A job or timer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Due {
    pub due_id: DueId,
    /// What to do: `negotiation.sweep`, `hold.expire`, …
    pub kind: String,
    /// The id of the record to look at; with the kind it is there at most once while open.
    pub subject: String,
    pub due_at: Utc,
    pub priority: Priority,
    pub state: DueState,
    /// How often it was begun.
    pub attempts: u32,
    pub max_attempts: u32,
    pub payload: Option<serde_json::Value>,
    pub last_error: Option<String>,
    pub failure: Option<FailureCode>,
    pub worker: Option<String>,
    pub lease_until: Option<Utc>,
    pub created_at: Utc,
    pub finished_at: Option<Utc>,
}

/// How often a job is begun unless it says otherwise.
pub const MAX_ATTEMPTS: u32 = 3;
/// Jobs of one kind at a time unless the kind says otherwise.
pub const CONCURRENCY: u32 = 3;
const FIRST_PAUSE_MS: i64 = 2_000;
const LONGEST_PAUSE_MS: i64 = 3_600_000;

/// How long to wait after the given number of attempts: 2 s doubled with each, up to an hour, the
/// second half of it by chance ("equal jitter"), so that what failed together is not tried together.
#[must_use]
pub fn back_off(attempts: u32, random: u128) -> Duration {
    let doublings = attempts.saturating_sub(1).min(20);
    let most = (FIRST_PAUSE_MS << doublings).min(LONGEST_PAUSE_MS);
    let half = most / 2;
    let jitter = i64::try_from(random % (half as u128 + 1)).unwrap_or(half);
    Duration::milliseconds(half + jitter)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn pauses_double_up_to_an_hour() {
        let least = |attempts| back_off(attempts, 0).num_milliseconds();
        assert_eq!([1, 2, 3, 4].map(least), [1_000, 2_000, 4_000, 8_000]);
        assert_eq!([0, 30, u32::MAX].map(least), [1_000, 1_800_000, 1_800_000]);
    }

    proptest! {
        #[test]
        fn a_pause_lies_between_half_and_whole(attempts in any::<u32>(), random in any::<u128>()) {
            let (pause, half) = (back_off(attempts, random), back_off(attempts, 0));
            prop_assert!(pause >= half && pause <= half * 2);
        }
    }
}
