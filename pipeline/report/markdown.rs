//! The same content as Markdown, for mail, chat and version control.

use std::fmt::Write as _;

use super::data::ReportData;
use super::deal_view::{DealView, views};
use super::parts::{Cell, Section, Table};
use super::sections;
use super::text::{moment, sentence};
use super::{model_section, summary};

/// Deals with their details.
const DETAILS_SHOWN: usize = 60;

/// The report as Markdown. Foreign text is escaped: it can make no link, image, table or HTML.
#[must_use]
pub fn render_markdown(data: &ReportData) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, so the results are dropped here and below.
    let _ = writeln!(out, "# {}\n", escape(&summary::headline(data)));
    if data.simulated {
        let _ =
            writeln!(out, "> Simulated market: these listings are invented, no real money is involved.\n");
    }
    for line in summary::lead(data) {
        let _ = writeln!(out, "{}\n", prose(&line));
    }
    let _ = writeln!(out, "| | | | |\n|---|---:|---|---|");
    for tile in summary::tiles(data) {
        let cells = [tile.label, &tile.value, &tile.note, &tile.change].map(escape);
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
    let deals = views(data);
    if !deals.is_empty() {
        let _ = writeln!(out, "\n## {}\n", super::html::deals_heading(data));
        deal_table(&mut out, &deals);
    }
    for deal in deals.iter().take(DETAILS_SHOWN) {
        deal_details(&mut out, deal);
    }
    let mut parts = vec![sections::passed(data), model_section::model(data)];
    parts.extend(sections::market(data));
    parts.extend([sections::quality(data), sections::runs(data)]);
    parts.iter().for_each(|part| section(&mut out, part));
    problems(&mut out, data);
    let _ = writeln!(out, "\nReport of {}, run `{}`.", moment(data.generated_at), data.run.run_id);
    out
}

fn deal_table(out: &mut String, deals: &[DealView]) {
    let _ = writeln!(
        out,
        "| # | Listing | Where | Do this | Asked | Pay at most | Worth (80% range) | Net profit | Chance of loss | Risk | Why |"
    );
    let _ = writeln!(out, "|---:|---|---|---|---:|---:|---:|---:|---:|---|---|");
    for deal in deals {
        let watch = deal.watch.as_ref().map(|w| format!(" Watch: {}.", escape(w))).unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} ({}) | {} | {} | {} | {}{watch} |",
            deal.rank,
            link(&deal.title, deal.url.as_deref()),
            escape(&deal.platform),
            escape(&deal.do_this),
            deal.ask,
            deal.max_price,
            deal.value,
            deal.range,
            deal.net_profit,
            deal.p_loss,
            deal.risk_word,
            escape(&deal.why),
        );
    }
}

fn deal_details(out: &mut String, deal: &DealView) {
    let _ = writeln!(out, "\n### {}. {} — {}\n", deal.rank, escape(&deal.title), escape(&deal.do_this));
    let _ = writeln!(out, "{}. Listing `{}`.\n", escape(&deal.about), deal.key.replace('`', ""));
    let _ = writeln!(out, "| Money | |\n|---|---:|");
    for (label, amount, _) in &deal.sums {
        let _ = writeln!(out, "| {} | {amount} |", escape(label));
    }
    let _ = writeln!(out);
    for (text, code) in &deal.reasons {
        let _ = writeln!(out, "- Why: {} (`{}`)", escape(text), code.replace('`', ""));
    }
    for risk in &deal.risks {
        let _ = writeln!(out, "- Risk: {}", escape(risk));
    }
    for (label, value, _) in &deal.facts {
        let _ = writeln!(out, "- {label}: {}", escape(value));
    }
    if !deal.comps.rows.is_empty() {
        table(out, &deal.comps);
    }
    if let Some(note) = &deal.comps_note {
        let _ = writeln!(out, "\n{}", escape(note));
    }
    if let Some(history) = &deal.history {
        table(out, &history.values);
    }
}

pub(crate) fn section(out: &mut String, part: &Section) {
    let _ = writeln!(out, "\n## {}\n", escape(&part.heading));
    for line in &part.text {
        let _ = writeln!(out, "{}\n", prose(line));
    }
    for line in &part.list {
        let _ = writeln!(out, "- {}", prose(line));
    }
    for figure in &part.figures {
        if figure.title != part.heading {
            let _ = writeln!(out, "\n### {}", escape(&figure.title));
        }
        table(out, &figure.values);
    }
    part.tables.iter().for_each(|each| table(out, each));
}

fn table(out: &mut String, table: &Table) {
    let _ = writeln!(out, "\n{}:\n", escape(&table.caption));
    let names: Vec<_> = table.columns.iter().map(|column| escape(&column.name)).collect();
    let rules: Vec<_> = table.columns.iter().map(|c| if c.numeric { "---:" } else { "---" }).collect();
    let _ = writeln!(out, "| {} |\n|{}|", names.join(" | "), rules.join("|"));
    for row in &table.rows {
        let cells: Vec<_> = row.iter().map(cell).collect();
        let _ = writeln!(out, "| {} |", cells.join(" | "));
    }
}

fn cell(cell: &Cell) -> String {
    link(&cell.text, cell.url.as_deref())
}

fn problems(out: &mut String, data: &ReportData) {
    let problems = sections::problems(data);
    let _ = writeln!(out, "\n## {}\n", sections::problems_heading(&problems));
    for problem in &problems {
        let action = problem
            .suggested_action
            .as_ref()
            .map(|a| format!(" What to do: {}.", prose(a)))
            .unwrap_or_default();
        let word = sentence(problem.severity.as_str());
        let _ = writeln!(out, "- {word}: {}. {}{action}", escape(&problem.title), escape(&problem.message));
    }
}

/// A link whose address has already been found safe.
fn link(text: &str, url: Option<&str>) -> String {
    match url {
        Some(url) => format!("[{}](<{url}>)", escape(text)),
        None => escape(text),
    }
}

/// Our own prose, in which `command` is meant as code; what is outside back-ticks is escaped.
fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    parts.map(|(i, part)| if i % 2 == 1 { format!("`{part}`") } else { escape(part) }).collect()
}

pub(crate) fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '~' | '#' | '!' => safe.extend(['\\', c]),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '&' => safe.push_str("&amp;"),
            c if c.is_control() => safe.push(' '),
            c => safe.push(c),
        }
    }
    // A bare address would become a link by itself in many readers.
    safe.replace("://", ":\u{2060}//").replace("www.", "www\u{2060}.")
}
