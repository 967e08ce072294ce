//! What must never be (R1 to R10), checked by the same functions in tests, in simulations and at run
//! time: the state alone, the state against what the world wrote down, decisions, and the lake.
//!
//! | | what | where |
//! |---|---|---|
//! | R1 | entries sum to zero; balances are the sum of postings | store |
//! | R2 | holds closed once, within what was available; cash is what the world says | store, `money` |
//! | R3 | nothing above a limit; nothing while all is stopped or beyond a cap | store, `limits` |
//! | R4 | an effect happens at most once, and none that happened is lost | store, `effects` |
//! | R5 | what was acknowledged is in the lake exactly once | `lake` |
//! | R6 | only legal changes of state; each purchase outside is one in the books | store, `effects` |
//! | R7 | a decision made again is the same | `replay` |
//! | R8 | nothing outside without the right and the approval | `limits` |
//! | R9 | nothing to a suppressed address | store, `limits` |
//! | R10 | what is published is whole | `lake` |

mod effects;
mod lake;
mod limits;
mod money;
mod replay;

use autobazaaar_domain::effect::{Effect, EffectState};
use autobazaaar_domain::{Cents, Utc};
use autobazaaar_store::{Reader, Store, StoreError};
use serde::Serialize;

use crate::execute::market::{Deed, Receipt};

pub use lake::of_lake;
pub use replay::of_decisions;

/// Something that must never be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// `R1` to `R10`, as the design numbers them.
    pub rule: &'static str,
    /// The check that found it.
    pub check: &'static str,
    /// The record it is about.
    pub subject: String,
    pub found: String,
}

impl Violation {
    fn new(
        rule: &'static str,
        check: &'static str,
        subject: impl ToString,
        found: impl Into<String>,
    ) -> Self {
        Self { rule, check, subject: subject.to_string(), found: found.into() }
    }
}

impl std::fmt::Display for Violation {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} ({}): {} {}", self.rule, self.check, self.subject, self.found)
    }
}

/// A deed as the world wrote it down.
#[derive(Debug, Clone, PartialEq)]
pub struct SeenDeed {
    pub at: Utc,
    /// The id that came with it.
    pub effect: String,
    pub deed: Deed,
    /// `None`: it was refused.
    pub receipt: Option<Receipt>,
}

/// What the world knows of us. Amounts are minor units of the one currency it trades in.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Outside {
    /// Every deed that reached it, in order.
    pub deeds: Vec<SeenDeed>,
    /// Paid for purchases, less what came back.
    pub spent: Cents,
    /// Sum of all payouts.
    pub paid_out: Cents,
    /// The venues where we may act.
    pub venues: Vec<String>,
}

/// Everything that the state alone shows; empty when all is well.
///
/// # Errors
/// The store cannot be read.
pub async fn of_state(store: &Store) -> Result<Vec<Violation>, StoreError> {
    let found = store.check().await?;
    let mut violations: Vec<Violation> =
        found.into_iter().map(|v| Violation::new(v.rule, v.query, v.subject, v.found)).collect();
    let mut reader = store.read().await?;
    violations.extend(limits::approved(&mut reader).await?);
    Ok(violations)
}

/// Everything that shows when the state is held against what the world wrote down, beside
/// [`of_state`]. An effect in doubt is one that may still be on its way: it is no violation.
///
/// # Errors
/// The store cannot be read.
pub async fn against_the_world(store: &Store, outside: &Outside) -> Result<Vec<Violation>, StoreError> {
    let mut reader = store.read().await?;
    let outbox = outbox(&mut reader).await?;
    let mut violations = effects::once(&outbox, outside);
    violations.extend(effects::bought(&mut reader, outside).await?);
    violations.extend(limits::within(&mut reader, &outbox, outside).await?);
    violations.extend(limits::silent(&mut reader, &outbox, outside).await?);
    violations.extend(money::counted(&mut reader, &outbox, outside).await?);
    Ok(violations)
}

/// The outbox with all that was ever in it.
async fn outbox(reader: &mut Reader<'_>) -> Result<Vec<Effect>, StoreError> {
    let mut all = Vec::new();
    for state in EffectState::ALL {
        all.extend(reader.effects(*state, u32::MAX).await?);
    }
    Ok(all)
}

#[cfg(test)]
mod tests;
