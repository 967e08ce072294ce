//! How we deal: the owner, the times, the prices of what we sell.

use std::collections::BTreeSet;

use autobazaaar_domain::{Cents, Currency, Platform, Utc, Zone};
use autobazaaar_negotiation::Playbook;
use autobazaaar_negotiation::selling::SellingParameters;
use autobazaaar_negotiation::strategy::QuietHours;
use autobazaaar_negotiation::writing::Owner;

/// Where something may be done without asking the owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Right {
    /// On the simulated market.
    Everywhere,
    /// On these venues alone.
    At(BTreeSet<Platform>),
}

impl Right {
    /// Whether it holds on a venue.
    #[must_use]
    pub fn at(&self, platform: &Platform) -> bool {
        match self {
            Self::Everywhere => true,
            Self::At(platforms) => platforms.contains(platform),
        }
    }
}

/// What may be done without a word of the owner, within every limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rights {
    /// A message goes out as it is worded; else the owner says yes to each.
    pub contact: Right,
    /// A deal is taken on that costs no more than may be spent unasked; else the owner says yes to each.
    pub buy: Right,
}

/// What the executor goes by.
#[derive(Debug, Clone)]
pub struct Settings {
    pub owner: Owner,
    pub playbook: Playbook,
    /// How we come down for buyers.
    pub selling: SellingParameters,
    /// What may be done without a word of the owner.
    pub rights: Rights,
    /// When nobody is written to; `None`: never.
    pub quiet: Option<(QuietHours, Zone)>,
    /// Hours that an offer of ours stands.
    pub offer_hours: i64,
    /// Days after which an item that did not sell gets cheaper, and by what share.
    pub reprice_days: i64,
    pub reprice_step: f64,
    /// Lowest ask of ours as a share of the planned one.
    pub floor_share: f64,
    /// Photos that the owner takes of what comes in.
    pub photos: u32,
    /// Days after payment until a purchase that has not come is claimed back.
    pub wait_days: i64,
    /// Messages and money of a day; 0 allows nothing.
    pub messages_a_day: i64,
    pub spending_a_day: Vec<(Currency, Cents)>,
}

impl Settings {
    /// For the simulated market, where all may be done: a real one sets its [`Rights`].
    /// Offers for two days; a tenth off every three days, down to 60 % of the planned ask or to where
    /// nothing is lost, whichever is lower: money that is tied up earns nothing.
    #[must_use]
    pub fn new(owner: Owner, messages_a_day: i64, spending_a_day: Vec<(Currency, Cents)>) -> Self {
        Self {
            owner,
            playbook: Playbook::default(),
            selling: SellingParameters::default(),
            rights: Rights { contact: Right::Everywhere, buy: Right::Everywhere },
            quiet: None,
            offer_hours: 48,
            reprice_days: 3,
            reprice_step: 0.10,
            floor_share: 0.6,
            photos: 0,
            wait_days: 21,
            messages_a_day,
            spending_a_day,
        }
    }

    /// The first moment from `at` on when somebody may be written to.
    #[must_use]
    pub fn may_write_from(&self, at: Utc) -> Utc {
        self.quiet.map_or(at, |(hours, zone)| hours.next_open(at, zone))
    }
}
