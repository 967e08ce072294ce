//! The first screen: the answer, where it came from, and the figures that matter.

use autobazaaar_domain::Cents;
use autobazaaar_domain::ledger::Account;

use super::data::Profit;
use crate::report::text::{days, exact, percent, plural};

/// A figure of the summary.
pub(super) struct Tile {
    pub label: &'static str,
    pub value: String,
    pub note: String,
}

/// The answer in one line.
pub(super) fn headline(profit: &Profit) -> String {
    let sold = profit.sold().count() as u64;
    let word = if profit.profit.0 < 0 { "Loss" } else { "Profit" };
    let amount = exact(Cents(profit.profit.0.abs()), profit.currency);
    match (sold, profit.flips.is_empty()) {
        (0, true) => "Nothing was bought yet".to_owned(),
        (0, false) => format!("{word} so far: {amount}, with nothing sold yet"),
        _ => format!("{word}: {amount} on {}", plural(sold, "sale", "sales")),
    }
}

/// Where it came from, in three sentences.
pub(super) fn lead(profit: &Profit) -> Vec<String> {
    let money = |amount| exact(amount, profit.currency);
    let of = |account| profit.balance(account);
    let fees = of(Account::PlatformFees) + of(Account::PaymentFees);
    let other: Cents = of(Account::Refunds)
        + of(Account::WriteOffs)
        + of(Account::ShippingIn)
        + of(Account::Tax)
        + of(Account::ServiceCosts)
        + of(Account::Adjustments);
    let revenue = -of(Account::Revenue);
    let mut lead = vec![format!(
        "Buyers paid {}; the things they got had cost {}, the venues took {}, parcels {}, and refunds, write-offs and other costs {}.",
        money(revenue),
        money(of(Account::CostOfGoodsSold)),
        money(fees),
        money(of(Account::ShippingOut)),
        money(other),
    )];
    if revenue.0 == 0 && profit.profit.0 == 0 {
        lead = vec!["No buyer has paid anything yet.".to_owned()];
    }
    let held = profit.in_hand().count() as u64;
    if held > 0 {
        lead.push(format!(
            "{} still in hand cost {}: no profit and no loss before {} sold.",
            plural(held, "thing", "things"),
            money(of(Account::InventoryAtCost)),
            if held == 1 { "it is" } else { "they are" },
        ));
    }
    lead
}

pub(super) fn tiles(profit: &Profit) -> Vec<Tile> {
    let money = |amount| exact(amount, profit.currency);
    let put_in = -profit.balance(Account::OwnerEquity);
    let (sold, gain) = profit.sold().fold((0, Cents::ZERO), |(n, sum), flip| (n + 1, sum + flip.profit));
    let losing = profit.sold().filter(|flip| flip.profit.0 < 0).count() as u64;
    let cost: Cents = profit.sold().map(|flip| flip.cost).sum();
    let ratio = |part: Cents, whole: Cents| {
        if whole.0 > 0 { percent(part.0 as f64 / whole.0 as f64) } else { "–".to_owned() }
    };
    let talks = &profit.talks;
    vec![
        Tile {
            label: if profit.profit.0 < 0 { "Loss by the ledger" } else { "Profit by the ledger" },
            value: money(profit.profit),
            note: format!("{} of the {} put in", ratio(profit.profit, put_in), money(put_in)),
        },
        Tile {
            label: "Made on what was sold",
            value: money(gain),
            note: match sold {
                0 => "nothing is sold yet".to_owned(),
                _ => format!("{} of its cost; {losing} of {sold} at a loss", ratio(gain, cost)),
            },
        },
        Tile {
            label: "Sold in",
            value: middle_days(profit).map_or_else(|| "–".to_owned(), days),
            note: "from first offer to order, the middle case".to_owned(),
        },
        Tile {
            label: "Cash",
            value: money(profit.balance(Account::Cash)),
            note: format!("and {} still with the venues", money(profit.balance(Account::PayoutsPending))),
        },
        Tile {
            label: "Stock at cost",
            value: money(profit.balance(Account::InventoryAtCost)),
            note: plural(profit.in_hand().count() as u64, "thing in hand", "things in hand"),
        },
        Tile {
            label: "Bargained off the ask",
            value: ratio(talks.asked - talks.agreed_on, talks.asked),
            note: format!("{} agreed of {} asked", talks.agreed, plural(talks.started, "seller", "sellers")),
        },
    ]
}

/// The middle of the days from offer to order.
pub(super) fn middle_days(profit: &Profit) -> Option<f64> {
    let mut days: Vec<f64> = profit.sold().filter_map(super::Flip::days_to_sell).collect();
    days.sort_by(f64::total_cmp);
    days.get(days.len() / 2).copied()
}
