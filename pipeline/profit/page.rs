//! The page, and the same content as Markdown.

use std::fmt::Write as _;

use askama::Template;

use super::data::Profit;
use super::summary::{Tile, headline, lead, tiles};
use super::{Made, ProfitError, sections};
use crate::report::markdown::{escape, section};
use crate::report::parts::Section;
use crate::report::text::{date, moment};

#[derive(Template)]
#[template(path = "profit.html")]
struct Page {
    style: &'static str,
    script: &'static str,
    headline: String,
    period: String,
    made: String,
    simulated: bool,
    lead: Vec<String>,
    tiles: Vec<Tile>,
    sections: Vec<Section>,
}

/// One self-contained page.
///
/// # Errors
/// When the template fails.
pub fn render_html(profit: &Profit, made: Made) -> Result<String, ProfitError> {
    let page = Page {
        style: include_str!("../report/templates/style.css"),
        script: include_str!("../report/templates/script.js"),
        headline: headline(profit),
        period: period(profit),
        made: moment(made.at),
        simulated: made.simulated,
        lead: lead(profit),
        tiles: tiles(profit),
        sections: sections::all(profit),
    };
    Ok(page.render()?)
}

/// The same as Markdown. Foreign text is escaped.
#[must_use]
pub fn render_markdown(profit: &Profit, made: Made) -> String {
    let mut out = String::new();
    // Writing to a String cannot fail, so the results are dropped here and below.
    let _ = writeln!(out, "# {}\n", escape(&headline(profit)));
    if made.simulated {
        let _ =
            writeln!(out, "> Simulated market: nobody offers these things, and no real money is involved.\n");
    }
    for line in lead(profit) {
        let _ = writeln!(out, "{}\n", escape(&line));
    }
    let _ = writeln!(out, "| | | |\n|---|---:|---|");
    for tile in tiles(profit) {
        let _ =
            writeln!(out, "| {} | {} | {} |", escape(tile.label), escape(&tile.value), escape(&tile.note));
    }
    sections::all(profit).iter().for_each(|part| section(&mut out, part));
    let _ = writeln!(out, "\nProfit report, {}, made {}.", period(profit), moment(made.at));
    out
}

fn period(profit: &Profit) -> String {
    format!("{} to {}", date(profit.from), date(profit.to))
}
