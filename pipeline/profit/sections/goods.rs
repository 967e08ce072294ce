//! What was sold, what is still in hand, and how the estimates fared.

use autobazaaar_domain::Cents;

use super::super::data::{Flip, Profit};
use super::super::summary::middle_days;
use super::course::amount_cell;
use crate::report::parts::{Cell, Column, Figure, Section, Table};
use crate::report::svg::{Bin, Labels, Span, SpanKind, histogram, scatter, spans};
use crate::report::text::{about, clean, count, date, days, exact, percent, plural, shorten};

/// Items in a table of the page; all of them are in the CSV.
const ROWS_SHOWN: usize = 200;
/// Sales as bars.
const BARS_SHOWN: usize = 20;

/// Every sale that stands, the most profitable first.
pub(super) fn sold(profit: &Profit) -> Section {
    let mut flips: Vec<&Flip> = profit.sold().collect();
    flips.sort_by_key(|flip| std::cmp::Reverse((flip.profit, flip.bought_at)));
    let mut section = Section { anchor: "sold", name: "Sold", ..Section::default() };
    let gain: Cents = flips.iter().map(|flip| flip.profit).sum();
    section.heading = match flips.len() {
        0 => "Nothing is sold yet".to_owned(),
        n => format!("{} made {}", plural(n as u64, "sale", "sales"), exact(gain, profit.currency)),
    };
    if flips.is_empty() {
        section.text.push("Each sale will appear here with what it cost and what it left.".to_owned());
        return section;
    }
    section.figures.push(bars(profit, &flips));
    section.figures.extend(times(profit));
    section.tables.push(Table {
        caption: shown_of("Sales, the most profitable first", flips.len()),
        columns: vec![
            Column::text("What"),
            Column::text("Bought on"),
            Column::number("Paid for it"),
            Column::number("Cost"),
            Column::text("Sold on"),
            Column::number("Sold for"),
            Column::number("Profit"),
            Column::number("Days"),
        ],
        rows: flips.iter().take(ROWS_SHOWN).map(|flip| sold_row(flip, profit)).collect(),
    });
    section
}

fn sold_row(flip: &Flip, profit: &Profit) -> Vec<Cell> {
    let money = |amount| amount_cell(amount, profit.currency);
    vec![
        named(flip),
        Cell::text(format!("{}, {}", flip.bought_on, date(flip.bought_at))),
        money(flip.price),
        money(flip.cost),
        Cell::text(flip.sold_on.clone().unwrap_or_default()),
        flip.sold_for.map_or_else(|| Cell::text("–"), money),
        money(flip.profit),
        flip.days_to_sell().map_or_else(|| Cell::text("–"), |days| Cell::number(format!("{days:.1}"), days)),
    ]
}

fn named(flip: &Flip) -> Cell {
    Cell::text(shorten(&clean(&flip.title), 60)).hover(format!("{} · {}", clean(&flip.sku), flip.category))
}

fn shown_of(caption: &str, rows: usize) -> String {
    match rows > ROWS_SHOWN {
        true => format!("{caption}: {ROWS_SHOWN} of {}, all in the CSV file", count(rows as u64)),
        false => caption.to_owned(),
    }
}

fn bars(profit: &Profit, flips: &[&Flip]) -> Figure {
    let bar = |flip: &&Flip| Span {
        label: shorten(&clean(&flip.title), 15),
        from: 0.0,
        to: flip.profit.to_major(profit.currency),
        text: about(flip.profit, profit.currency),
        kind: if flip.profit.0 < 0 { SpanKind::Loss } else { SpanKind::Gain },
    };
    let losing = flips.iter().filter(|flip| flip.profit.0 < 0).count();
    let title = match losing {
        0 => "No sale lost money".to_owned(),
        n => format!("{n} of {} lost money", plural(flips.len() as u64, "sale", "sales")),
    };
    // The best and the worst say the most.
    let half = BARS_SHOWN / 2;
    let shown: Vec<Span> = match flips.len() <= BARS_SHOWN {
        true => flips.iter().map(bar).collect(),
        false => flips[..half].iter().chain(&flips[flips.len() - half..]).map(bar).collect(),
    };
    Figure {
        svg: spans(
            &shown,
            &title,
            "Profit of each sale by the ledger; of many, the ten best and the ten worst.",
        ),
        title,
        values: Table {
            caption: "Profit by sale".into(),
            columns: vec![Column::text("What"), Column::number("Profit")],
            rows: flips
                .iter()
                .map(|flip| vec![named(flip), amount_cell(flip.profit, profit.currency)])
                .collect(),
        },
    }
}

/// How long things took to sell.
fn times(profit: &Profit) -> Option<Figure> {
    const WIDTH_DAYS: f64 = 3.0;
    let taken: Vec<f64> = profit.sold().filter_map(Flip::days_to_sell).collect();
    let longest = taken.iter().copied().fold(0.0, f64::max);
    let title = format!("Half are sold within {}", middle_days(profit).map(days)?);
    let bins: Vec<Bin> = (0..=(longest / WIDTH_DAYS) as u32)
        .map(|bin| {
            let (from, to) = (f64::from(bin) * WIDTH_DAYS, f64::from(bin + 1) * WIDTH_DAYS);
            let count = taken.iter().filter(|days| (from..to).contains(*days)).count() as u64;
            Bin { from, to, count }
        })
        .collect();
    let labels = Labels {
        title: &title,
        description: "Sales by the days from the first offer to the order.",
        x: "days from first offer to order",
        y: "sales",
    };
    let rows = bins.iter().map(|bin| {
        vec![Cell::number(format!("{:.0} to {:.0}", bin.from, bin.to), bin.from), Cell::count(bin.count)]
    });
    let values = Table {
        caption: "Days to sell".into(),
        columns: vec![Column::number("Days"), Column::number("Sales")],
        rows: rows.collect(),
    };
    Some(Figure { svg: histogram(&bins, &labels, &|days| format!("{days:.0}")), values, title })
}

/// What still has to bring its cost back, the oldest first.
pub(super) fn in_hand(profit: &Profit) -> Section {
    let held: Vec<&Flip> = profit.in_hand().collect();
    let cost: Cents = held.iter().map(|flip| flip.cost).sum();
    let mut section = Section { anchor: "stock", name: "In hand", ..Section::default() };
    section.heading = match held.len() {
        0 => "Nothing is in hand".to_owned(),
        n => format!("{} in hand cost {}", plural(n as u64, "thing", "things"), exact(cost, profit.currency)),
    };
    if held.is_empty() {
        section.text.push("What is bought and not sold yet will appear here.".to_owned());
        return section;
    }
    let money = |amount| amount_cell(amount, profit.currency);
    section.tables.push(Table {
        caption: shown_of("In hand, the oldest purchase first", held.len()),
        columns: vec![
            Column::text("What"),
            Column::text("State"),
            Column::text("Bought"),
            Column::number("Cost"),
            Column::number("Expected sale"),
            Column::number("Days in hand"),
        ],
        rows: held
            .iter()
            .take(ROWS_SHOWN)
            .map(|flip| {
                let age = (profit.to - flip.bought_at).as_seconds_f64() / 86_400.0;
                vec![
                    named(flip),
                    Cell::text(flip.status.replace('_', " ")),
                    Cell::text(format!("{}, {}", flip.bought_on, date(flip.bought_at))),
                    money(flip.cost),
                    flip.expected_sale.map_or_else(|| Cell::text("–"), money),
                    Cell::number(format!("{age:.0}"), age),
                ]
            })
            .collect(),
    });
    section
}

/// What sales were expected to bring, against what they did.
pub(super) fn predicted(profit: &Profit) -> Section {
    let pairs: Vec<(&Flip, Cents, Cents)> =
        profit.sold().filter_map(|flip| Some((flip, flip.expected_sale?, flip.sold_for?))).collect();
    let mut section = Section { anchor: "predicted", name: "Estimates", ..Section::default() };
    let mut shares: Vec<f64> =
        pairs.iter().filter(|(_, e, _)| e.0 > 0).map(|(_, e, s)| s.0 as f64 / e.0 as f64).collect();
    shares.sort_by(f64::total_cmp);
    let Some(middle) = shares.get(shares.len() / 2) else {
        section.heading = "No estimate has met its sale yet".to_owned();
        section.text.push("Expected and realised prices will appear here, sale by sale.".to_owned());
        return section;
    };
    section.heading = format!("Sales brought {} of what was expected, in the middle case", percent(*middle));
    section.text.push(
        "Expected is what the model said when it was bought. What is bought because it looked cheap is overestimated more often than not, and slow things are marked down."
            .to_owned(),
    );
    let major = |amount: Cents| amount.to_major(profit.currency);
    let points: Vec<(f64, f64)> = pairs.iter().map(|(_, e, s)| (major(*s), major(*e))).collect();
    let title = format!("{} with an estimate", plural(pairs.len() as u64, "sale", "sales"));
    let labels = Labels {
        title: &title,
        description: "Each dot is a sale: realised price to the right, expected price upwards; on the dashed line both are equal.",
        x: &format!("sold for, {}", profit.currency),
        y: &format!("expected, {}", profit.currency),
    };
    let amounts = |value: f64| {
        Cents::from_major(value.round(), profit.currency).map_or(String::new(), |a| about(a, profit.currency))
    };
    let rows = pairs.iter().map(|(flip, expected, sold)| {
        vec![
            named(flip),
            amount_cell(*expected, profit.currency),
            amount_cell(*sold, profit.currency),
            amount_cell(*sold - *expected, profit.currency),
        ]
    });
    let values = Table {
        caption: "Expected and realised prices".into(),
        columns: vec![
            Column::text("What"),
            Column::number("Expected"),
            Column::number("Sold for"),
            Column::number("Difference"),
        ],
        rows: rows.collect(),
    };
    section.figures.push(Figure { svg: scatter(&points, &labels, &amounts), title, values });
    section
}
