//! Profit by category, by strategy, and by where things were bought and sold.

use std::collections::BTreeMap;

use autobazaaar_domain::Cents;

use super::super::data::{Flip, Profit};
use super::course::amount_cell;
use crate::report::parts::{Cell, Column, Figure, Section, Table};
use crate::report::svg::{Span, SpanKind, spans};
use crate::report::text::{about, exact, shorten};

/// What items of one group came to.
#[derive(Default)]
struct Group {
    bought: u64,
    sold: u64,
    spent: Cents,
    revenue: Cents,
    profit: Cents,
}

/// Where the profit is, by what the owner can choose.
pub(super) fn groups(profit: &Profit) -> Section {
    let mut section = Section { anchor: "groups", name: "By kind", ..Section::default() };
    if profit.flips.iter().all(|flip| flip.profit.0 == 0 && flip.sold_for.is_none()) {
        section.heading = "Nothing has earned or lost anything yet".to_owned();
        section.text.push("Profit by category, strategy and venue will appear here.".to_owned());
        return section;
    }
    let categories = grouped(profit, |flip| Some(flip.category.clone()));
    section.heading = match categories.first() {
        Some((name, best)) if best.profit.0 > 0 => {
            format!("{name} earned the most: {}", exact(best.profit, profit.currency))
        }
        _ => "No category has earned anything yet".to_owned(),
    };
    let strategy =
        |flip: &Flip| Some(flip.strategy.clone().map_or("at the ask".to_owned(), |s| s.replace('_', " ")));
    section.figures = vec![
        figure(profit, "By category", &categories),
        figure(profit, "By way of buying", &grouped(profit, strategy)),
        figure(profit, "By venue bought on", &grouped(profit, |flip| Some(flip.bought_on.clone()))),
        figure(profit, "By venue sold on", &grouped(profit, |flip| flip.sold_on.clone())),
    ];
    section.figures.retain(|figure| !figure.values.rows.is_empty());
    section
}

/// Groups by a name, the most profitable first.
fn grouped(profit: &Profit, name: impl Fn(&Flip) -> Option<String>) -> Vec<(String, Group)> {
    let mut groups: BTreeMap<String, Group> = BTreeMap::new();
    for flip in &profit.flips {
        let Some(name) = name(flip) else { continue };
        let group = groups.entry(name).or_default();
        group.bought += 1;
        group.sold += u64::from(flip.sold_for.is_some());
        group.spent = group.spent + flip.cost;
        group.revenue = group.revenue + flip.sold_for.unwrap_or(Cents::ZERO);
        group.profit = group.profit + flip.profit;
    }
    let mut groups: Vec<(String, Group)> = groups.into_iter().collect();
    groups.sort_by_key(|(_, group)| std::cmp::Reverse(group.profit));
    groups
}

fn figure(profit: &Profit, title: &str, groups: &[(String, Group)]) -> Figure {
    let currency = profit.currency;
    let bars: Vec<Span> = groups
        .iter()
        .map(|(name, group)| Span {
            label: shorten(name, 15),
            from: 0.0,
            to: group.profit.to_major(currency),
            text: about(group.profit, currency),
            kind: if group.profit.0 < 0 { SpanKind::Loss } else { SpanKind::Gain },
        })
        .collect();
    let row = |(name, group): &(String, Group)| {
        vec![
            Cell::text(name),
            Cell::count(group.bought),
            Cell::count(group.sold),
            amount_cell(group.spent, currency),
            amount_cell(group.revenue, currency),
            amount_cell(group.profit, currency),
        ]
    };
    Figure {
        svg: spans(&bars, title, "Profit by the ledger, of sold and unsold items."),
        title: title.to_owned(),
        values: Table {
            caption: title.to_owned(),
            columns: vec![
                Column::text("Which"),
                Column::number("Bought"),
                Column::number("Sold"),
                Column::number("Cost"),
                Column::number("Sold for"),
                Column::number("Profit"),
            ],
            rows: groups.iter().map(row).collect(),
        },
    }
}
