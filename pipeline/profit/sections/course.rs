//! Where the profit came from, and how it came over time.

use autobazaaar_domain::ledger::Account;
use autobazaaar_domain::{Cents, Currency, Utc};

use super::super::data::{DayBook, Profit};
use crate::report::parts::{Cell, Column, Figure, Section, Table};
use crate::report::svg::{Labels, Series, Span, SpanKind, lines, spans};
use crate::report::text::{about, date, exact, plural};

/// From what buyers paid down to what is left.
pub(super) fn whence(profit: &Profit) -> Section {
    let of = |account| -profit.balance(account);
    let steps = [
        ("buyers paid", of(Account::Revenue)),
        ("cost of goods", of(Account::CostOfGoodsSold)),
        ("venue fees", of(Account::PlatformFees)),
        ("payment fees", of(Account::PaymentFees)),
        ("parcels out", of(Account::ShippingOut)),
        ("parcels in", of(Account::ShippingIn)),
        ("refunds", of(Account::Refunds)),
        ("write-offs", of(Account::WriteOffs)),
        ("tax", of(Account::Tax)),
        ("services", of(Account::ServiceCosts)),
        ("adjustments", of(Account::Adjustments)),
    ];
    let steps: Vec<(&str, Cents)> = steps.into_iter().filter(|(_, amount)| amount.0 != 0).collect();
    let mut section = Section { anchor: "whence", name: "Where from", ..Section::default() };
    section.heading = match profit.profit.0 {
        0 => "Nothing was earned and nothing lost yet".to_owned(),
        1.. => format!("Of what buyers paid, {} is left", exact(profit.profit, profit.currency)),
        _ => format!("Costs exceed what buyers paid by {}", exact(-profit.profit, profit.currency)),
    };
    if steps.is_empty() {
        section
            .text
            .push("What buyers pay, and what goes off it, will appear here with the first sale.".into());
        return section;
    }
    section.text.push(
        "Each bar begins where the one above it ended. What is in stock is not in it: goods become a cost when they are sold or written off."
            .to_owned(),
    );
    section.figures.push(staircase(profit, &steps));
    if !profit.apart.is_empty() {
        section.tables.push(apart(profit));
    }
    section
}

fn staircase(profit: &Profit, steps: &[(&str, Cents)]) -> Figure {
    let currency = profit.currency;
    let major = |amount: Cents| amount.to_major(currency);
    let mut reached = Cents::ZERO;
    let mut bars: Vec<Span> = Vec::new();
    let mut rows = Vec::new();
    for (name, amount) in steps {
        let before = reached;
        reached = reached + *amount;
        bars.push(Span {
            label: (*name).to_owned(),
            from: major(before),
            to: major(reached),
            text: about(*amount, currency),
            kind: if amount.0 < 0 { SpanKind::Loss } else { SpanKind::Gain },
        });
        rows.push(vec![Cell::text(*name), amount_cell(*amount, currency), amount_cell(reached, currency)]);
    }
    bars.push(Span {
        label: "left".to_owned(),
        from: 0.0,
        to: major(reached),
        text: about(reached, currency),
        kind: SpanKind::Total,
    });
    let title = format!(
        "From {} to {}",
        exact(-profit.balance(Account::Revenue), currency),
        exact(reached, currency)
    );
    Figure {
        svg: spans(&bars, &title, "What buyers paid, each cost taken off it, and what is left."),
        title,
        values: Table {
            caption: "From revenue to profit".into(),
            columns: vec![Column::text("What"), Column::number("Amount"), Column::number("Then left")],
            rows,
        },
    }
}

fn apart(profit: &Profit) -> Table {
    Table {
        caption: "Income and costs that belong to no single item".into(),
        columns: vec![Column::text("What for"), Column::number("Profit")],
        rows: profit
            .apart
            .iter()
            .map(|(memo, amount)| vec![Cell::text(memo), amount_cell(*amount, profit.currency)])
            .collect(),
    }
}

/// Profit and capital, day by day.
pub(super) fn over_time(profit: &Profit) -> Section {
    let mut section = Section { anchor: "time", name: "Over time", ..Section::default() };
    let best = profit.days.iter().max_by_key(|day| day.profit).filter(|day| day.profit.0 > 0);
    section.heading = best.map_or_else(
        || "No day has earned anything yet".to_owned(),
        |day| format!("The best day was {}: {}", day.date, exact(day.profit, profit.currency)),
    );
    section.figures = vec![earned(profit), capital(profit)];
    section
}

fn earned(profit: &Profit) -> Figure {
    let unit = format!("profit so far, {}", profit.currency);
    let title = format!(
        "{} after {}",
        exact(profit.profit, profit.currency),
        plural(profit.days.len() as u64, "day with a booking", "days with a booking")
    );
    let line = series(profit, "profit", |day| day.profit_so_far);
    figure(profit, title, &[line], &unit, "Income less costs up to the end of each day.")
}

fn capital(profit: &Profit) -> Figure {
    let currency = profit.currency;
    let title = format!(
        "{} in cash, {} in goods at the end",
        about(profit.balance(Account::Cash), currency),
        about(profit.balance(Account::InventoryAtCost), currency)
    );
    let lines = [
        series(profit, "cash", |day| day.cash),
        series(profit, "stock", |day| day.stock_at_cost),
        series(profit, "venues", |day| day.payouts_pending),
    ];
    let unit = format!("where the money is, {currency}");
    figure(
        profit,
        title,
        &lines,
        &unit,
        "Cash, stock at cost, and what venues have not paid out yet, at the end of each day.",
    )
}

fn series(profit: &Profit, name: &str, of: fn(&DayBook) -> Cents) -> Series {
    let at = |day: &DayBook| day.date.and_time(chrono::NaiveTime::MIN).and_utc().timestamp() as f64;
    let points = profit.days.iter().map(|day| (at(day), of(day).to_major(profit.currency)));
    Series { name: name.to_owned(), points: points.collect() }
}

fn figure(profit: &Profit, title: String, series: &[Series], y: &str, description: &str) -> Figure {
    let dates = |seconds: f64| Utc::from_timestamp(seconds as i64, 0).map_or(String::new(), date);
    let amounts = |value: f64| {
        Cents::from_major(value.round(), profit.currency).map_or(String::new(), |a| about(a, profit.currency))
    };
    Figure {
        svg: lines(series, &Labels { title: &title, description, x: "day", y }, &dates, &amounts),
        title,
        values: days_table(profit),
    }
}

fn days_table(profit: &Profit) -> Table {
    let row = |day: &DayBook| {
        let amounts =
            [day.revenue, day.profit, day.profit_so_far, day.cash, day.payouts_pending, day.stock_at_cost];
        let mut cells = vec![Cell::text(day.date.to_string())];
        cells.extend(amounts.map(|amount| amount_cell(amount, profit.currency)));
        cells
    };
    Table {
        caption: "Days on which something was booked".into(),
        columns: vec![
            Column::text("Day"),
            Column::number("Buyers paid"),
            Column::number("Profit"),
            Column::number("Profit so far"),
            Column::number("Cash"),
            Column::number("With venues"),
            Column::number("Stock at cost"),
        ],
        rows: profit.days.iter().map(row).collect(),
    }
}

pub(super) fn amount_cell(amount: Cents, currency: Currency) -> Cell {
    Cell::number(exact(amount, currency), amount.0 as f64)
}
