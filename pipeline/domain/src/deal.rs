//! A chance to buy: a listing with what it would cost, bring and risk.

use serde::{Deserialize, Serialize};

use crate::decision::Reason;
use crate::economics::{LandedCosts, Proceeds, SaleRoute, ValueDistribution};
use crate::fees::Fees;
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::selling::ListingPlan;
use crate::valuation::Basis;
use crate::{Cents, Currency, DaysToSell, ItemId, ListingKey, Platform, Quantiles, SellerType, Utc};

lifecycle! {
    /// Where a deal stands.
    DealStatus of "a deal" {
        Discovered = "discovered", Analyzing = "analyzing", AwaitingApproval = "awaiting_approval",
        Approved = "approved", Negotiating = "negotiating", Purchased = "purchased", Passed = "passed",
        Expired = "expired",
    }
    /// What happens to a deal.
    DealEvent {
        Analyze = "analyze", AskOwner = "ask_owner", Approve = "approve", Negotiate = "negotiate",
        Purchase = "purchase", Pass = "pass", Expire = "expire",
    }
    Discovered: Analyze => Analyzing, Pass => Passed, Expire => Expired;
    Analyzing: AskOwner => AwaitingApproval, Approve => Approved, Pass => Passed, Expire => Expired;
    AwaitingApproval: Approve => Approved, Pass => Passed, Expire => Expired;
    Approved: Negotiate => Negotiating, Purchase => Purchased, Pass => Passed, Expire => Expired;
    Negotiating: Purchase => Purchased, Pass => Passed, Expire => Expired;
}

words! {
    /// How soon to look at it.
    Priority { High = "high", Normal = "normal", Low = "low" }
}

words! {
    /// Why a deal is risky.
    RiskCode {
        Volatile = "volatile", VeryVolatile = "very_volatile", LowDemand = "low_demand",
        Platform = "platform", Seller = "seller", ThinMargin = "thin_margin", FewComps = "few_comps",
        TooGood = "too_good", UnclearCondition = "unclear_condition",
    }
}

impl RiskCode {
    /// In words.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::Volatile => "comparable prices spread more than 30 % of their median",
            Self::VeryVolatile => "comparable prices spread more than 50 % of their median",
            Self::LowDemand => "such items leave slowly (demand below 0.3)",
            Self::Platform => "the venue's own risk",
            Self::Seller => "no seller rating, or one below 4",
            Self::ThinMargin => "margin below 20 %",
            Self::FewComps => "fewer than 5 comparables",
            Self::TooGood => "asked less than 98 % of the value's distribution: too good to be true",
            Self::UnclearCondition => "the condition is not stated",
        }
    }
}

/// One reason for risk and what it adds to the score.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct RiskFactor {
    pub code: RiskCode,
    pub addition: f64,
}

/// The sum of its factors, capped at 1.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Risk {
    pub score: f64,
    pub factors: Vec<RiskFactor>,
}

impl Risk {
    /// The sum of the factors, capped at 1.
    #[must_use]
    pub fn new(factors: Vec<RiskFactor>) -> Self {
        let sum: f64 = factors.iter().map(|factor| factor.addition).sum();
        // Additions are hundredths: the sum's floating-point dust would miss a limit by a hair.
        Self { score: ((sum * 1e4).round() / 1e4).min(1.0), factors }
    }

    /// Whether a factor is among them.
    #[must_use]
    pub fn has(&self, code: RiskCode) -> bool {
        self.factors.iter().any(|factor| factor.code == code)
    }
}

/// What to look at before paying for something too good to be true.
pub const FRAUD_CHECKS: [&str; 7] = [
    "see the item itself, switched on, before any money changes hands",
    "search for the pictures and the text elsewhere: copied advertisements are common",
    "check the serial number or IMEI for theft, unpaid instalments and activation lock",
    "make sure the price is for the whole item: not a deposit, a monthly rate, a part or an empty box",
    "look at the seller's age, ratings and other listings",
    "pay in a way that can be reversed, never by gift card, wire or to a third person",
    "leave when hurried, sent to another site, or asked for a code",
];

words! {
    /// What the owner should know about the figures.
    Note {
        AskedBasis = "asked_basis", AskedBasisLearned = "asked_basis_learned",
        SpeedAssumed = "speed_assumed", SpeedLearned = "speed_learned", DemandUnknown = "demand_unknown",
        VolatilityUnknown = "volatility_unknown", ShippingAssumed = "shipping_assumed",
        FeesUncertain = "fees_uncertain", FeesAssumed = "fees_assumed", FeesBackdated = "fees_backdated",
        VenueLeftOut = "venue_left_out",
    }
}

impl Note {
    /// In words.
    #[must_use]
    pub fn explain(self) -> &'static str {
        match self {
            Self::AskedBasis => {
                "no sold basis: the value is what such items are offered for, less the assumed discount to a sale"
            }
            Self::AskedBasisLearned => {
                "no sold basis: the value is what such items are offered for, less the discount learned from known sales"
            }
            Self::SpeedAssumed => "the days to sell are assumed: too few exits were seen to learn them from",
            Self::SpeedLearned => {
                "the days to sell are learned from listings that left, sold or not: the most that the speed can be"
            }
            Self::DemandUnknown => "demand was not measured: 0.5 is assumed",
            Self::VolatilityUnknown => "too few comparables to say how much prices spread",
            Self::ShippingAssumed => "the seller's shipping price is not known: the configured one is used",
            Self::FeesUncertain => "the best venue's fee schedule stands on an uncertain source",
            Self::FeesAssumed => {
                "the best venue has no fee schedule: the share set for unknown venues is used"
            }
            Self::FeesBackdated => "no fee schedule that old is known: the earliest one is used",
            Self::VenueLeftOut => "a venue was left out: its fees are not known in this currency",
        }
    }
}

/// A venue as a place to sell, weighed against the others.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VenueOption {
    pub platform: Platform,
    #[serde(flatten)]
    pub plan: ListingPlan,
}

/// The numbers of a deal that could be valued and has a price. Money in minor units of the
/// deal's currency.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Figures {
    /// The ask.
    pub purchase_price: Cents,
    pub costs: LandedCosts,
    pub landed_cost: Cents,
    pub basis: Basis,
    /// What the valuation was multiplied by to become a sale price; 1 on a sold basis.
    pub ask_to_sale: f64,
    /// Whether that share was learned from known sales.
    pub ask_to_sale_learned: bool,
    /// The valuation as it came, before `ask_to_sale`.
    pub value: Quantiles,
    /// The distribution of the sale price given the ask: a low one says that the thing may be worse
    /// than it seems. `None` where the ask says nothing of it; then it is `value × ask_to_sale`.
    #[serde(default)]
    pub given_ask: Option<Quantiles>,
    /// Median sale price.
    pub estimated_sale_price: Cents,
    /// `estimated_sale_price − purchase_price`.
    pub profit_potential: Cents,
    /// The sale at `estimated_sale_price` on the best venue.
    pub proceeds: Proceeds,
    pub net_profit: Cents,
    /// `net_profit ÷ purchase_price`.
    pub profit_margin: f64,
    /// `net_profit ÷ landed_cost`.
    pub roi: f64,
    /// `roi × 365 ÷ expected days`: simple, not compounded.
    pub annualised_roi: f64,
    /// How to sell it best.
    pub route: SaleRoute,
    pub plan: ListingPlan,
    /// From payment to sale at the plan's price.
    pub days_to_sell: DaysToSell,
    /// All venues weighed, best first.
    pub venues: Vec<VenueOption>,
    /// Expected net proceeds of the plan − landed cost.
    pub expected_profit: Cents,
    /// Mean of the loss over the value's distribution, gains as 0.
    pub expected_loss: Cents,
    /// What that loss weighs in the rank: risk aversion × `expected_loss`.
    pub risk_charge: Cents,
    /// Probability that net profit is below 0, if the offer is an honest one.
    pub p_loss: f64,
    /// Chance that the offer is an honest one: that the thing comes when it is paid.
    #[serde(default = "certain")]
    pub honest: f64,
    /// Whether a fraud could keep the money: paid before it comes, at a venue that gives nothing back.
    #[serde(default)]
    pub pays_blindly: bool,
    /// Risk without the thin-margin factor, which depends on the price paid.
    pub base_risk: f64,
    pub profit_score: f64,
    /// Risk-adjusted expected profit per unit of capital and day.
    pub rank_score: f64,
}

impl Figures {
    /// The distribution of the sale price; `None` never happens for figures that `score` made.
    #[must_use]
    pub fn sale_distribution(&self) -> Option<ValueDistribution> {
        match &self.given_ask {
            Some(given) => ValueDistribution::new(given, 1.0),
            None => ValueDistribution::new(&self.value, self.ask_to_sale),
        }
    }

    /// The median sale price of such a thing, whatever is asked for this one.
    #[must_use]
    pub fn usual_sale_price(&self) -> Cents {
        self.value.expected().share(self.ask_to_sale)
    }

    /// The best venue.
    #[must_use]
    pub fn best_platform(&self) -> &Platform {
        &self.route.platform
    }

    /// The venue's bill at the estimated sale price.
    #[must_use]
    pub fn fees(&self, currency: Currency) -> Fees {
        let (price, route) = (self.estimated_sale_price, &self.route);
        route.fee.explain(price, route.shipping_charged, route.buyer_tax(price), currency)
    }

    /// Returns, refurbishing and handling of the sale, travel, time and tax of the purchase.
    #[must_use]
    pub fn other_costs(&self) -> Cents {
        let (sale, costs) = (&self.proceeds, &self.costs);
        sale.returns
            + sale.refurbishing
            + sale.handling
            + costs.travel
            + costs.time
            + costs.tax(self.purchase_price)
    }

    /// From the ask to the net profit, line by line: name and amount, costs negative. The lines
    /// after the first add up to `net_profit`.
    #[must_use]
    pub fn lines(&self) -> Vec<(&'static str, Cents)> {
        let (sale, costs) = (&self.proceeds, &self.costs);
        let mut lines = vec![
            ("estimated sale", self.estimated_sale_price),
            ("shipping charged to the buyer", self.route.shipping_charged),
            ("platform fees", -sale.platform_fees),
            ("payment fees", -sale.payment_fees),
            ("shipping to the buyer", -sale.shipping),
            ("expected returns", -sale.returns),
            ("refurbishing", -sale.refurbishing),
            ("packing or hand-over", -sale.handling),
            ("purchase price", -self.purchase_price),
            ("inbound shipping", -costs.inbound_shipping),
            ("travel", -costs.travel),
            ("owner's time", -costs.time),
            ("tax on the purchase", -costs.tax(self.purchase_price)),
        ];
        lines.retain(|(_, amount)| amount.0 != 0);
        lines
    }

    /// Net profit when bought at another price.
    #[must_use]
    pub fn net_profit_at(&self, price: Cents) -> Cents {
        self.proceeds.net - self.costs.landed(price)
    }

    /// Expected profit of the selling plan when bought at another price.
    #[must_use]
    pub fn expected_profit_at(&self, price: Cents) -> Cents {
        self.plan.expected_net - self.costs.landed(price)
    }

    /// The same with the chance that nothing ever comes.
    #[must_use]
    pub fn expected_gain_at(&self, price: Cents) -> Cents {
        self.expected_profit_at(price).share(self.honest) - self.fraud_loss_at(price)
    }

    /// The chance of a fraud times what it would cost: the way and the hours, and the price where a
    /// fraud could keep it.
    #[must_use]
    pub fn fraud_loss_at(&self, price: Cents) -> Cents {
        let lost =
            if self.pays_blindly { self.costs.landed(price) } else { self.costs.travel + self.costs.time };
        lost.share(1.0 - self.honest)
    }

    /// Risk score when bought at another price.
    #[must_use]
    pub fn risk_at(&self, price: Cents) -> f64 {
        let thin = (self.net_profit_at(price).0 as f64) < THIN_MARGIN * price.0 as f64;
        let addition = if thin { THIN_MARGIN_RISK } else { 0.0 };
        (((self.base_risk + addition) * 1e4).round() / 1e4).min(1.0)
    }
}

fn certain() -> f64 {
    1.0
}

/// A margin below this is a risk.
pub const THIN_MARGIN: f64 = 0.20;
/// What a thin margin adds to the risk score.
pub const THIN_MARGIN_RISK: f64 = 0.2;

/// A chance to buy an item: one row per item and episode.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    pub item_id: ItemId,
    /// 1, and one more for each price drop since.
    pub episode: u32,
    pub key: ListingKey,
    pub title: String,
    pub category: String,
    pub currency: Currency,
    pub seller_key: Option<String>,
    pub seller_kind: Option<SellerType>,
    /// `None` when there is no price or no estimate; `status_reason` says which.
    pub figures: Option<Figures>,
    pub risk: Risk,
    /// 0–1; 0.5 when unknown.
    pub demand_score: f64,
    pub comp_count: u32,
    /// How underpriced it looks, on the price model's own scale.
    pub underpriced: Option<f64>,
    pub priority: Priority,
    pub status: DealStatus,
    /// What stands against it, whatever the limits are. Empty for a deal that can be decided on.
    pub status_reason: Vec<Reason>,
    pub notes: Vec<Note>,
    pub model_version: String,
    pub discovered_at: Utc,
    pub analyzed_at: Option<Utc>,
    pub expires_at: Option<Utc>,
    pub last_updated: Utc,
}

impl Deal {
    /// What to check before paying, when the ask is too good to be true; else nothing.
    #[must_use]
    pub fn check_list(&self) -> &'static [&'static str] {
        if self.risk.has(RiskCode::TooGood) { &FRAUD_CHECKS } else { &[] }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lifecycle::Lifecycle as _;

    #[test]
    fn a_deal_moves_on_and_stays_ended() {
        use DealEvent as E;
        use DealStatus as S;
        let path = [E::Analyze, E::AskOwner, E::Approve, E::Negotiate, E::Purchase];
        let end = path.into_iter().try_fold(S::Discovered, S::next);
        assert_eq!(end, Ok(S::Purchased));
        assert_eq!(S::Approved.next(E::Purchase), Ok(S::Purchased));
        assert!(S::Discovered.next(E::Approve).is_err());
        for state in S::ALL.iter().filter(|state| state.is_final()) {
            assert!(E::ALL.iter().all(|event| state.next(*event).is_err()), "{state}");
        }
        for state in S::ALL.iter().filter(|state| !state.is_final()) {
            assert_eq!(state.next(E::Expire), Ok(S::Expired));
            assert_eq!(state.next(E::Pass), Ok(S::Passed));
        }
    }

    #[test]
    fn risk_adds_up_to_at_most_one() {
        let factor = |code, addition| RiskFactor { code, addition };
        let some = Risk::new(vec![factor(RiskCode::Platform, 0.3), factor(RiskCode::Seller, 0.1)]);
        assert!((some.score - 0.4).abs() < f64::EPSILON && some.has(RiskCode::Seller));
        let most = Risk::new(RiskCode::ALL.iter().map(|code| factor(*code, 0.2)).collect());
        assert!((most.score - 1.0).abs() < f64::EPSILON);
    }
}
