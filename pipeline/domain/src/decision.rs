//! What to do about a deal, and why.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::listing::words;
use crate::{Cents, ItemId, ListingKey, Money, Utc};

words! {
    /// What to do.
    Action {
        /// At the ask.
        Buy = "buy",
        /// Offer less than the ask.
        Negotiate = "negotiate",
        /// Nothing.
        Pass = "pass",
    }
}

words! {
    /// Who decided.
    DecidedBy { Rule = "rule", Owner = "owner" }
}

words! {
    /// How to talk to the seller.
    Strategy {
        FriendlyLocal = "friendly_local", ProfessionalBuyer = "professional_buyer",
        UrgentCash = "urgent_cash", Collector = "collector",
    }
}

impl Strategy {
    /// Opening offer as a share of the ask.
    #[must_use]
    pub fn opening_share(self) -> f64 {
        match self {
            Self::FriendlyLocal => 0.70,
            Self::ProfessionalBuyer => 0.65,
            Self::UrgentCash => 0.60,
            Self::Collector => 0.75,
        }
    }

    /// The most the baseline negotiator offers, as a share of the ask.
    #[must_use]
    pub fn most_share(self) -> f64 {
        match self {
            Self::FriendlyLocal => 0.85,
            Self::ProfessionalBuyer => 0.80,
            Self::UrgentCash => 0.75,
            Self::Collector => 0.90,
        }
    }
}

words! {
    /// Why a deal was taken or left.
    ReasonCode {
        PassedWantedAd = "passed_wanted_ad",
        PassedService = "passed_service",
        PassedPartPayment = "passed_part_payment",
        PassedPresence = "passed_presence",
        PassedNoAsk = "passed_no_ask",
        PassedNoEstimate = "passed_no_estimate",
        PassedNoVenue = "passed_no_venue",
        PassedDuplicateItem = "passed_duplicate_item",
        PassedExpired = "passed_expired",
        PassedTooGood = "passed_too_good",
        PassedDoubtful = "passed_doubtful",
        PassedCurrency = "passed_currency",
        PassedItemMax = "passed_item_max",
        PassedMinProfit = "passed_min_profit",
        PassedMinMargin = "passed_min_margin",
        PassedMinRoi = "passed_min_roi",
        PassedMinComps = "passed_min_comps",
        PassedMaxSpread = "passed_max_spread",
        PassedMinDemand = "passed_min_demand",
        PassedMaxRisk = "passed_max_risk",
        PassedMaxPLoss = "passed_max_p_loss",
        PassedNoSurplus = "passed_no_surplus",
        PassedBudget = "passed_budget",
        PassedCategoryShare = "passed_category_share",
        PassedSellerShare = "passed_seller_share",
        PassedItemsPerWeek = "passed_items_per_week",
        PassedOpenNegotiations = "passed_open_negotiations",
        PassedUnderWay = "passed_under_way",
        ApprovedBuy = "approved_buy",
        ApprovedNegotiate = "approved_negotiate",
        NeedsApproval = "needs_approval",
        CheckFraud = "check_fraud",
    }
}

impl ReasonCode {
    /// One line of explanation, to stand before the numbers.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::PassedWantedAd => "the advertisement looks for things to buy",
            Self::PassedService => "the advertisement offers work, not a thing",
            Self::PassedPartPayment => "its price is a first payment, a rate or a lease to take over",
            Self::PassedPresence => "the listing is not known to be there any more",
            Self::PassedNoAsk => "there is no price to buy at",
            Self::PassedNoEstimate => "nothing is known to value it by",
            Self::PassedNoVenue => "no venue is open to sell it on in this currency",
            Self::PassedDuplicateItem => "the same item is considered under another listing",
            Self::PassedExpired => "the listing has ended",
            Self::PassedTooGood => "the ask is so far below the value that it is not meant as a price",
            Self::PassedDoubtful => {
                "it is hardly an honest offer: somebody would have taken it, had it been one"
            }
            Self::PassedCurrency => "there is no budget in this currency",
            Self::PassedItemMax => "it costs more than one item may",
            Self::PassedMinProfit => "net profit is below the minimum",
            Self::PassedMinMargin => "net profit is too small a share of the price",
            Self::PassedMinRoi => "net profit is too small a share of the landed cost",
            Self::PassedMinComps => "too few comparables to be sure of the value",
            Self::PassedMaxSpread => "the value is too uncertain: its 80 % interval is too wide",
            Self::PassedMinDemand => "such items sell too slowly",
            Self::PassedMaxRisk => "the risk score is above the limit",
            Self::PassedMaxPLoss => "the chance of a loss is above the limit",
            Self::PassedNoSurplus => "no action is worth more than doing nothing",
            Self::PassedBudget => "it does not fit the available money",
            Self::PassedCategoryShare => "its category would hold too much of the capital",
            Self::PassedSellerShare => "its seller would hold too much of the capital",
            Self::PassedItemsPerWeek => "enough items for this week",
            Self::PassedOpenNegotiations => "enough negotiations are open",
            Self::PassedUnderWay => "it was taken on before, at this price",
            Self::ApprovedBuy => "buying at the ask is worth most",
            Self::ApprovedNegotiate => "offering less is worth most",
            Self::NeedsApproval => "it costs more than may be spent without asking the owner",
            Self::CheckFraud => "too good to be true: go through the check-list first",
        }
    }
}

/// A number of a reason.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(tag = "unit", content = "value", rename_all = "snake_case")]
pub enum Figure {
    Money(Money),
    /// 0.25 is 25 %.
    Share(f64),
    /// A score from 0 to 1.
    Score(f64),
    Count(u32),
}

impl fmt::Display for Figure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Money(money) => money.fmt(f),
            Self::Share(share) => write!(f, "{:.1} %", share * 100.0),
            Self::Score(score) => write!(f, "{score:.2}"),
            Self::Count(count) => write!(f, "{count}"),
        }
    }
}

/// A reason with the numbers that made it one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Reason {
    pub code: ReasonCode,
    /// What was found.
    pub found: Option<Figure>,
    /// What it was held against.
    pub limit: Option<Figure>,
    /// What else is needed to understand it: another listing's key, a model's note.
    pub detail: Option<String>,
}

impl Reason {
    /// A reason without numbers.
    #[must_use]
    pub fn bare(code: ReasonCode) -> Self {
        Self { code, found: None, limit: None, detail: None }
    }

    /// A reason with the text that explains it.
    #[must_use]
    pub fn with_detail(code: ReasonCode, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..Self::bare(code) }
    }

    /// A reason with what was found and what it was held against.
    #[must_use]
    pub fn measured(code: ReasonCode, found: Figure, limit: Figure) -> Self {
        Self { found: Some(found), limit: Some(limit), ..Self::bare(code) }
    }
}

impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.explain())?;
        match (&self.found, &self.limit) {
            (Some(found), Some(limit)) => write!(f, " ({found}, limit {limit})")?,
            (Some(found), None) => write!(f, " ({found})")?,
            _ => {}
        }
        self.detail.as_ref().map_or(Ok(()), |detail| write!(f, ": {detail}"))
    }
}

/// What was decided about a deal. One row per deal and decision.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Decision {
    pub item_id: ItemId,
    pub episode: u32,
    pub key: ListingKey,
    pub action: Action,
    /// Highest price at which the deal still meets every limit; `None` when there is none.
    pub max_price: Option<Cents>,
    /// First offer, when negotiating; never above `max_price`.
    pub opening_offer: Option<Cents>,
    pub strategy: Option<Strategy>,
    /// Money to set aside: the highest landed cost this decision can lead to.
    pub hold: Cents,
    /// Expected surplus of buying at the ask; `None` when the limits forbid it.
    pub surplus_buy: Option<Cents>,
    /// Expected surplus of negotiating; `None` when the limits forbid it.
    pub surplus_negotiate: Option<Cents>,
    /// Nothing happens before the owner agrees.
    pub needs_approval: bool,
    /// The deciding one first.
    pub reasons: Vec<Reason>,
    /// Money free before and after this decision; `None` without a budget in the currency.
    pub available_before: Option<Cents>,
    pub available_after: Option<Cents>,
    pub decided_by: DecidedBy,
    pub decided_at: Utc,
    /// Hash of everything the decision depends on: same hash, same decision.
    pub inputs_hash: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Currency;

    #[test]
    fn a_reason_reads_as_a_sentence() {
        let reason = Reason::measured(
            ReasonCode::PassedMinProfit,
            Figure::Money(Money::new(1_250, Currency::USD)),
            Figure::Money(Money::new(2_000, Currency::USD)),
        );
        assert_eq!(reason.to_string(), "net profit is below the minimum ($12.50, limit $20)");
        let other = Reason::with_detail(ReasonCode::PassedDuplicateItem, "ebay:1");
        assert_eq!(other.to_string(), "the same item is considered under another listing: ebay:1");
        let json = serde_json::to_string(&reason).unwrap();
        assert_eq!(serde_json::from_str::<Reason>(&json).unwrap(), reason);
    }
}
