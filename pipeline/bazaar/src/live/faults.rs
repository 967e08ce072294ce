//! What goes wrong between us and the market, by plan.

use serde::{Deserialize, Serialize};

use crate::dice::Dice;

/// Chances of faults, 0–1 each, drawn per call from a seed of its own. The market itself is not
/// changed by them, only what we hear of it.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Faults {
    pub seed: u64,
    /// A deed happens, its answer is lost.
    pub lost_after: f64,
    /// A deed is lost on its way.
    pub lost_before: f64,
    /// Turned away with "too many requests".
    pub rate_limited: f64,
    /// Turned away with "unavailable".
    pub unavailable: f64,
    /// A message of the inbox comes again, later.
    pub duplicated: f64,
    /// A batch of messages comes in another order.
    pub reordered: f64,
    /// A page is cut off or garbled.
    pub malformed: f64,
    /// An answer takes long ([`super::Bazaar::last_call_ms`]).
    pub slow: f64,
    /// A message's own time is off by up to three days, either way.
    pub clock_off: f64,
}

impl Faults {
    /// All kinds, each with this chance.
    #[must_use]
    pub fn all(seed: u64, chance: f64) -> Self {
        Self {
            seed,
            lost_after: chance,
            lost_before: chance,
            rate_limited: chance,
            unavailable: chance,
            duplicated: chance,
            reordered: chance,
            malformed: chance,
            slow: chance,
            clock_off: chance,
        }
    }

    pub(super) fn dice(&self, call: u64) -> Dice {
        Dice::new(self.seed, call, 40)
    }
}

/// How one call fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Luck {
    Fine,
    LostBefore,
    LostAfter,
    RateLimited,
    Unavailable,
}

impl Faults {
    /// The luck of a deed.
    pub(super) fn luck(&self, dice: &mut Dice) -> Luck {
        for (chance, luck) in [
            (self.lost_before, Luck::LostBefore),
            (self.lost_after, Luck::LostAfter),
            (self.rate_limited, Luck::RateLimited),
            (self.unavailable, Luck::Unavailable),
        ] {
            if dice.chance(chance) {
                return luck;
            }
        }
        Luck::Fine
    }
}
