//! The page.

use askama::Template;

use super::ReportError;
use super::data::{Action, Problem, ReportData, Severity};
use super::deal_view::{DealView, views};
use super::model_section;
use super::parts::Section;
use super::sections;
use super::summary::{self, Tile};
use super::svg::escape;
use super::text::{count, moment, sentence, short_id};

/// Deals in the table; all of them are in the CSV.
const ROWS_SHOWN: usize = 300;
/// Deals with their details on the page.
const DETAILS_SHOWN: usize = 60;

#[derive(Template)]
#[template(path = "report.html")]
struct Page<'a> {
    style: &'static str,
    script: &'static str,
    headline: String,
    lead: Vec<String>,
    tiles: Vec<Tile>,
    simulated: bool,
    made: String,
    run_id: &'a str,
    run_short: String,
    deals: Vec<DealView>,
    details: usize,
    deals_heading: String,
    deals_note: Option<String>,
    platforms: Vec<String>,
    sections: Vec<Section>,
    problems: Vec<Problem>,
    problems_heading: String,
    alert: Option<String>,
}

impl Page<'_> {
    #[allow(clippy::unused_self)]
    fn prose(&self, text: &str) -> String {
        prose(text)
    }

    #[allow(clippy::unused_self)]
    fn word(&self, problem: &Problem) -> String {
        sentence(problem.severity.as_str())
    }
}

/// The report as one HTML file that needs nothing else: no asset, no network.
///
/// # Errors
/// When the template fails.
pub fn render_html(data: &ReportData) -> Result<String, ReportError> {
    let mut deals = views(data);
    let all = deals.len();
    deals.truncate(ROWS_SHOWN);
    let mut platforms: Vec<String> = deals.iter().map(|deal| deal.platform.clone()).collect();
    platforms.sort();
    platforms.dedup();
    let mut parts = vec![sections::passed(data), model_section::model(data)];
    parts.extend(sections::market(data));
    parts.extend([sections::quality(data), sections::runs(data)]);
    let problems = sections::problems(data);
    let page = Page {
        style: include_str!("templates/style.css"),
        script: include_str!("templates/script.js"),
        headline: summary::headline(data),
        lead: summary::lead(data).iter().map(|line| prose(line)).collect(),
        tiles: summary::tiles(data),
        simulated: data.simulated,
        made: moment(data.generated_at),
        run_id: &data.run.run_id.0,
        run_short: short_id(&data.run.run_id.0),
        details: deals.len().min(DETAILS_SHOWN),
        deals_heading: deals_heading(data),
        deals_note: deals_note(all),
        platforms,
        deals,
        sections: parts,
        problems_heading: sections::problems_heading(&problems),
        alert: alert(&problems),
        problems,
    };
    Ok(page.render()?)
}

/// Our own prose as HTML: everything escaped, `commands` in back-ticks as code.
pub(crate) fn prose(text: &str) -> String {
    let parts = text.split('`').enumerate();
    let code = |part: &str| format!("<code>{}</code>", escape(part));
    parts.map(|(i, part)| if i % 2 == 1 { code(part) } else { escape(part) }).collect()
}

/// How many to buy at the ask and how many to bargain for.
pub(super) fn deals_heading(data: &ReportData) -> String {
    let number = |action| data.deals.iter().filter(|deal| deal.action == action).count() as u64;
    match (number(Action::Buy), number(Action::Negotiate)) {
        (buy, 0) => format!("{} to buy at the ask, best first", count(buy)),
        (0, negotiate) => format!("{} to negotiate, best first", count(negotiate)),
        (buy, negotiate) => {
            format!("{} to buy at the ask, {} to negotiate, best first", count(buy), count(negotiate))
        }
    }
}

/// What of a long list is on the page; nothing to say of a short one.
fn deals_note(all: usize) -> Option<String> {
    if all <= DETAILS_SHOWN {
        return None;
    }
    let rows = match all <= ROWS_SHOWN {
        true => format!("All {} deals are listed", count(all as u64)),
        false => {
            format!("The best {ROWS_SHOWN} of {} deals are listed; the CSV file holds all", count(all as u64))
        }
    };
    Some(format!("{rows}. The best {DETAILS_SHOWN} have their details below."))
}

/// What the first screen says of problems; details are at the end.
fn alert(problems: &[Problem]) -> Option<String> {
    let worst = problems.first().filter(|p| p.severity >= Severity::Warning)?;
    Some(format!("{}: {}", sections::problems_heading(problems), worst.title))
}
