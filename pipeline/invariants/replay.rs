//! R7: a decision made again on the same inputs is the same.

use autobazaaar_domain::{Deal, Decision, Utc};

use super::Violation;
use crate::decide::{Limits, Portfolio, decide};

/// Decides once more, and names each decision that came out otherwise.
#[must_use]
pub fn of_decisions(
    decided: &[Decision],
    deals: &[Deal],
    limits: &Limits,
    portfolio: &Portfolio,
    now: Utc,
) -> Vec<Violation> {
    let again = decide(deals, limits, portfolio, now);
    if again.len() != decided.len() {
        let found = format!("{} decisions, made again {}", decided.len(), again.len());
        return vec![Violation::new("R7", "replay", "pass", found)];
    }
    let differ = decided.iter().zip(&again).filter(|(first, second)| first != second);
    differ.map(|(first, _)| Violation::new("R7", "replay", &first.key, "is decided otherwise now")).collect()
}
