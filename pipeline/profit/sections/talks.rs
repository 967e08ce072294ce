//! How far deals came, how sellers bargained, and what services cost.

use autobazaaar_domain::Cents;

use super::super::data::Profit;
use super::course::amount_cell;
use crate::report::parts::{Cell, Column, Figure, Section, Table};
use crate::report::svg::{Span, SpanKind, spans};
use crate::report::text::{count, exact, percent, plural};

/// From deals taken on to things sold.
pub(super) fn funnel(profit: &Profit) -> Section {
    let mut section = Section { anchor: "funnel", name: "Funnel", ..Section::default() };
    let first = profit.funnel.first().map_or(0, |(_, count)| *count);
    let last = profit.funnel.last().map_or(0, |(_, count)| *count);
    section.heading = format!("Of {} taken on, {} sold so far", plural(first, "deal", "deals"), was(last));
    let bars: Vec<Span> = profit
        .funnel
        .iter()
        .map(|(step, n)| Span {
            label: step.clone(),
            from: 0.0,
            to: *n as f64,
            text: count(*n),
            kind: SpanKind::Plain,
        })
        .collect();
    let title = "How far deals came".to_owned();
    section.figures.push(Figure {
        svg: spans(
            &bars,
            &title,
            "How many deals reached each step; what is bought at the ask skips the talks.",
        ),
        title,
        values: Table {
            caption: "Steps of a deal".into(),
            columns: vec![Column::text("Step"), Column::number("How many")],
            rows: profit.funnel.iter().map(|(step, n)| vec![Cell::text(step), Cell::count(*n)]).collect(),
        },
    });
    section.list = talks(profit);
    section
}

fn was(n: u64) -> String {
    if n == 1 { "1 is".to_owned() } else { format!("{} are", count(n)) }
}

fn talks(profit: &Profit) -> Vec<String> {
    let talks = &profit.talks;
    let mut list = Vec::new();
    if talks.agreed > 0 && talks.asked.0 > 0 {
        let saved = talks.asked - talks.agreed_on;
        list.push(format!(
            "Agreed prices are {} below the ask: {} on {} asked.",
            percent(saved.0 as f64 / talks.asked.0 as f64),
            exact(saved, profit.currency),
            exact(talks.asked, profit.currency)
        ));
    }
    if let Some(rounds) = talks.rounds {
        list.push(format!("An agreement took {rounds:.1} priced offers of ours on average."));
    }
    if let Some(hours) = talks.reply_hours {
        list.push(format!(
            "{} of {} sellers answered, in the middle case after {hours:.0} hours.",
            count(talks.answered),
            count(talks.started)
        ));
    }
    list
}

/// What was paid for services, insertion fees among them.
pub(super) fn services(profit: &Profit) -> Section {
    let mut section = Section { anchor: "services", name: "Services", ..Section::default() };
    let total: Cents = profit.services.values().copied().sum();
    section.heading = match profit.services.is_empty() {
        true => "No service has cost anything".to_owned(),
        false => format!("Services cost {}", exact(total, profit.currency)),
    };
    if profit.services.is_empty() {
        section.text.push("Insertion fees, model calls and other services will appear here.".to_owned());
        return section;
    }
    section.tables.push(Table {
        caption: "Service costs".into(),
        columns: vec![Column::text("What for"), Column::number("Cost")],
        rows: profit
            .services
            .iter()
            .map(|(memo, cost)| vec![Cell::text(memo), amount_cell(*cost, profit.currency)])
            .collect(),
    });
    section
}
