//! What is posted when: the entries of the trade's usual events, as pure functions.
//!
//! A positive amount is a debit. Every function's entry balances by construction; one whose amounts are
//! all 0 is no entry and is refused. Negative amounts are taken as they are: a fee given back is a
//! negative fee.

use crate::ledger::{Account, FeeLines, Postings, Unbalanced};
use crate::{Cents, Currency};

/// What a purchase costs. Minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PurchaseCosts {
    /// What the seller gets.
    pub price: Cents,
    /// What the seller's venue or carrier gets for sending it.
    pub shipping: Cents,
    /// Other costs of getting it that were paid: travel, parking.
    pub other: Cents,
    pub tax: Cents,
}

impl PurchaseCosts {
    /// What the item stands in the books for.
    #[must_use]
    pub fn landed(self) -> Cents {
        self.price + self.shipping + self.other + self.tax
    }
}

/// A purchase is paid: the item stands in the books for all that getting it cost.
///
/// # Errors
/// Nothing was paid.
pub fn purchase(currency: Currency, costs: PurchaseCosts) -> Result<Postings, Unbalanced> {
    let landed = costs.landed();
    Postings::of(currency, [(Account::InventoryAtCost, landed), (Account::Cash, -landed)])
}

/// A purchase's money came back and the item is not ours any more. What did not come back is a loss.
///
/// # Errors
/// The item cost nothing.
pub fn purchase_refunded(currency: Currency, cost: Cents, back: Cents) -> Result<Postings, Unbalanced> {
    let lines = [(Account::Cash, back), (Account::WriteOffs, cost - back), (Account::InventoryAtCost, -cost)];
    Postings::of(currency, lines)
}

/// What a sale brings. Minor units.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SaleAmounts {
    /// What the buyer pays for the item.
    pub price: Cents,
    /// What the buyer pays for sending it.
    pub shipping_charged: Cents,
    /// What is kept from the payout: venue, payment, label, other.
    pub fees: FeeLines,
    /// Tax that we owe on it and that comes with the payout; what a venue collects and hands over itself
    /// is none of ours.
    pub tax: Cents,
    /// What the item stands in the books for.
    pub cost: Cents,
}

impl SaleAmounts {
    /// What the venue will pay out.
    #[must_use]
    pub fn payout(self) -> Cents {
        self.price + self.shipping_charged - self.fees.total()
    }
}

/// An item was sold and paid by the buyer; the payout is still with the venue. Sold for cash in person:
/// follow with [`payout`] at once.
///
/// # Errors
/// Nothing was paid and the item cost nothing.
pub fn sale(currency: Currency, sale: SaleAmounts) -> Result<Postings, Unbalanced> {
    let lines = [
        (Account::PayoutsPending, sale.payout()),
        (Account::PlatformFees, sale.fees.platform),
        (Account::PaymentFees, sale.fees.payment),
        (Account::ShippingOut, sale.fees.shipping),
        (Account::ServiceCosts, sale.fees.other),
        (Account::Revenue, sale.tax - sale.price - sale.shipping_charged),
        (Account::Tax, -sale.tax),
        (Account::CostOfGoodsSold, sale.cost),
        (Account::InventoryAtCost, -sale.cost),
    ];
    Postings::of(currency, lines)
}

/// A venue paid out `gross` less what it kept for itself. Fees that the sale's entry holds already
/// ([`SaleAmounts::fees`]) are not kept again. Negative: it is taken back.
///
/// # Errors
/// The amount is 0.
pub fn payout(currency: Currency, gross: Cents, kept: FeeLines) -> Result<Postings, Unbalanced> {
    let lines = [
        (Account::Cash, gross - kept.total()),
        (Account::PlatformFees, kept.platform),
        (Account::PaymentFees, kept.payment),
        (Account::ShippingOut, kept.shipping),
        (Account::ServiceCosts, kept.other),
        (Account::PayoutsPending, -gross),
    ];
    Postings::of(currency, lines)
}

/// A sale is off before anything left: its entry is taken back, the item stands in stock again.
///
/// # Errors
/// As [`sale()`].
pub fn sale_called_off(currency: Currency, amounts: SaleAmounts) -> Result<Postings, Unbalanced> {
    Ok(sale(currency, amounts)?.reversed())
}

/// A buyer gets money back, out of what the venue still owes us. Fees that the venue gives back with it
/// are taken off.
///
/// # Errors
/// The amount is 0.
pub fn refund(currency: Currency, amount: Cents, fees_back: FeeLines) -> Result<Postings, Unbalanced> {
    let lines = [
        (Account::Refunds, amount),
        (Account::PlatformFees, -fees_back.platform),
        (Account::PaymentFees, -fees_back.payment),
        (Account::ShippingOut, -fees_back.shipping),
        (Account::ServiceCosts, -fees_back.other),
        (Account::PayoutsPending, fees_back.total() - amount),
    ];
    Postings::of(currency, lines)
}

/// A sold item came back and stands in stock again, for what it is still worth to us; the rest of its
/// cost is lost.
///
/// # Errors
/// The item cost nothing.
pub fn taken_back(currency: Currency, cost: Cents, worth: Cents) -> Result<Postings, Unbalanced> {
    let lines = [
        (Account::InventoryAtCost, worth),
        (Account::WriteOffs, cost - worth),
        (Account::CostOfGoodsSold, -cost),
    ];
    Postings::of(currency, lines)
}

/// An item is lost or thrown away.
///
/// # Errors
/// It cost nothing.
pub fn write_off(currency: Currency, cost: Cents) -> Result<Postings, Unbalanced> {
    Postings::of(currency, [(Account::WriteOffs, cost), (Account::InventoryAtCost, -cost)])
}

/// Something is paid at once: a label, a model call, an insertion fee, a tax.
///
/// # Errors
/// The amount is 0.
pub fn paid(currency: Currency, for_what: Account, amount: Cents) -> Result<Postings, Unbalanced> {
    Postings::of(currency, [(for_what, amount), (Account::Cash, -amount)])
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    const USD: Currency = Currency::USD;

    fn sum(entries: &[Postings]) -> BTreeMap<Account, i64> {
        let mut sums = BTreeMap::new();
        for posting in entries.iter().flat_map(Postings::lines) {
            *sums.entry(posting.account).or_default() += posting.amount.amount.0;
        }
        sums.retain(|_, sum| *sum != 0);
        sums
    }

    fn profit(entries: &[Postings]) -> i64 {
        -sum(entries).iter().filter(|(account, _)| account.is_profit()).map(|(_, sum)| sum).sum::<i64>()
    }

    #[test]
    fn a_flip_leaves_its_profit_in_cash() {
        let costs =
            PurchaseCosts { price: Cents(75_000), shipping: Cents(900), other: Cents(600), tax: Cents(0) };
        let fees = FeeLines {
            platform: Cents(13_000),
            payment: Cents(3_000),
            shipping: Cents(1_200),
            other: Cents(50),
        };
        let sold = SaleAmounts {
            price: Cents(120_000),
            shipping_charged: Cents(1_500),
            fees,
            tax: Cents(0),
            cost: costs.landed(),
        };
        let entries = [
            purchase(USD, costs).unwrap(),
            sale(USD, sold).unwrap(),
            payout(USD, sold.payout(), FeeLines::default()).unwrap(),
        ];
        assert_eq!(sold.payout(), Cents(104_250));
        assert_eq!(profit(&entries), 104_250 - 76_500);
        assert_eq!(sum(&entries)[&Account::Cash], 104_250 - 76_500);
        assert!(!sum(&entries).contains_key(&Account::InventoryAtCost));
    }

    #[test]
    fn a_sale_that_comes_back_leaves_only_what_was_lost() {
        let sold = SaleAmounts { price: Cents(10_000), cost: Cents(6_000), ..SaleAmounts::default() };
        let entries = [
            purchase(USD, PurchaseCosts { price: Cents(6_000), ..PurchaseCosts::default() }).unwrap(),
            sale(USD, sold).unwrap(),
            refund(USD, Cents(10_000), FeeLines::default()).unwrap(),
            taken_back(USD, Cents(6_000), Cents(5_000)).unwrap(),
        ];
        assert_eq!(profit(&entries), -1_000);
        assert_eq!(sum(&entries)[&Account::InventoryAtCost], 5_000);
        assert!(!sum(&entries).contains_key(&Account::PayoutsPending));
    }

    #[test]
    fn what_never_arrived_and_came_back_in_part_is_a_loss_of_the_rest() {
        let entries = [
            purchase(USD, PurchaseCosts { price: Cents(6_000), ..PurchaseCosts::default() }).unwrap(),
            purchase_refunded(USD, Cents(6_000), Cents(5_500)).unwrap(),
        ];
        assert_eq!((profit(&entries), sum(&entries)[&Account::Cash]), (-500, -500));
    }

    #[test]
    fn fees_kept_from_the_payout_are_fees_all_the_same() {
        let sold = SaleAmounts { price: Cents(10_000), cost: Cents(6_000), ..SaleAmounts::default() };
        let kept = FeeLines { platform: Cents(1_000), payment: Cents(320), ..FeeLines::default() };
        let entries = [sale(USD, sold).unwrap(), payout(USD, Cents(10_000), kept).unwrap()];
        assert_eq!((profit(&entries), sum(&entries)[&Account::Cash]), (2_680, 8_680));
        assert!(!sum(&entries).contains_key(&Account::PayoutsPending));
        let off = [sale(USD, sold).unwrap(), sale_called_off(USD, sold).unwrap()];
        assert!(sum(&off).is_empty());
    }

    proptest! {
        #[test]
        fn whatever_happens_profit_is_what_is_left(amounts in prop::array::uniform10(0_i64..1_000_000)) {
            let [price, ship_in, other, sold, charged, fee, label, back, worth, cost_of_calls] = amounts.map(Cents);
            let costs = PurchaseCosts { price, shipping: ship_in, other, tax: Cents::ZERO };
            let fees = FeeLines { platform: fee, shipping: label, ..FeeLines::default() };
            let amounts = SaleAmounts { price: sold, shipping_charged: charged, fees, tax: Cents::ZERO, cost: costs.landed() };
            let entries: Vec<Postings> = [
                purchase(USD, costs),
                sale(USD, amounts),
                payout(USD, amounts.payout(), FeeLines::default()),
                refund(USD, back, FeeLines::default()),
                taken_back(USD, costs.landed(), worth),
                write_off(USD, worth),
                paid(USD, Account::ServiceCosts, cost_of_calls),
            ]
            .into_iter()
            .flatten()
            .collect();
            let sums = sum(&entries);
            let held: i64 = sums.iter().filter(|(account, _)| !account.is_profit()).map(|(_, sum)| sum).sum();
            prop_assert_eq!(profit(&entries), held);
            prop_assert!(!sums.contains_key(&Account::InventoryAtCost));
        }
    }
}
