//! How we deal: the owner, the times, the prices of what we sell.

use autobazaaar_domain::{Cents, Currency};
use autobazaaar_negotiation::Playbook;
use autobazaaar_negotiation::writing::Owner;

/// What the executor goes by.
#[derive(Debug, Clone)]
pub struct Settings {
    pub owner: Owner,
    pub playbook: Playbook,
    /// Hours that an offer of ours stands.
    pub offer_hours: i64,
    /// Days after which an item that did not sell gets cheaper, and by what share.
    pub reprice_days: i64,
    pub reprice_step: f64,
    /// Lowest ask of ours as a share of the planned one.
    pub floor_share: f64,
    /// How far the plan made of the estimate is followed against what the seller asked, 0–1: the
    /// model knows the market, the seller knows the thing, and what looked underpriced is
    /// overestimated more often than not.
    pub trust_in_estimate: f64,
    /// Photos that the owner takes of what comes in.
    pub photos: u32,
    /// Days after payment until a purchase that has not come is claimed back.
    pub wait_days: i64,
    /// Messages and money of a day; 0 allows nothing.
    pub messages_a_day: i64,
    pub spending_a_day: Vec<(Currency, Cents)>,
}

impl Settings {
    /// Offers for two days; a tenth off every three days, down to 60 % of the planned ask or to where
    /// nothing is lost, whichever is lower: money that is tied up earns nothing.
    #[must_use]
    pub fn new(owner: Owner, messages_a_day: i64, spending_a_day: Vec<(Currency, Cents)>) -> Self {
        Self {
            owner,
            playbook: Playbook::default(),
            offer_hours: 48,
            reprice_days: 3,
            reprice_step: 0.10,
            floor_share: 0.6,
            trust_in_estimate: 0.5,
            photos: 0,
            wait_days: 21,
            messages_a_day,
            spending_a_day,
        }
    }
}
