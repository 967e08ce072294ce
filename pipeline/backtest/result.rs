//! What a backtest found.

use autobazaaar_domain::{Cents, Currency, ListingKey, Utc};
use chrono::NaiveDate;
use serde::Serialize;

use super::worth::{Source, Worth};

/// A replay and what it earned. All amounts are minor units of `currency`.
#[derive(Debug, Clone, Serialize)]
pub struct Backtest {
    pub currency: Currency,
    /// First and last sight of the record.
    pub from: Utc,
    pub to: Utc,
    pub decide_every_days: u32,
    pub train_every_days: u32,
    pub capital: Cents,
    pub ours: Outcome,
    pub oracle: Outcome,
    /// Our booked profit ÷ the oracle's; `None` where it earned nothing.
    pub share_of_oracle: Option<f64>,
    pub days: Vec<Day>,
    pub purchases: Vec<Purchase>,
    /// What each chosen listing was decided, in time order.
    pub chosen: Vec<Chosen>,
    pub yardstick: Yardstick,
    /// What the figures do not say, in words.
    pub notes: Vec<String>,
}

/// The money of one buyer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Outcome {
    pub purchases: u64,
    /// Started; the record does not tell how they would have ended.
    pub negotiations: u64,
    /// Cost of all purchases.
    pub spent: Cents,
    /// Profit of the purchases whose worth the record tells, sold within it or not.
    pub booked: Cents,
    /// Purchases behind it, what they cost, and how many of them lose.
    pub booked_purchases: u64,
    pub booked_cost: Cents,
    pub losing: u64,
    /// How many of all purchases were estimated to lose.
    pub expected_losing: f64,
    /// Of `booked`, what was sold within the record.
    pub realised: Cents,
    pub realised_purchases: u64,
    /// Not sold by the end of the record, at cost.
    pub stock_at_cost: Cents,
    pub stock_items: u64,
    /// Of the stock, what the record tells no worth of: counted at cost, as neither gain nor loss.
    pub unknown_at_cost: Cents,
    pub unknown_items: u64,
    /// Mean and highest share of the capital that was tied up, over the days decided on.
    pub mean_use: f64,
    pub peak_use: f64,
}

impl Outcome {
    /// Adds purchases up; `tied` is the money that was tied up after each day.
    #[must_use]
    pub fn of(purchases: &[Purchase], negotiations: u64, tied: &[Cents], capital: Cents) -> Self {
        let mut sum = Self { negotiations, ..Self::default() };
        for one in purchases {
            sum.purchases += 1;
            sum.spent = sum.spent + one.cost;
            if let Some(net) = one.net {
                sum.booked = sum.booked + net;
                sum.booked_cost = sum.booked_cost + one.cost;
                sum.booked_purchases += 1;
                sum.losing += u64::from(net.0 < 0);
            } else {
                sum.unknown_items += 1;
                sum.unknown_at_cost = sum.unknown_at_cost + one.cost;
            }
            sum.expected_losing += one.p_loss;
            if let (Some(net), Some(_)) = (one.net, one.sold_at) {
                sum.realised = sum.realised + net;
                sum.realised_purchases += 1;
            } else {
                sum.stock_items += 1;
                sum.stock_at_cost = sum.stock_at_cost + one.cost;
            }
        }
        let uses = tied.iter().map(|tied| tied.0 as f64 / capital.0.max(1) as f64);
        sum.mean_use = uses.clone().sum::<f64>() / tied.len().max(1) as f64;
        sum.peak_use = uses.fold(0.0, f64::max);
        sum
    }

    /// Share of the purchases of known worth that lose.
    #[must_use]
    pub fn losing_share(&self) -> Option<f64> {
        (self.booked_purchases > 0).then(|| self.losing as f64 / self.booked_purchases as f64)
    }

    /// Booked profit ÷ what it cost.
    #[must_use]
    pub fn roi(&self) -> Option<f64> {
        (self.booked_cost.0 > 0).then(|| self.booked.0 as f64 / self.booked_cost.0 as f64)
    }
}

/// One purchase.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Purchase {
    /// The newest sight that it was decided on.
    pub at: Utc,
    pub key: ListingKey,
    pub title: String,
    pub category: String,
    /// The ask.
    pub price: Cents,
    /// With travel, shipping, time and tax.
    pub cost: Cents,
    /// What was expected of it then: sale price and net profit.
    pub expected: Cents,
    pub expected_net: Cents,
    /// The probability of a loss, as it was estimated.
    pub p_loss: f64,
    pub sell_on: String,
    pub sale_due: Utc,
    /// When it was sold within the record; `None`: in stock at its end.
    pub sold_at: Option<Utc>,
    /// What the record says later.
    pub worth: Option<Worth>,
    /// Proceeds at that worth less the cost.
    pub net: Option<Cents>,
    pub model: String,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Day {
    pub date: NaiveDate,
    /// Nothing seen later entered.
    pub decided_at: Utc,
    /// Listings on offer.
    pub candidates: u64,
    pub valued: u64,
    pub bought: u64,
    pub negotiations: u64,
    /// Money in goods and set aside, after the day's decisions.
    pub tied: Cents,
    pub oracle_tied: Cents,
    /// Booked profit of all purchases up to here, sold or not.
    pub booked: Cents,
    pub oracle_booked: Cents,
    /// Trained on what was seen before this day began; `None`: too little was known.
    pub models_before: Option<NaiveDate>,
    /// BLAKE3 of all decisions of the day: same hash, same decisions.
    pub digest: String,
}

/// A listing that was taken on.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Chosen {
    pub date: NaiveDate,
    pub key: ListingKey,
    pub action: String,
    pub ask: Option<Cents>,
    pub max_price: Option<Cents>,
    pub surplus: Option<Cents>,
}

/// How good the measure is that purchases are held against.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Yardstick {
    /// Purchases by where their worth comes from.
    pub sources: Vec<(Source, u64)>,
    /// Median of |worth ÷ ask − 1| of later listings held against their own comparables.
    pub own_error: Option<f64>,
    pub own_error_rows: u64,
    /// Share of the ask that a sale is taken to bring, in words.
    pub to_sale: String,
    /// No sale with an amount is in the record: figures are relative.
    pub relative: bool,
}
