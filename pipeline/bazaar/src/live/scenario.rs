//! Staged courses: one listing whose story is known beforehand, to show and to test.

use std::str::FromStr;

use autobazaaar_domain::{Cents, Condition, ListingKey};
use serde::{Deserialize, Serialize};

use super::Bazaar;
use super::acts::{Deed, Entry};
use super::persona::{Offered, Persona, Verdict};
use crate::ids::{MAX_THINGS, external_id};
use crate::thing::Thing;
use crate::venue::VENUES;

/// A story.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Scenario {
    /// Asked 800, worth about 1,200: the seller counters 750, sends it, and it sells.
    GoodFlip,
    /// The seller declines everything below the ask.
    Refused,
    /// The seller agrees to anything; nothing ever comes.
    Scam,
    /// As the good flip, but the buyer sends it back.
    Return,
}

impl Scenario {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::GoodFlip, Self::Refused, Self::Scam, Self::Return];

    /// The name on the command line.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::GoodFlip => "good-flip",
            Self::Refused => "refused",
            Self::Scam => "scam",
            Self::Return => "return",
        }
    }

    /// Makes the seller one who can play the part.
    pub(super) fn shape(self, persona: &mut Persona) {
        persona.silent = false;
        persona.asks_first = false;
        persona.rambles = false;
        persona.opts_out = false;
        persona.rude = false;
        persona.trick = None;
        persona.scam = self == Self::Scam;
        persona.reservation = if self == Self::Refused { 1.0 } else { 0.9375 };
    }

    /// The seller's part.
    pub(super) fn judge(self, offered: Offered) -> Verdict {
        /// 750 of 800.
        const COUNTER: f64 = 0.9375;
        match self {
            Self::Scam => Verdict::Accept,
            Self::Refused if offered.share >= 1.0 => Verdict::Accept,
            Self::Refused => Verdict::Decline,
            Self::GoodFlip | Self::Return if offered.share >= COUNTER - 1e-9 => Verdict::Accept,
            Self::GoodFlip | Self::Return => Verdict::Counter(COUNTER),
        }
    }

    /// Whether the buyer sends it back; scripted buyers never do otherwise.
    pub(super) fn returns(self) -> bool {
        self == Self::Return
    }
}

impl FromStr for Scenario {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        Self::ALL.into_iter().find(|scenario| scenario.as_str() == text).ok_or_else(|| {
            let all: Vec<_> = Self::ALL.iter().map(|scenario| scenario.as_str()).collect();
            format!("`{text}` is no scenario: expected one of {}", all.join(", "))
        })
    }
}

/// A staged listing.
#[derive(Debug, Clone, Copy)]
pub(super) struct Script {
    pub scenario: Scenario,
    pub value_dollars: f64,
}

const ASK: Cents = Cents(80_000);
const WORTH_DOLLARS: f64 = 1_200.0;

impl Bazaar {
    /// Puts up the listing of a story, now; nobody else buys it.
    pub fn scenario(&mut self, scenario: Scenario) -> ListingKey {
        let key = self.stage(scenario);
        let entry = Entry { at: self.now, effect: String::new(), deed: Deed::Stage { scenario } };
        self.journal.push(entry);
        key
    }

    pub(super) fn stage(&mut self, scenario: Scenario) -> ListingKey {
        let thing = self.cast();
        self.scripts.insert(thing.number, Script { scenario, value_dollars: WORTH_DOLLARS });
        let thing = self.thing(thing.number);
        let now = self.now;
        // A venue where things are sent and offers are made.
        let venue = self.world.venues.min(4) - 1;
        let venue = if VENUES[venue].ships >= 0.9 { venue } else { 0 };
        let copy = self.place_staged(&thing, venue, ASK, now);
        let key = ListingKey {
            platform: self.platforms[venue].clone(),
            external_id: external_id(self.seed, thing.number, (copy & 15) as u8),
        };
        self.log.text(now, "staged", scenario.as_str());
        key
    }

    /// A thing fit for the stage: honest, common, parcel-sized, worth about as much anyway.
    fn cast(&self) -> Thing {
        let base = MAX_THINGS / 2;
        let fits = |thing: &Thing| {
            let category = thing.category();
            matches!(category.name, "laptops" | "cameras" | "phones")
                && thing.junk.is_none()
                && thing.dealer.is_none()
                && (1_100.0..1_300.0).contains(&thing.value_dollars)
                && thing.condition <= Condition::Good
                && category.brands[..3].contains(&thing.brand)
                && !self.scripts.contains_key(&thing.number)
        };
        let things = (0..200_000).map(|i| Thing::new(self.world, base + i));
        things
            .into_iter()
            .find(fits)
            .unwrap_or_else(|| Thing::new(self.world, base + self.scripts.len() as u64))
    }
}
