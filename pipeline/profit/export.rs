//! The tables behind the page as CSV. Amounts are major units with a point.

use autobazaaar_domain::{Cents, Money, Utc};

use super::ProfitError;
use super::data::Profit;
use crate::report::text::clean;

/// One row per item that was bought.
pub(super) fn items_csv(profit: &Profit) -> Result<Vec<u8>, ProfitError> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record([
        "sku",
        "title",
        "category",
        "status",
        "strategy",
        "bought_on",
        "sold_on",
        "currency",
        "sellers_ask",
        "price",
        "cost",
        "expected_sale",
        "sold_for",
        "profit",
        "bought_at",
        "listed_at",
        "sold_at",
        "days_to_sell",
    ])?;
    let money = |amount: Cents| Money { amount, currency: profit.currency }.decimal();
    let maybe = |amount: Option<Cents>| amount.map_or_else(String::new, money);
    let time = |at: Option<Utc>| at.map_or_else(String::new, |at| at.to_rfc3339());
    for flip in &profit.flips {
        lines.write_record([
            flip.sku.clone(),
            clean(&flip.title),
            flip.category.clone(),
            flip.status.clone(),
            flip.strategy.clone().unwrap_or_default(),
            flip.bought_on.clone(),
            flip.sold_on.clone().unwrap_or_default(),
            profit.currency.to_string(),
            maybe(flip.sellers_ask),
            money(flip.price),
            money(flip.cost),
            maybe(flip.expected_sale),
            maybe(flip.sold_for),
            money(flip.profit),
            time(Some(flip.bought_at)),
            time(flip.listed_at),
            time(flip.sold_at),
            flip.days_to_sell().map_or_else(String::new, |days| format!("{days:.2}")),
        ])?;
    }
    finished(lines)
}

/// One row per day on which something was booked.
pub(super) fn days_csv(profit: &Profit) -> Result<Vec<u8>, ProfitError> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record([
        "date",
        "currency",
        "revenue",
        "profit",
        "profit_so_far",
        "cash",
        "payouts_pending",
        "stock_at_cost",
    ])?;
    let money = |amount: Cents| Money { amount, currency: profit.currency }.decimal();
    for day in &profit.days {
        lines.write_record([
            day.date.to_string(),
            profit.currency.to_string(),
            money(day.revenue),
            money(day.profit),
            money(day.profit_so_far),
            money(day.cash),
            money(day.payouts_pending),
            money(day.stock_at_cost),
        ])?;
    }
    finished(lines)
}

fn finished(lines: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, ProfitError> {
    lines.into_inner().map_err(|error| ProfitError::Csv(error.into_error().into()))
}
