//! A backtest as a page and tables.

use std::path::{Path, PathBuf};

use askama::Template;
use autobazaaar_domain::{Cents, Currency, Money, Utc};
use autobazaaar_lake::write_atomically;

use super::BacktestError;
use super::result::{Backtest, Day, Outcome, Purchase};
use crate::report::parts::{Cell, Column, Figure, Section, Table};
use crate::report::svg::{Labels, Series, lines};
use crate::report::text::{about, clean, count, date, moment, money, percent, plural, shorten};

#[derive(Template)]
#[template(path = "backtest.html")]
struct Page {
    style: &'static str,
    headline: String,
    period: String,
    made: String,
    simulated: bool,
    lead: Vec<String>,
    /// Label, value, note.
    tiles: Vec<(&'static str, String, String)>,
    sections: Vec<Section>,
}

/// Purchases on the page; all of them are in the CSV.
const ROWS_SHOWN: usize = 200;

/// Writes `<name>.html`, `<name>.json`, `<name>-purchases.csv` and `<name>-days.csv` into a
/// folder; returns them, the page first.
///
/// # Errors
/// When a page cannot be rendered or the disk is full.
pub fn write(
    found: &Backtest,
    folder: &Path,
    name: &str,
    now: Utc,
    simulated: bool,
) -> Result<Vec<PathBuf>, BacktestError> {
    let contents: [(&str, Vec<u8>); 4] = [
        (".html", page(found, now, simulated)?.into_bytes()),
        (".json", serde_json::to_vec_pretty(found)?),
        ("-purchases.csv", purchases_csv(found)?),
        ("-days.csv", days_csv(found)?),
    ];
    let mut files = Vec::with_capacity(contents.len());
    for (ending, bytes) in contents {
        let path = folder.join(format!("{name}{ending}"));
        write_atomically(&path, &bytes)?;
        files.push(path);
    }
    Ok(files)
}

/// One self-contained page.
///
/// # Errors
/// When the template fails.
pub fn page(found: &Backtest, now: Utc, simulated: bool) -> Result<String, BacktestError> {
    let page = Page {
        style: include_str!("../report/templates/style.css"),
        headline: headline(found),
        period: format!("{} to {}", date(found.from), date(found.to)),
        made: moment(now),
        simulated,
        lead: lead(found),
        tiles: tiles(found),
        sections: vec![course(found), bought(found), measure(found)],
    };
    Ok(page.render()?)
}

/// The answer in one line.
#[must_use]
pub fn headline(found: &Backtest) -> String {
    let ours = &found.ours;
    let relative = if found.yardstick.relative { " (relative)" } else { "" };
    match ours.booked_purchases {
        0 if ours.purchases == 0 => "Nothing would have been bought".to_owned(),
        0 => format!(
            "{} whose worth the record does not tell",
            plural(ours.purchases, "purchase", "purchases")
        ),
        n => format!(
            "{} {} on {}{relative}",
            if ours.booked.0 < 0 { "Loss:" } else { "Profit:" },
            about(Cents(ours.booked.0.abs()), found.currency),
            plural(n, "purchase", "purchases"),
        ),
    }
}

fn lead(found: &Backtest) -> Vec<String> {
    let ours = &found.ours;
    let mut lead = vec![format!(
        "Realised within the record: {} on {}. Not sold by its end: {} that cost {}.",
        money(ours.realised, found.currency),
        plural(ours.realised_purchases, "purchase", "purchases"),
        plural(ours.stock_items, "item", "items"),
        money(ours.stock_at_cost, found.currency),
    )];
    lead.extend(found.notes.iter().take(1).cloned());
    lead
}

fn tiles(found: &Backtest) -> Vec<(&'static str, String, String)> {
    let ours = &found.ours;
    let share = |share: Option<f64>| share.map_or("–".to_owned(), percent);
    vec![
        (
            "Booked profit",
            money(ours.booked, found.currency),
            format!("on {} spent", money(ours.booked_cost, found.currency)),
        ),
        ("Of them losing", share(ours.losing_share()), plural(ours.losing, "purchase", "purchases")),
        ("Return", share(ours.roi()), "booked profit ÷ cost".to_owned()),
        (
            "Of the oracle's profit",
            share(found.share_of_oracle),
            format!("{} on {}", money(found.oracle.booked, found.currency), count(found.oracle.purchases)),
        ),
        (
            "Capital in use",
            percent(ours.mean_use),
            format!("at most {} of {}", percent(ours.peak_use), money(found.capital, found.currency)),
        ),
    ]
}

/// Profit and capital over time.
fn course(found: &Backtest) -> Section {
    let at = |day: &Day| day.decided_at.timestamp() as f64;
    let series = |name: &str, of: &dyn Fn(&Day) -> f64| Series {
        name: name.to_owned(),
        points: found.days.iter().map(|day| (at(day), of(day))).collect(),
    };
    let major = |amount: Cents| amount.to_major(found.currency);
    let dates = |seconds: f64| Utc::from_timestamp(seconds as i64, 0).map_or(String::new(), date);
    let amounts = |value: f64| {
        Cents::from_major(value.round(), found.currency).map_or(String::new(), |a| about(a, found.currency))
    };
    let profit =
        [series("ours", &|day| major(day.booked)), series("oracle", &|day| major(day.oracle_booked))];
    let tied = [series("ours", &|day| major(day.tied)), series("oracle", &|day| major(day.oracle_tied))];
    let unit = format!("booked, {}", found.currency);
    let profit_title = format!(
        "{} of what the oracle would have earned",
        found.share_of_oracle.map_or("An unknown share".to_owned(), percent)
    );
    let tied_title = format!("{} of the capital was at work on average", percent(found.ours.mean_use));
    let figure = |title: String, series: &[Series], y: &str, description: &str| Figure {
        svg: lines(
            series,
            &Labels { title: &title, description, x: "day of the decision", y },
            &dates,
            &amounts,
        ),
        title,
        values: days_table(found),
    };
    Section {
        anchor: "course",
        name: "Day by day",
        heading: "What was earned and tied up, day by day".to_owned(),
        text: vec![
            "Profit is booked on the day of the purchase, whenever the sale falls due; capital is free again when it does."
                .to_owned(),
        ],
        figures: vec![
            figure(
                profit_title,
                &profit,
                &unit,
                "Booked profit of all purchases up to each day, ours and the oracle's.",
            ),
            figure(
                tied_title,
                &tied,
                &format!("tied up, {}", found.currency),
                "Money in goods and set aside for talks after each day's decisions, ours and the oracle's.",
            ),
        ],
        ..Section::default()
    }
}

fn days_table(found: &Backtest) -> Table {
    let amount = |amount: Cents| Cell::number(money(amount, found.currency), amount.0 as f64);
    let row = |day: &Day| {
        vec![
            Cell::text(day.date.to_string()),
            Cell::count(day.candidates),
            Cell::count(day.bought),
            Cell::count(day.negotiations),
            amount(day.booked),
            amount(day.oracle_booked),
            amount(day.tied),
            amount(day.oracle_tied),
        ]
    };
    Table {
        caption: "Days".into(),
        columns: vec![
            Column::text("Day"),
            Column::number("On offer"),
            Column::number("Bought"),
            Column::number("Talks"),
            Column::number("Booked"),
            Column::number("Oracle booked"),
            Column::number("Tied up"),
            Column::number("Oracle tied up"),
        ],
        rows: found.days.iter().map(row).collect(),
    }
}

fn bought(found: &Backtest) -> Section {
    let mut section = Section { anchor: "bought", name: "Purchases", ..Section::default() };
    section.heading = match found.purchases.len() {
        0 => "Nothing would have been bought within the limits".to_owned(),
        n => format!("{} would have been bought", plural(n as u64, "listing", "listings")),
    };
    if found.purchases.is_empty() {
        section.text.push("Purchases will appear here when a listing meets every limit.".to_owned());
        return section;
    }
    section.tables.push(Table {
        caption: "Purchases, in the order of time".into(),
        columns: vec![
            Column::text("Listing"),
            Column::text("Bought"),
            Column::number("Asked"),
            Column::number("Cost"),
            Column::number("Expected sale"),
            Column::number("Was worth"),
            Column::text("Says"),
            Column::number("Net profit"),
        ],
        rows: found
            .purchases
            .iter()
            .take(ROWS_SHOWN)
            .map(|one| purchase_cells(one, found.currency))
            .collect(),
    });
    section
}

fn purchase_cells(one: &Purchase, currency: Currency) -> Vec<Cell> {
    let amount = |amount: Cents| Cell::number(money(amount, currency), amount.0 as f64);
    let maybe = |found: Option<Cents>| found.map_or_else(|| Cell::text("—"), amount);
    vec![
        Cell::text(shorten(&clean(&one.title), 80)).hover(clean(&one.key.to_string())),
        Cell::text(date(one.at)),
        amount(one.price),
        amount(one.cost),
        amount(one.expected),
        maybe(one.worth.map(|worth| worth.price)),
        Cell::text(one.worth.map_or("nothing later", |worth| worth.source.explain())),
        maybe(one.net),
    ]
}

fn measure(found: &Backtest) -> Section {
    let sources = found.yardstick.sources.iter().filter(|(_, n)| *n > 0);
    let mut list: Vec<String> =
        sources.map(|(source, n)| format!("{} of purchases: {}", count(*n), source.explain())).collect();
    list.push(format!("A sale is taken to bring {}.", found.yardstick.to_sale));
    list.push(format!("It was decided every {}.", plural(u64::from(found.decide_every_days), "day", "days")));
    list.push(format!(
        "Models were trained anew every {}, on what was seen before the day.",
        plural(u64::from(found.train_every_days), "day", "days")
    ));
    Section {
        anchor: "measure",
        name: "How it was measured",
        heading: "What these figures stand on".to_owned(),
        text: found.notes.clone(),
        list,
        ..Section::default()
    }
}

fn decimal(amount: Cents, currency: Currency) -> String {
    Money { amount, currency }.decimal()
}

fn purchases_csv(found: &Backtest) -> Result<Vec<u8>, BacktestError> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record([
        "bought_at",
        "platform",
        "external_id",
        "title",
        "category",
        "currency",
        "price",
        "cost",
        "expected",
        "expected_net",
        "sell_on",
        "sale_due",
        "worth",
        "worth_source",
        "worth_comps",
        "net",
        "sold_at",
        "p_loss",
        "model",
    ])?;
    let money = |amount| decimal(amount, found.currency);
    for one in &found.purchases {
        let worth = one.worth.as_ref();
        lines.write_record([
            one.at.to_rfc3339(),
            one.key.platform.to_string(),
            one.key.external_id.clone(),
            clean(&one.title),
            one.category.clone(),
            found.currency.to_string(),
            money(one.price),
            money(one.cost),
            money(one.expected),
            money(one.expected_net),
            one.sell_on.clone(),
            one.sale_due.to_rfc3339(),
            worth.map_or_else(String::new, |worth| money(worth.price)),
            worth.map_or_else(String::new, |worth| worth.source.as_str().to_owned()),
            worth.map_or_else(String::new, |worth| worth.comps.to_string()),
            one.net.map_or_else(String::new, money),
            one.sold_at.map_or_else(String::new, |at| at.to_rfc3339()),
            format!("{:.4}", one.p_loss),
            one.model.clone(),
        ])?;
    }
    finished(lines)
}

fn days_csv(found: &Backtest) -> Result<Vec<u8>, BacktestError> {
    let mut lines = csv::Writer::from_writer(Vec::new());
    lines.write_record([
        "date",
        "decided_at",
        "candidates",
        "valued",
        "bought",
        "negotiations",
        "tied",
        "oracle_tied",
        "booked",
        "oracle_booked",
        "models_before",
        "digest",
    ])?;
    let money = |amount| decimal(amount, found.currency);
    for day in &found.days {
        lines.write_record([
            day.date.to_string(),
            day.decided_at.to_rfc3339(),
            day.candidates.to_string(),
            day.valued.to_string(),
            day.bought.to_string(),
            day.negotiations.to_string(),
            money(day.tied),
            money(day.oracle_tied),
            money(day.booked),
            money(day.oracle_booked),
            day.models_before.map_or_else(String::new, |date| date.to_string()),
            day.digest.clone(),
        ])?;
    }
    finished(lines)
}

fn finished(lines: csv::Writer<Vec<u8>>) -> Result<Vec<u8>, BacktestError> {
    lines.into_inner().map_err(|error| BacktestError::Csv(error.into_error().into()))
}

/// Both buyers side by side: name, ours, the oracle's.
#[must_use]
pub fn compared(found: &Backtest) -> Vec<(&'static str, String, String)> {
    let amount = |of: fn(&Outcome) -> Cents| {
        [of(&found.ours), of(&found.oracle)]
            .map(|amount| Money { amount, currency: found.currency }.to_string())
    };
    let number = |of: fn(&Outcome) -> u64| [of(&found.ours), of(&found.oracle)].map(count);
    let share = |of: fn(&Outcome) -> Option<f64>| {
        [of(&found.ours), of(&found.oracle)].map(|share| share.map_or("–".to_owned(), percent))
    };
    let rows: [(&'static str, [String; 2]); 12] = [
        ("purchases", number(|o| o.purchases)),
        ("negotiations started", number(|o| o.negotiations)),
        ("spent", amount(|o| o.spent)),
        ("booked profit", amount(|o| o.booked)),
        ("  on purchases", number(|o| o.booked_purchases)),
        ("  return on their cost", share(Outcome::roi)),
        ("  losing", share(Outcome::losing_share)),
        ("realised within the record", amount(|o| o.realised)),
        ("in stock at the end, at cost", amount(|o| o.stock_at_cost)),
        ("  of it worth not known", amount(|o| o.unknown_at_cost)),
        ("capital in use, mean", share(|o| Some(o.mean_use))),
        ("capital in use, most", share(|o| Some(o.peak_use))),
    ];
    rows.into_iter().map(|(name, [ours, oracle])| (name, ours, oracle)).collect()
}
