//! The books: balanced entries, money set aside, and what moved money.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::ids::{
    DealId, EntryId, HoldId, InventoryId, NegotiationId, PurchaseId, ResaleId, SaleId, TransactionId,
};
use crate::lifecycle::lifecycle;
use crate::listing::words;
use crate::{Cents, Currency, Money, Platform, Utc};

words! {
    /// The chart of accounts; each exists once per currency. A positive posting is a debit: assets
    /// and costs grow by it, income and equity shrink.
    Account {
        /// Money at hand.
        Cash = "cash",
        /// Earned, still with the venue.
        PayoutsPending = "payouts_pending",
        /// Items in our hands or on their way, for what they cost.
        InventoryAtCost = "inventory_at_cost",
        Revenue = "revenue",
        CostOfGoodsSold = "cost_of_goods_sold",
        PlatformFees = "platform_fees",
        PaymentFees = "payment_fees",
        ShippingIn = "shipping_in",
        ShippingOut = "shipping_out",
        Refunds = "refunds",
        WriteOffs = "write_offs",
        Tax = "tax",
        /// Model calls, insertion fees.
        ServiceCosts = "service_costs",
        Adjustments = "adjustments",
        /// What the owner put in, less what was taken out.
        OwnerEquity = "owner_equity",
    }
}

impl Account {
    /// Whether its balance is part of the profit: income and costs, not assets and equity.
    #[must_use]
    pub fn is_profit(self) -> bool {
        use Account as A;
        !matches!(self, A::Cash | A::PayoutsPending | A::InventoryAtCost | A::OwnerEquity)
    }
}

/// A line of an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Posting {
    pub account: Account,
    /// Positive is a debit.
    pub amount: Money,
}

/// Why postings are no entry.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Unbalanced {
    #[error("postings in {currency} sum to {sum}: expected 0 for every currency")]
    Sum { currency: Currency, sum: i128 },
    #[error("an entry needs at least two postings that are not 0, found {found}")]
    TooFew { found: usize },
}

/// Postings that sum to zero in every currency: there is no other way to make them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Vec<Posting>", into = "Vec<Posting>")]
pub struct Postings(Vec<Posting>);

impl Postings {
    /// Checks that they balance. Postings of nothing are left out.
    ///
    /// # Errors
    /// A currency's postings do not sum to zero, or fewer than two are left.
    pub fn new(postings: impl IntoIterator<Item = Posting>) -> Result<Self, Unbalanced> {
        let postings: Vec<Posting> = postings.into_iter().filter(|p| p.amount.amount.0 != 0).collect();
        let mut sums: BTreeMap<Currency, i128> = BTreeMap::new();
        for posting in &postings {
            *sums.entry(posting.amount.currency).or_default() += i128::from(posting.amount.amount.0);
        }
        if let Some((currency, sum)) = sums.into_iter().find(|(_, sum)| *sum != 0) {
            return Err(Unbalanced::Sum { currency, sum });
        }
        if postings.len() < 2 {
            return Err(Unbalanced::TooFew { found: postings.len() });
        }
        Ok(Self(postings))
    }

    /// From amounts of one currency.
    ///
    /// # Errors
    /// As [`Self::new`].
    pub fn of(
        currency: Currency,
        lines: impl IntoIterator<Item = (Account, Cents)>,
    ) -> Result<Self, Unbalanced> {
        let posting = |(account, amount)| Posting { account, amount: Money { amount, currency } };
        Self::new(lines.into_iter().map(posting))
    }

    /// The same with the opposite signs: what takes it back.
    #[must_use]
    pub fn reversed(&self) -> Self {
        let back = |p: &Posting| Posting { amount: Money { amount: -p.amount.amount, ..p.amount }, ..*p };
        Self(self.0.iter().map(back).collect())
    }

    /// The lines.
    #[must_use]
    pub fn lines(&self) -> &[Posting] {
        &self.0
    }
}

impl TryFrom<Vec<Posting>> for Postings {
    type Error = Unbalanced;

    fn try_from(postings: Vec<Posting>) -> Result<Self, Unbalanced> {
        Self::new(postings)
    }
}

impl From<Postings> for Vec<Posting> {
    fn from(postings: Postings) -> Self {
        postings.0
    }
}

/// One balanced set of postings. Never changed: a correction is a new entry that names the old.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerEntry {
    pub entry_id: EntryId,
    pub at: Utc,
    /// What happened, in words.
    pub memo: String,
    pub transaction_id: Option<TransactionId>,
    /// The entry that this one corrects.
    pub corrects: Option<EntryId>,
    pub postings: Postings,
}

lifecycle! {
    /// Where money set aside stands. It is closed exactly once.
    HoldState of "a hold" {
        Pending = "pending",
        /// The money was spent.
        Posted = "posted",
        /// The money is free again.
        Voided = "voided",
        /// Its time is over, the money is free again.
        Expired = "expired",
    }
    /// What happens to a hold.
    HoldEvent { Post = "post", Void = "void", Expire = "expire" }
    Pending: Post => Posted, Void => Voided, Expire => Expired;
}

/// Money set aside for an open offer or purchase: its highest landed cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hold {
    pub hold_id: HoldId,
    pub deal_id: DealId,
    pub negotiation_id: Option<NegotiationId>,
    pub currency: Currency,
    pub amount: Cents,
    /// What was free before it was placed, and after.
    pub available_before: Cents,
    pub available_after: Cents,
    pub state: HoldState,
    pub reason: Option<String>,
    /// What was spent of it, once posted.
    pub spent: Option<Cents>,
    pub created_at: Utc,
    pub expires_at: Option<Utc>,
    pub closed_at: Option<Utc>,
}

/// What may be spent in one currency, and why so much.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Available {
    pub currency: Currency,
    /// The owner's limit; 0 when none is set, and then nothing may be spent.
    pub capital: Cents,
    pub stock_at_cost: Cents,
    pub open_holds: Cents,
    pub cash: Cents,
    /// The smaller of `capital − stock_at_cost − open_holds` and `cash − open_holds`, never below 0:
    /// capital that was lost, or is still with a venue, cannot be spent.
    pub available: Cents,
}

impl Available {
    /// Works out what is free.
    #[must_use]
    pub fn new(currency: Currency, capital: Cents, stock: Cents, holds: Cents, cash: Cents) -> Self {
        let by_limit = capital.0.max(0).saturating_sub(stock.0).saturating_sub(holds.0);
        let by_cash = cash.0.saturating_sub(holds.0);
        let available = Cents(by_limit.min(by_cash).max(0));
        Self { currency, capital, stock_at_cost: stock, open_holds: holds, cash, available }
    }
}

words! {
    /// What kind of thing moved money.
    TransactionKind {
        Purchase = "purchase", Sale = "sale", Fee = "fee", Refund = "refund", Adjustment = "adjustment",
    }
}

words! {
    /// What the money was for.
    TransactionCategory {
        Inventory = "inventory", PlatformFee = "platform_fee", PaymentFee = "payment_fee",
        Shipping = "shipping", Return = "return", Service = "service", Tax = "tax",
        /// The owner's own money in or out.
        Capital = "capital",
    }
}

words! {
    /// How far a payment is.
    PaymentStatus {
        Pending = "pending", Processing = "processing", Completed = "completed", Failed = "failed",
        Refunded = "refunded",
    }
}

words! {
    /// How far the whole transaction is.
    TransactionStatus { Open = "open", Completed = "completed", Cancelled = "cancelled" }
}

/// What a venue and others took. Minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeeLines {
    pub platform: Cents,
    pub payment: Cents,
    pub shipping: Cents,
    pub other: Cents,
}

impl FeeLines {
    /// All of them.
    #[must_use]
    pub fn total(self) -> Cents {
        self.platform + self.payment + self.shipping + self.other
    }
}

/// What moved money; its ledger entry says from where to where. Amounts in minor units of `currency`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transaction {
    pub transaction_id: TransactionId,
    pub kind: TransactionKind,
    pub category: TransactionCategory,
    pub platform: Option<Platform>,
    pub deal_id: Option<DealId>,
    pub purchase_id: Option<PurchaseId>,
    pub inventory_id: Option<InventoryId>,
    pub resale_id: Option<ResaleId>,
    pub sale_id: Option<SaleId>,
    pub currency: Currency,
    pub amount: Cents,
    pub fees: FeeLines,
    /// `amount` less fees for what comes in; `amount` with them for what goes out.
    pub net_amount: Cents,
    pub counterparty_key: Option<String>,
    pub payment_method: Option<String>,
    pub payment_status: PaymentStatus,
    pub status: TransactionStatus,
    /// With the platform it tells whether we have it already.
    pub platform_transaction_id: Option<String>,
    pub tax: Option<Cents>,
    pub notes: Option<String>,
    pub created_at: Utc,
    pub completed_at: Option<Utc>,
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn only_balanced_postings_are_an_entry() {
        let usd = |lines: &[(Account, i64)]| {
            Postings::of(Currency::USD, lines.iter().map(|(account, amount)| (*account, Cents(*amount))))
        };
        assert!(usd(&[(Account::Cash, -700), (Account::InventoryAtCost, 700)]).is_ok());
        let sum = Err(Unbalanced::Sum { currency: Currency::USD, sum: -1 });
        assert_eq!(usd(&[(Account::Cash, -700), (Account::InventoryAtCost, 699)]), sum);
        assert_eq!(usd(&[(Account::Cash, 0)]), Err(Unbalanced::TooFew { found: 0 }));
        assert_eq!(usd(&[]), Err(Unbalanced::TooFew { found: 0 }));
        let extreme = usd(&[(Account::Cash, i64::MAX), (Account::Revenue, i64::MAX)]);
        assert!(matches!(extreme, Err(Unbalanced::Sum { .. })), "no overflow");
    }

    #[test]
    fn currencies_do_not_make_up_for_each_other() {
        let posting =
            |amount, currency| Posting { account: Account::Cash, amount: Money::new(amount, currency) };
        let mixed = [posting(100, Currency::USD), posting(-100, Currency::EUR)];
        assert!(matches!(Postings::new(mixed), Err(Unbalanced::Sum { .. })));
    }

    #[test]
    fn what_is_free_is_never_below_zero() {
        let free = |capital, stock, holds, cash| {
            let [capital, stock, holds, cash] = [capital, stock, holds, cash].map(Cents);
            Available::new(Currency::USD, capital, stock, holds, cash).available.0
        };
        let cases = [
            ((1_000, 0, 0, 1_000), 1_000),
            ((1_000, 300, 200, 700), 500),
            ((1_000, 0, 200, 500), 300),
            ((1_000, 900, 200, 5_000), 0),
            ((0, 0, 0, 1_000), 0),
            ((-5, 0, 0, 1_000), 0),
            ((1_000, 0, 0, -20), 0),
            ((i64::MAX, 0, i64::MAX, i64::MIN), 0),
        ];
        for ((capital, stock, holds, cash), expected) in cases {
            assert_eq!(free(capital, stock, holds, cash), expected, "{capital} {stock} {holds} {cash}");
        }
    }

    proptest! {
        #[test]
        fn an_entry_and_its_reversal_leave_nothing(amounts in prop::collection::vec(-1_000_000_i64..1_000_000, 1..8)) {
            let rest = -amounts.iter().sum::<i64>();
            let lines = amounts.iter().map(|amount| (Account::Revenue, Cents(*amount)));
            let lines = lines.chain([(Account::Cash, Cents(rest))]);
            if let Ok(postings) = Postings::of(Currency::EUR, lines) {
                let back = postings.reversed();
                for (there, back) in postings.lines().iter().zip(back.lines()) {
                    prop_assert_eq!(there.amount.amount + back.amount.amount, Cents::ZERO);
                }
                prop_assert!(Postings::new(back.lines().to_vec()).is_ok());
            }
        }
    }
}
